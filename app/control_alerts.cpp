// SPDX-License-Identifier: Apache-2.0
// What people say of alerts: that one was a fault, or none.
#include "app/control.hpp"
#include "app/process.hpp"
#include "retimu/connectors/alert_json.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/connectors/judgement_json.hpp"
#include "retimu/core/incident.hpp"
#include "retimu/engine/inspection.hpp"
#include "retimu/storage/judgements.hpp"
#include "retimu/storage/request_folder.hpp"
#include "retimu/storage/sqlite_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace retimu::app {

namespace {

struct FoundAlert {
  Alert first, last;  // revisions
};

Result<FoundAlert> find_alert(const std::string& data_dir, const std::string& text) {
  const std::optional<AlertId> id = parse_alert_id(text);
  if (!id) {
    return failure(Fault::usage, "\"{}\" is no alert; give the id of one, 32 hexadecimal digits",
                   text);
  }
  StoreOptions options;
  options.data_dir = data_dir;
  options.read_only = true;
  const Result<std::unique_ptr<SqliteStore>> store = open_store(options);
  if (!store) return tl::unexpected(store.error());
  const Result<std::string> first = (*store)->oldest(*id);
  const Result<std::string> last = first ? (*store)->newest(*id) : first;
  if (!last) return tl::unexpected(last.error());
  if (last->empty()) {
    return failure(Fault::usage, "{} knows no alert {}; it was never told, or is too long ago",
                   data_dir, text);
  }
  Result<Alert> oldest = parse_alert(*first), newest = parse_alert(*last);
  if (!oldest) return tl::unexpected(oldest.error());
  if (!newest) return tl::unexpected(newest.error());
  if (newest->incident != nullptr) {
    std::string alerts;
    for (const AlertId& one : newest->incident->first_alerts) {
      alerts += (alerts.empty() ? "" : ", ") + to_text(one);
    }
    return failure(Fault::usage, "{} is an incident; say it of its alerts: {}", text, alerts);
  }
  return FoundAlert{std::move(*oldest), std::move(*newest)};
}

// What was thought of the events of an alert, in order.
Result<std::vector<Judgement>> judgements_of(const std::string& data_dir, const FoundAlert& alert) {
  constexpr std::size_t judgements_max = 256;
  Result<std::unique_ptr<JudgementLog>> log = JudgementLog::open(data_dir, true);
  if (!log) return tl::unexpected(log.error());
  std::vector<Judgement> found;
  if (*log == nullptr) return found;
  const Result<std::vector<std::string>> near =
      (*log)->near(alert.first.entity, alert.first.time - 1, judgements_max);
  if (!near) return tl::unexpected(near.error());
  const bool is_over = alert.last.change == Change::resolved;
  for (const std::string& line : *near) {
    Result<Judgement> one = parse_judgement(line);
    if (!one) return tl::unexpected(one.error());
    if (one->time < alert.first.time || (is_over && one->time > alert.last.time)) continue;
    found.push_back(std::move(*one));
  }
  return found;
}

// By how many decades a detector's evidence must be lowered, so that it would have been a decade
// short of the threshold; at most 0: it had no part in it.
double decades_over(const DetectorJudgement& one, const Judgement& judgement, bool is_lead) {
  constexpr double margin = 1;
  constexpr double of_p_max = 6;  // calibrations learn what is tolerated, and soon need less
  const Decision& decision = judgement.decision;
  const double p_evidence = -one.rating.log10_p;
  double over = p_evidence - decision.threshold + margin;  // the threshold of a warming one is +inf
  if (one.own) over = *one.own + margin;
  // What lasts is smoothed: no event of it may count.
  if (decision.ground == Ground::lasting && is_lead) over = std::max(over, p_evidence - 1);
  if (!std::isfinite(over) || over <= 0) return 0;
  return one.own ? over + one.tolerated : std::min(over + one.tolerated, of_p_max);
}

std::vector<FalseAlarm::Part> parts_of(const Alert& alert,
                                       const std::vector<Judgement>& judgements) {
  std::vector<FalseAlarm::Part> parts;
  const std::string subject = alert.reasons.empty() ? std::string() : alert.reasons[0].subject;
  for (const Judgement& judgement : judgements) {
    if (judgement.change == Change::resolved) continue;
    for (const DetectorJudgement& one : judgement.detectors) {
      const double decades = decades_over(one, judgement, one.detector == alert.lead);
      if (decades <= 0) continue;
      const auto known = std::ranges::find(parts, one.detector, &FalseAlarm::Part::detector);
      if (known == parts.end()) {
        parts.push_back({one.detector, subject, decades});
      } else {
        known->decades = std::max(known->decades, decades);
      }
    }
  }
  return parts;
}

// The later word wins: what was tolerated for an alert that is confirmed now is taken back, and
// asked for again of the entity's other ones.
Result<bool> take_back(const std::string& data_dir, const std::string& alert,
                       RequestFolder& requests) {
  StoreOptions options;
  options.data_dir = data_dir;
  options.read_only = true;
  const Result<std::unique_ptr<SqliteStore>> store = open_store(options);
  if (!store) return tl::unexpected(store.error());
  const Result<std::vector<LoggedControl>> logged = (*store)->controls(0);
  if (!logged) return tl::unexpected(logged.error());
  const Result<std::vector<Request>> waiting = requests.waiting();
  if (!waiting) return tl::unexpected(waiting.error());
  std::vector<FalseAlarm> said;  // in force
  const auto hear = [&](const std::optional<FalseAlarm>& one) {
    if (!one) return;
    if (one->parts.empty()) {
      std::erase_if(said, [&](const FalseAlarm& of) { return of.entity == one->entity; });
    } else {
      said.push_back(*one);
    }
  };
  for (const LoggedControl& one : *logged) {
    if (one.kind == Control::Kind::false_alarm) hear(read_false_alarm(one.body));
  }
  for (const Request& one : *waiting) {
    if (one.kind == Control::Kind::false_alarm) hear(read_false_alarm(one.body));
  }
  const auto found = std::ranges::find(said, alert, &FalseAlarm::alert);
  if (found == said.end()) return false;
  FalseAlarm none;
  none.asked = RequestFolder::asked(user_name());
  none.entity = found->entity;
  if (Result<void> added = requests.add(none); !added) return tl::unexpected(added.error());
  const std::string& entity = none.entity;
  for (FalseAlarm& one : said) {
    if (one.entity != entity || one.alert == alert) continue;
    one.asked = RequestFolder::asked(user_name());  // later than what is taken back
    if (Result<void> added = requests.add(one); !added) return tl::unexpected(added.error());
  }
  return true;
}

}  // namespace

