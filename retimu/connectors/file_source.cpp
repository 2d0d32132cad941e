// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/file_source.hpp"

#include "retimu/connectors/file_partition.hpp"
#include "retimu/connectors/file_paths.hpp"
#include "retimu/connectors/lane.hpp"
#include "retimu/connectors/made_file.hpp"
#include "retimu/connectors/pace.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <queue>
#include <thread>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t held_open_max = 128;              // files
constexpr std::size_t ahead_min = 16, ahead_max = 512;  // records of a file
constexpr std::size_t ahead_records_of_all = 64 * 1024;
constexpr std::size_t absent_max = 10'000;  // files whose positions are kept while they are away

class FileSource final : public Source {
 public:
  FileSource(std::vector<std::unique_ptr<InputFile>> files, std::vector<Partition> partitions,
             double speed)
      : partitions_(std::move(partitions)), pace_(speed) {
    const std::size_t ahead = std::clamp(ahead_records_of_all / files.size(), ahead_min, ahead_max);
    for (auto& file : files) {
      lane_of_.emplace(file->position().partition, lanes_.size());
      lanes_.emplace_back(std::move(file), ahead);
    }
  }

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) override {
    if (!order_.empty()) return read_in_order(into, count_max);
    if (lanes_.size() == 1 && pace_.is_unbounded()) {
      return lanes_[0].read(into, count_max) ? Read::open : Read::finished;
    }
    if (!std::exchange(is_started_, true)) {
      for (std::size_t lane = 0; lane < lanes_.size(); ++lane) queue(lane, into.keep_origins);
    }
    for (std::size_t count = 0; count < count_max && !heads_.empty(); ++count) {
      if (const auto left = pace_.left(heads_.top().time)) {
        if (count == 0) std::this_thread::sleep_for(std::min<Pace::Clock::duration>(*left, wait));
        return Read::open;
      }
      const std::size_t lane = heads_.top().lane;
      heads_.pop();
      lanes_[lane].pass(into);
      queue(lane, into.keep_origins);
    }
    return heads_.empty() ? Read::finished : Read::open;
  }

  std::vector<Position> positions() const override {
    std::vector<Position> positions;
    positions.reserve(lanes_.size());
    for (const Lane& lane : lanes_) positions.push_back(lane.position());
    positions.insert(positions.end(), absent_.begin(), absent_.end());
    return positions;
  }

  Result<void> seek(std::span<const Position> positions) override {
    std::map<std::uint32_t, std::uint64_t> offsets;
    absent_.clear();
    for (const Position& position : positions) {
      offsets[position.partition] = position.offset;
      const bool is_absent = !lane_of_.contains(position.partition);
      if (is_absent && absent_.size() < absent_max) absent_.push_back(position);
    }
    for (Lane& lane : lanes_) {
      const auto known = offsets.find(lane.file().position().partition);
      // A file that is new begins at its start.
      const std::uint64_t offset = known == offsets.end() ? 0 : known->second;
      if (Result<void> sought = lane.seek(offset); !sought) return sought;
    }
    heads_ = {};
    order_.clear();
    is_started_ = false;
    pace_.restart();
    return {};
  }

  std::vector<Partition> partitions() const override { return partitions_; }

  Result<void> recognise(std::span<const Partition> known) override {
    for (const Partition& before : known) {
      const auto now = std::ranges::find(partitions_, before.number, &Partition::number);
      if (now == partitions_.end()) continue;
      Result<void> same =
          is_made(before) ? check_made(before, *now) : check_mark(before.name, before.mark);
      if (!same) return same;
      const int year = year_of_mark(before.mark);
      if (year == 0) continue;
      now->mark = mark_with_year(now->mark, year);
      lanes_[lane_of_.at(now->number)].set_first_year(year);
    }
    return {};
  }

  void follow(std::vector<AdmittedRun> order) override {
    std::ranges::reverse(order);
    order_ = std::move(order);
  }

  SourceReport report() const override {
    SourceReport report;
    report.has_row_times =
        std::ranges::all_of(lanes_, [](const Lane& lane) { return lane.file().uses_rows(); });
    for (const Lane& lane : lanes_) {
      const InputFile& file = lane.file();
      report.records += file.records();
      report.rejected += file.rejected();
      report.bytes_read += file.bytes_read();
      report.bytes_total += file.bytes_total();
      if (file.is_empty()) report.notes.push_back(file.path() + ": is empty");
      if (!file.damage().empty()) report.broken.push_back(file.damage());
      if (file.is_waiting()) {
        report.notes.push_back(file.path() +
                               (file.joins_lines()
                                    ? ": its last record waits for what may belong to it"
                                    : ": its last record has no line end yet and waits for it"));
      }
      if (file.cut() > 0) {
        report.notes.push_back(fmt::format(
            "{}: {} records have more than 1,000 lines or 64 KiB, what is more is left out",
            file.path(), file.cut()));
      }
      for (const std::string& note : file.notes()) {
        report.notes.push_back(file.path() + ": " + note);
      }
    }
    return report;
  }

  std::string describe(const Position& position) const override {
    const auto lane = lane_of_.find(position.partition);
    return lane == lane_of_.end() ? "?" : lanes_[lane->second].file().path();
  }

 private:
  struct Head {
    Time time;
    std::size_t lane;
  };
  struct Later {
    bool operator()(const Head& a, const Head& b) const {
      return std::pair(a.time, a.lane) > std::pair(b.time, b.lane);
    }
  };
  void queue(std::size_t lane, bool keep_origins) {
    if (lanes_[lane].has_next(keep_origins)) heads_.push({lanes_[lane].time(), lane});
  }

  // What an earlier process admitted, run by run. What could not be read comes before the next
  // event of its file.
  Result<Read> read_in_order(Batch& into, std::size_t count_max) {
    for (std::size_t count = 0; count < count_max && !order_.empty(); ++count) {
      AdmittedRun& run = order_.back();
      const auto found = lane_of_.find(run.partition);
      if (found == lane_of_.end()) return gone(run);
      Lane& lane = lanes_[found->second];
      if (!lane.has_next(into.keep_origins)) return gone(run);
      const bool is_event = lane.time() != time_none;
      lane.pass(into);
      if (is_event && --run.count == 0) order_.pop_back();
    }
    return Read::open;
  }
  tl::unexpected<Error> gone(const AdmittedRun& run) const {
    const auto lane = lane_of_.find(run.partition);
    return failure(Fault::input,
                   "{}: records that were judged before are not there any more; restore it, or "
                   "start with an empty data_dir",
                   lane == lane_of_.end() ? "a file" : lanes_[lane->second].file().path());
  }

  std::vector<Partition> partitions_;
  std::map<std::uint32_t, std::size_t> lane_of_;               // by partition
  std::vector<Position> absent_;                               // of files that are not there now
  std::vector<AdmittedRun> order_;                             // to be followed, the next one last
  std::deque<Lane> lanes_;                                     // ordered by (input, path)
  std::priority_queue<Head, std::vector<Head>, Later> heads_;  // lanes with a next record
  Pace pace_;
  bool is_started_ = false;
};

}  // namespace

