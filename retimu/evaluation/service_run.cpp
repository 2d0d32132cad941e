// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/service_run.hpp"

#include "retimu/connectors/csv_text.hpp"
#include "retimu/connectors/json_decoder.hpp"
#include "retimu/connectors/record_reader.hpp"
#include "retimu/evaluation/numbers.hpp"
#include "retimu/evaluation/set_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <tuple>

namespace retimu {

namespace {

constexpr std::string_view faults_end = "-fault_list.json";

// "ts-route-service-b6c59fb57-zv8dt" is of ts-route-service.
std::string_view service_of(std::string_view pod) {
  for (int part = 0; part < 2; ++part) pod = pod.substr(0, pod.rfind('-'));
  return pod;
}

// What stands in the quotes behind `"key":` from `at` on, which is moved behind it; none if there
// is no such key.
std::optional<std::string_view> next_text(std::string_view text, std::string_view key,
                                          std::size_t& at) {
  at = text.find(fmt::format("\"{}\"", key), at);
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t begin = text.find('"', at + key.size() + 2);
  if (begin == std::string_view::npos) return std::nullopt;
  const std::size_t end = text.find('"', begin + 1);
  if (end == std::string_view::npos) return std::nullopt;
  at = end + 1;
  return text.substr(begin + 1, end - begin - 1);
}

class RunReader {
 public:
  RunReader(std::string folder, ServiceRun& run) : folder_(std::move(folder)), run_(run) {}

  Result<void> read(const std::string& faults) {
    Result<void> done = read_metrics();
    if (done) done = read_faults(faults);
    for (const std::string_view inner : {"fault_free", "log"}) {
      if (done) done = read_logs(fmt::format("{}/{}", folder_, inner));
    }
    if (!done) return done;
    const auto order = [](const auto& one) { return std::tie(one.time, one.service); };
    std::ranges::stable_sort(run_.faults, {}, order);
    std::ranges::stable_sort(run_.rows, {}, order);
    const auto whole = [](const ServiceRun::Line& line) {
      return std::tie(line.time, line.service, line.text);
    };
    std::ranges::stable_sort(run_.lines, {}, whole);
    const auto twice = std::ranges::unique(run_.lines, {}, whole);
    run_.lines.erase(twice.begin(), twice.end());
    return {};
  }

 private:
  Result<void> read_metrics() {
    constexpr std::string_view end = "_metric.csv";
    const std::string folder = folder_ + "/metric";
    std::vector<std::string> pods = list_files(folder, end);
    if (pods.empty()) return failure(Fault::input, "{}: holds no metrics of pods", folder);
    for (const std::string& pod : pods) run_.services.emplace_back(service_of(pod));
    std::ranges::sort(run_.services);
    for (const std::string& pod : pods) {
      const Result<std::string> path = need_file(folder, pod + std::string(end));
      if (!path) return tl::unexpected(path.error());
      Result<Numbers> numbers = read_numbers(*path, {.text = {"Time", "PodName"}});
      if (!numbers) return tl::unexpected(numbers.error());
      const Result<std::vector<double>> times = take_column(*numbers, "TimeStamp", *path);
      if (!times) return tl::unexpected(times.error());
      if (run_.metrics.empty()) run_.metrics = numbers->columns;
      if (run_.metrics != numbers->columns) {
        return failure(Fault::input, "{}: has other columns than the first file", *path);
      }
      for (std::size_t i = 0; i < times->size(); ++i) {
        const std::span<const double> row = numbers->table.row(i);
        run_.rows.push_back({static_cast<Time>((*times)[i]) * second,
                             *find(service_of(pod)),
                             {row.begin(), row.end()}});
      }
    }
    return {};
  }

  std::optional<std::uint32_t> find(std::string_view service) const {
    const auto at = std::ranges::lower_bound(run_.services, service);
    if (at == run_.services.end() || *at != service) return std::nullopt;
    return static_cast<std::uint32_t>(at - run_.services.begin());
  }

  Result<void> read_faults(const std::string& name) {
    const Result<std::string> path = need_file(folder_, name);
    if (!path) return tl::unexpected(path.error());
    const Result<std::string> text = read_unpacked(*path);
    if (!text) return tl::unexpected(text.error());
    for (std::size_t at = 0;;) {
      const auto time_text = next_text(*text, "inject_time", at);
      if (!time_text) break;
      const auto pod = next_text(*text, "inject_pod", at);
      const auto type = pod ? next_text(*text, "inject_type", at) : std::nullopt;
      const std::optional<Time> time = parse_time(*time_text);
      const auto service = type ? find(service_of(*pod)) : std::nullopt;
      if (!service || !time) {
        return failure(Fault::input, "{}: the fault of {} has no time, no pod or no type", *path,
                       *time_text);
      }
      run_.faults.push_back({*time, *service, std::string(*type)});
    }
    if (run_.faults.empty()) return failure(Fault::input, "{}: lists no fault", *path);
    return {};
  }

