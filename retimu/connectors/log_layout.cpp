// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/log_layout.hpp"

#include "retimu/connectors/logfmt.hpp"
#include "retimu/text/known_words.hpp"

#include <algorithm>
#include <array>

namespace retimu {

namespace {

// A file is of a format by its first pattern; lines may also fit the second. Special ones come
// before general ones. What follows a pattern without {message} is read as log_header.hpp says.
struct KnownFormat {
  std::string_view name, pattern, other = {};
};
constexpr std::array formats = {
    KnownFormat{"syslog (RFC 5424)",
                "<{priority}>1 {time} {host} {program} {pid} {id} {structured} {message}",
                "<{priority}>1 {time} {}"},
    KnownFormat{"access log", "{host} {} {user} [{time}] {message}"},
    KnownFormat{"error log", "[{time}] [{program}:{level}] {message}",
                "[{time}] [{level}] {message}"},
    KnownFormat{"error log", "[{time}] [{level}] {message}", "[{time}] {message}"},
    KnownFormat{"syslog of a cluster", "{label} {time} {} {host} {} {} {} {} {program}: {message}",
                "{label} {time} {} {host} {} {} {} {} {message}"},
    KnownFormat{"events of a cluster",
                "{label} {time} {} {host} {} {} {} {program} {level} {message}",
                "{label} {time} {} {host} {message}"},
    KnownFormat{"syslog", "{time} {host} {program}: {message}", "{time} {host} {message}"},
    KnownFormat{"lines with a time", "{time}"},
    KnownFormat{"lines with a time", "[{time}]"},
    KnownFormat{"lines with a time", "{} {time}"},
    KnownFormat{"lines with a time", "{} [{time}]"},
};
// What each message of a syslog source is tried for. A program may be "-", the rest damaged.
constexpr std::array<std::string_view, 6> syslog_patterns = {
    "<{priority}>1 {time} {host} {program} {pid} {id} {structured} {message}",
    "<{priority}>1 {time} {host} {} {pid} {id} {structured} {message}",
    "<{priority}>1 {time} {host} {}",
    "{time} {host} {program}: {message}",
    "{time} {host} {message}",
    "{time} {}",
};
constexpr std::string_view logfmt_name = "logfmt";
constexpr std::size_t names_max = 1'000;

// A field named level holds one.
bool has_known_level(const LogPattern& pattern, const LogMatch& found) {
  for (std::size_t i = 0; i < found.fields.size(); ++i) {
    if (pattern.names()[i] == "level" && !severity_of_word(found.fields[i])) return false;
  }
  return true;
}

std::string_view body_of(const LogPattern& pattern, std::string_view line) {
  return pattern.text().starts_with('<') ? line : without_priority(line);
}

bool fits(const LogPattern& pattern, std::string_view line, LogMatch& scratch) {
  return pattern.match(body_of(pattern, line), scratch) && has_known_level(pattern, scratch);
}

bool is_usual_time_name(std::string_view key) {
  return key == "t" || std::ranges::any_of(usual_time_names(), [&](std::string_view usual) {
           return equals_ignoring_case(key, usual);
         });
}

// The key under which a time stands in a line of pairs that begins with one; empty if none does.
std::string_view logfmt_time(std::string_view line) {
  std::size_t at = 0;
  LogPair pair;
  for (std::size_t count = 0; next_pair(line, at, pair); ++count) {
    if (count == 0 && pair.key.data() != line.data()) return {};
    if (is_usual_time_name(pair.key) && parse_time(pair.value)) return pair.key;
  }
  return {};
}

LogPattern compile(std::string_view pattern) { return *LogPattern::make(pattern); }

// Of the known formats the first that fits at least half as many lines as the best does; logfmt is
// the one behind the last. None if no line fits any.
struct Choice {
  std::size_t format = formats.size() + 1, lines = 0;
  bool fits_first = false;
};
Choice choose(const std::vector<std::string>& sample) {
  std::array<std::size_t, formats.size() + 1> lines{};
  std::array<bool, formats.size() + 1> fits_first{};
  LogMatch scratch;
  const auto note = [&](std::size_t format, const std::string& line) {
    ++lines[format];
    fits_first[format] = fits_first[format] || &line == sample.data();
  };
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const LogPattern pattern = compile(formats[i].pattern);
    for (const std::string& line : sample) {
      if (fits(pattern, line, scratch)) note(i, line);
    }
  }
  for (const std::string& line : sample) {
    if (!logfmt_time(line).empty()) note(formats.size(), line);
  }
  const std::size_t most = *std::ranges::max_element(lines);
  if (most == 0) return {};
  // Pairs fit "{} {time}" by chance, not the other way round.
  if (2 * lines.back() >= most) return {formats.size(), lines.back(), fits_first.back()};
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (2 * lines[i] >= most) return {i, lines[i], fits_first[i]};
  }
  return {};
}

void add_name(std::vector<std::string>& names, std::string_view name) {
  if (names.size() < names_max && std::ranges::find(names, name) == names.end()) {
    names.emplace_back(name);
  }
}

void name_fields(LogLayout& layout, const std::vector<std::string>& sample) {
  for (const LogPattern& pattern : layout.patterns) {
    for (const std::string& name : pattern.names()) add_name(layout.names, name);
  }
  if (!layout.is_logfmt) {
    if (std::ranges::none_of(layout.names, is_source_name)) layout.names.emplace_back("source");
    return;
  }
  for (const std::string& line : sample) {
    std::size_t at = 0;
    LogPair pair;
    while (next_pair(line, at, pair)) add_name(layout.names, pair.key);
  }
}

