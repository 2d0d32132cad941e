// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/snapshotter.hpp"

#include <utility>

namespace retimu {

Snapshotter::Snapshotter(Store& store, std::function<void(const Error&)> failed, Vitals* vitals)
    : store_(store),
      failed_(std::move(failed)),
      free_(under_way_max),
      taken_(under_way_max),
      deadline_(std::chrono::steady_clock::time_point::max()),
      vitals_(vitals) {
  for (Snapshot& snapshot : pool_) free_.send(&snapshot);
  thread_ = std::thread([this] {
    while (const std::optional<Snapshot*> snapshot = taken_.receive()) {
      this->store(**snapshot);
      free_.send(*snapshot);
    }
  });
}

Snapshotter::~Snapshotter() { finish(); }

Snapshot* Snapshotter::clear(Snapshot* snapshot) {
  snapshot->admission.clear();
  snapshot->state.clear();
  snapshot->attempt = attempt_;
  return snapshot;
}

Snapshot* Snapshotter::try_take() {
  const std::optional<Snapshot*> snapshot = free_.try_receive();
  return snapshot ? clear(*snapshot) : nullptr;
}

void Snapshotter::store(const Snapshot& snapshot) {
  if (snapshot.attempt <= failed_attempt_ || std::chrono::steady_clock::now() >= deadline_.load())
    return;
  Result<void> done =
      store_.snapshot(snapshot.group, snapshot.sequence, snapshot.admission, snapshot.state);
  if (done) {
    if (vitals_ == nullptr) return;
    ++vitals_->snapshots;
    vitals_->set_state({});
    vitals_->snapshot_at = steady_now();
    return;
  }
  if (vitals_ != nullptr) ++vitals_->snapshot_failures;
  failed_group_ = snapshot.group;
  failed_attempt_ = snapshot.attempt;
  failed_(done.error());
}

std::optional<GroupId> Snapshotter::failed() const {
  if (failed_attempt_ < attempt_) return std::nullopt;
  return failed_group_.load();
}

void Snapshotter::finish() {
  taken_.close();
  if (thread_.joinable()) thread_.join();
}

}  // namespace retimu
