// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/http_receiver.hpp"

#include "retimu/connectors/http_requests.hpp"
#include "retimu/connectors/sockets.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace retimu {

namespace {

using Clock = HttpConnection::Clock;

constexpr std::size_t pending_max = 1'024;              // connections that wait for a place
constexpr std::chrono::milliseconds room_interval{20};  // of looking for room for them
constexpr std::chrono::milliseconds exhausted_pause{100};
constexpr std::chrono::milliseconds answers_wait_max{1'000};  // of stop()

}  // namespace

// An accepting thread gives connections to threads that serve one each.
class HttpReceiver::Server {
 public:
  Server(const HttpReceiverOptions& options, Descriptor listener, std::unique_ptr<TlsServer> tls,
         Journal& journal)
      : options_(options),
        listener_(std::move(listener)),
        port_(port_of(listener_)),
        tls_(std::move(tls)),
        requests_(options, journal, counts_),
        accepting_([this] { accept_all(); }) {}
  ~Server() { stop(); }

  std::uint16_t port() const { return port_; }
  ReceiverReport report() const { return counts_.report(); }
  void stop();

 private:
  struct Place {
    HttpConnection* connection;
    bool is_cut = false;  // makes room
  };

  void accept_all();
  void admit(Descriptor socket);
  bool make_room();
  Place* find_idle();
  void serve_all();
  void serve(HttpConnection& connection, RecordCheck& check);

  const HttpReceiverOptions& options_;
  Descriptor listener_;
  const std::uint16_t port_;
  const std::unique_ptr<TlsServer> tls_;
  ReceiverCounts counts_;
  HttpRequests requests_;
  WakeUp stopping_;

  std::mutex mutex_;
  std::condition_variable has_pending_, has_left_;
  std::deque<Descriptor> pending_;
  std::vector<Place> places_;
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;  // of threads_
  bool is_stopping_ = false;
  std::thread accepting_;  // last: it uses the others
};

void HttpReceiver::Server::accept_all() {
  while (stopping_.sleep(std::chrono::milliseconds(0))) {
    Accepted accepted = accept_next(listener_);
    if (accepted.socket.is_open()) {
      admit(std::move(accepted.socket));
    } else if (accepted.is_exhausted) {
      counts_.trouble("no more connections: the process has too many files open");
      (void)stopping_.sleep(exhausted_pause);
    } else {
      std::array<pollfd, 2> waited = {
          {{listener_.number(), POLLIN, 0}, {stopping_.number(), POLLIN, 0}}};
      const bool is_crowded = !make_room();
      (void)::poll(waited.data(), waited.size(), is_crowded ? room_interval.count() : -1);
    }
  }
}

void HttpReceiver::Server::admit(Descriptor socket) {
  const std::lock_guard lock(mutex_);
  if (pending_.size() >= pending_max) return counts_.refused(1);
  pending_.push_back(std::move(socket));
  if (idle_ >= pending_.size()) return has_pending_.notify_one();
  if (threads_.size() >= options_.connections_max) return;
  try {
    threads_.emplace_back([this] { serve_all(); });
  } catch (const std::system_error&) {  // no more threads: those that are there will do
  }
}

// Of those that wait for a request the one that has waited longest; else the body that has taken
// longest. Called with the lock.
HttpReceiver::Server::Place* HttpReceiver::Server::find_idle() {
  const Clock::time_point now = Clock::now();
  Place* found = nullptr;
  std::pair<bool, Clock::time_point> rank;
  for (Place& place : places_) {
    if (place.is_cut || !place.connection->is_slow(now)) continue;
    const std::pair its_rank(place.connection->state() != HttpConnection::State::waits,
                             place.connection->since());
    if (found != nullptr && rank <= its_rank) continue;
    found = &place;
    rank = its_rank;
  }
  return found;
}

// For connections that wait for a place. False: there are some.
bool HttpReceiver::Server::make_room() {
  const std::lock_guard lock(mutex_);
  const auto leaving = std::ranges::count(places_, true, &Place::is_cut);
  const std::size_t coming = idle_ + static_cast<std::size_t>(leaving);
  for (std::size_t needed = pending_.size(); needed > coming; --needed) {
    Place* const place = find_idle();
    if (place == nullptr) break;
    place->is_cut = true;
    place->connection->cut();
    counts_.refused(1);
  }
  return pending_.empty();
}

void HttpReceiver::Server::serve_all() {
  ignore_broken_pipes();
  RecordCheck check(options_.line_bytes_max);
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    has_pending_.wait(lock, [&] { return is_stopping_ || !pending_.empty(); });
    --idle_;
    if (is_stopping_) return;
    HttpConnection connection(std::move(pending_.front()));
    pending_.pop_front();
    places_.push_back({&connection});
    lock.unlock();
    serve(connection, check);
    lock.lock();
    std::erase_if(places_, [&](const Place& place) { return place.connection == &connection; });
    has_left_.notify_all();
  }
}

