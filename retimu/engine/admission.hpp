// SPDX-License-Identifier: Apache-2.0
// The one admitted order: numbers the records, lets the source's clock enter as ticks and what is
// pipeline-wide as controls. A function of the records alone, so that a replay meets the same marks
// at the same places.
#ifndef RETIMU_ENGINE_ADMISSION_HPP
#define RETIMU_ENGINE_ADMISSION_HPP

#include "retimu/engine/fleet_readings.hpp"
#include "retimu/engine/log_encoder.hpp"
#include "retimu/engine/round.hpp"
#include "retimu/engine/source_watch.hpp"

#include <deque>
#include <span>
#include <vector>

namespace retimu {

struct AdmissionOptions {
  double budget_per_day = 0;     // 0: no controls
  std::uint64_t train_rows = 0;  // the first records only teach
  Duration jump_max = hour;      // a clock that leaps further must be confirmed
  std::size_t shards = 1;
  bool encodes_logs = false;  // some detector judges them
  double silence_times = 0;   // of a source, see source_watch.hpp
  std::function<std::string(std::uint32_t)> source_name = {};
  bool compares_peers = false;  // some detector does
  FleetReadingsOptions fleet{};
};

class Admission {
 public:
  explicit Admission(const AdmissionOptions& options)
      : options_(options),
        sources_(options.silence_times, options.source_name),
        fleet_readings_(options.fleet) {}

  // Admits events of the round's batch from `first` on into the round, and returns where it
  // stopped: the end, or the event before which a control is due whose report is not there yet (see
  // awaited()).
  std::size_t admit(Round& round, std::size_t first, bool is_training);

  // The boundary whose report the next admit() needs; none if none.
  std::optional<Boundary> awaited() const { return awaited_; }
  void give_report(const FleetSums& sums) { report_ = sums; }
  // Controls logged by an earlier process for the part that is replayed now: they are used instead
  // of reports.
  void use_logged(std::vector<LoggedControl> logged) { logged_ = std::move(logged); }
  // It enters with one of the next ticks. Only past what an earlier process judged.
  void ask(Request request);

  std::uint64_t sequence() const { return sequence_; }
  Time watermark() const { return clock_.watermark; }  // time_none before the first event
  Time ticked() const { return ticked_; }              // the last tick; time_none: none yet
  const BudgetControl& control() const { return control_; }
  // What is known of the fleet's logs and readings; saved by itself, as it is large.
  bool has_fleet() const { return log_encoder_.is_used() || fleet_readings_.is_used(); }
  void visit_fleet(StateVisitor& visitor);
  Result<void> load_fleet(Bytes from);
  const std::shared_ptr<const PeerTable>& peers() const { return fleet_readings_.table(); }
  void visit(StateVisitor& visitor);

 private:
  struct Clock {
    Time watermark = time_none;
    std::uint64_t holder = 0;   // entity (hash) that set it
    bool is_confirmed = false;  // by another entity
    std::uint64_t leaper = 0;   // entity whose clock leapt away from it
    Time leapt = time_none;     // of the times beyond the leap the one nearest to it
    std::uint32_t leaps = 0;    // records in a row beyond it
  };
  bool follow(const Event& event);
  void forget_marks();
  bool mark(Round& round, std::size_t before, bool is_quiet);
  void push(Round& round, Mark mark) const;
  void encode(Round& round, std::size_t index, Event& event);
  void watch(Round& round, std::size_t index, const Event& event);
  void take(Round& round, std::size_t index, const Event& event);
  const LoggedControl* logged(Control::Kind kind) const;
  std::optional<BudgetControl> due_control(Time boundary);
  const LoggedControl* logged_request() const;
  std::optional<Request> due_request();
  void mark_without_clock(Round& round, std::size_t before);
  void route(Round& round, std::size_t index, const Event& event) const;

  AdmissionOptions options_;
  std::uint64_t sequence_ = 0;
  Clock clock_;
  Time ticked_ = time_none;    // last tick
  Time boundary_ = time_none;  // last boundary that groups reported at
  FleetSums reported_;         // the report before the one awaited
  BudgetControl control_;      // the last one sent
  bool has_boundary_ = false;
  std::uint32_t era_ = 0;  // see Boundary
  std::optional<Boundary> awaited_;
  std::optional<FleetSums> report_;
  std::vector<LoggedControl> logged_;
  std::deque<Request> requests_;
  LogEncoder log_encoder_;
  SourceWatch sources_;
  FleetReadings fleet_readings_;
  Time taught_ = time_none;  // second of the last training line that was encoded
};

}  // namespace retimu

#endif
