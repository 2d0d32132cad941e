// SPDX-License-Identifier: Apache-2.0
// An event of one entity against many rules. items_per_second counts rules.
#include "retimu/rules/rules_test_tools.hpp"

#include <benchmark/benchmark.h>

namespace retimu {
namespace {

enum Kind : std::int64_t { plain, held, windows, other_entities };

std::vector<Rule> rules_of(Kind kind, std::size_t count) {
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < count; ++i) {
    const double limit = 8 + static_cast<double>(i) / 100;
    Rule rule{.name = std::to_string(i)};
    rule.expr = fmt::format("pressure > {} && pump == 1 || flow < {}", limit, -limit);
    if (kind == held) rule.hold = hour;
    if (kind == windows) {
      rule.expr = fmt::format("mean(pressure, 60s) > {} && rate(flow) > {}", limit, limit);
    }
    if (kind == other_entities) rule.entities = {"fan-*"};
    rules.push_back(std::move(rule));
  }
  return rules;
}

void evaluate(benchmark::State& state) {
  const auto kind = static_cast<Kind>(state.range(0));
  const auto count = static_cast<std::size_t>(state.range(1));
  Columns columns;
  const auto book = *RuleBook::make(rules_of(kind, count), columns);
  Sender sender(*book, columns);
  sender.align(0, {{"pressure", 5}, {"flow", kind == held ? -100 : 1}, {"pump", 1}, {"level", 2}});
  const EntityView aligned = sender.view();
  const std::vector<double> latest(aligned.latest.begin(), aligned.latest.end());
  std::vector<Time> updated(aligned.updated.begin(), aligned.updated.end());
  Time time = 0;
  for (auto _ : state) {
    time += second;
    std::ranges::fill(updated, time);
    book->update(sender.state(), "pump-1", {aligned.columns, latest, updated, aligned.present},
                 time, sender.changes);
    sender.changes.clear();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(evaluate)
    ->ArgNames({"kind", "rules"})
    ->Args({plain, 1})
    ->Args({plain, 10})
    ->Args({plain, 100})
    ->Args({plain, 1'000})
    ->Args({held, 10})
    ->Args({windows, 10})
    ->Args({other_entities, 1'000});

void compile(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(Condition::compile("pressure > 8.5 && pump == 1 || flow < 2"));
  }
}
BENCHMARK(compile);

}  // namespace
}  // namespace retimu