Result<std::unique_ptr<Source>> open_files(const std::vector<FileInput>& inputs, Columns& columns) {
  return open_files(inputs, {}, 0, columns);
}

Result<std::unique_ptr<Source>> open_files(const std::vector<FileInput>& inputs,
                                           const std::vector<MadeFile>& made, double speed,
                                           Columns& columns) {
  std::vector<std::vector<std::string>> paths;
  std::size_t count = 0;
  for (const FileInput& input : inputs) {
    Result<std::vector<std::string>> found = find_paths(input.paths);
    if (!found) return tl::unexpected(found.error());
    count += found->size();
    paths.push_back(std::move(*found));
  }
  if (count + made.size() == 0) return failure(Fault::usage, "no file is named to read from");
  const Holding holding = count > held_open_max ? Holding::closed : Holding::open;

  std::vector<std::unique_ptr<InputFile>> files;
  std::vector<Partition> partitions;
  const auto open = [&](const FileInput& input, const std::string& path, Partition partition,
                        Result<std::unique_ptr<ByteReader>> bytes, Time written) -> Result<void> {
    if (!bytes) return tl::unexpected(bytes.error());
    Result<std::unique_ptr<InputFile>> file =
        InputFile::open(input, path, std::move(*bytes), partition.number, columns, written);
    if (!file) return tl::unexpected(file.error());
    partition.mark = mark_with_year(partition.mark, (*file)->first_year());
    partitions.push_back(std::move(partition));
    files.push_back(std::move(*file));
    return {};
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (const std::string& path : paths[i]) {
      Result<Partition> partition = make_partition(path, partitions);
      if (!partition) return tl::unexpected(partition.error());
      Result<void> opened = open(inputs[i], path, std::move(*partition), open_bytes(path, holding),
                                 time_written(path));
      if (!opened) return tl::unexpected(opened.error());
    }
  }
  for (const MadeFile& one : made) {
    Result<Partition> partition = make_partition(one, partitions);
    if (!partition) return tl::unexpected(partition.error());
    Result<void> opened = open(one.reading, one.name, std::move(*partition), one.open(), 0);
    if (!opened) return tl::unexpected(opened.error());
  }
  if (std::ranges::all_of(files, [](const auto& file) { return file->is_empty(); })) {
    return failure(Fault::input, "{}: is empty, there is nothing to read", files.front()->path());
  }
  return std::make_unique<FileSource>(std::move(files), std::move(partitions), speed);
}

}  // namespace retimu
