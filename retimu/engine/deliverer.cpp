// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/deliverer.hpp"

#include "retimu/connectors/alert_json.hpp"

#include <algorithm>
#include <chrono>

namespace retimu {

namespace {
constexpr std::size_t rows_max = 256;
constexpr auto retry_wait = std::chrono::milliseconds(200);
constexpr int last_tries = 5;
}  // namespace

Deliverer::Deliverer(Store& store, std::vector<NamedSink>& sinks,
                     std::function<void(const Error&)> note, Vitals* vitals)
    : store_(store), sinks_(sinks), note_(std::move(note)), states_(sinks.size()), vitals_(vitals) {
  for (std::size_t i = 0; i < sinks_.size(); ++i) states_[i].vitals.name = sinks_[i].name;
}

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

void Deliverer::tell_now(const Alert& alert) {
  {
    const std::lock_guard lock(mutex_);
    for (State& state : states_) {
      if (state.past.size() == past_max) state.past.erase(state.past.begin());
      state.past.push_back(alert);
    }
    has_new_ = true;
  }
  wake_.notify_one();
}

// A cursor that cannot be written is no trouble of the sink's.
Result<void> Deliverer::give(std::size_t index, std::span<const Alert> alerts) {
  SinkVitals& vitals = states_[index].vitals;
  Result<void> done = sinks_[index].sink->deliver(alerts);
  vitals.trouble = done ? std::string() : done.error().message;
  vitals.failures += done ? 0 : 1;
  vitals.delivered += done ? alerts.size() : 0;
  return done;
}

Result<void> Deliverer::deliver_past(std::size_t index) {
  std::vector<Alert> alerts;
  {
    const std::lock_guard lock(mutex_);
    alerts = states_[index].past;
  }
  if (alerts.empty()) return {};
  if (Result<void> done = give(index, alerts); !done) return done;
  const std::lock_guard lock(mutex_);
  std::erase_if(states_[index].past, [&](const Alert& one) {
    return std::ranges::any_of(alerts, [&](const Alert& told) {
      return told.id == one.id && told.revision == one.revision;
    });
  });
  return {};
}

// Where a cursor cannot be written the sink keeps what it took: it is not offered that again.
Result<bool> Deliverer::deliver(std::size_t index) {
  NamedSink& sink = sinks_[index];
  State& state = states_[index];
  const auto rows = store_.outbox(sink.name, rows_max);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) return false;
  std::vector<Alert> alerts;
  alerts.reserve(rows->size());
  for (const OutboxRow& row : *rows) {
    if (row.row <= state.reached) continue;
    Result<Alert> alert = parse_alert(row.alert);
    if (!alert) return tl::unexpected(alert.error());
    if (!alert->told_by) alerts.push_back(std::move(*alert));
  }
  if (!alerts.empty()) {
    if (Result<void> done = give(index, alerts); !done) return tl::unexpected(done.error());
  }
  state.reached = rows->back().row;
  if (Result<void> moved = store_.delivered(sink.name, rows->back().row); !moved) {
    return tl::unexpected(moved.error());
  }
  return rows->size() == rows_max;
}

Result<void> Deliverer::round() {
  Result<void> first;
  for (std::size_t i = 0; i < sinks_.size(); ++i) {
    State& state = states_[i];
    const Result<void> past = deliver_past(i);
    Result<bool> more = past ? deliver(i) : tl::unexpected(past.error());
    while (more && *more) more = deliver(i);
    if (!more) {
      if (first) first = tl::unexpected(more.error());
      if (!state.is_failing) note_(more.error());
    }
    state.is_failing = !more;
  }
  publish();
  return first;
}

void Deliverer::publish() {
  if (vitals_ == nullptr) return;
  std::vector<SinkVitals> sinks;
  for (State& state : states_) {
    if (const Result<std::uint64_t> waiting = store_.waiting(state.vitals.name)) {
      state.vitals.waiting = *waiting;
    }
    sinks.push_back(state.vitals);
  }
  vitals_->set_sinks(std::move(sinks));
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
