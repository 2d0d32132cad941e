// SPDX-License-Identifier: Apache-2.0
#include "app/command.hpp"
#include "retimu/connectors/alert_json.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/storage/request_folder.hpp"
#include "retimu/storage/sqlite_store.hpp"

#include <fmt/format.h>
#include <limits>

namespace retimu::app {

namespace {

struct ControlArguments {
  std::string data_dir, confirmed;
};

Result<Alert> find_alert(const ControlArguments& arguments) {
  const std::optional<AlertId> id = parse_alert_id(arguments.confirmed);
  if (!id) {
    return failure(Fault::usage, "\"{}\" is no alert; give the id of one, 32 hexadecimal digits",
                   arguments.confirmed);
  }
  StoreOptions options;
  options.data_dir = arguments.data_dir;
  options.read_only = true;
  const Result<std::unique_ptr<SqliteStore>> store = open_store(options);
  if (!store) return tl::unexpected(store.error());
  const Result<std::string> json = (*store)->newest(*id);
  if (!json) return tl::unexpected(json.error());
  if (json->empty()) {
    return failure(Fault::usage, "{} knows no alert {}; it was never told, or is too long ago",
                   arguments.data_dir, arguments.confirmed);
  }
  return parse_alert(*json);
}

int confirm(const ControlArguments& arguments) {
  const Result<Alert> alert = find_alert(arguments);
  if (!alert) return report(alert.error());
  if (alert->incident != nullptr) {
    return report({Fault::usage, arguments.confirmed +
                                     " is an incident; confirm the alerts of it that were faults, "
                                     "see first_alerts"});
  }
  // What returns to normal is unusual, too, so that the span ends where the alert was resolved.
  const bool is_over = alert->change == Change::resolved;
  const Time to = is_over ? alert->time : std::numeric_limits<Time>::max();
  RequestFolder requests(arguments.data_dir);
  Result<void> added = requests.add(alert->id, {alert->entity, alert->onset, to});
  if (!added) return report(added.error());
  fmt::print("{} from {} {}: a fault. What was learned from it is unlearned with the next tick.\n",
             printable(alert->entity), format_time(alert->onset),
             is_over ? "to " + format_time(to) : "on");
  return ExitCode::done;
}

}  // namespace

void add_control(CLI::App& program, int& exit_code) {
  CLI::App* command =
      program.add_subcommand("control", "Tell a pipeline something, whether or not it runs");
  auto arguments = std::make_shared<ControlArguments>();
  command->add_option("DATA_DIR", arguments->data_dir, "As in [pipeline] data_dir")->required();
  command
      ->add_option("--confirmed", arguments->confirmed,
                   "This alert was a fault: when it comes again it must be told again")
      ->type_name("ALERT")
      ->required();
  command->footer(
      "Takes effect with the next tick of a pipeline that runs, else when it runs again.\n"
      "Example:\n  retimu control state --confirmed 4be0643f1d98573b97cdca98a65347dd");
  command->callback([arguments, &exit_code] { exit_code = confirm(*arguments); });
}

}  // namespace retimu::app
