// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/file_source.hpp"

#include "retimu/connectors/input_file.hpp"

#include <algorithm>
#include <deque>
#include <glob.h>
#include <queue>

namespace retimu {

namespace {

constexpr std::size_t ahead_records = 512;  // read ahead of a file that waits for its turn

// A file that waits for its turn, with what was read ahead of it.
class Lane {
 public:
  explicit Lane(std::unique_ptr<InputFile> file) : file_(std::move(file)) {}

  InputFile& file() const { return *file_; }
  bool has_event() const { return next_event_ < ahead_.events.size(); }
  Time time() const { return ahead_.events[next_event_].time; }

  // Reads ahead until there is an event or the file has ended; then `is_done`.
  Result<void> advance(bool keep_origins) {
    ahead_.keep_origins = keep_origins;
    while (!has_event() && !is_ended_ && !has_rejected()) {
      ahead_.clear();
      next_event_ = next_rejected_ = 0;
      const Result<bool> more = file_->read(ahead_, ahead_records);
      if (!more) return tl::unexpected(more.error());
      is_ended_ = !*more;
    }
    return {};
  }
  bool is_done() const { return is_ended_ && !has_event() && !has_rejected(); }

  // The rejected records before the next event, then that event.
  void pass_rejected(Batch& into) {
    while (has_rejected() && (!has_event() || ahead_.rejected[next_rejected_].before <= next_event_)) {
      Rejected one = ahead_.rejected[next_rejected_++];
      one.before = into.events.size();
      one.time_text = into.arena.copy(one.time_text);
      one.reason = into.arena.copy(one.reason);
      one.text = into.arena.copy(one.text);
      into.rejected.push_back(one);
    }
  }
  void pass_event(Batch& into) {
    const Event& event = ahead_.events[next_event_];
    const Readings& readings = std::get<Readings>(event.payload);
    append_event(into, event.entity.text, event.time, event.position, readings.columns,
                 readings.values);
    if (into.keep_origins) {
      Origin origin = ahead_.origins[next_event_];
      origin.time_text = into.arena.copy(origin.time_text);
      into.origins.push_back(origin);
    }
    ++next_event_;
  }
  bool has_rejected() const { return next_rejected_ < ahead_.rejected.size(); }

  // Of the next record that was not passed on.
  Position position() const {
    Position position = file_->position();
    if (has_event()) position.offset = ahead_.events[next_event_].position.offset;
    if (has_rejected() && (!has_event() || ahead_.rejected[next_rejected_].before <= next_event_)) {
      position.offset = ahead_.rejected[next_rejected_].position.offset;
    }
    return position;
  }
  Result<void> seek(std::uint64_t offset) {
    ahead_.clear();
    next_event_ = next_rejected_ = 0;
    is_ended_ = false;
    return file_->seek(offset);
  }
  // Straight into the batch, for the only file left.
  Result<bool> read(Batch& into, std::size_t count_max) {
    const Result<bool> more = file_->read(into, count_max);
    if (more) is_ended_ = !*more;
    return more;
  }

 private:
  std::unique_ptr<InputFile> file_;
  Batch ahead_;
  std::size_t next_event_ = 0, next_rejected_ = 0;
  bool is_ended_ = false;
};

class FileSource final : public Source {
 public:
  explicit FileSource(std::vector<std::unique_ptr<InputFile>> files) {
    for (auto& file : files) lanes_.emplace_back(std::move(file));
  }

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds) override {
    if (lanes_.size() == 1) {
      const Result<bool> more = lanes_[0].read(into, count_max);
      if (!more) return tl::unexpected(more.error());
      return *more ? Read::open : Read::finished;
    }
    if (!is_started_) {
      for (std::size_t i = 0; i < lanes_.size(); ++i) {
        if (Result<void> queued = enqueue(i, into); !queued) return tl::unexpected(queued.error());
      }
      is_started_ = true;
    }
    for (std::size_t count = 0; count < count_max && !heads_.empty(); ++count) {
      const std::size_t lane = heads_.top().lane;
      heads_.pop();
      lanes_[lane].pass_event(into);
      if (Result<void> queued = enqueue(lane, into); !queued) {
        return tl::unexpected(queued.error());
      }
    }
    return heads_.empty() ? Read::finished : Read::open;
  }

  std::vector<Position> positions() const override {
    std::vector<Position> positions;
    for (const Lane& lane : lanes_) positions.push_back(lane.position());
    return positions;
  }

  Result<void> seek(std::span<const Position> positions) override {
    for (Lane& lane : lanes_) {
      const Position own = lane.file().position();
      std::uint64_t offset = 0;  // a file that is new begins at its start
      for (const Position& position : positions) {
        if (position.source == own.source && position.partition == own.partition) {
          offset = position.offset;
        }
      }
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
    for (const Lane& lane : lanes_) {
      const Position own = lane.file().position();
      if (own.source == position.source && own.partition == position.partition) {
        return lane.file().path();
      }
    }
    return "?";
  }

 private:
  struct Head {
    Time time;
    std::size_t lane;
  };
  struct Later {
    bool operator()(const Head& a, const Head& b) const {
      return a.time != b.time ? a.time > b.time : a.lane > b.lane;
    }
  };

  Result<void> enqueue(std::size_t index, Batch& into) {
    Lane& lane = lanes_[index];
    do {
      if (Result<void> advanced = lane.advance(into.keep_origins); !advanced) return advanced;
      lane.pass_rejected(into);
    } while (!lane.has_event() && !lane.is_done());
    if (lane.has_event()) heads_.push({lane.time(), index});
    return {};
  }

  std::deque<Lane> lanes_;  // ordered by (source, path)
  std::priority_queue<Head, std::vector<Head>, Later> heads_;
  bool is_started_ = false;
};

// The files of one input, ordered by path, each once.
Result<std::vector<std::string>> expand(const FileInput& input) {
  std::vector<std::string> paths;
  for (const std::string& wanted : input.paths) {
    if (wanted.find_first_of("*?[") == std::string::npos) {
      paths.push_back(wanted);
      continue;
    }
    glob_t found{};
    const int code = ::glob(wanted.c_str(), 0, nullptr, &found);
    for (std::size_t i = 0; code == 0 && i < found.gl_pathc; ++i) paths.emplace_back(found.gl_pathv[i]);
    ::globfree(&found);
    if (code != 0) {
      // A file may be named with such characters.
      if (Result<std::unique_ptr<ByteReader>> file = ByteReader::open(wanted); file) {
        paths.push_back(wanted);
        continue;
      }
      return failure(Fault::input, "{}: no file matches", wanted);
    }
  }
  std::ranges::sort(paths);
  const auto [first, last] = std::ranges::unique(paths);
  paths.erase(first, last);
  return paths;
}

}  // namespace

Result<std::unique_ptr<Source>> open_files(const std::vector<FileInput>& inputs, Columns& columns) {
  std::vector<std::unique_ptr<InputFile>> files;
  for (std::size_t source = 0; source < inputs.size(); ++source) {
    const Result<std::vector<std::string>> paths = expand(inputs[source]);
    if (!paths) return tl::unexpected(paths.error());
    for (const std::string& path : *paths) {
      Result<std::unique_ptr<InputFile>> file =
          InputFile::open(inputs[source], path, static_cast<std::uint16_t>(source), columns);
      if (!file) return tl::unexpected(file.error());
      for (const auto& other : files) {
        if (other->position().source == (*file)->position().source &&
            other->position().partition == (*file)->position().partition) {
          return failure(Fault::usage, "{} and {} have the same 32-bit hash: rename one of them",
                         other->path(), path);
        }
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
