// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/http_connection.hpp"

#include "retimu/connectors/sockets.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace retimu {

namespace {

constexpr std::chrono::seconds answer_time_max{10};
constexpr std::chrono::milliseconds slow_grace{250};
constexpr std::int64_t slow_bytes_in_ms = 64;

TlsState socket_state(ssize_t moved) {
  if (moved >= 0) return TlsState::done;
  return errno == EAGAIN || errno == EINTR ? TlsState::wants_read : TlsState::broken;
}

}  // namespace

void HttpConnection::set_state(State state) {
  since_ = Clock::now().time_since_epoch().count();
  received_ = 0;
  state_ = state;
}

bool HttpConnection::is_slow(Clock::time_point now) const {
  const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(now - since());
  if (time < slow_grace || state() == State::answers) return false;
  const bool is_coming = received_ >= static_cast<std::uint64_t>(slow_bytes_in_ms * time.count());
  return state() == State::waits || !is_coming;
}

// Repeats a step that would have to wait until it is done, broken or out of time.
template <class Step>
bool HttpConnection::until_done(Step step) {
  for (;;) {
    const TlsState state = step();
    if (state == TlsState::done) return true;
    if (state == TlsState::broken) return false;
    if (!wait_for_socket(socket_.number(), state == TlsState::wants_write, until_)) return false;
  }
}

bool HttpConnection::shake_hands(const TlsServer& tls, Clock::time_point until) {
  tls_ = tls.open_session(socket_.number());
  until_ = until;
  return tls_ != nullptr && until_done([&] { return tls_->shake_hands(); });
}

bool HttpConnection::begin_request(Clock::time_point until, std::chrono::milliseconds time) {
  set_state(State::waits);
  until_ = until;
  bytes_left_ = head_bytes_max;
  is_last = true;
  time_for_byte_ = std::chrono::nanoseconds(0);
  if (begin_ == end_ && !fill()) return false;
  until_ = Clock::now() + time;
  return true;
}

void HttpConnection::begin_body(std::chrono::milliseconds time, std::size_t bytes_max) {
  set_state(State::reads_body);
  until_ = Clock::now() + time;
  time_for_byte_ = std::chrono::nanoseconds(time) / (1 << 20);
  bytes_left_ = bytes_max;
}

void HttpConnection::begin_answer() {
  set_state(State::answers);
  time_for_byte_ = std::chrono::nanoseconds(0);
}

bool HttpConnection::fill() {
  begin_ = end_ = 0;
  const bool is_done = until_done([&] {
    if (tls_ != nullptr) return tls_->read(input_.data(), input_.size(), end_);
    const ssize_t got = ::recv(socket_.number(), input_.data(), input_.size(), 0);
    end_ = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    return socket_state(got);
  });
  received_ += end_;
  until_ += time_for_byte_ * static_cast<long>(end_);
  return is_done && end_ > 0;
}

ssize_t HttpConnection::read(char* to, std::size_t bytes) {
  if (!answer_.empty() && !flush()) return -1;  // 100 Continue
  if (bytes_left_ == 0 || (begin_ == end_ && !fill())) return -1;
  const std::size_t given = std::min({bytes, end_ - begin_, bytes_left_});
  std::copy_n(input_.data() + begin_, given, to);
  begin_ += given;
  bytes_left_ -= given;
  const std::size_t last = std::min(given, last_.size());
  std::shift_left(last_.begin(), last_.end(), static_cast<std::ptrdiff_t>(last));
  std::copy_n(to + given - last, last, last_.end() - static_cast<std::ptrdiff_t>(last));
  return static_cast<ssize_t>(given);
}

ssize_t HttpConnection::write(const char* from, std::size_t bytes) {
  answer_.append(from, bytes);
  if (answer_.size() > answer_bytes_max && !flush()) return -1;
  return static_cast<ssize_t>(bytes);
}

bool HttpConnection::flush() {
  const Clock::time_point read_until = until_;
  until_ = Clock::now() + answer_time_max;
  std::size_t sent = 0;
  bool is_good = true;
  while (is_good && sent < answer_.size()) {
    is_good = until_done([&] {
      std::size_t put = 0;
      TlsState state = TlsState::done;
      if (tls_ != nullptr) {
        state = tls_->write(answer_.data() + sent, answer_.size() - sent, put);
      } else {
        const ssize_t moved =
            ::send(socket_.number(), answer_.data() + sent, answer_.size() - sent, MSG_NOSIGNAL);
        state = moved < 0 && errno == EAGAIN ? TlsState::wants_write : socket_state(moved);
        put = static_cast<std::size_t>(std::max<ssize_t>(moved, 0));
      }
      sent += put;
      return state;
    });
  }
  answer_.clear();
  until_ = read_until;
  return is_good;
}

void HttpConnection::end() {
  if (tls_ != nullptr) tls_->say_goodbye();
  tls_.reset();
  ::shutdown(socket_.number(), SHUT_WR);
  if (!is_last) return;
  // A close with bytes unread would reset the connection and take the answer from the peer.
  time_for_byte_ = std::chrono::nanoseconds(0);
  until_ = Clock::now() + std::chrono::milliseconds(200);
  for (int i = 0; i < 64 && fill(); ++i) {
  }
}

}  // namespace retimu
