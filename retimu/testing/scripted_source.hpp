// SPDX-License-Identifier: Apache-2.0
// A source that makes its events, for tests and benchmarks of the engine without files.
#ifndef RETIMU_TESTING_SCRIPTED_SOURCE_HPP
#define RETIMU_TESTING_SCRIPTED_SOURCE_HPP

#include "retimu/core/source.hpp"

#include <functional>
#include <utility>

namespace retimu {

// `make` fills the event of an index (entity, time, payload; memory from the arena) and returns
// false at the end. It is called with indices 0, 1, 2, …, after a seek from there on.
class ScriptedSource final : public Source {
 public:
  using Make = std::function<bool(std::uint64_t index, Arena& arena, Event& event)>;
  explicit ScriptedSource(Make make) : make_(std::move(make)) {}

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds) override {
    for (std::size_t i = 0; i < count_max; ++i) {
      Event event;
      event.position = {0, index_};
      if (!make_(index_, into.arena, event)) return Read::finished;
      into.events.push_back(event);
      if (into.keep_origins) into.origins.push_back({index_ + 1, {}});
      ++index_;
    }
    return Read::open;
  }
  std::vector<Position> positions() const override { return {{0, index_}}; }
  Result<void> seek(std::span<const Position> positions) override {
    index_ = positions.empty() ? 0 : positions.front().offset;
    return {};
  }
  std::vector<Partition> partitions() const override { return {}; }
  Result<void> recognise(std::span<const Partition>) override { return {}; }
  void follow(std::vector<AdmittedRun>) override {}  // there is one order only
  SourceReport report() const override {
    SourceReport report;
    report.records = index_;
    return report;
  }
  std::string describe(const Position&) const override { return "script"; }

 private:
  Make make_;
  std::uint64_t index_ = 0;
};

}  // namespace retimu

#endif
