// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/snapshotter.hpp"

#include <utility>

namespace retimu {

namespace {
constexpr std::size_t waiting_max = 2;
}

Snapshotter::Snapshotter(Store& store, std::function<void(const Error&)> failed)
    : store_(store),
      failed_(std::move(failed)),
      free_(waiting_max),
      taken_(waiting_max),
      deadline_(std::chrono::steady_clock::time_point::max()) {
  for (std::size_t i = 0; i < waiting_max; ++i) {
    pool_.push_back(std::make_unique<Saved>());
    free_.send(pool_.back().get());
  }
  thread_ = std::thread([this] {
    while (const std::optional<Saved*> saved = taken_.receive()) {
      write(**saved);
      free_.send(*saved);
    }
  });
}

Snapshotter::~Snapshotter() { finish(); }

void Snapshotter::take(Round& round) {
  if (round.groups_to_save == 0) return;
  Saved* saved = *free_.receive();
  saved->sequence = round.sequence_next;
  saved->admission.swap(round.admission);
  saved->count = 0;
  for (ShardOutput& output : round.outputs) {
    for (std::size_t i = 0; i < output.saved_count; ++i) {
      if (saved->count == saved->groups.size()) saved->groups.emplace_back();
      std::swap(saved->groups[saved->count++], output.saved[i]);  // buffers go round
    }
  }
  taken_.send(saved);
}

void Snapshotter::write(const Saved& saved) {
  for (std::size_t i = 0; i < saved.count && !has_failed_; ++i) {
    if (std::chrono::steady_clock::now() >= deadline_.load()) return;
    const SavedGroup& group = saved.groups[i];
    Result<void> done = store_.snapshot(group.group, saved.sequence, saved.admission, group.state);
    if (done) continue;
    has_failed_ = true;
    failed_(done.error());
  }
}

void Snapshotter::finish() {
  taken_.close();
  if (thread_.joinable()) thread_.join();
}

}  // namespace retimu
