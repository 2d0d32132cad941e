// SPDX-License-Identifier: Apache-2.0
// Any bytes as an expression: compiled, evaluated, written again; behind a zero byte as a stored
// state, with which an entity goes on. Errors are sentences; nothing else happens.
#include "retimu/rules/condition.hpp"
#include "retimu/rules/rules_test_tools.hpp"
#include "retimu/rules/tokens.hpp"

#include <cstdlib>
#include <string_view>

namespace {

using namespace retimu;

void check(bool holds) {
  if (!holds) std::abort();
}

TruthValue try_row(const Condition& condition, double first, double step) {
  std::vector<Track> tracks(condition.columns().size());
  std::vector<RuleWindow> windows(condition.windows().size());
  for (Time time = 0; time < 3; ++time) {
    for (std::size_t i = 0; i < tracks.size(); ++i) {
      if ((static_cast<std::size_t>(time) + i) % 3 == 0) continue;
      const double value = first + step * static_cast<double>(i);
      tracks[i].take(value, time * second);
      for (std::size_t w = 0; w < windows.size(); ++w) {
        const WindowNeed& need = condition.windows()[w];
        if (need.column == i) windows[w].take(value, time * second, need.length);
      }
    }
  }
  const Condition::Outcome now = condition.evaluate(tracks, windows, 3 * second, minute);
  check(now.changes > 3 * second);
  return now.truth;
}

void try_state(std::span<const std::byte> bytes) {
  Columns columns;
  const auto book = RuleBook::make(
      {{.name = "a", .expr = "x > 1 && mean(y, 10s) > 2 || stuck(x) > 5s", .hold = second},
       {.name = "b", .expr = "age(x) > 3s && delta(y) < 1"}},
      columns);
  check(book.has_value());
  Sender sender(**book, columns);
  if (!sender.load(bytes)) return;
  for (Time time = 0; time < 30; ++time) {
    sender.tick(time * second);
    sender.send(time * second, {{time % 3 == 0 ? "x" : "y", static_cast<double>(time % 7)}});
  }
  sender.tick(hour);
  const std::vector<std::byte> saved = sender.save();
  check(sender.load(saved) && sender.save() == saved);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 0 && data[0] == 0) {
    try_state(std::as_bytes(std::span(data + 1, size - 1)));
    return 0;
  }
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Result<Condition> condition = Condition::compile(text);
  if (!condition) {
    check(condition.error().fault == Fault::usage && !condition.error().message.empty());
    return 0;
  }
  const TruthValue low = try_row(*condition, -1, 0.5), high = try_row(*condition, 1e300, 1e308);
  if (condition->text().size() > expression_bytes_max) return 0;
  const Result<Condition> again = Condition::compile(condition->text());
  check(again && again->text() == condition->text());
  check(try_row(*again, -1, 0.5) == low && try_row(*again, 1e300, 1e308) == high);
  return 0;
}
