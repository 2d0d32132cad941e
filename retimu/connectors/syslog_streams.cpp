// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_streams.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace retimu {

namespace {

constexpr std::size_t read_bytes = 64UL * 1024;
constexpr int accepted_max = 64;  // at once
constexpr std::chrono::milliseconds exhausted_pause{100};
constexpr std::chrono::milliseconds sweep_interval{1'000};
constexpr std::chrono::milliseconds last_append_time{1'000};  // of stop()

TlsState receive(int socket, std::string& bytes, std::size_t& got) {
  const ssize_t moved = ::recv(socket, bytes.data(), bytes.size(), 0);
  got = static_cast<std::size_t>(std::max<ssize_t>(moved, 0));
  if (moved >= 0) return TlsState::done;
  return errno == EAGAIN || errno == EINTR ? TlsState::wants_read : TlsState::broken;
}

}  // namespace

SyslogStreams::SyslogStreams(SyslogTarget& target, std::vector<SyslogStreamListener> listeners,
                             std::unique_ptr<TlsServer> tls)
    : target_(target),
      listeners_(std::move(listeners)),
      tls_(std::move(tls)),
      events_(::epoll_create1(EPOLL_CLOEXEC)),
      bytes_(read_bytes, '\0') {
  for (const SyslogStreamListener& listener : listeners_) watch(listener.socket.number());
  watch(stopping_.number());
  thread_ = std::thread([this] { serve_all(); });
}

void SyslogStreams::watch(int socket) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = socket;
  (void)::epoll_ctl(events_.number(), EPOLL_CTL_ADD, socket, &event);
}

void SyslogStreams::accept_some(const SyslogStreamListener& listener) {
  for (int i = 0; i < accepted_max; ++i) {
    Accepted accepted = accept_next(listener.socket);
    if (accepted.is_exhausted) {
      target_.counts.trouble("no more connections: the process has too many files open");
      (void)stopping_.sleep(exhausted_pause);
    }
    if (!accepted.socket.is_open()) return;
    if (connections_.size() >= target_.options.connections_max ||
        !target_.is_allowed(accepted.peer)) {
      target_.counts.refused(1);
      continue;
    }
    const int number = accepted.socket.number();
    std::unique_ptr<TlsSession> tls;
    if (listener.has_tls) tls = tls_->open_session(number);
    if (listener.has_tls && tls == nullptr) continue;
    connections_.emplace(number, Connection{std::move(accepted.socket), std::move(tls),
                                            SyslogFramer(target_.options.message_bytes_max,
                                                         target_.named(accepted.peer)),
                                            Clock::now(), listener.has_tls, false});
    watch(number);
  }
}

// Waits for what the connection wants; false: it is broken.
bool SyslogStreams::goes_on(Connection& connection, TlsState state) {
  const bool wants_write = state == TlsState::wants_write;
  if (wants_write != connection.waits_to_write) {
    connection.waits_to_write = wants_write;
    epoll_event event{};
    event.events = wants_write ? EPOLLOUT : EPOLLIN;
    event.data.fd = connection.socket.number();
    (void)::epoll_ctl(events_.number(), EPOLL_CTL_MOD, event.data.fd, &event);
  }
  return state != TlsState::broken;
}

// What has come, once; false: nothing comes any more.
bool SyslogStreams::serve(Connection& connection, SyslogBatch& batch) {
  if (connection.is_shaking_hands) {
    const TlsState state = connection.tls->shake_hands();
    if (state == TlsState::broken) target_.counts.refused(1);
    if (state != TlsState::done) return goes_on(connection, state);
    connection.is_shaking_hands = false;
  }
  std::size_t got = 0;
  const TlsState state = connection.tls != nullptr
                             ? connection.tls->read(bytes_.data(), bytes_.size(), got)
                             : receive(connection.socket.number(), bytes_, got);
  if (got == 0 && (state == TlsState::done || state == TlsState::broken)) {
    connection.framer.end(batch.records, batch.counts);
    return false;
  }
  if (got > 0) {
    connection.since = Clock::now();
    connection.framer.take(std::string_view(bytes_).substr(0, got), batch.records, batch.counts);
  }
  return goes_on(connection, state);
}

// Until it is in the journal; once this stops, for last_append_time.
void SyslogStreams::append(SyslogBatch& batch) {
  Clock::time_point end = Clock::time_point::max();
  while (!batch.append()) {
    const bool is_stopping = !stopping_.sleep(std::chrono::milliseconds(20));
    if (!is_stopping) continue;
    if (end == Clock::time_point::max()) end = Clock::now() + last_append_time;
    if (Clock::now() > end) return batch.lose();
    wait_for_socket(-1, false, Clock::now() + std::chrono::milliseconds(20));
  }
}

// False: nothing was there.
bool SyslogStreams::serve_once(std::chrono::milliseconds wait, SyslogBatch& batch) {
  std::array<epoll_event, 64> ready{};
  const int count = ::epoll_wait(events_.number(), ready.data(), static_cast<int>(ready.size()),
                                 static_cast<int>(wait.count()));
  bool has_served = false;
  for (int i = 0; i < count; ++i) {
    const int number = ready[static_cast<std::size_t>(i)].data.fd;
    const auto listener = std::ranges::find(listeners_, number,
                                            [](const auto& each) { return each.socket.number(); });
    if (listener != listeners_.end()) accept_some(*listener);
    const auto connection = connections_.find(number);
    has_served = has_served || listener != listeners_.end() || connection != connections_.end();
    if (connection == connections_.end()) continue;
    if (!serve(connection->second, batch)) connections_.erase(connection);
    if (batch.is_due()) append(batch);
  }
  append(batch);
  return has_served;
}

void SyslogStreams::close_silent() {
  const Clock::time_point now = Clock::now();
  const auto is_silent = [&](const auto& entry) {
    const Connection& connection = entry.second;
    if (connection.is_shaking_hands) {
      return now - connection.since > target_.options.handshake_time_max;
    }
    return now - connection.since > target_.options.idle_time_max;
  };
  target_.counts.refused(std::erase_if(connections_, is_silent));
}

void SyslogStreams::serve_all() {
  ignore_broken_pipes();
  SyslogBatch batch(target_);
  Clock::time_point sweep = Clock::now() + sweep_interval;
  while (stopping_.sleep(std::chrono::milliseconds(0))) {
    (void)serve_once(sweep_interval, batch);
    if (Clock::now() < sweep) continue;
    close_silent();
    sweep = Clock::now() + sweep_interval;
  }
  const Clock::time_point end = Clock::now() + syslog_drain_time;
  while (serve_once(std::chrono::milliseconds(0), batch) && Clock::now() < end) {
  }
  for (const auto& [number, connection] : connections_) {
    if (!connection.framer.is_empty()) target_.counts.lost(1);
  }
  connections_.clear();
}

void SyslogStreams::stop() {
  stopping_.wake();
  if (thread_.joinable()) thread_.join();
  listeners_.clear();
}

}  // namespace retimu