  Result<void> read_logs(const std::string& folder) {
    constexpr std::string_view end = "_log.csv";
    for (const std::string& name : list_files(folder, end)) {
      const Result<std::string> path = need_file(folder, name + std::string(end));
      if (!path) return tl::unexpected(path.error());
      const Result<std::string> text = read_unpacked(*path);
      if (!text) return tl::unexpected(text.error());
      if (Result<void> read = read_log(*text, *path); !read) return read;
    }
    return {};
  }

  Result<void> read_log(std::string_view left, const std::string& path) {
    std::string_view line;
    std::vector<std::string_view> fields;
    std::string memory;
    std::array<std::size_t, 3> places{};
    constexpr std::array<std::string_view, 3> names = {"TimeUnixNano", "PodName", "Log"};
    if (!next_line(left, line) || !split_csv(line, ',', fields, memory)) {
      return failure(Fault::input, "{}: has no line of names", path);
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::optional<std::size_t> place = column_of(fields, names[i]);
      if (!place) return failure(Fault::input, "{}: has no column {}", path, names[i]);
      places[i] = *place;
    }
    while (next_line(left, line)) {
      const bool is_read = split_csv(line, ',', fields, memory) &&
                           fields.size() > std::ranges::max(places) &&
                           add_line(fields[places[0]], fields[places[1]], fields[places[2]]);
      run_.unread_lines += is_read ? 0 : 1;
    }
    return {};
  }

  // The log is an object, the line in its field "log".
  bool add_line(std::string_view nanoseconds, std::string_view pod, std::string_view log) {
    const std::optional<Time> time = parse_time(nanoseconds);
    const auto service = find(service_of(pod));
    if (!time || !service) return false;
    batch_.clear();
    padded_.assign(log);
    padded_.append(RecordReader::padding, '\0');
    Record record;
    record.text = std::string_view(padded_).substr(0, log.size());
    messages_->decode(record, {}, 1, batch_);
    if (batch_.events.empty()) return false;
    const LogLine& line = std::get<LogLine>(batch_.events[0].payload);
    const std::size_t end = line.text.find_last_not_of('\n') + 1;
    run_.lines.push_back({*time, *service, line.level, std::string(line.text.substr(0, end))});
    return true;
  }

  static std::unique_ptr<Decoder> decoder_of_messages(Columns& columns) {
    DecoderOptions options;
    options.time = "row";
    options.message = "log";
    return std::move(*make_json_decoder(options, "", {}, columns));
  }

  std::string folder_;
  ServiceRun& run_;
  Columns columns_;
  std::unique_ptr<Decoder> messages_ = decoder_of_messages(columns_);
  Batch batch_;
  std::string padded_;
};

// Folders that hold a list of faults: this one, or those in it.
std::vector<std::string> folders_of_days(const std::string& folder) {
  if (!list_files(folder, faults_end).empty()) return {folder};
  std::vector<std::string> found;
  std::error_code error;
  std::filesystem::directory_iterator at(folder, error);
  for (; !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
    if (!list_files(at->path().string(), faults_end).empty()) found.push_back(at->path().string());
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace

void append_events(const ServiceRun& run, Columns& columns, Batch& to) {
  std::vector<std::pair<ColumnId, std::size_t>> ids;
  for (std::size_t i = 0; i < run.metrics.size(); ++i) {
    if (const auto id = columns.intern(run.metrics[i])) ids.emplace_back(*id, i);
  }
  std::ranges::sort(ids, {}, [&](const auto& one) { return run.metrics[one.second]; });
  std::vector<ColumnId> row_ids;
  std::vector<double> values;
  const auto add_row = [&](const ServiceRun::MetricRow& row) {
    row_ids.clear();
    values.clear();
    for (const auto& [id, place] : ids) {
      row_ids.push_back(id);
      values.push_back(row.values[place]);
    }
    append_event(to, run.services[row.service], row.time, {}, row_ids, values);
  };
  auto row = run.rows.begin();
  for (const ServiceRun::Line& line : run.lines) {
    for (; row != run.rows.end() && row->time <= line.time; ++row) add_row(*row);
    append_event(to, run.services[line.service], line.time, {}, line.level, line.text);
  }
  for (; row != run.rows.end(); ++row) add_row(*row);
}

Result<std::vector<ServiceRun>> read_nezha(const std::string& folder) {
  if (!is_folder(folder)) return failure(Fault::input, "{}: there is no such folder", folder);
  std::vector<std::string> days = folders_of_days(folder);
  if (days.empty()) days = folders_of_days(folder + "/nezha-trainticket");
  if (days.empty()) {
    return failure(Fault::input, "{}: the set is not there: no folder in it holds *{}", folder,
                   faults_end);
  }
  std::vector<ServiceRun> runs;
  for (const std::string& inner : days) {
    ServiceRun& run = runs.emplace_back();
    run.name = list_files(inner, faults_end)[0];
    const std::string faults = run.name + std::string(faults_end);
    if (Result<void> read = RunReader(inner, run).read(faults); !read) {
      return tl::unexpected(read.error());
    }
  }
  return runs;
}

}  // namespace retimu
