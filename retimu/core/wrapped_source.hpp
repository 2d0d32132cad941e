// SPDX-License-Identifier: Apache-2.0
// A source that is another one but for what a class derived from it changes.
#ifndef RETIMU_CORE_WRAPPED_SOURCE_HPP
#define RETIMU_CORE_WRAPPED_SOURCE_HPP

#include "retimu/core/source.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace retimu {

class WrappedSource : public Source {
 public:
  explicit WrappedSource(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) override {
    return source_->read(into, count_max, wait);
  }
  std::vector<Position> positions() const override { return source_->positions(); }
  Result<void> seek(std::span<const Position> positions) override {
    return source_->seek(positions);
  }
  std::vector<Partition> partitions() const override { return source_->partitions(); }
  Result<void> recognise(std::span<const Partition> known) override {
    return source_->recognise(known);
  }
  void follow(std::vector<AdmittedRun> order) override { source_->follow(std::move(order)); }
  Result<void> forget(std::span<const Position> positions) override {
    return source_->forget(positions);
  }
  SourceReport report() const override { return source_->report(); }
  std::string describe(const Position& position) const override {
    return source_->describe(position);
  }

 private:
  std::unique_ptr<Source> source_;
};

}  // namespace retimu

#endif
