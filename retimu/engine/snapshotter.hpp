// SPDX-License-Identifier: Apache-2.0
// Writes snapshots to the store on a thread of its own: a snapshot waits for the disk, commits must
// not. Few are under way at once, so that memory does not hold the fleet twice.
#ifndef RETIMU_ENGINE_SNAPSHOTTER_HPP
#define RETIMU_ENGINE_SNAPSHOTTER_HPP

#include "retimu/engine/channel.hpp"
#include "retimu/engine/round.hpp"
#include "retimu/engine/vitals.hpp"

#include <array>
#include <atomic>
#include <functional>
#include <optional>
#include <thread>

namespace retimu {

class Snapshotter {
 public:
  static constexpr std::size_t under_way_max = 3;

  // `failed` is called on the snapshot thread, with the first error; nothing is written after it
  // until try_again().
  Snapshotter(Store& store, std::function<void(const Error&)> failed, Vitals* vitals = nullptr);
  ~Snapshotter();

  // An empty one, to be given to write() or drop(). take() waits for it; try_take() gives null if
  // all are under way.
  Snapshot* take() { return clear(*free_.receive()); }
  // The group whose snapshot failed, since try_again(); what was taken after it is left out.
  std::optional<GroupId> failed() const;
  // What is taken from now on is written again.
  void try_again() { ++attempt_; }
  Snapshot* try_take();
  // After the commit of the round that filled it.
  void write(Snapshot* snapshot) { taken_.send(snapshot); }
  void drop(Snapshot* snapshot) { free_.send(snapshot); }

  // What is not written by then is left out; the replay is longer for it.
  void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }
  void finish();  // writes what was taken and ends the thread

 private:
  Snapshot* clear(Snapshot* snapshot);
  void store(const Snapshot& snapshot);

  Store& store_;
  std::function<void(const Error&)> failed_;
  std::array<Snapshot, under_way_max> pool_;
  Channel<Snapshot*> free_, taken_;
  std::atomic<std::chrono::steady_clock::time_point> deadline_;
  Vitals* vitals_;
  std::uint64_t attempt_ = 1;                      // the reading thread's
  std::atomic<std::uint64_t> failed_attempt_ = 0;  // the last one that failed
  std::atomic<GroupId> failed_group_{};
  std::thread thread_;
};

}  // namespace retimu

#endif
