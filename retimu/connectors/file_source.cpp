// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/file_source.hpp"

#include "retimu/connectors/file_paths.hpp"
#include "retimu/connectors/lane.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <queue>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t held_open_max = 128;              // files
constexpr std::size_t ahead_min = 16, ahead_max = 512;  // records of a file
constexpr std::size_t ahead_records_of_all = 64 * 1024;

class FileSource final : public Source {
 public:
  explicit FileSource(std::vector<std::unique_ptr<InputFile>> files) {
    const std::size_t ahead = std::clamp(ahead_records_of_all / files.size(), ahead_min, ahead_max);
    for (auto& file : files) lanes_.emplace_back(std::move(file), ahead);
  }

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds) override {
    if (lanes_.size() == 1) {
      return lanes_[0].read(into, count_max) ? Read::open : Read::finished;
    }
    if (!std::exchange(is_started_, true)) {
      for (std::size_t lane = 0; lane < lanes_.size(); ++lane) queue(lane, into.keep_origins);
    }
    for (std::size_t count = 0; count < count_max && !heads_.empty(); ++count) {
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
    return positions;
  }

  Result<void> seek(std::span<const Position> positions) override {
    std::map<PartitionKey, std::uint64_t> offsets;
    for (const Position& position : positions) offsets[key_of(position)] = position.offset;
    for (Lane& lane : lanes_) {
      const auto known = offsets.find(key_of(lane.file().position()));
      // A file that is new begins at its start.
      const std::uint64_t offset = known == offsets.end() ? 0 : known->second;
      if (Result<void> sought = lane.seek(offset); !sought) return sought;
    }
    heads_ = {};
    is_started_ = false;
    return {};
  }

  SourceReport report() const override {
    SourceReport report;
    for (const Lane& lane : lanes_) {
      const InputFile& file = lane.file();
      report.records += file.records();
      report.rejected += file.rejected();
      report.bytes_read += file.bytes_read();
      report.bytes_total += file.bytes_total();
      if (file.is_empty()) report.notes.push_back(file.path() + ": is empty");
      for (const std::string& note : file.notes()) {
        report.notes.push_back(file.path() + ": " + note);
      }
    }
    return report;
  }

  std::string describe(const Position& position) const override {
    const auto lane = std::ranges::find_if(
        lanes_, [&](const Lane& one) { return key_of(one.file().position()) == key_of(position); });
    return lane == lanes_.end() ? "?" : lane->file().path();
  }

 private:
  using PartitionKey = std::pair<std::uint16_t, std::uint32_t>;
  static PartitionKey key_of(const Position& position) {
    return {position.source, position.partition};
  }

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

  std::deque<Lane> lanes_;                                     // ordered by (input, path)
  std::priority_queue<Head, std::vector<Head>, Later> heads_;  // lanes with a next record
  bool is_started_ = false;
};

}  // namespace

Result<std::unique_ptr<Source>> open_files(const std::vector<FileInput>& inputs, Columns& columns) {
  std::vector<std::vector<std::string>> paths;
  std::size_t count = 0;
  for (const FileInput& input : inputs) {
    Result<std::vector<std::string>> found = find_paths(input.paths);
    if (!found) return tl::unexpected(found.error());
    count += found->size();
    paths.push_back(std::move(*found));
  }
  if (count == 0) return failure(Fault::usage, "no file is named to read from");
  const Holding holding = count > held_open_max ? Holding::closed : Holding::open;

  std::vector<std::unique_ptr<InputFile>> files;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::map<std::uint32_t, std::string> partitions;
    for (const std::string& path : paths[i]) {
      Result<std::unique_ptr<ByteReader>> bytes = open_bytes(path, holding);
      if (!bytes) return tl::unexpected(bytes.error());
      Result<std::unique_ptr<InputFile>> file = InputFile::open(
          inputs[i], path, std::move(*bytes), static_cast<std::uint16_t>(i), columns);
      if (!file) return tl::unexpected(file.error());
      const auto [other, is_new] = partitions.emplace((*file)->position().partition, path);
      if (!is_new) {
        return failure(Fault::usage, "{} and {} have the same 32-bit hash: rename one of them",
                       other->second, path);
      }
      files.push_back(std::move(*file));
    }
  }
  if (std::ranges::all_of(files, [](const auto& file) { return file->is_empty(); })) {
    return failure(Fault::input, "{}: is empty, there is nothing to read", files.front()->path());
  }
  return std::make_unique<FileSource>(std::move(files));
}

}  // namespace retimu
