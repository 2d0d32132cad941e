// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/journal_source.hpp"

#include "retimu/connectors/input_file.hpp"
#include "retimu/connectors/quiet_clock.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <utility>

namespace retimu {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view arrival_note =
    "no time was found: records have the time at which they came";

// The bytes of a frame, which must outlive it, as those of a file.
class FrameBytes final : public ByteReader {
 public:
  explicit FrameBytes(std::string_view bytes) : bytes_(bytes) {}

  Result<std::size_t> read(char* to, std::size_t bytes) override {
    const std::size_t got = std::min(bytes, bytes_.size() - at_);
    std::memcpy(to, bytes_.data() + at_, got);
    at_ += got;
    return got;
  }
  Result<void> seek(std::uint64_t offset) override {
    at_ = static_cast<std::size_t>(std::min<std::uint64_t>(offset, bytes_.size()));
    return {};
  }
  bool may_grow() const override { return false; }
  std::uint64_t bytes_read() const override { return at_; }
  std::uint64_t bytes_total() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

Time steady_now() { return std::chrono::steady_clock::now().time_since_epoch() / 1ns; }

class JournalSource final : public Source {
 public:
  JournalSource(Journal& journal, std::vector<JournalInput> inputs, Columns& columns)
      : journal_(journal), inputs_(std::move(inputs)), columns_(columns) {}

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) override {
    const std::size_t until = into.events.size() + count_max;
    const std::size_t rejected_before = into.rejected.size();
    while (into.events.size() < until) {
      if (file_ != nullptr) {
        decode(into, until - into.events.size());
        continue;
      }
      const bool is_ended = has_ended();  // asked first: what it took last is in the journal then
      const bool has_some = !into.events.empty() || into.rejected.size() > rejected_before;
      const Result<std::optional<Frame>> next = journal_.next(has_some || is_ended ? 0ms : wait);
      if (!next) return tl::unexpected(next.error());
      if (*next) {
        begin(**next, into);
        continue;
      }
      if (!has_some && is_ended) return Read::finished;
      if (!has_some) tell_clock();
      break;
    }
    return Read::open;
  }

  std::vector<Position> positions() const override {
    const std::uint64_t offset =
        file_ == nullptr ? journal_.offset() : frame_.offset + file_->position().offset;
    return {{journal_partition, offset}};
  }

  Result<void> seek(std::span<const Position> positions) override {
    file_.reset();
    for (const Position& position : positions) {
      if (position.partition != journal_partition) continue;
      begin_at_ = position.offset;
      return journal_.seek(position.offset);
    }
    return {};  // a journal that is new
  }

  std::vector<Partition> partitions() const override {
    std::vector<Partition> partitions;
    for (const JournalInput& input : inputs_) {
      partitions.push_back({source_number(input.name), input.name, {}});
    }
    return partitions;
  }
  Result<void> recognise(std::span<const Partition> known) override {
    for (const Partition& one : known) known_[one.number] = one.name;
    return {};
  }
  void follow(std::vector<AdmittedRun>) override {}  // there is one order only

  Result<void> forget(std::span<const Position> positions) override {
    for (const Position& position : positions) {
      if (position.partition == journal_partition) return journal_.forget(position.offset);
    }
    return {};
  }

  SourceReport report() const override {
    SourceReport report;
    report.records = records_;
    report.rejected = rejected_;
    report.bytes_read = bytes_;
    report.bytes_total = bytes_ + journal_.report().unread_bytes;
    report.notes = notes_;
    for (const JournalInput& input : inputs_) {
      if (input.receiver == nullptr) continue;
      const ReceiverReport received = input.receiver->report();
      for (const std::string& note : received.notes) {
        report.notes.push_back(input.name + ": " + note);
      }
      if (received.lost > 0) {
        report.notes.push_back(fmt::format("{}: {} messages were lost, there was no room for them",
                                           input.name, received.lost));
      }
      if (!received.trouble.empty()) report.notes.push_back(received.trouble);
    }
    return report;
  }

  std::string describe(const Position& position) const override {
    for (const JournalInput& input : inputs_) {
      if (source_number(input.name) == position.partition) return input.name;
      const std::string part =
          input.receiver == nullptr ? "" : input.receiver->part_name(position.partition);
      if (!part.empty()) return part;
    }
    const auto known = known_.find(position.partition);
    return known == known_.end() ? "the journal" : known->second;
  }

 private:
  std::string why_unknown(std::uint32_t source) const {
    const auto known = known_.find(source);
    if (known == known_.end()) {
      return "its source is not configured any more, nor was it when the pipeline ran last; a "
             "[[source]] keeps its `name` with another address";
    }
    return fmt::format(
        "its source \"{0}\" is not configured any more; where it only has another address, give "
        "its "
        "[[source]] name = \"{0}\"",
        known->second);
  }

  const JournalInput* input_of(std::uint32_t source) const {
    const auto found = std::ranges::find_if(
        inputs_, [&](const JournalInput& input) { return source_number(input.name) == source; });
    return found == inputs_.end() ? nullptr : &*found;
  }

