// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/signature.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/text/byte_class.hpp"
#include "retimu/text/scanner.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::string_view placeholder = "<*>";

bool is_blank(char byte) { return static_cast<unsigned char>(byte) <= ' ' || byte == 127; }

constexpr ByteSet joining(",:-|/+.;");

// "[a, b, c" at the end becomes "[*".
void fold_list(std::vector<Item>& items) {
  std::size_t first = items.size() - 1;
  while (first >= 2 && items[first - 1].mark == ',' && items[first - 2].mark != '[' &&
         items[first - 2].mark != ']' && items[first - 2].mark != ',') {
    first -= 2;
  }
  if (first < 1 || items[first - 1].mark != '[' || items.size() - first < 3) return;
  items[first] = {.hash = variable_hash, .begin = items[first].begin, .end = items.back().end};
  items.resize(first + 1);
}

// What is neither blank nor a parenthesis in it becomes a placeholder.
void append_gap(std::string& to, std::string_view gap) {
  std::size_t first = 0, last = gap.size();
  while (first < last && is_blank(gap[first])) ++first;
  while (last > first && is_blank(gap[last - 1])) --last;
  to += gap.substr(0, first);
  for (const char byte : gap.substr(first, last - first)) {
    if (byte == '(' || byte == ')') {
      to += byte;
    } else if (!to.ends_with(placeholder)) {
      to += placeholder;
    }
  }
  to += gap.substr(last);
}

}  // namespace

std::uint64_t hash_of(std::span<const Item> items) {
  std::uint64_t sum = 0;
  for (const Item& item : items) sum = sum * 0xD6E8FEB86659FD93ULL + item.hash;
  return mix(sum, std::uint64_t{items.size()});
}

void push_collapsing(std::vector<Item>& items, const Item& item) {
  const std::size_t size = items.size();
  if (item.is_variable() && size > 0) {
    if (items[size - 1].is_variable()) {
      items[size - 1].end = item.end;
      return;
    }
    if (size > 1 && items[size - 2].is_variable() && joining.has(items[size - 1].mark)) {
      items[size - 2].end = item.end;
      items.pop_back();
      return;
    }
  } else if (item.mark == ')') {
    if (size > 1 && items[size - 1].mark == '(') {
      items.pop_back();
      return;
    }
    if (size > 2 && items[size - 1].is_variable() && items[size - 2].mark == '(') {
      items.resize(size - 2);
      return;
    }
  } else if (item.mark == ']' && size > 3 && items[size - 2].mark == ',') {
    fold_list(items);
  }
  items.push_back(item);
}

Sample make_sample(const Signature& signature) {
  const std::string_view text = signature.line.substr(0, sample_bytes_max);
  Sample sample{
      signature.hash, {signature.items.begin(), signature.items.end()}, std::string(text)};
  const auto size = static_cast<std::uint32_t>(text.size());
  for (Item& item : sample.items) {
    item.begin = std::min(item.begin, size);
    item.end = std::min(item.end, size);
  }
  return sample;
}

void visit_sample(StateVisitor& visitor, Sample& sample) {
  visitor.cell("id", sample.hash);
  visit_list(visitor, "items", sample.items, Scanner::items_max, [&](Item& item) {
    visitor.cell("hash", item.hash);
    visitor.cell("begin", item.begin);
    visitor.cell("end", item.end);
    std::uint8_t cells[3] = {static_cast<std::uint8_t>(item.kind),
                             static_cast<std::uint8_t>(item.mark), item.kinds};
    visitor.cells<std::uint8_t>("kind", cells);
    if (cells[0] > static_cast<std::uint8_t>(ItemKind::mark)) visitor.refuse();
    item.kind = static_cast<ItemKind>(cells[0]);
    item.mark = static_cast<char>(cells[1]);
    item.kinds = cells[2];
  });
  visit_text(visitor, "text", sample.text, sample_bytes_max);
  if (visitor.failed()) return;
  if (hash_of(sample.items) != sample.hash) visitor.refuse();
  for (const Item& item : sample.items) {
    if (item.begin > item.end || item.end > sample.text.size()) visitor.refuse();
  }
}

std::string render(std::span<const Item> items, std::string_view line) {
  std::string text;
  std::size_t at = 0;
  for (const Item& item : items) {
    const std::size_t begin = std::clamp<std::size_t>(item.begin, at, line.size());
    const std::size_t end = std::clamp<std::size_t>(item.end, begin, line.size());
    if (begin == end) break;  // beyond what is kept of the line
    append_gap(text, line.substr(at, begin - at));
    if (!item.is_variable()) {
      text += line.substr(begin, end - begin);
    } else if (!text.ends_with(placeholder)) {
      text += placeholder;
    }
    at = end;
  }
  append_gap(text, line.substr(std::min(at, line.size())));
  while (!text.empty() && is_blank(text.back())) text.pop_back();
  return text;
}

}  // namespace retimu
