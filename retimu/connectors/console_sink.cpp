// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/console_sink.hpp"

#include "retimu/core/incident.hpp"
#include "retimu/core/utf8.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace retimu {

namespace {

std::string_view colour_of(const Alert& alert) {
  if (alert.change == Change::resolved) return "\033[32m";
  switch (alert.severity) {
    case Severity::critical: return "\033[1;31m";
    case Severity::major: return "\033[31m";
    case Severity::minor: return "\033[33m";
    default: return "\033[36m";
  }
}

// Whether a terminal may do with it what it was not asked for: control characters, also those of
// eight bits (U+0080 to U+009F), and what turns the direction of writing.
bool is_control(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  if (byte(0) == 0xC2) return byte(1) < 0xA0;
  constexpr std::array<std::string_view, 12> turns = {"\u061C", "\u200E", "\u200F", "\u202A",
                                                      "\u202B", "\u202C", "\u202D", "\u202E",
                                                      "\u2066", "\u2067", "\u2068", "\u2069"};
  return std::ranges::find(turns, character) != turns.end();
}

// As https://no-color.org has it.
bool wants_colours() {
  const char* no_colour = std::getenv("NO_COLOR");
  return isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
}

// The first stands in the sentence.
void append_causes(std::string& to, const Incident& incident, std::size_t indent) {
  constexpr std::size_t causes_told = 3;
  for (std::size_t i = 1; i < std::min(incident.causes.size(), causes_told); ++i) {
    fmt::format_to(std::back_inserter(to), "\n{:{}}or: {}", "", indent,
                   printable(incident.causes[i].sentence));
  }
}

class ConsoleSink final : public Sink {
 public:
  explicit ConsoleSink(bool tells_rows) : tells_rows_(tells_rows) {}

  Result<void> deliver(std::span<const Alert> alerts) override {
    for (const Alert& alert : alerts) {
      const std::string line = console_line(alert, has_colours_, tells_rows_);
      if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() ||
          std::fputc('\n', stdout) == EOF) {
        return failure(Fault::system, "standard output: cannot be written: {}",
                       system_message(errno));
      }
    }
    if (std::fflush(stdout) != 0) {
      return failure(Fault::system, "standard output: cannot be written: {}",
                     system_message(errno));
    }
    return {};
  }
  Result<std::optional<std::pair<AlertId, std::uint32_t>>> last_delivered() override {
    return std::optional<std::pair<AlertId, std::uint32_t>>();
  }

 private:
  const bool tells_rows_;
  const bool has_colours_ = wants_colours();
};

}  // namespace

std::string printable(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || is_control(character)) {
      clean += '?';
    } else {
      clean += character;
    }
    text.remove_prefix(character.size());
  }
  return clean;
}

std::string console_line(const Alert& alert, bool has_colours, bool tells_rows) {
  std::string_view what = name_of(alert.severity);
  if (alert.change == Change::resolved) what = "resolved";
  if (alert.change == Change::summary) what = "summary";
  const std::string mark = has_colours ? fmt::format("{}{:<8}\033[0m", colour_of(alert), what)
                                       : fmt::format("{:<8}", what);
  const std::string when = tells_rows ? row_text(alert.time) : format_time(alert.time);
  std::string text =
      fmt::format("{} {} {}{}{}{}", when, mark, alert.is_stale ? "(late) " : "",
                  alert.change == Change::updated ? "still: " : "",
                  alert.incident == nullptr ? "" : "incident: ", printable(alert.sentence));
  if (alert.incident != nullptr && alert.change != Change::resolved) {
    append_causes(text, *alert.incident, when.size() + 1);
  }
  return text;
}

std::unique_ptr<Sink> make_console_sink(bool tells_rows) {
  return std::make_unique<ConsoleSink>(tells_rows);
}

}  // namespace retimu
