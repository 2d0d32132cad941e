// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/deliverer.hpp"

#include "retimu/connectors/alert_json.hpp"

#include <chrono>

namespace retimu {

namespace {
constexpr std::size_t rows_max = 256;
constexpr auto retry_wait = std::chrono::milliseconds(200);
constexpr int last_tries = 5;
}  // namespace

Deliverer::Deliverer(Store& store, std::vector<NamedSink>& sinks,
                     std::function<void(const Error&)> note)
    : store_(store), sinks_(sinks), note_(std::move(note)), is_failing_(sinks.size(), false) {}

Deliverer::~Deliverer() {
  if (thread_.joinable()) (void)finish();
}

Result<void> Deliverer::resume() {
  for (NamedSink& sink : sinks_) {
    const auto last = sink.sink->last_delivered();
    if (!last) return tl::unexpected(last.error());
    if (!*last) continue;
    const auto [id, revision] = **last;
    const Result<std::int64_t> row = store_.find(id, revision);
    if (!row) return tl::unexpected(row.error());
    if (*row == 0) continue;
    if (Result<void> moved = store_.delivered(sink.name, *row); !moved) return moved;
  }
  return {};
}

void Deliverer::start() {
  thread_ = std::thread([this] { loop(); });
}

void Deliverer::wake() {
  {
    const std::lock_guard lock(mutex_);
    has_new_ = true;
  }
  wake_.notify_one();
}

Result<void> Deliverer::finish() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
  return last_;
}

Result<bool> Deliverer::deliver(NamedSink& sink) {
  const auto rows = store_.outbox(sink.name, rows_max);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) return false;
  std::vector<Alert> alerts;
  alerts.reserve(rows->size());
  for (const OutboxRow& row : *rows) {
    Result<Alert> alert = parse_alert(row.alert);
    if (!alert) return tl::unexpected(alert.error());
    if (!alert->told_by) alerts.push_back(std::move(*alert));
  }
  if (!alerts.empty()) {
    if (Result<void> done = sink.sink->deliver(alerts); !done) return tl::unexpected(done.error());
  }
  if (Result<void> moved = store_.delivered(sink.name, rows->back().row); !moved) {
    return tl::unexpected(moved.error());
  }
  return rows->size() == rows_max;
}

Result<void> Deliverer::round() {
  Result<void> first;
  for (std::size_t i = 0; i < sinks_.size(); ++i) {
    Result<bool> more = deliver(sinks_[i]);
    while (more && *more) more = deliver(sinks_[i]);
    if (!more) {
      if (first) first = tl::unexpected(more.error());
      if (!is_failing_[i]) note_(more.error());
    }
    is_failing_[i] = !more;
  }
  return first;
}

void Deliverer::loop() {
  int tries = 0;
  for (;;) {
    bool ending = false;
    {
      std::unique_lock lock(mutex_);
      const auto ready = [this] { return has_new_ || is_ending_; };
      // After a failure the outbox is not empty, so the next try comes by itself.
      if (last_) {
        wake_.wait(lock, ready);
      } else {
        wake_.wait_for(lock, retry_wait, [] { return false; });
      }
      has_new_ = false;
      ending = is_ending_;
    }
    last_ = round();
    if (ending && (last_ || ++tries >= last_tries)) return;
  }
}

}  // namespace retimu
