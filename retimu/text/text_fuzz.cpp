// SPDX-License-Identifier: Apache-2.0
// Any bytes as lines of a log: read, scanned, learned, saved and loaded; and as a stored state.
#include "retimu/text/log_header.hpp"
#include "retimu/text/scanner.hpp"
#include "retimu/text/template_miner.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

namespace {

using namespace retimu;

void check(bool holds) {
  if (!holds) std::abort();
}

void check_line(std::string_view line, const Signature& signature, Scanner& scanner) {
  std::uint32_t last = 0;
  for (const Item& item : signature.items) {
    check(last <= item.begin && item.begin < item.end && item.end <= line.size());
    last = item.end;
  }
  for (const LineNumber& number : scanner.numbers()) {
    check(number.item < signature.items.size() && signature.items[number.item].is_variable());
  }
}

void try_lines(std::string_view text) {
  Scanner scanner;
  TemplateMiner miner;
  std::vector<TemplateId> ids;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const LogHeader header = read_log_header(line);
    check(line.ends_with(header.content));
    const Signature signature = scanner.scan(header.content);
    check_line(header.content, signature, scanner);
    ids.push_back(miner.add(signature));
    check(miner.find(signature) == ids.back());
  }
  std::vector<std::byte> bytes, again;
  StateWriter writer(bytes);
  miner.visit(writer);
  TemplateMiner twin;
  StateReader reader(bytes);
  twin.visit(reader);
  check(reader.finished());
  StateWriter second(again);
  twin.visit(second);
  check(bytes == again);
  for (const TemplateId id : ids) check(twin.text(id) == miner.text(id));
}

void try_state(std::span<const std::byte> bytes) {
  TemplateMiner miner;
  StateReader reader(bytes);
  miner.visit(reader);
  if (!reader.finished()) return;
  Scanner scanner;
  for (const std::string_view line :
       {"a pump is on", "a valve is on", "x=a y=b", "x=c y=d", "the user ann", "the user bob"}) {
    (void)miner.text(miner.add(scanner.scan(line)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  if (data[0] == 0) {
    try_state(std::as_bytes(std::span(data + 1, size - 1)));
  } else {
    try_lines({reinterpret_cast<const char*>(data), size});
  }
  return 0;
}