void HttpReceiver::Server::serve(HttpConnection& connection, RecordCheck& check) {
  try {
    if (tls_ != nullptr && !connection.shake_hands(*tls_, Clock::now() + options_.read_time_max)) {
      return counts_.refused(1);
    }
    auto wait = options_.read_time_max;
    do {
      if (!connection.begin_request(Clock::now() + wait, options_.read_time_max)) break;
      wait = options_.idle_time_max;
    } while (requests_.serve(connection, check) && stopping_.sleep(std::chrono::milliseconds(0)));
    connection.end();
  } catch (const std::exception&) {  // the library's: no memory
    counts_.refused(1);
  }
}

void HttpReceiver::Server::stop() {
  stopping_.wake();
  if (accepting_.joinable()) accepting_.join();
  listener_.close();
  std::unique_lock lock(mutex_);
  is_stopping_ = true;
  pending_.clear();
  has_pending_.notify_all();
  const auto cut = [&](bool answers_too) {
    for (const Place& place : places_) {
      const bool answers = place.connection->state() == HttpConnection::State::answers;
      if (answers_too || !answers) place.connection->cut();
    }
  };
  // What is being taken is answered.
  cut(false);
  (void)has_left_.wait_for(lock, answers_wait_max, [&] { return places_.empty(); });
  cut(true);
  std::vector<std::thread> threads = std::move(threads_);
  lock.unlock();
  for (std::thread& thread : threads) thread.join();
}

HttpReceiver::HttpReceiver(HttpReceiverOptions options) : options_(std::move(options)) {}

HttpReceiver::~HttpReceiver() = default;

Result<void> HttpReceiver::check_options() const {
  const Result<IpAddress> ip = parse_listen_address(options_.address);
  if (!ip) return tl::unexpected(ip.error());
  if (!is_loopback(*ip) && options_.token.empty()) {
    return failure(Fault::usage,
                   "{}: it would listen on {}, beyond this machine, for anyone: set a token that "
                   "senders must give, and a TLS certificate and key, as the token is otherwise "
                   "sent in clear; or listen on 127.0.0.1",
                   name(), endpoint_text(options_.address, options_.port));
  }
  const auto is_hidden = [](char c) { return c <= ' ' || c > '~'; };
  if (std::ranges::any_of(options_.token, is_hidden)) {
    return failure(Fault::usage, "{}: its token has blanks, or bytes that are no visible ASCII",
                   name());
  }
  if (options_.tls_certificate.empty() != options_.tls_key.empty()) {
    return failure(Fault::usage, "{}: TLS needs both a certificate and its key", name());
  }
  const bool has_limits = options_.body_bytes_max >= 1 &&
                          options_.body_bytes_max <= frame_bytes_max / 2 &&
                          options_.line_bytes_max >= 1 && options_.connections_max >= 1 &&
                          options_.connections_max <= 10'000;
  if (has_limits) return {};
  return failure(Fault::usage,
                 "{}: a body has 1 to {} bytes at most, a line 1 or more, and there are 1 to "
                 "10,000 connections",
                 name(), frame_bytes_max / 2);
}

Result<void> HttpReceiver::start(Journal& journal) {
  RETIMU_ASSERT(server_ == nullptr);
  if (Result<void> checked = check_options(); !checked) return checked;
  Result<std::unique_ptr<TlsServer>> tls = open_tls();
  if (!tls) return tl::unexpected(tls.error());
  auto listener = open_listener(SocketKind::stream, options_.address, options_.port);
  if (!listener) return tl::unexpected(listener.error());
  server_ = std::make_unique<Server>(options_, std::move(*listener), std::move(*tls), journal);
  return {};
}

Result<void> HttpReceiver::check() const {
  if (Result<void> checked = check_options(); !checked) return checked;
  return open_tls().map([](const auto&) {});
}

Result<std::unique_ptr<TlsServer>> HttpReceiver::open_tls() const {
  if (options_.tls_certificate.empty()) return nullptr;
  return TlsServer::open({options_.tls_certificate, options_.tls_key, {}});
}

void HttpReceiver::stop() {
  if (server_ != nullptr) server_->stop();
}

ReceiverReport HttpReceiver::report() const {
  return server_ == nullptr ? ReceiverReport() : server_->report();
}

std::uint16_t HttpReceiver::bound_port() const { return server_ == nullptr ? 0 : server_->port(); }

}  // namespace retimu
