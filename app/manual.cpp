// SPDX-License-Identifier: Apache-2.0
// retimu(1) in troff's macros of man(7), from the tree of commands: `retimu manual`, which only the
// build asks for.
#include "app/command.hpp"
#include "app/command_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace retimu::app {

namespace {

constexpr std::string_view description = R"(.SH DESCRIPTION
RETIMU watches readings, log lines and alarms, learns what is usual for each machine, host or
service, and tells when something is not: what, where, since when and how sure it is.
.PP
.B retimu run
is the service. It keeps what it learned in the data_dir of its pipeline and goes on there after a
stop, a crash or a restart. Nothing is learned twice or told twice.
)";

constexpr std::string_view tail = R"(.SH EXIT STATUS
.TP
.B 0
done
.TP
.B 1
a self-test, an example of a rule or a comparison failed
.TP
.B 2
the command line or the configuration is wrong
.TP
.B 3
input cannot be read as what it was said to be, or has no column to watch
.TP
.B 4
disk, permissions, memory or another process
.TP
.B 5
a store that is damaged, of a newer version, or not that of RETIMU
.SH SIGNALS
.TP
.BR SIGTERM ", " SIGINT
what was read is judged, committed and snapshotted, then
.B retimu run
ends; a second one ends it at once, and nothing is lost by that either
.SH FILES
.TP
.I /etc/retimu/NAME.toml
the pipeline of the unit retimu@NAME.service
.TP
.I /var/lib/retimu/NAME
where that unit runs; a data_dir that is no absolute path lies in it
.TP
.I /usr/share/retimu/pipelines
pipelines to begin with
.TP
.I /usr/share/doc/retimu
what every configuration key, detector and file means, and how to operate RETIMU
.SH SEE ALSO
.BR systemctl (1),
.BR journalctl (1)
)";

// Text as troff prints it: no line of it is a request, and a minus stays one.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool begins_line = result.empty() || result.back() == '\n';
    if (begins_line && (c == '.' || c == '\'')) result += "\\&";
    if (c == '\\') {
      result += "\\e";
    } else if (c == '-') {
      result += "\\-";
    } else {
      result += c;
    }
  }
  return result;
}

// Examples and tables of a footer stay as they are laid out.
std::string as_it_is(const std::string& text) {
  return fmt::format(".PP\n.nf\n{}\n.fi\n", replaced(escaped(text), "\n\n", "\n.sp\n"));
}

std::string synopsis_of(const CommandEntry& command, const std::string& name) {
  std::string text = fmt::format("\\fB{}\\fR", escaped(name));
  if (!command.commands.empty()) text += " \\fICOMMAND\\fR";
  for (const OptionEntry& option : command.options) {
    if (option.names.empty()) {
      const std::string place =
          fmt::format("\\fI{}\\fR{}", escaped(option.value), option.is_repeated ? "..." : "");
      text += option.is_required ? " " + place : " [" + place + "]";
    } else if (option.is_required) {
      text += fmt::format(" \\fB{}\\fR \\fI{}\\fR", escaped(option.names.back()),
                          escaped(option.value));
    }
  }
  return text + " [\\fIOPTIONS\\fR]\n";
}

std::string options_of(const CommandEntry& command) {
  std::string text;
  for (const OptionEntry& option : command.options) {
    std::vector<std::string> names;
    for (const std::string& name : option.names) names.push_back("\\fB" + escaped(name) + "\\fR");
    text += fmt::format(".TP\n{}{}", fmt::join(names, ", "),
                        names.empty() || option.value.empty() ? "" : " ");
    if (!option.value.empty()) text += fmt::format("\\fI{}\\fR", escaped(option.value));
    text += fmt::format("\n{}", escaped(option.summary));
    if (option.offer == Offer::words) {
      text += fmt::format(": {}", escaped(fmt::format("{}", fmt::join(option.words, ", "))));
    }
    text += '\n';
  }
  return text;
}

void add_sections(const CommandEntry& command, const std::string& path, std::string& text) {
  for (const CommandEntry& one : command.commands) {
    const std::string name = path + " " + one.name;
    text += fmt::format(".SS {}\n{}.PP\n{}.\n{}", escaped(name), synopsis_of(one, name),
                        escaped(one.summary), options_of(one));
    if (!one.footer.empty()) text += as_it_is(one.footer);
    add_sections(one, name, text);
  }
}

std::string manual_of(const CommandEntry& program) {
  std::string text = fmt::format(
      ".TH RETIMU 1 \"\" \"retimu {}\" \"User Commands\"\n.SH NAME\nretimu \\- real\\-time anomaly "
      "detection\n.SH SYNOPSIS\n{}{}.SH OPTIONS\n{}.SH COMMANDS\n",
      RETIMU_VERSION, synopsis_of(program, program.name), description, options_of(program));
  add_sections(program, program.name, text);
  return text + std::string(tail);
}

}  // namespace

void add_manual(CLI::App& program, int& exit_code) {
  CLI::App* command = program.add_subcommand("manual", "Print the manual page, in troff");
  command->group("");
  command->callback([&program, &exit_code] {
    fmt::print("{}", manual_of(describe(program)));
    exit_code = ExitCode::done;
  });
}

}  // namespace retimu::app
