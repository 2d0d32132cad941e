// SPDX-License-Identifier: Apache-2.0
// Maintenance, models, how a pipeline runs, and the list of what people asked for.
#include "app/control.hpp"
#include "app/process.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/connectors/decoder.hpp"
#include "retimu/engine/inspection.hpp"
#include "retimu/engine/lateness.hpp"
#include "retimu/engine/model_file.hpp"
#include "retimu/engine/model_shelf.hpp"
#include "retimu/rules/glob.hpp"
#include "retimu/storage/request_folder.hpp"
#include "retimu/storage/sqlite_store.hpp"

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

namespace retimu::app {

namespace {

constexpr std::size_t applied_shown = 20;

Result<std::unique_ptr<SqliteStore>> open_to_read(const std::string& data_dir) {
  StoreOptions options;
  options.data_dir = data_dir;
  options.read_only = true;
  return open_store(options);
}

std::string names_of(const std::vector<std::string>& entities) {
  return entities.empty() ? "all entities"
                          : printable(fmt::format("{}", fmt::join(entities, ", ")));
}

Result<Time> time_of(std::string_view option, const std::string& text) {
  const std::optional<Time> time = parse_time(text);
  if (time) return *time;
  return failure(Fault::usage,
                 "{} \"{}\" is no time; write 2026-03-01T22:00:00Z or seconds since 1970{}", option,
                 text, option == "--from" ? ", or now" : "");
}

Result<MaintenanceRequest> window_asked(const ControlArguments& arguments) {
  MaintenanceRequest request;
  request.entities = arguments.maintenance;
  request.reason = arguments.reason;
  request.is_learned = !arguments.no_learn;
  const bool lacks_end = arguments.lasts.empty() == arguments.to.empty();
  if (request.reason.empty() || lacks_end) {
    return failure(Fault::usage, "{}{}{}",
                   lacks_end ? "say how long by --for 2h, or until when by --to TIME" : "",
                   lacks_end && request.reason.empty() ? "; and " : "",
                   request.reason.empty() ? "say why by --reason \"new seals\"" : "");
  }
  if (arguments.from != "now") {
    const Result<Time> from = time_of("--from", arguments.from);
    if (!from) return tl::unexpected(from.error());
    request.from = *from;
  }
  if (!arguments.to.empty()) {
    const Result<Time> to = time_of("--to", arguments.to);
    if (!to) return tl::unexpected(to.error());
    request.to = *to;
    if (request.from != time_none && request.to <= request.from) {
      return failure(Fault::usage, "--to must be later than --from");
    }
    return request;
  }
  const std::optional<Duration> lasts = parse_duration(arguments.lasts);
  if (!lasts || *lasts <= 0) {
    return failure(Fault::usage, "--for \"{}\" is no duration; write 90s, 30m, 2h or 1d",
                   arguments.lasts);
  }
  request.lasts = *lasts;
  return request;
}

// What is likely a mistake, by the last snapshot.
void warn_of(const MaintenanceRequest& request, const Inspection& found) {
  for (const std::string& pattern : request.entities) {
    const bool is_known = std::ranges::any_of(
        found.entities, [&](const EntityReport& one) { return matches_glob(pattern, one.name); });
    if (!is_known) {
      warn(
          fmt::format("as of the last snapshot \"{}\" fits no entity; it is accepted, for those "
                      "that come",
                      printable(pattern)));
    }
  }
  if (found.clock == time_none) return;
  const Time end = request.to != time_none     ? request.to
                   : request.from != time_none ? add_saturated(request.from, request.lasts)
                                               : INT64_MAX;
  if (end <= found.clock) {
    warn(fmt::format("that is over: the pipeline's clock is at {}", format_time(found.clock)));
  }
}

std::string text_of(const MaintenanceRequest& request) {
  if (request.ends) return fmt::format("maintenance of {} ends", names_of(request.entities));
  return fmt::format("maintenance of {} from {} {}{}: {}", names_of(request.entities),
                     request.from == time_none ? "now" : format_time(request.from),
                     request.to == time_none ? "for " + format_duration(request.lasts)
                                             : "to " + format_time(request.to),
                     request.is_learned ? "" : ", not learned", printable(request.reason));
}

std::string text_of(const FalseAlarm& alarm) {
  if (alarm.parts.empty()) {
    return fmt::format("false alarms of {} are forgotten", printable(alarm.entity));
  }
  std::string text = fmt::format("false alarm of {} ({})", printable(alarm.entity), alarm.alert);
  for (const FalseAlarm::Part& part : alarm.parts) {
    text +=
        fmt::format("; {} {} {:.1f} decades", part.detector, printable(part.subject), part.decades);
  }
  return text;
}

std::string text_of(const Operation& operation) {
  std::string text(name_of(operation.action));
  if (operation.accepts_other_pipeline) text += ", another pipeline is accepted";
  return operation.text.empty() ? text : fmt::format("{}: {}", text, printable(operation.text));
}

std::string describe(Control::Kind kind, std::span<const std::byte> body) {
  std::string text;
  if (kind == Control::Kind::confirmation) {
    if (const auto fault = read_confirmation(body)) {
      text = fmt::format("fault of {} from {} {} is confirmed", printable(fault->entity),
                         format_time(fault->from),
                         fault->to == INT64_MAX ? "on" : "to " + format_time(fault->to));
    }
  } else if (const auto alarm = read_false_alarm(body); kind == Control::Kind::false_alarm) {
    if (alarm) text = text_of(*alarm);
  } else if (const auto window = read_maintenance_request(body);
             kind == Control::Kind::maintenance) {
    if (window) text = text_of(*window);
  } else if (const auto operation = read_operation(body);
             kind == Control::Kind::operation && operation) {
    text = text_of(*operation);
  } else if (const auto model = read_model_request(body); kind == Control::Kind::model && model) {
    text = fmt::format("model {}", model->id);
  }
  if (text.empty()) return fmt::format("of kind {}", static_cast<unsigned>(kind));
  const std::optional<Asked> asked = asked_of(kind, body);
  if (asked) text += fmt::format(" (asked {} by {})", format_time(asked->at), printable(asked->by));
  return text;
}

}  // namespace

std::string user_name() {
  const passwd* user = ::getpwuid(::getuid());
  return user == nullptr ? fmt::format("user {}", ::getuid()) : std::string(user->pw_name);
}

int maintain(const ControlArguments& arguments) {
  Result<MaintenanceRequest> request = window_asked(arguments);
  if (!request) return report(request.error());
  const Result<Inspection> found = inspect(arguments.data_dir);
  if (!found) return report(found.error());
  request->asked = RequestFolder::asked(user_name());
  warn_of(*request, *found);
  RequestFolder requests(arguments.data_dir);
  if (Result<void> added = requests.add(*request); !added) return report(added.error());
  fmt::print("{}; `now` is the event time of the next tick\n", text_of(*request));
  return ExitCode::done;
}

int end_maintenance(const ControlArguments& arguments) {
  const Result<Inspection> found = inspect(arguments.data_dir);
  if (!found) return report(found.error());
  MaintenanceRequest request;
  request.asked = RequestFolder::asked(user_name());
  request.ends = true;
  request.entities = arguments.end_maintenance;
  const bool is_known = std::ranges::any_of(
      found->maintenance, [&](const auto& window) { return window.entities == request.entities; });
  if (!is_known) {
    warn(
        fmt::format("as of the last snapshot nobody had asked for maintenance of {}; what the "
                    "configuration says ends there",
                    names_of(request.entities)));
  }
  RequestFolder requests(arguments.data_dir);
  if (Result<void> added = requests.add(request); !added) return report(added.error());
  fmt::print("{} with the next tick\n", text_of(request));
  return ExitCode::done;
}

int operate(const ControlArguments& arguments, Operation::Action action) {
  // A data_dir, and not any folder.
  const auto store = open_to_read(arguments.data_dir);
  if (!store) return report(store.error());
  RequestFolder requests(arguments.data_dir);
  const Result<std::vector<Request>> waiting = requests.waiting();
  if (!waiting) return report(waiting.error());
  if (action != Operation::Action::reload &&
      is_paused(*waiting) == (action == Operation::Action::pause)) {
    warn(action == Operation::Action::pause ? "it is paused already" : "it is not paused");
  }
  Operation operation;
  operation.asked = RequestFolder::asked(user_name());
  operation.action = action;
  operation.accepts_other_pipeline = arguments.accept;
  if (Result<void> added = requests.add(operation); !added) return report(added.error());
  fmt::print("{}: within a second where the pipeline runs, else when it runs again\n",
             text_of(operation));
  return ExitCode::done;
}

int give_model(const ControlArguments& arguments) {
  const auto store = open_to_read(arguments.data_dir);
  if (!store) return report(store.error());
  Result<Model> model = read_model(arguments.model);
  if (!model) return report(model.error());
  const Result<std::string> judging = (*store)->fingerprint();
  if (!judging) return report(judging.error());
  const Result<Configuration> configuration = parse_configuration(*judging, arguments.data_dir);
  if (!configuration) return report(configuration.error());
  if (Result<void> fits = check_takeover(*configuration, *model, arguments.model); !fits) {
    return report(fits.error());
  }
  Result<ModelRequest> request = ModelShelf::add(arguments.data_dir, *model);
  if (!request) return report(request.error());
  request->asked = RequestFolder::asked(user_name());
  RequestFolder requests(arguments.data_dir);
  if (Result<void> added = requests.add(*request); !added) return report(added.error());
  fmt::print("model {}: with the next tick, unless it has learned columns that no record had\n",
             request->id);
  return ExitCode::done;
}

int list_requests(const ControlArguments& arguments) {
  const auto store = open_to_read(arguments.data_dir);
  if (!store) return report(store.error());
  Result<std::vector<LoggedControl>> logged = (*store)->controls(0);
  if (!logged) return report(logged.error());
  // What nobody asked for.
  std::erase_if(*logged, [](const LoggedControl& one) {
    return one.kind == Control::Kind::budget || one.kind == Control::Kind::health ||
           one.kind == Control::Kind::wall;
  });
  const Result<std::vector<Request>> waiting = RequestFolder(arguments.data_dir).waiting();
  if (!waiting) return report(waiting.error());
  if (is_paused(*waiting)) fmt::print("paused\n");
  for (const Request& one : *waiting) {
    fmt::print("waits    {}\n", describe(one.kind, one.body));
  }
  const std::size_t first = logged->size() - std::min(logged->size(), applied_shown);
  for (const LoggedControl& one : std::span(*logged).subspan(first)) {
    fmt::print("applied  {}  {}\n", format_time(one.time), describe(one.kind, one.body));
  }
  if (waiting->empty() && logged->empty()) fmt::print("nobody has asked for anything\n");
  return ExitCode::done;
}

}  // namespace retimu::app
