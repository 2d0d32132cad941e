// SPDX-License-Identifier: Apache-2.0
// All rules of a pipeline, and what an entity's block holds of them. A rule is raised once its
// condition has been true for `for` without a break, and resolved once it is false. Unknown never
// raises and never resolves: it ends a running `for`, which begins anew at the next true, and an
// open rule stays open, also where the entity has fallen silent.
//
// What is said is a function of the entity's readings of the rule's own columns and of the times
// that its clock has passed: not of batches, nor of ticks in between. What is due at t comes before
// what is read at t.
//
// Memory of an entity: 32 bytes in its block; where rules apply to it, beside that 104 bytes, 40 a
// rule, 44 a column of a rule and 1.6 KB a window of a rule, allocated at its first event. After
// that nothing is allocated but for what is told. About 50 ns an event and rule of three
// comparisons, none where the event has none of the rule's columns, and 5 ns an event where no rule
// applies.
#ifndef RETIMU_RULES_RULE_BOOK_HPP
#define RETIMU_RULES_RULE_BOOK_HPP

#include "retimu/core/decision.hpp"
#include "retimu/core/detector.hpp"
#include "retimu/rules/rule.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace retimu {

inline constexpr std::size_t rules_max = 1'000;

struct ColumnValue {
  ColumnId column{};
  double value = 0;       // the last one; NaN before the first
  Time time = time_none;  // when it was read
};

// A rule is raised for an entity, or resolved.
struct RuleChange {
  std::uint16_t rule = 0;  // index in rules()
  Change change = Change::none;
  Time time = 0;                    // when: with a `for`, exactly onset + for
  Time onset = 0;                   // since when the condition has been true
  std::optional<Time> ended;        // of a resolved one: when it was last seen true
  std::vector<ColumnValue> values;  // of the rule's columns
};

class RuleBook final : public Stateful {
 public:
  // At most rules_max with names of their own. `columns` must outlive it.
  static Result<std::unique_ptr<RuleBook>> make(std::vector<Rule> rules, Columns& columns);

  std::span<const Rule> rules() const { return rules_; }
  bool is_empty() const { return rules_.empty(); }

  // After an event: `now` is the entity's clock, the event's own time unless it is late. Wakes
  // first, so that a caller need not. Readings older than the column's last one are left out. A
  // clock that is set back takes with it what lies in its future. Appends in order of time.
  void update(void* state, std::string_view entity, const EntityView& view, Time now,
              std::vector<RuleChange>& to) const;
  // The clock has passed `now`: what was due until then happens at the time it was due.
  void wake(void* state, Time now, std::vector<RuleChange>& to) const;
  // When something can happen without an event: `for` is over, a value turns stale while it runs,
  // or age() or stuck() passes its limit.
  std::optional<Time> wake_time(const void* state) const;
  // A rule is raised and not resolved, or its `for` runs: the entity must stay in reach of ticks.
  bool holds(const void* state) const;
  // Of one rule, as of `now`; unknown where it does not apply. Changes nothing.
  TruthValue truth(const void* state, std::size_t rule, Time now) const;
  // What an entity to which all rules apply holds beside its block.
  std::size_t allocated_bytes_max() const;

  std::size_t bytes(std::size_t columns) const override;
  void create(void* at, std::size_t columns, std::uint64_t seed) const override;
  void destroy(void* at, std::size_t columns) const override;
  void grow(void* to, std::size_t columns_to, void* from, std::size_t columns_from) const override;
  // Rules are stored under a hash of what they say: one that was edited begins anew, others go on.
  void visit(void* at, std::size_t columns, StateVisitor& visitor) const override;

 private:
  struct Compiled {
    Condition condition;
    std::vector<ColumnId> columns;
    Duration stale = 0;
    std::uint64_t key = 0;
  };
  struct Held;
  struct Part;
  struct State;

  RuleBook() = default;
  std::unique_ptr<Part> part_of(std::span<const std::uint16_t> rules) const;
  void match(State& state, std::string_view entity) const;
  bool take(Part& part, Held& held, const EntityView& view) const;
  void find_slots(Part& part, const EntityView& view) const;
  void set_back(Part& part, Time now) const;
  void evaluate(Part& part, Held& held, Time now, std::vector<RuleChange>& to) const;
  bool visit_rule(const Part& from, std::size_t index, Part& to, StateVisitor& visitor) const;
  void tell(const Part& part, const Held& held, Change change, Time now,
            std::vector<RuleChange>& to) const;

  std::vector<Rule> rules_;
  std::vector<Compiled> compiled_;
};

}  // namespace retimu

#endif
