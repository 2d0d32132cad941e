// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/alarm_streams.hpp"

#include "retimu/connectors/csv_text.hpp"
#include "retimu/connectors/decoder.hpp"
#include "retimu/evaluation/set_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <string_view>

namespace retimu {

namespace {

constexpr std::string_view ending = "_alerts.csv";

// Texts by their number, in the order in which they came.
class Texts {
 public:
  explicit Texts(std::vector<std::string>& list) : list_(list) {}
  std::uint32_t number(std::string_view text) {
    auto known = numbers_.find(text);
    if (known == numbers_.end()) {
      known = numbers_.emplace(text, static_cast<std::uint32_t>(list_.size())).first;
      list_.emplace_back(text);
    }
    return known->second;
  }

 private:
  std::vector<std::string>& list_;
  std::map<std::string, std::uint32_t, std::less<>> numbers_;
};

class StreamReader {
 public:
  StreamReader(const std::string& path, AlarmStream& into)
      : path_(path), into_(into), codes_(into.codes), hosts_(into.hosts), phases_(into.phases) {}

  Result<void> read() {
    const Result<std::string> text = read_unpacked(path_);
    if (!text) return tl::unexpected(text.error());
    std::string_view left = *text, line;
    std::vector<std::string_view> fields;
    std::string memory;
    for (std::size_t row = 1; next_line(left, line); ++row) {
      if (!split_csv(line, ',', fields, memory)) {
        return failure(Fault::input, "{}:{}: is no record of CSV", path_, row);
      }
      Result<void> done = row == 1 ? read_header(fields) : read_record(fields, row);
      if (!done) return done;
    }
    if (into_.records.empty()) return failure(Fault::input, "{}: has no alarm", path_);
    std::ranges::stable_sort(into_.records, {}, &AlarmStream::Record::seconds);
    return {};
  }

 private:
  Result<void> read_header(const std::vector<std::string_view>& fields) {
    constexpr std::array<std::string_view, 5> names = {"time", "name", "host", "time_label",
                                                       "event_label"};
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::optional<std::size_t> place = column_of(fields, names[i]);
      if (!place) return failure(Fault::input, "{}: has no column {}", path_, names[i]);
      places_[i] = *place;
    }
    return {};
  }

  Result<void> read_record(const std::vector<std::string_view>& fields, std::size_t row) {
    if (fields.size() <= std::ranges::max(places_)) {
      return failure(Fault::input, "{}:{}: has only {} fields", path_, row, fields.size());
    }
    const auto field = [&](std::size_t i) { return fields[places_[i]]; };
    AlarmStream::Record record{};
    const char* const end = field(0).data() + field(0).size();
    const auto [at, error] = std::from_chars(field(0).data(), end, record.seconds);
    if (error != std::errc() || at != end) {
      return failure(Fault::input, "{}:{}: its time is no whole number", path_, row);
    }
    record.code = codes_.number(field(1));
    record.host = hosts_.number(field(2));
    record.phase_then = phase(field(3), "false_positive");
    record.phase_itself = phase(field(4), "-");
    into_.records.push_back(record);
    return {};
  }
  std::uint32_t phase(std::string_view label, std::string_view none) {
    return label == none ? AlarmStream::no_phase : phases_.number(label);
  }

  const std::string& path_;
  AlarmStream& into_;
  Texts codes_, hosts_, phases_;
  std::array<std::size_t, 5> places_{};
};

}  // namespace

double AlarmStream::days() const {
  constexpr double day_seconds = 86'400;
  const std::int64_t seconds = records.back().seconds - records.front().seconds;
  return static_cast<double>(std::max<std::int64_t>(seconds, 1)) / day_seconds;
}

void append_events(const AlarmStream& stream, Batch& to) {
  for (const AlarmStream::Record& record : stream.records) {
    append_event(to, stream.hosts[record.host], record.seconds * second, {},
                 Severity::indeterminate, stream.codes[record.code], {});
  }
}

Result<std::vector<AlarmStream>> read_ait_alerts(const std::string& folder) {
  constexpr std::array<std::string_view, 1> below = {"ait-alerts"};
  constexpr std::array<std::string_view, 1> marks = {"*_alerts.csv"};
  const Result<std::string> found = find_folder(folder, below, marks);
  if (!found) return tl::unexpected(found.error());
  std::vector<AlarmStream> streams;
  for (const std::string& name : list_files(*found, ending)) {
    const Result<std::string> path = need_file(*found, name + std::string(ending));
    if (!path) return tl::unexpected(path.error());
    AlarmStream& stream = streams.emplace_back();
    stream.name = name;
    if (Result<void> read = StreamReader(*path, stream).read(); !read) {
      return tl::unexpected(read.error());
    }
  }
  return streams;
}

}  // namespace retimu