int confirm(const ControlArguments& arguments) {
  const Result<FoundAlert> found = find_alert(arguments.data_dir, arguments.confirmed);
  if (!found) return report(found.error());
  // What returns to normal is unusual, too, so that the span ends where the alert was resolved.
  const Alert& alert = found->last;
  const bool is_over = alert.change == Change::resolved;
  const Time to = is_over ? alert.time : std::numeric_limits<Time>::max();
  RequestFolder requests(arguments.data_dir);
  const Confirmation confirmation{alert.entity, alert.onset, to, RequestFolder::asked(user_name())};
  const Result<bool> was_false = take_back(arguments.data_dir, arguments.confirmed, requests);
  if (!was_false) return report(was_false.error());
  if (Result<void> added = requests.add(confirmation); !added) return report(added.error());
  fmt::print("{} from {} {}: a fault. What was learned from it is unlearned with the next tick.\n",
             printable(alert.entity), format_time(alert.onset),
             is_over ? "to " + format_time(to) : "on");
  if (*was_false) {
    fmt::print(
        "It was called a false alarm before: this is the later word, and what was tolerated "
        "for it is taken back.\n");
  }
  return ExitCode::done;
}

int call_false(const ControlArguments& arguments) {
  const Result<FoundAlert> found = find_alert(arguments.data_dir, arguments.false_alarm);
  if (!found) return report(found.error());
  const Alert& alert = found->first;
  if (!alert.log10_p) {
    return report({Fault::usage, "no detector said " + arguments.false_alarm +
                                     ", but the rule or source of which it is: change the "
                                     "[[rule]] and reload"});
  }
  const Result<std::vector<Judgement>> judgements = judgements_of(arguments.data_dir, *found);
  if (!judgements) return report(judgements.error());
  FalseAlarm alarm;
  alarm.asked = RequestFolder::asked(user_name());
  alarm.entity = alert.entity;
  alarm.alert = arguments.false_alarm;
  alarm.parts = parts_of(alert, *judgements);
  if (alarm.parts.empty()) {
    return report({Fault::usage, "what detectors thought of " + arguments.false_alarm +
                                     " is not kept any more, so that it is not known by how much "
                                     "it was wrong"});
  }
  RequestFolder requests(arguments.data_dir);
  if (Result<void> added = requests.add(alarm); !added) return report(added.error());
  for (const FalseAlarm::Part& part : alarm.parts) {
    const double kept = std::min(part.decades, Tolerances::decades_max);
    fmt::print("{}: up to {:.1f} decades of {} are tolerated{}{}; more than that rings again\n",
               printable(alarm.entity), kept, part.detector,
               part.subject.empty() ? "" : " where it names ", printable(part.subject));
    if (kept < part.decades) {
      warn(fmt::format("it was {:.1f} decades over; what is as clear as that is told again",
                       part.decades - 1));
    }
  }
  fmt::print("with the next tick, until --forget-false-alarm {}\n", printable(alarm.entity));
  return ExitCode::done;
}

int forget_false(const ControlArguments& arguments) {
  const Result<Inspection> found = inspect(arguments.data_dir);
  if (!found) return report(found.error());
  FalseAlarm alarm;
  alarm.asked = RequestFolder::asked(user_name());
  alarm.entity = arguments.forget_false_alarm;
  const auto entity = std::ranges::find(found->entities, alarm.entity, &EntityReport::name);
  if (entity == found->entities.end() && !found->tolerances.contains(alarm.entity)) {
    std::vector<std::string_view> names;
    for (const EntityReport& one : found->entities) names.push_back(one.name);
    const std::string_view near = nearest(alarm.entity, names);
    return report(
        {Fault::usage,
         fmt::format("the last snapshot of {} knows no entity \"{}\"{}", arguments.data_dir,
                     alarm.entity,
                     near.empty() ? std::string() : fmt::format(", did you mean \"{}\"?", near))});
  }
  if (!found->tolerances.contains(alarm.entity)) {
    warn(fmt::format("as of the last snapshot no false alarm of {} was told",
                     printable(alarm.entity)));
  }
  RequestFolder requests(arguments.data_dir);
  if (Result<void> added = requests.add(alarm); !added) return report(added.error());
  fmt::print("{}: nothing is tolerated any more, with the next tick\n", printable(alarm.entity));
  return ExitCode::done;
}

}  // namespace retimu::app
