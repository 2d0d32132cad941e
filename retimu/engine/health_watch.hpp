// SPDX-License-Identifier: Apache-2.0
// What a pipeline has to say of itself: that it does not get what it watches, or cannot keep or
// tell what it finds. Of wall clocks and the machine, so that it enters the admitted order as a
// control and a replay says the same.
#ifndef RETIMU_ENGINE_HEALTH_WATCH_HPP
#define RETIMU_ENGINE_HEALTH_WATCH_HPP

#include "retimu/connectors/alert_json.hpp"
#include "retimu/core/request.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retimu {

// As it is now. Counts only grow.
struct HealthFacts {
  Time wall = 0;    // clock on the wall
  Time steady = 0;  // a clock that nobody sets
  struct Named {
    std::string name, trouble;           // empty: none
    std::uint64_t bytes = 0;             // that a source gave, by this process
    bool is_ended = false;               // it gives nothing more, and need not
    Duration silent_after = 5 * minute;  // of a source; 0: that it is silent is not told
  };
  std::vector<Named> sources{}, sinks{};
  // What was judged, by the file or source that it came from.
  struct Reading {
    std::string name;
    std::uint64_t records = 0, rejected = 0;
  };
  std::vector<Reading> readings{};
  std::string journal{};   // why nothing can be appended; empty: nothing stands in the way
  std::string storage{};   // why nothing can be committed
  std::string state{};     // why no snapshot can be taken
  bool is_paused = false;  // nothing is judged, as a person wants it
  std::uint64_t unread_bytes = 0, unread_bytes_max = 0;  // of the journal; 0: there is none
  std::uint64_t records = 0, rejected = 0;
  std::uint64_t lost = 0;                // datagrams for which there was no room
  std::vector<std::string> detectors{};  // that did not flag their specimen
};

class HealthWatch {
 public:
  // Raised and resolved since the last look, in the order of their names: alerts of the entity
  // own_entity, led by "health" or "storage", with times of the wall clock. A condition must hold
  // for a while before it is told, and be gone for a while before it is resolved.
  std::vector<Alert> look(const HealthFacts& facts);
  // Before the first look: what an earlier process raised and did not resolve. It stays open where
  // its condition holds, and is resolved if that is not seen for a while.
  void take_over(std::vector<Alert> open) { adopted_ = std::move(open); }

 private:
  struct Condition {
    Time since = 0;  // steady: that it has held without a break, or been gone
    bool holds = false;
    std::optional<Alert> told;  // open
    std::string sentence;
    Severity severity = Severity::major;
    Duration wait = 0;  // before it is told
  };
  void see(const std::string& what, bool holds, Severity severity, Duration wait,
           std::string sentence);
  bool is_open(const std::string& what) const;
  void see_rejected(const HealthFacts& facts);
  void see_unreadable(const HealthFacts& facts);
  void see_silence(const HealthFacts& facts);
  void see_clock(const HealthFacts& facts);
  void adopt(const std::string& what, Condition& condition);
  void resolve(Alert alert, Time ended, std::vector<Alert>& changes) const;
  Alert raise(const std::string& what, const Condition& condition) const;

  // What a source gave, as looks saw it.
  struct Stream {
    std::uint64_t bytes = 0, times = 0;  // times: looks that found something new
    Time last = time_none;               // steady: of the newest of these
    Duration longest_gap = 0;            // usual: it is forgotten with a half-life of a day
  };
  std::map<std::string, Stream> streams_;  // by name
  // What a source gave that could not be read, with nothing between that could.
  struct Unreadable {
    std::uint64_t records = 0, rejected = 0;  // counts at its last readable record
    Time since = 0;                           // steady: of the last look before the first one
  };
  std::map<std::string, Unreadable> unreadable_;  // by name
  std::map<std::string, Condition> conditions_;   // by what, such as "source http 127.0.0.1:8080"
  std::map<std::string, bool> seen_;
  std::vector<Alert> adopted_;  // of an earlier process, as long as nobody knows of what they are
  Time began_ = time_none;      // steady: the first look
  Time looked_at_ = time_none;  // steady: the look before
  Time wall_ = 0, steady_ = 0;  // of this look
  std::optional<Time> offset_;  // of the wall clock from the steady one
  std::optional<std::pair<Time, std::string>> jump_;  // when, steady, and what is said of it
  Time counted_at_ = time_none;                       // steady: when the next counts were taken
  std::uint64_t records_ = 0, rejected_ = 0, lost_ = 0;
  bool many_rejected_ = false, some_lost_ = false;
  std::string rejected_sentence_, lost_sentence_;
};

// How a change of health waits for its tick and is logged.
Request health_request(const Alert& alert);
std::optional<Alert> read_health(std::span<const std::byte> body);

}  // namespace retimu

#endif
