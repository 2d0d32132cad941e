// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/log_sessions.hpp"

#include "retimu/connectors/csv_text.hpp"
#include "retimu/connectors/decoder.hpp"
#include "retimu/core/random.hpp"
#include "retimu/evaluation/set_files.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <map>
#include <string_view>
#include <utility>

namespace retimu {

namespace {

using Ids = std::map<std::string, std::uint32_t, std::less<>>;

// Calls `take` with the fields of each record and its line, until one fails.
template <class Take>
Result<void> read_records(const std::string& folder, const std::string& name, const Take& take) {
  const Result<std::string> path = need_file(folder, name);
  if (!path) return tl::unexpected(path.error());
  const Result<std::string> text = read_unpacked(*path);
  if (!text) return tl::unexpected(text.error());
  std::string_view left = *text, line;
  std::vector<std::string_view> fields;
  std::string memory;
  for (std::size_t row = 1; next_line(left, line); ++row) {
    if (!split_csv(line, ',', fields, memory) || !take(fields, line, row)) {
      return failure(Fault::input, "{}:{}: is not as it should be", *path, row);
    }
  }
  return {};
}

// Blank-separated event ids; false if one is not known.
bool add_session(std::string_view text, bool is_abnormal, const Ids& ids, LogSessions& into) {
  LogSessions::Session& session = into.sessions.emplace_back();
  session.is_abnormal = is_abnormal;
  while (!text.empty()) {
    const std::size_t end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (word.empty()) continue;
    const auto id = ids.find(word);
    if (id == ids.end()) return false;
    session.lines.push_back(id->second);
  }
  return true;
}

void add_template(std::string_view id, std::string_view text, Ids& ids, LogSessions& into) {
  ids.emplace(id, static_cast<std::uint32_t>(into.templates.size()));
  into.templates.emplace_back(text);
}

// templates.csv: event_id,template; sessions.csv: session_id,split,label,events.
Result<LogSessions> read_hdfs(const std::string& folder) {
  LogSessions sessions;
  sessions.name = "HDFS";
  Ids ids;
  Result<void> done =
      read_records(folder, "templates.csv", [&](const auto& fields, auto, std::size_t row) {
        if (fields.size() != 2) return false;
        if (row > 1) add_template(fields[0], fields[1], ids, sessions);
        return true;
      });
  if (!done) return tl::unexpected(done.error());
  done = read_records(folder, "sessions.csv", [&](const auto& fields, auto, std::size_t row) {
    if (fields.size() != 4) return false;
    return row == 1 || add_session(fields[3], fields[2] == "1", ids, sessions);
  });
  if (!done) return tl::unexpected(done.error());
  return sessions;
}

// Templates a line, their ids counted from 1; sessions in three files by label: session_id,events.
Result<LogSessions> read_openstack(const std::string& folder) {
  constexpr std::array<std::string_view, 3> files = {"train", "test_normal", "test_abnormal"};
  LogSessions sessions;
  sessions.name = "OpenStack";
  Ids ids;
  Result<void> done = read_records(folder, "OpenStack_templates.csv",
                                   [&](const auto&, std::string_view line, std::size_t row) {
                                     add_template(fmt::format("{}", row), line, ids, sessions);
                                     return true;
                                   });
  for (const std::string_view file : files) {
    if (!done) break;
    done = read_records(
        folder, fmt::format("openstack_{}.csv", file), [&](const auto& fields, auto, std::size_t) {
          return fields.size() == 2 && add_session(fields[1], file == files[2], ids, sessions);
        });
  }
  if (!done) return tl::unexpected(done.error());
  Random random(1);
  for (std::size_t i = sessions.sessions.size(); i > 1; --i) {
    std::swap(sessions.sessions[i - 1], sessions.sessions[random.below(i)]);
  }
  return sessions;
}

}  // namespace

void append_events(const LogSessions& sessions, Batch& to) {
  Time time = 0;
  for (const LogSessions::Session& session : sessions.sessions) {
    for (const std::uint32_t line : session.lines) {
      append_event(to, sessions.name, time += second, {}, Severity::indeterminate,
                   sessions.templates[line]);
    }
  }
}

Result<std::vector<LogSessions>> read_log_sessions(const std::string& folder) {
  constexpr std::array<std::string_view, 1> below = {"log-sessions"};
  constexpr std::array<std::string_view, 2> marks = {"hdfs_100k", "openstack_loghub"};
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  std::vector<LogSessions> sets;
  constexpr std::array readers = {read_hdfs, read_openstack};
  for (std::size_t i = 0; i < marks.size(); ++i) {
    const std::string inner = fmt::format("{}/{}", *found, marks.at(i));
    if (!is_folder(inner)) continue;
    Result<LogSessions> read = readers.at(i)(inner);
    if (!read) return tl::unexpected(read.error());
    sets.push_back(std::move(*read));
  }
  return sets;
}

}  // namespace retimu
