// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/console_sink.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <unistd.h>

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

std::string printable(std::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return clean;
}

class ConsoleSink final : public Sink {
 public:
  ConsoleSink()
      : has_colours_(isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr) {}

  Result<void> deliver(std::span<const Alert> alerts) override {
    for (const Alert& alert : alerts) {
      const std::string line = console_line(alert, has_colours_);
      if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() ||
          std::fputc('\n', stdout) == EOF) {
        return failure(Fault::system, "standard output: {}", system_message(errno));
      }
    }
    if (std::fflush(stdout) != 0) {
      return failure(Fault::system, "standard output: {}", system_message(errno));
    }
    return {};
  }
  Result<std::optional<std::pair<AlertId, std::uint32_t>>> last_delivered() override {
    return std::optional<std::pair<AlertId, std::uint32_t>>();
  }

 private:
  bool has_colours_;
};

}  // namespace

std::string console_line(const Alert& alert, bool has_colours) {
  std::string_view what = name_of(alert.severity);
  if (alert.change == Change::resolved) what = "resolved";
  if (alert.change == Change::summary) what = "summary";
  const std::string mark = has_colours ? fmt::format("{}{:<8}\033[0m", colour_of(alert), what)
                                       : fmt::format("{:<8}", what);
  return fmt::format("{} {} {}{}", format_time(alert.time), mark,
                     alert.change == Change::updated ? "still: " : "", printable(alert.sentence));
}

std::unique_ptr<Sink> make_console_sink() { return std::make_unique<ConsoleSink>(); }

}  // namespace retimu
