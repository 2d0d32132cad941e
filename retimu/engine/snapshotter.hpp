// SPDX-License-Identifier: Apache-2.0
// Writes saved groups to the store on a thread of its own: a snapshot waits for the disk, commits
// must not.
#ifndef RETIMU_ENGINE_SNAPSHOTTER_HPP
#define RETIMU_ENGINE_SNAPSHOTTER_HPP

#include "retimu/engine/channel.hpp"
#include "retimu/engine/round.hpp"

#include <atomic>
#include <functional>
#include <thread>

namespace retimu {

class Snapshotter {
 public:
  // `failed` is called once, on the snapshot thread, with the first error; nothing is written after
  // it.
  Snapshotter(Store& store, std::function<void(const Error&)> failed);
  ~Snapshotter();

  // Takes the round's saved groups, which its commit has followed; waits if those of two rounds are
  // not written yet.
  void take(Round& round);
  // What is not written by then is left out; the replay is longer for it.
  void set_deadline(std::chrono::steady_clock::time_point deadline) { deadline_ = deadline; }
  void finish();  // writes what was taken and ends the thread

 private:
  struct Saved {
    std::uint64_t sequence = 0;
    std::vector<std::byte> admission;
    std::vector<SavedGroup> groups;
    std::size_t count = 0;
  };
  void write(const Saved& saved);

  Store& store_;
  std::function<void(const Error&)> failed_;
  std::vector<std::unique_ptr<Saved>> pool_;
  Channel<Saved*> free_, taken_;
  std::atomic<std::chrono::steady_clock::time_point> deadline_;
  bool has_failed_ = false;
  std::thread thread_;
};

}  // namespace retimu

#endif
