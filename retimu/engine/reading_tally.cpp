// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/reading_tally.hpp"

#include "retimu/core/wrapped_source.hpp"

#include <algorithm>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t reasons_max = 100;
constexpr std::string_view quotes_record = ": \"";

class TalliedSource final : public WrappedSource {
 public:
  TalliedSource(std::unique_ptr<Source> source, ReadingTally& tally,
                std::function<Result<void>(const Rejected&)> rejected)
      : WrappedSource(std::move(source)), tally_(tally), rejected_(std::move(rejected)) {}

  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) override {
    const std::size_t events_before = into.events.size();
    const std::size_t rejected_before = into.rejected.size();
    Result<Read> state = WrappedSource::read(into, count_max, wait);
    tally_.add(into, events_before, rejected_before);
    for (std::size_t i = rejected_before; rejected_ && state && i < into.rejected.size(); ++i) {
      if (Result<void> done = rejected_(into.rejected[i]); !done) {
        return tl::unexpected(done.error());
      }
    }
    return state;
  }
  Result<void> seek(std::span<const Position> positions) override {
    tally_.go_on();
    return WrappedSource::seek(positions);
  }

 private:
  ReadingTally& tally_;
  std::function<Result<void>(const Rejected&)> rejected_;
};

}  // namespace

std::string_view plain_reason(std::string_view whole) {
  return whole.substr(0, whole.find(quotes_record));
}

std::string reason_label(std::string_view whole) {
  constexpr std::size_t bytes_max = 100;
  std::string label;
  bool is_quoted = false;
  for (const char c : plain_reason(whole)) {
    if (c == '"') {
      is_quoted = !is_quoted;
      label += is_quoted ? "\"..." : "\"";
    } else if (!is_quoted) {
      label += c;
    }
    if (label.size() >= bytes_max) break;
  }
  return label;
}

void ReadingTally::add(const Batch& batch, std::size_t events_before, std::size_t rejected_before) {
  for (std::size_t i = events_before; i < batch.events.size(); ++i) {
    const Payload& payload = batch.events[i].payload;
    if (std::holds_alternative<Tick>(payload)) continue;
    ++events_;
    const auto* readings = std::get_if<Readings>(&payload);
    has_readings_ = has_readings_ || (readings != nullptr && !readings->columns.empty());
    log_lines_ += std::holds_alternative<LogLine>(payload) ? 1 : 0;
    alarms_ += std::holds_alternative<Alarm>(payload) ? 1 : 0;
  }
  for (std::size_t i = rejected_before; i < batch.rejected.size(); ++i) {
    ++rejected_;
    const std::string_view whole = batch.rejected[i].reason;
    const std::string_view reason = plain_reason(whole);
    auto known = reasons_.find(reason);
    if (known == reasons_.end()) {
      if (reasons_.size() == reasons_max) continue;
      known = reasons_.emplace(reason, RejectedReason{std::string(reason), std::string(whole), 0})
                  .first;
    }
    ++known->second.count;
  }
}

std::vector<RejectedReason> ReadingTally::commonest(std::size_t count_max) const {
  std::vector<RejectedReason> list;
  for (const auto& [name, reason] : reasons_) list.push_back(reason);
  std::ranges::stable_sort(list, std::ranges::greater{}, &RejectedReason::count);
  if (list.size() > count_max) list.resize(count_max);
  return list;
}

std::unique_ptr<Source> tallied(std::unique_ptr<Source> source, ReadingTally& tally,
                                std::function<Result<void>(const Rejected&)> rejected) {
  return std::make_unique<TalliedSource>(std::move(source), tally, std::move(rejected));
}

}  // namespace retimu