  bool has_ended() const {
    return std::ranges::all_of(inputs_, [](const JournalInput& input) {
      return input.receiver == nullptr || input.receiver->is_ended();
    });
  }

  void begin(const Frame& frame, Batch& into) {
    frame_ = frame;
    const std::uint64_t from = std::exchange(begin_at_, 0);
    if (frame.kind == FrameKind::clock) {
      append_clock(into);
      return;
    }
    clock_.come(steady_now());
    bytes_ += frame.bytes.size();
    const JournalInput* input = input_of(frame.source);
    if (input == nullptr) {
      reject_all(into, from, why_unknown(frame.source));
      return;
    }
    Result<std::unique_ptr<InputFile>> file = InputFile::open_frame(
        input->reading, frame.format, input->name, std::make_unique<FrameBytes>(frame.bytes),
        frame.part == 0 ? frame.source : frame.part, columns_, frame.arrived);
    if (!file) {
      reject_all(into, from, file.error().message);
      return;
    }
    file_ = std::move(*file);
    if (from > frame.offset) pass(from - frame.offset);
  }

  // The records of a frame before a place in it, by which those behind may be read.
  void pass(std::uint64_t offset) {
    Batch passed;
    while (file_ != nullptr && file_->position().offset < offset) {
      passed.clear();
      if (!file_->read(passed, 1)) file_.reset();
    }
  }

  void note_arrival(Batch& into) const {
    if (!into.arrivals.empty() && into.arrivals.back().time == frame_.arrived) return;
    into.arrivals.push_back({into.events.size(), frame_.arrived});
  }

  void decode(Batch& into, std::size_t count_max) {
    note_arrival(into);
    const std::size_t events = into.events.size(), rejected = into.rejected.size();
    const bool has_more = file_->read(into, count_max);
    const bool has_no_time = file_->uses_rows();
    for (Event& event : std::span(into.events).subspan(events)) {
      event.position.offset += frame_.offset;
      if (has_no_time) event.time = frame_.arrived;
    }
    for (Rejected& one : std::span(into.rejected).subspan(rejected)) {
      one.position.offset += frame_.offset;
    }
    records_ += into.events.size() - events + into.rejected.size() - rejected;
    rejected_ += into.rejected.size() - rejected;
    if (has_more) return;
    take_notes();
    file_.reset();
  }

  // Notes of the frame, each once.
  void take_notes() {
    for (const std::string& note : file_->notes()) {
      const std::string_view text = note == no_time_note ? arrival_note : std::string_view(note);
      if (notes_.size() == notes_max) return;
      std::string full = fmt::format("{}: {}", file_->path(), text);
      if (noted_.insert(full).second) notes_.push_back(std::move(full));
    }
  }

  void append_clock(Batch& into) {
    Duration by = 0;
    if (frame_.bytes.size() != sizeof by) return;
    std::memcpy(&by, frame_.bytes.data(), sizeof by);
    note_arrival(into);
    Event& event = into.events.emplace_back();
    event.time = by;
    event.position = {journal_partition, frame_.offset};
    event.payload = Tick{};
    if (into.keep_origins) into.origins.emplace_back();
  }

  // Each line of a frame that cannot be read at all, from a place in the journal on.
  void reject_all(Batch& into, std::uint64_t from, std::string_view reason) {
    std::string_view left = frame_.bytes;
    while (!left.empty()) {
      const std::string_view line = left.substr(0, left.find('\n'));
      const auto at = static_cast<std::uint64_t>(left.data() - frame_.bytes.data());
      if (frame_.offset + at >= from && !line.empty()) {
        reject(into, {line, at}, {frame_.source, frame_.offset + at}, 0, {}, reason);
        ++records_;
        ++rejected_;
      }
      left.remove_prefix(std::min(left.size(), line.size() + 1));
    }
  }

  // What a clock on the wall decides enters the journal as what comes from outside does. Not taken:
  // there is no room, so something is there to be read.
  void tell_clock() {
    const Duration by = clock_.look(steady_now());
    if (by == 0) return;
    const std::string_view bytes(reinterpret_cast<const char*>(&by), sizeof by);
    (void)journal_.append({.kind = FrameKind::clock, .bytes = bytes}, 0ms);
  }

  Journal& journal_;
  std::vector<JournalInput> inputs_;
  Columns& columns_;
  std::unique_ptr<InputFile> file_;  // the frame in hand; null: none
  Frame frame_;
  std::uint64_t begin_at_ = 0;  // where the next frame is gone on with, after a seek
  QuietClock clock_;
  std::uint64_t records_ = 0, rejected_ = 0, bytes_ = 0;
  std::vector<std::string> notes_;
  std::set<std::string> noted_;
  std::map<std::uint32_t, std::string> known_;  // names of sources of an earlier configuration
};

}  // namespace

std::unique_ptr<Source> open_journal(Journal& journal, std::vector<JournalInput> inputs,
                                     Columns& columns) {
  return std::make_unique<JournalSource>(journal, std::move(inputs), columns);
}

}  // namespace retimu
