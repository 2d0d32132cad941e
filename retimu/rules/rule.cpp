// SPDX-License-Identifier: Apache-2.0
#include "retimu/rules/rule.hpp"

#include "retimu/rules/glob.hpp"
#include "retimu/rules/rule_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

// The one entity of an example.
class Stage {
 public:
  Stage(const RuleBook& book, Columns& columns)
      : book_(book),
        columns_(columns),
        state_(static_cast<std::byte*>(::operator new (book.bytes(0), std::align_val_t{16}))) {
    book_.create(state_.get(), 0, 0);
  }
  ~Stage() { book_.destroy(state_.get(), 0); }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  void play(const RuleExample::Row& row) {
    present_.clear();
    for (const auto& [name, value] : row.values) {
      const std::optional<ColumnId> id = columns_.intern(name);
      if (!id || !std::isfinite(value)) continue;
      auto slot = static_cast<std::size_t>(std::ranges::find(ids_, *id) - ids_.begin());
      if (slot == ids_.size()) {
        ids_.push_back(*id);
        latest_.push_back(value);
        updated_.push_back(row.at);
      }
      latest_[slot] = value;
      updated_[slot] = row.at;
      present_.push_back(static_cast<std::uint32_t>(slot));
    }
    std::ranges::sort(present_);
    book_.update(state_.get(), {}, {ids_, latest_, updated_, present_}, row.at, changes_);
  }
  TruthValue truth(Time now) const { return book_.truth(state_.get(), 0, now); }

 private:
  struct Release {
    void operator()(std::byte* memory) const { ::operator delete (memory, std::align_val_t{16}); }
  };
  const RuleBook& book_;
  Columns& columns_;
  std::unique_ptr<std::byte, Release> state_;
  std::vector<ColumnId> ids_;
  std::vector<double> latest_;
  std::vector<Time> updated_;
  std::vector<std::uint32_t> present_;
  std::vector<RuleChange> changes_;
};

}  // namespace

Duration stale_of(const Rule& rule) { return rule.stale.value_or(std::max(5 * minute, rule.hold)); }

bool applies_to(const Rule& rule, std::string_view entity) {
  return rule.entities.empty() ||
         std::ranges::any_of(rule.entities, [entity](const std::string& pattern) {
           return matches_glob(pattern, entity);
         });
}

TruthValue outcome_of(const Rule& rule, const RuleExample& example) {
  Rule anywhere = rule;
  anywhere.entities.clear();
  Columns columns;
  const Result<std::unique_ptr<RuleBook>> book = RuleBook::make({anywhere}, columns);
  RETIMU_ASSERT(book);
  Stage stage(**book, columns);
  for (const RuleExample::Row& row : example.rows) stage.play(row);
  const Time last = example.rows.empty() ? 0 : example.rows.back().at;
  return stage.truth(add_saturated(last, example.after));
}

std::optional<std::string> failed_example(const Rule& rule, std::size_t index) {
  const RuleExample& example = rule.examples[index];
  const TruthValue outcome = outcome_of(rule, example);
  if (outcome == example.expected) return std::nullopt;
  return fmt::format("rule \"{}\": example {} is {}, expected {}", rule.name, index + 1,
                     name_of(outcome), name_of(example.expected));
}

}  // namespace retimu
