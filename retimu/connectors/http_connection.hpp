// SPDX-License-Identifier: Apache-2.0
// One connection of a sender over HTTP, with an end to all waiting: a request has a time for all of
// it, however slowly its bytes come.
#ifndef RETIMU_CONNECTORS_HTTP_CONNECTION_HPP
#define RETIMU_CONNECTORS_HTTP_CONNECTION_HPP

#include "retimu/connectors/descriptor.hpp"
#include "retimu/connectors/tls_server.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace retimu {

class HttpConnection final : public httplib::Stream {
 public:
  using Clock = std::chrono::steady_clock;

  // What it is doing, for whoever needs its place.
  enum class State : std::uint8_t { waits, reads_body, answers };

  explicit HttpConnection(Descriptor socket) : socket_(std::move(socket)) {}

  // False: it is not TLS, or its time is over.
  bool shake_hands(const TlsServer& tls, Clock::time_point until);
  // Waits for the first byte of the next request; false: none came. Then `time` is for all of the
  // head, of which head_bytes_max are read.
  bool begin_request(Clock::time_point until, std::chrono::milliseconds time);
  // The head is read. Each MiB of the body adds `time` to what is left; at most `bytes_max` of it
  // are read, with what frames it.
  void begin_body(std::chrono::milliseconds time, std::size_t bytes_max);
  void begin_answer();
  // Whether what was read last is how chunks end: the library takes a chunk that is not framed as
  // it says for the end of all of them.
  bool has_ended_chunks() const {
    return std::string_view(last_.data(), last_.size()) == "0\r\n\r\n";
  }
  // Sends what was written. False: it is broken.
  bool flush();
  void end();  // says goodbye

  // From any thread, while this lives: whatever it waits for fails.
  void cut() { ::shutdown(socket_.number(), SHUT_RDWR); }
  State state() const { return state_.load(std::memory_order_relaxed); }
  // Its place may go to another: for a quarter of a second it has waited for a request, or read a
  // body of which less than 64 KiB a second comes.
  bool is_slow(Clock::time_point now) const;
  Clock::time_point since() const { return Clock::time_point(Clock::duration(since_.load())); }

  // Its answer is its last one. So begins every request: until its body is read, nobody knows where
  // the next one does.
  bool is_last = true;

  bool is_readable() const override { return true; }
  bool is_writable() const override { return true; }
  ssize_t read(char* to, std::size_t bytes) override;
  ssize_t write(const char* from, std::size_t bytes) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override { ip.clear(), port = 0; }
  void get_local_ip_and_port(std::string& ip, int& port) const override { ip.clear(), port = 0; }
  socket_t socket() const override { return socket_.number(); }

 private:
  static constexpr std::size_t head_bytes_max = 64UL * 1024;
  static constexpr std::size_t answer_bytes_max = 64UL * 1024;

  void set_state(State state);
  bool fill();
  template <class Step>
  bool until_done(Step step);

  Descriptor socket_;
  std::unique_ptr<TlsSession> tls_;
  std::array<char, 16UL * 1024> input_;
  std::size_t begin_ = 0, end_ = 0;  // of what was received and not read
  std::array<char, 5> last_{};       // bytes that were read
  std::string answer_;
  std::size_t bytes_left_ = 0;  // that this request may still have
  std::chrono::nanoseconds time_for_byte_{0};
  Clock::time_point until_;
  std::atomic<std::uint64_t> received_ = 0;  // in its state
  std::atomic<State> state_ = State::waits;
  std::atomic<Clock::rep> since_ = Clock::now().time_since_epoch().count();
};

}  // namespace retimu

#endif
