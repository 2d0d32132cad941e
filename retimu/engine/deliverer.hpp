// SPDX-License-Identifier: Apache-2.0
// Takes alerts from the outbox to the sinks on a thread of its own, so that a slow sink holds up
// nobody. Each sink has a cursor; a sink that fails is asked again, and what it did not take stays
// in the outbox for the next start.
#ifndef RETIMU_ENGINE_DELIVERER_HPP
#define RETIMU_ENGINE_DELIVERER_HPP

#include "retimu/core/sink.hpp"
#include "retimu/core/store.hpp"
#include "retimu/engine/vitals.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace retimu {

struct NamedSink {
  std::string name;  // stable: the cursor is kept under it
  std::unique_ptr<Sink> sink;
};

class Deliverer {
 public:
  // `note`: told when a sink begins to fail. `vitals` (may be null) is kept up to date.
  Deliverer(Store& store, std::vector<NamedSink>& sinks, std::function<void(const Error&)> note,
            Vitals* vitals = nullptr);
  ~Deliverer();

  // Moves each cursor to what the sink says it has got already.
  Result<void> resume();
  void start();
  void wake();
  // Goes to every sink past the outbox, which may be on a full disk. From any thread. At most
  // past_max wait for a sink, then the oldest are left out.
  void tell_now(const Alert& alert);
  static constexpr std::size_t past_max = 100;
  // Delivers what is left, trying again for at most a second, and ends the thread; the first sink's
  // error if any is left.
  Result<void> finish();

 private:
  void loop();
  struct State {
    std::vector<Alert> past;   // to be told past the outbox; guarded by mutex_
    std::int64_t reached = 0;  // the last row that it took, though no cursor may say so
    bool is_failing = false;
    SinkVitals vitals;
  };
  Result<void> give(std::size_t index, std::span<const Alert> alerts);
  Result<void> deliver_past(std::size_t index);
  Result<bool> deliver(std::size_t index);  // true: there may be more
  Result<void> round();
  void publish();

  Store& store_;
  std::vector<NamedSink>& sinks_;
  std::function<void(const Error&)> note_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool has_new_ = true, is_ending_ = false;
  std::vector<State> states_;  // by sink
  Vitals* vitals_;
  Result<void> last_;
  std::thread thread_;
};

}  // namespace retimu

#endif
