// SPDX-License-Identifier: Apache-2.0
// What a person asks of a pipeline, whether or not it runs. It waits in the data_dir until it
// enters the admitted order as a control.
#ifndef RETIMU_CORE_REQUEST_HPP
#define RETIMU_CORE_REQUEST_HPP

#include "retimu/core/event.hpp"
#include "retimu/core/interface.hpp"
#include "retimu/core/result.hpp"
#include "retimu/core/state.hpp"
#include "retimu/core/time.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retimu {

// Who asked, and when: no two requests have one.
struct Asked {
  Time at = 0;               // wall clock
  std::uint64_t number = 0;  // of the process that asked
  std::string by;            // a user, or a signal
  void visit(StateVisitor& visitor);
  friend bool operator==(const Asked&, const Asked&) = default;
};

// An alert was right: what the entity did in [from, to] was a fault, and must not pass for usual.
struct Confirmation {
  std::string entity;
  Time from = 0, to = 0;
  Asked asked{};  // nothing in one that an earlier version kept
  void visit(StateVisitor& visitor);
};

// An alert was wrong: what its detectors say of the entity and of this subject counts less from now
// on.
struct FalseAlarm {
  struct Part {
    std::string detector;
    std::string subject;  // column, template, code: of the first reason of the alert
    double decades = 0;   // by which its evidence is lowered, > 0
  };
  Asked asked;
  std::string entity;
  std::string alert;        // its id; for people
  std::vector<Part> parts;  // none: all that was said of the entity is taken back
  void visit(StateVisitor& visitor);
};

// The entities are worked on, or no longer.
struct MaintenanceRequest {
  Asked asked;
  bool ends = false;                  // windows of these patterns, now
  std::vector<std::string> entities;  // names or glob patterns; none: all
  Time from = time_none;              // event time; time_none: when the request enters
  Time to = time_none;                // time_none: `lasts` after from
  Duration lasts = 0;
  std::string reason;
  bool is_learned = true;
  void visit(StateVisitor& visitor);
};

// Acts at once, and is logged with the next tick: nothing that is said depends on it.
struct Operation {
  enum class Action : std::uint8_t { pause, resume, reload };
  Asked asked;
  Action action = Action::pause;
  bool accepts_other_pipeline = false;  // a reload may lose what detectors have learned
  std::string text;                     // of a reload that was carried out: what has changed
  void visit(StateVisitor& visitor);
};
std::string_view name_of(Operation::Action action);

// Entities go on with what a model has learned. The model itself lies in the data_dir.
struct ModelRequest {
  Asked asked;
  std::string id;    // of its bytes, 32 hexadecimal digits
  std::string file;  // its name in data_dir/models
  void visit(StateVisitor& visitor);
};

// As they are logged and wait. All begin with a version; a confirmation's 16 bytes before that are
// the largest and the smallest time. One of an earlier version is: from and to, 8 bytes each,
// little-endian, then the entity's name. What reads as none: torn, newer, out of bounds.
std::vector<std::byte> to_bytes(const Confirmation& confirmation);
std::vector<std::byte> to_bytes(const FalseAlarm& alarm);
std::vector<std::byte> to_bytes(const MaintenanceRequest& request);
std::vector<std::byte> to_bytes(const Operation& operation);
std::vector<std::byte> to_bytes(const ModelRequest& request);
std::optional<Confirmation> read_confirmation(std::span<const std::byte> bytes);
std::optional<FalseAlarm> read_false_alarm(std::span<const std::byte> bytes);
std::optional<MaintenanceRequest> read_maintenance_request(std::span<const std::byte> bytes);
std::optional<Operation> read_operation(std::span<const std::byte> bytes);
std::optional<ModelRequest> read_model_request(std::span<const std::byte> bytes);

// Whether the bytes are a body of that kind.
bool is_request(Control::Kind kind, std::span<const std::byte> body);
// None: of a confirmation that does not say.
std::optional<Asked> asked_of(Control::Kind kind, std::span<const std::byte> body);
// Both are what one person asked for once, though one may say more of it.
bool is_same_request(Control::Kind kind, std::span<const std::byte> a,
                     std::span<const std::byte> b);

struct Request {
  std::string name;  // unique among those that wait
  Control::Kind kind = Control::Kind::confirmation;
  std::vector<std::byte> body;  // of its kind, as it is logged
};

// Nothing is to be read: the last of those that wait which pauses or resumes says so.
bool is_paused(std::span<const Request> waiting);

struct Requests : Interface {
  // Those that wait, in the order in which they were asked. Called by the reading thread.
  virtual Result<std::vector<Request>> waiting() = 0;
  // It was logged and need not wait any more. Called by the committing thread while it runs, and by
  // the reading one for what is refused.
  virtual Result<void> done(const std::string& name) = 0;
};

}  // namespace retimu

#endif
