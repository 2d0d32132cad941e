// SPDX-License-Identifier: Apache-2.0
// For tests and benchmarks: an entity that sends rows to the rules of a book.
#ifndef RETIMU_RULES_RULES_TEST_TOOLS_HPP
#define RETIMU_RULES_RULES_TEST_TOOLS_HPP

#include "retimu/rules/rule_book.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace retimu {

using Row = std::vector<std::pair<std::string, double>>;

// Its aligned row and its state, as an entity's block would hold them.
class Sender {
 public:
  Sender(const RuleBook& book, Columns& columns, std::string name = "pump-1")
      : book_(book), columns_(columns), name_(std::move(name)), state_(make_state(book)) {}
  ~Sender() { book_.destroy(state_.get(), 0); }
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  // `clock`: the entity's, where the event is late.
  void send(Time time, const Row& row, Time clock) {
    align(time, row);
    book_.update(state_.get(), name_, view(), clock, changes);
  }
  void send(Time time, const Row& row) { send(time, row, time); }
  void tick(Time now) { book_.wake(state_.get(), now, changes); }

  // The row as it is after an event.
  void align(Time time, const Row& row) {
    present_.clear();
    for (const auto& [name, value] : row) {
      const ColumnId id = *columns_.intern(name);
      auto slot = static_cast<std::size_t>(std::ranges::find(ids_, id) - ids_.begin());
      if (slot == ids_.size()) {
        ids_.push_back(id);
        latest_.push_back(std::nan(""));
        updated_.push_back(time_none);
      }
      if (!std::isfinite(value)) continue;
      latest_[slot] = value;
      updated_[slot] = time;
      present_.push_back(static_cast<std::uint32_t>(slot));
    }
    std::ranges::sort(present_);
  }
  EntityView view() const { return {ids_, latest_, updated_, present_}; }

  void* state() { return state_.get(); }
  TruthValue truth(Time now, std::size_t rule = 0) const {
    return book_.truth(state_.get(), rule, now);
  }
  std::optional<Time> wake_time() const { return book_.wake_time(state_.get()); }
  bool holds() const { return book_.holds(state_.get()); }

  std::vector<std::byte> save() {
    std::vector<std::byte> bytes;
    StateWriter writer(bytes);
    book_.visit(state_.get(), 0, writer);
    return bytes;
  }
  // In place of the state that it had; false where the bytes were refused.
  bool load(std::span<const std::byte> bytes) {
    book_.destroy(state_.get(), 0);
    book_.create(state_.get(), 0, 0);
    StateReader reader(bytes);
    book_.visit(state_.get(), 0, reader);
    return reader.finished();
  }

  // "raised 10s since 0s", one a change, and clears them.
  std::string told() {
    std::string text;
    for (const RuleChange& change : changes) {
      text += fmt::format("{}{} {} since {}", text.empty() ? "" : ", ", name_of(change.change),
                          format_duration(change.time), format_duration(change.onset));
      if (change.ended) text += " until " + format_duration(*change.ended);
      if (book_.rules().size() > 1) text += fmt::format(" [{}]", change.rule);
    }
    changes.clear();
    return text;
  }

  std::vector<RuleChange> changes;

 private:
  struct Release {
    void operator()(std::byte* memory) const { ::operator delete (memory, std::align_val_t{16}); }
  };
  using Memory = std::unique_ptr<std::byte, Release>;
  static Memory make_state(const RuleBook& book) {
    Memory memory(static_cast<std::byte*>(
        ::operator new (std::max<std::size_t>(book.bytes(0), 16), std::align_val_t{16})));
    book.create(memory.get(), 0, 0);
    return memory;
  }

  const RuleBook& book_;
  Columns& columns_;
  std::string name_;
  Memory state_;
  std::vector<ColumnId> ids_;
  std::vector<double> latest_;
  std::vector<Time> updated_;
  std::vector<std::uint32_t> present_;
};

}  // namespace retimu

#endif
