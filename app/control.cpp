// SPDX-License-Identifier: Apache-2.0
#include "app/control.hpp"

#include "app/command.hpp"

#include <memory>

namespace retimu::app {

namespace {

int control(const ControlArguments& arguments) {
  if (!arguments.confirmed.empty()) return confirm(arguments);
  if (!arguments.false_alarm.empty()) return call_false(arguments);
  if (!arguments.forget_false_alarm.empty()) return forget_false(arguments);
  if (!arguments.maintenance.empty()) return maintain(arguments);
  if (!arguments.end_maintenance.empty()) return end_maintenance(arguments);
  if (arguments.pause) return operate(arguments, Operation::Action::pause);
  if (arguments.resume) return operate(arguments, Operation::Action::resume);
  if (!arguments.model.empty()) return give_model(arguments);
  if (arguments.reload) return operate(arguments, Operation::Action::reload);
  return list_requests(arguments);
}

}  // namespace

void add_control(CLI::App& program, int& exit_code) {
  CLI::App* command =
      program.add_subcommand("control", "Tell a pipeline something, whether or not it runs");
  auto arguments = std::make_shared<ControlArguments>();
  command->add_option("DATA_DIR", arguments->data_dir, "As in [pipeline] data_dir")->required();
  CLI::Option_group* actions = command->add_option_group("Actions", "one a call");
  actions
      ->add_option("--confirmed", arguments->confirmed,
                   "This alert was a fault: when it comes again it must be told again")
      ->type_name("ALERT");
  actions
      ->add_option("--false-alarm", arguments->false_alarm,
                   "This alert was none: what is no clearer of that entity, detectors and subject "
                   "is not told again")
      ->type_name("ALERT");
  actions
      ->add_option("--forget-false-alarm", arguments->forget_false_alarm,
                   "All that was said to be a false alarm of the entity is told again")
      ->type_name("ENTITY");
  CLI::Option* maintenance =
      actions
          ->add_option("--maintenance", arguments->maintenance,
                       "These entities are worked on: judged, and not told before it is over")
          ->type_name("PATTERN");
  actions
      ->add_option("--end-maintenance", arguments->end_maintenance,
                   "The same is over now; with the same patterns")
      ->type_name("PATTERN");
  actions->add_flag("--pause", arguments->pause, "Read nothing more; nothing is lost");
  actions->add_flag("--resume", arguments->resume, "Go on reading");
  CLI::Option* reload = actions->add_flag("--reload", arguments->reload,
                                          "Read the pipeline file again, as SIGHUP does");
  actions
      ->add_option("--model", arguments->model,
                   "Entities go on with what `retimu train` learned of readings; refused where it "
                   "does not fit")
      ->type_name("FILE.model");
  actions->add_flag("--list", arguments->list, "What waits, and the last 20 that were applied");
  actions->require_option(1);
  CLI::Option_group* window = command->add_option_group("With --maintenance");
  for (CLI::Option* one : {
           window->add_option("--from", arguments->from, "now, or an event time")
               ->type_name("TIME"),
           window->add_option("--to", arguments->to, "Event time")->type_name("TIME"),
           window->add_option("--for", arguments->lasts, "In place of --to")->type_name("DURATION"),
           window->add_option("--reason", arguments->reason, "Why; for people"),
           window->add_flag("--no-learn", arguments->no_learn, "Models leave that time out"),
       }) {
    one->needs(maintenance);
  }
  command
      ->add_flag("--accept-other-pipeline", arguments->accept,
                 "With --reload: also where detectors lose what they have learned")
      ->needs(reload);
  command->footer(
      "Takes effect with the next tick of a pipeline that runs, else when it runs again; --pause,\n"
      "--resume and --reload within a second. See docs/controls.md.\n"
      "Examples:\n"
      "  retimu control state --confirmed 4be0643f1d98573b97cdca98a65347dd\n"
      "  retimu control state --false-alarm 4be0643f1d98573b97cdca98a65347dd\n"
      "  retimu control state --maintenance 'pump*' --for 2h --reason \"new seals\" --no-learn\n"
      "  retimu control state --end-maintenance 'pump*'\n"
      "  retimu control state --reload\n"
      "  retimu control state --model models/model-3f9a.model\n"
      "  retimu control state --list");
  command->callback([arguments, &exit_code] { exit_code = control(*arguments); });
}

}  // namespace retimu::app