void set_format(LogLayout& layout, const Choice& choice, const std::vector<std::string>& sample) {
  if (choice.format > formats.size()) {
    layout.name = "plain lines";
    return;
  }
  layout.has_time = true;
  if (choice.format == formats.size()) {
    layout.name = logfmt_name;
    layout.is_logfmt = true;
    for (const std::string& line : sample) {
      if (layout.time_key.empty()) layout.time_key = logfmt_time(line);
    }
    return;
  }
  const KnownFormat& format = formats[choice.format];
  layout.name = format.name;
  layout.patterns.push_back(compile(format.pattern));
  if (!format.other.empty()) layout.patterns.push_back(compile(format.other));
}

void set_syslog(LogLayout& layout) {
  layout.name = "syslog";
  layout.has_time = layout.is_syslog = true;
  for (const std::string_view pattern : syslog_patterns) {
    layout.patterns.push_back(compile(pattern));
  }
}

bool has_field(const LogLayout& layout, std::string_view name) {
  return std::ranges::any_of(layout.names, [&](const std::string& known) {
    return name == known || (!layout.is_logfmt && is_source_name(name) && is_source_name(known));
  });
}

Result<void> set_time(LogLayout& layout, const std::string& time, std::string_view path) {
  layout.is_row_time = !layout.has_time || time == "row";
  if (!layout.has_time && time.empty()) layout.notes.emplace_back(no_time_note);
  if (time.empty() || time == "row" || (time == "time" && layout.has_time && !layout.is_logfmt)) {
    return {};
  }
  if (layout.is_logfmt && has_field(layout, time)) {
    layout.time_key = time;
    return {};
  }
  std::vector<std::string> names{"row"};
  if (layout.is_logfmt) names = layout.names;
  if (layout.has_time && !layout.is_logfmt) names.emplace_back("time");
  return tl::unexpected(unknown_column(path, "time", time, names));
}

bool lacks_year(const LogLayout& layout, const std::vector<std::string>& sample) {
  LogMatch found;
  return layout.has_time && !layout.is_row_time && !layout.is_logfmt && !layout.is_syslog &&
         std::ranges::any_of(sample, [&](const std::string& line) {
           return layout.begins_record(line, found) && found.time && found.time->month() != 0;
         });
}

}  // namespace

bool is_source_name(std::string_view name) { return name == "program" || name == "source"; }

std::string_view without_priority(std::string_view line) {
  if (!line.starts_with('<')) return line;
  const std::size_t end = line.find_first_not_of("0123456789", 1);
  const bool is_priority =
      end != std::string_view::npos && end >= 2 && end <= 4 && line[end] == '>';
  return is_priority ? line.substr(end + 1) : line;
}

bool LogLayout::reaches_time(std::string_view line, LogMatch& scratch) const {
  if (is_logfmt) {
    std::size_t at = 0;
    LogPair pair;
    while (next_pair(line, at, pair)) {
      if (pair.key == time_key) return true;
    }
    return false;
  }
  return std::ranges::any_of(patterns, [&](const LogPattern& pattern) {
    return pattern.reaches_time(body_of(pattern, line), scratch);
  });
}

bool LogLayout::begins_record(std::string_view line, LogMatch& scratch) const {
  if (is_syslog) return true;
  if (has_time) return reaches_time(line, scratch);
  constexpr std::array<std::string_view, 7> rests = {" ",         "\t",   "at ", "Caused by",
                                                     "Traceback", "... ", "}"};
  return std::ranges::none_of(rests, [&](std::string_view rest) { return line.starts_with(rest); });
}

Result<LogLayout> find_log_layout(const DecoderOptions& options, std::string_view path,
                                  const std::vector<std::string>& sample) {
  LogLayout layout;
  if (options.is_syslog) {
    set_syslog(layout);
  } else if (options.pattern.empty()) {
    set_format(layout, choose(sample), sample);
  } else {
    Result<LogPattern> pattern = LogPattern::make(options.pattern);
    if (!pattern) return tl::unexpected(pattern.error());
    layout.name = "pattern";
    layout.has_time = pattern->has_time();
    layout.patterns.push_back(std::move(*pattern));
  }
  name_fields(layout, sample);
  layout.notes.push_back(fmt::format(
      "is read as a log: {}{}", layout.name,
      layout.patterns.empty() ? "" : fmt::format(", \"{}\"", layout.patterns[0].text())));
  if (Result<void> set = set_time(layout, options.time, path); !set) {
    return tl::unexpected(set.error());
  }
  for (const auto& [option, names] :
       {std::pair("entity", &options.entity), std::pair("ignore", &options.ignore)}) {
    for (const std::string& name : *names) {
      if (has_field(layout, name)) continue;
      return tl::unexpected(unknown_column(path, option, name, layout.names));
    }
  }
  layout.entity = options.entity;
  layout.has_no_year = lacks_year(layout, sample);
  return layout;
}

bool resembles_log(const std::vector<std::string>& sample) {
  const Choice choice = choose(sample);
  const auto indented =
      static_cast<std::size_t>(std::ranges::count_if(sample, [](const std::string& line) {
        return line.starts_with(' ') || line.starts_with('\t');
      }));
  return choice.fits_first && 2 * choice.lines >= sample.size() - indented;
}

}  // namespace retimu
