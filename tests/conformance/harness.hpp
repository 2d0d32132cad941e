// SPDX-License-Identifier: Apache-2.0
// One entity with one detector, kept as the engine keeps it: aligned row, state in a block of
// exactly the size the detector asked for, scratch from score to learn. Blocks of exact size let
// AddressSanitizer see a step beyond.
#ifndef TESTS_CONFORMANCE_HARNESS_HPP
#define TESTS_CONFORMANCE_HARNESS_HPP

#include "retimu/core/detector.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <span>
#include <vector>

namespace retimu::conformance {

// Memory aligned as the engine's, of exactly `bytes`.
class Block {
 public:
  explicit Block(std::size_t bytes)
      : at_(static_cast<std::byte*>(::operator new(std::max<std::size_t>(bytes, 1), alignment))),
        bytes_(bytes) {}
  std::byte* data() const { return at_.get(); }
  std::span<std::byte> span() const { return {at_.get(), bytes_}; }

 private:
  static constexpr std::align_val_t alignment{16};
  struct Release {
    void operator()(std::byte* at) const { ::operator delete(at, alignment); }
  };
  std::unique_ptr<std::byte, Release> at_;
  std::size_t bytes_;
};

class Subject {
 public:
  explicit Subject(const Detector& detector, std::uint64_t seed = 1)
      : detector_(detector),
        seed_(seed),
        state_(detector.bytes(0)),
        scratch_(detector.scratch_bytes(0)) {
    detector_.create(state_.data(), 0, seed_);
  }
  ~Subject() { detector_.destroy(state_.data(), columns_.size()); }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  // Takes the values into the row and scores; nothing is learned.
  std::optional<double> score(const Payload& payload) {
    event_.payload = payload;
    event_.time = time_;
    time_ += second;
    align();
    return detector_.score(state_.data(), observation(), scratch_.span());
  }
  // The time of the next event, which those after it follow by a second.
  void set_time(Time time) { time_ = time; }
  Time time() const { return time_; }
  // What the fleet reads of this column, and of no other, from the next event on.
  void set_fleet(ColumnId column, std::span<const double> readings) {
    std::vector<double> sorted(readings.begin(), readings.end());
    PeerTable table(time_, peers_ == nullptr ? 1 : peers_->number() + 1);
    table.add(column, summarise(sorted, second));
    peers_ = std::make_shared<const PeerTable>(std::move(table));
  }
  // When it wants a Tick.
  std::optional<Time> due() const { return detector_.wake_time(state_.data()); }
  void merge(TemplateId from, TemplateId to) { detector_.merge(state_.data(), from, to); }
  // After score.
  void learn() { detector_.learn(state_.data(), observation(), scratch_.span()); }
  std::vector<Reason> explain() const {
    std::vector<Reason> reasons;
    detector_.explain(state_.data(), observation(), scratch_.span(), reasons);
    return reasons;
  }
  std::optional<double> feed(const Payload& payload) {
    const std::optional<double> score = this->score(payload);
    learn();
    return score;
  }
  std::optional<double> feed(std::span<const ColumnId> columns, std::span<const double> values) {
    return feed(Payload(Readings{columns, values}));
  }

  // The state alone, as the engine stores it.
  std::vector<std::byte> save() {
    std::vector<std::byte> bytes;
    StateWriter writer(bytes);
    detector_.visit(state_.data(), columns_.size(), writer);
    return bytes;
  }
  // False: refused; the state starts anew, as in the engine.
  bool load(std::span<const std::byte> bytes) {
    StateReader reader(bytes);
    detector_.visit(state_.data(), columns_.size(), reader);
    if (reader.finished()) return true;
    detector_.destroy(state_.data(), columns_.size());
    detector_.create(state_.data(), columns_.size(), seed_);
    return false;
  }
  // A new state in new memory with this one's row, filled from what this one saved.
  std::unique_ptr<Subject> twin() {
    auto twin = std::make_unique<Subject>(detector_, seed_);
    twin->grow(columns_);
    twin->latest_ = latest_;
    twin->updated_ = updated_;
    twin->time_ = time_;
    twin->peers_ = peers_;
    twin->was_loaded_ = twin->load(save());
    return twin;
  }
  bool was_loaded() const { return was_loaded_; }

  // Slots for more columns, in this order.
  void grow(std::span<const ColumnId> columns) {
    std::vector<ColumnId> added;
    for (const ColumnId column : columns) {
      if (std::ranges::find(columns_, column) == columns_.end()) added.push_back(column);
    }
    if (added.empty()) return;
    const std::size_t before = columns_.size();
    columns_.insert(columns_.end(), added.begin(), added.end());
    latest_.resize(columns_.size(), std::numeric_limits<double>::quiet_NaN());
    updated_.resize(columns_.size(), time_none);
    Block block(detector_.bytes(columns_.size()));
    detector_.grow(block.data(), columns_.size(), state_.data(), before);
    state_ = std::move(block);
    scratch_ = Block(detector_.scratch_bytes(columns_.size()));
    present_.reserve(columns_.size());
  }
  std::size_t columns() const { return columns_.size(); }

 private:
  void align() {
    present_.clear();
    if (const auto* readings = std::get_if<Readings>(&event_.payload)) {
      grow(readings->columns);
      for (std::size_t i = 0; i < readings->columns.size(); ++i) {
        if (!std::isfinite(readings->values[i])) continue;
        const auto slot = static_cast<std::size_t>(
            std::ranges::find(columns_, readings->columns[i]) - columns_.begin());
        latest_[slot] = readings->values[i];
        updated_[slot] = event_.time;
        present_.push_back(static_cast<std::uint32_t>(slot));
      }
      std::ranges::sort(present_);
    }
    view_ = {columns_, latest_, updated_, present_};
  }
  Observation observation() const { return {event_, view_, event_.time, peers_.get()}; }

  const Detector& detector_;
  std::uint64_t seed_;
  Block state_, scratch_;
  std::vector<ColumnId> columns_;
  std::vector<double> latest_;
  std::vector<Time> updated_;
  std::vector<std::uint32_t> present_;
  Event event_;
  EntityView view_;
  Time time_ = 0;
  std::shared_ptr<const PeerTable> peers_;
  bool was_loaded_ = false;
};

}  // namespace retimu::conformance

#endif
