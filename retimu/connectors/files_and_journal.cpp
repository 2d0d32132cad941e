// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/files_and_journal.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace retimu {

namespace {

using std::chrono::milliseconds;

class FilesAndJournal final : public Source {
 public:
  FilesAndJournal(std::unique_ptr<Source> files, std::unique_ptr<Source> journal)
      : files_(std::move(files)), journal_(std::move(journal)) {}

  Result<Read> read(Batch& into, std::size_t count_max, milliseconds wait) override {
    if (!order_.empty()) return read_in_order(into, count_max, wait);
    const std::size_t before = into.events.size() + into.rejected.size();
    const auto has_some = [&] { return into.events.size() + into.rejected.size() > before; };
    is_files_turn_ = !is_files_turn_;
    if (is_files_turn_ && !are_files_read_) {
      begin_history(into);
      const Result<Read> read =
          files_->read(into, count_max, is_journal_read_ ? wait : milliseconds(0));
      if (!read) return read;
      are_files_read_ = *read == Read::finished;
      if (has_some()) return Read::open;
    }
    if (!is_journal_read_) {
      // On the files' turn they have nothing that is due.
      const bool may_wait = are_files_read_ || is_files_turn_;
      const Result<Read> read = journal_->read(into, count_max, may_wait ? wait : milliseconds(0));
      if (!read) return read;
      is_journal_read_ = *read == Read::finished;
    }
    return are_files_read_ && is_journal_read_ ? Read::finished : Read::open;
  }

  std::vector<Position> positions() const override {
    std::vector<Position> positions = files_->positions();
    std::ranges::copy(journal_->positions(), std::back_inserter(positions));
    return positions;
  }
  // Each looks for its own.
  Result<void> seek(std::span<const Position> positions) override {
    order_.clear();
    are_files_read_ = is_journal_read_ = false;
    const std::vector<Position> own = journal_->positions();
    std::vector<Position> of_files;
    for (const Position& position : positions) {
      if (std::ranges::count(own, position.partition, &Position::partition) == 0) {
        of_files.push_back(position);
      }
    }
    if (Result<void> sought = files_->seek(of_files); !sought) return sought;
    return journal_->seek(positions);
  }

  std::vector<Partition> partitions() const override {
    std::vector<Partition> partitions = files_->partitions();
    std::ranges::copy(journal_->partitions(), std::back_inserter(partitions));
    return partitions;
  }
  Result<void> recognise(std::span<const Partition> known) override {
    if (Result<void> same = files_->recognise(known); !same) return same;
    return journal_->recognise(known);
  }

  // What no file has is the journal's, which has one order only.
  void follow(std::vector<AdmittedRun> order) override {
    std::vector<AdmittedRun> of_files;
    order_.clear();
    for (const AdmittedRun& run : order) {
      const bool is_file = is_of_files(run.partition);
      if (is_file) of_files.push_back(run);
      if (!order_.empty() && order_.back().is_file == is_file) {
        order_.back().count += run.count;
      } else {
        order_.push_back({is_file, run.count});
      }
    }
    std::ranges::reverse(order_);
    files_->follow(std::move(of_files));
  }
  Result<void> forget(std::span<const Position> positions) override {
    return journal_->forget(positions);
  }

  SourceReport report() const override {
    SourceReport report = files_->report();
    SourceReport other = journal_->report();
    report.records += other.records;
    report.rejected += other.rejected;
    report.bytes_read += other.bytes_read;
    report.bytes_total += other.bytes_total;
    report.has_row_times = false;
    std::ranges::move(other.notes, std::back_inserter(report.notes));
    return report;
  }
  std::string describe(const Position& position) const override {
    return (is_of_files(position.partition) ? files_ : journal_)->describe(position);
  }

 private:
  struct Run {
    bool is_file;
    std::uint64_t count;
  };
  bool is_of_files(std::uint32_t partition) const {
    const std::vector<Partition> partitions = files_->partitions();
    return std::ranges::count(partitions, partition, &Partition::number) > 0;
  }

  // What comes next came at no time that would say anything.
  static void begin_history(Batch& into) {
    if (!into.arrivals.empty() && into.arrivals.back().time == time_none) return;
    into.arrivals.push_back({into.events.size(), time_none});
  }

  Result<Read> read_in_order(Batch& into, std::size_t count_max, milliseconds wait) {
    Run& run = order_.back();
    const std::size_t before = into.events.size();
    const std::size_t count = std::min<std::uint64_t>(count_max, run.count);
    if (run.is_file) begin_history(into);
    const Result<Read> read = (run.is_file ? files_ : journal_)->read(into, count, wait);
    if (!read) return read;
    run.count -= into.events.size() - before;
    if (run.count > 0 && *read == Read::finished) {
      return failure(Fault::input,
                     "records that were judged before are not in the journal any more; restore "
                     "data_dir from a backup, or start with an empty one");
    }
    if (run.count == 0) order_.pop_back();
    return Read::open;
  }

  std::unique_ptr<Source> files_, journal_;
  std::vector<Run> order_;  // to be followed, the next one last
  bool is_files_turn_ = false;
  bool are_files_read_ = false, is_journal_read_ = false;
};

}  // namespace

std::unique_ptr<Source> join_files_and_journal(std::unique_ptr<Source> files,
                                               std::unique_ptr<Source> journal) {
  return std::make_unique<FilesAndJournal>(std::move(files), std::move(journal));
}

}  // namespace retimu
