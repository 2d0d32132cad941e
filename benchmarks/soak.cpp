// SPDX-License-Identifier: Apache-2.0
// A steady load for scripts/soak.sh: readings of many entities with 1 to 4 columns, most of them by
// HTTP in batches, those of every tenth entity appended to a file that is followed and rotated.
// Event times are those of the clock on the wall. An open loop: what a slow pipeline held up is
// sent as soon as it is taken, and how far behind that leaves the sender is printed.
//
//   soak PORT FILE EVENTS_PER_SECOND SECONDS [ENTITIES]
#include "retimu/core/hash.hpp"
#include "retimu/core/random.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace retimu;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t batch_count_max = 5'000, fault_every = 200'000;
constexpr std::uint64_t file_bytes_max = 32'000'000;
constexpr auto pace = std::chrono::milliseconds(50), patience = std::chrono::milliseconds(20);

// A level of each entity and column, and a walk that returns to it; seldom a reading far off.
class Fleet {
 public:
  explicit Fleet(std::uint64_t entities) : walks_(entities * columns_max), random_(1) {}

  void append(std::string& to, std::uint64_t entity, std::int64_t time_ms) {
    fmt::format_to(std::back_inserter(to), "{{\"ts\":{},\"host\":\"host-{:04}\"", time_ms, entity);
    const bool is_fault = random_.below(fault_every) == 0;
    for (std::uint64_t i = 0; i <= entity % columns_max; ++i) {
      double& walk = walks_[entity * columns_max + i];
      walk = 0.9 * walk + static_cast<double>(random_.below(2'001)) / 1'000 - 1;
      const double level = 50 + static_cast<double>(mix(entity, i) % 50);
      fmt::format_to(std::back_inserter(to), ",\"{}\":{:.3f}", names[i],
                     level + walk + (is_fault ? 40 : 0));
    }
    to += "}\n";
  }

 private:
  static constexpr std::uint64_t columns_max = 4;
  static constexpr std::string_view names[columns_max] = {"load", "memory", "latency", "requests"};
  std::vector<double> walks_;
  Random random_;
};

// One connection, made anew when it breaks.
class Poster {
 public:
  explicit Poster(std::uint16_t port) : port_(port) {}
  ~Poster() { close(); }
  Poster(const Poster&) = delete;
  Poster& operator=(const Poster&) = delete;

  // Until it is acknowledged, or `end`: false.
  bool post(std::string_view body, Clock::time_point end) {
    const std::string head = fmt::format(
        "POST / HTTP/1.1\r\nHost: soak\r\nContent-Type: application/x-ndjson\r\n"
        "Content-Length: {}\r\n\r\n",
        body.size());
    while (Clock::now() < end) {
      if ((socket_ >= 0 || open()) && send(head) && send(body)) {
        const std::string answer = read_answer();
        if (answer.starts_with("HTTP/1.1 200")) return true;
        if (answer.empty()) close();
      } else {
        close();
      }
      ++tries_in_vain;
      std::this_thread::sleep_for(patience);
    }
    return false;
  }
  std::uint64_t tries_in_vain = 0;

 private:
  bool open() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    const timeval limit{10, 0};
    (void)::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // With its body; empty if the connection broke.
  std::string read_answer() const {
    std::string answer, part(4'096, '\0');
    for (;;) {
      const std::size_t head = answer.find("\r\n\r\n");
      if (head != std::string::npos) {
        const std::size_t at = answer.find("Content-Length: ");
        std::size_t length = 0;
        if (at < head) {
          std::from_chars(answer.data() + at + 16, answer.data() + answer.size(), length);
        }
        if (answer.size() >= head + 4 + length) return answer;
      }
      const ssize_t got = ::recv(socket_, part.data(), part.size(), 0);
      if (got <= 0) return {};
      answer.append(part, 0, static_cast<std::size_t>(got));
    }
  }

  std::uint16_t port_;
  int socket_ = -1;
};

// Appends to a file, which is renamed to NAME.1 when it is long.
class RotatedFile {
 public:
  explicit RotatedFile(std::string path) : path_(std::move(path)) {}
  void append(std::string_view text) {
    if (bytes_ > file_bytes_max) {
      file_.close();
      std::filesystem::rename(path_, path_ + ".1");
      bytes_ = 0;
    }
    if (!file_.is_open()) file_.open(path_, std::ios::binary | std::ios::app);
    file_ << text << std::flush;
    bytes_ += text.size();
  }

 private:
  std::string path_;
  std::ofstream file_;
  std::uint64_t bytes_ = 0;
};

std::uint64_t number_of(const char* text) {
  char* end = nullptr;
  const std::uint64_t number = std::strtoull(text, &end, 10);
  if (number == 0 || *end != '\0') {
    fmt::print(stderr, "soak: {}: is no whole number above 0\n", text);
    std::exit(2);
  }
  return number;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span words(argv, static_cast<std::size_t>(argc));
  if (words.size() < 5) {
    fmt::print(stderr, "usage: soak PORT FILE EVENTS_PER_SECOND SECONDS [ENTITIES]\n");
    return 2;
  }
  const auto rate = static_cast<double>(number_of(words[3]));
  const std::uint64_t entities = words.size() > 5 ? number_of(words[5]) : 1'000;
  Poster poster(static_cast<std::uint16_t>(number_of(words[1])));
  RotatedFile file(words[2]);
  Fleet fleet(entities);
  const Clock::time_point begin = Clock::now();
  const Clock::time_point end = begin + std::chrono::seconds(number_of(words[4]));
  const auto epoch_ms = std::chrono::duration_cast<std::chrono::milliseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
  std::uint64_t made = 0, posted = 0, written = 0;
  double behind_max = 0;
  std::string body, lines;
  for (bool is_taken = true; is_taken && Clock::now() < end;) {
    const double elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
    const auto due = static_cast<std::uint64_t>(elapsed * rate) - made;
    behind_max = std::max(behind_max, static_cast<double>(due) / rate);
    body.clear();
    lines.clear();
    std::uint64_t to_post = 0, to_write = 0;
    for (std::uint64_t i = std::min(due, batch_count_max); i > 0; --i, ++made) {
      const std::uint64_t entity = made % entities;
      const bool is_written = entity % 10 == 0;
      const auto time_ms =
          epoch_ms + static_cast<std::int64_t>(static_cast<double>(made) / rate * 1e3);
      fleet.append(is_written ? lines : body, entity, time_ms);
      (is_written ? to_write : to_post) += 1;
    }
    file.append(lines);
    written += to_write;
    is_taken = body.empty() || poster.post(body, end + std::chrono::seconds(30));
    if (is_taken) posted += to_post;
    if (due <= batch_count_max) std::this_thread::sleep_for(pace);
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  fmt::print(
      "{} events acknowledged and {} written in {:.1f} s: {:.0f} a second of {:.0f}; "
      "at most {:.2f} s behind, {} tries in vain\n",
      posted, written, seconds, static_cast<double>(posted + written) / seconds, rate, behind_max,
      poster.tries_in_vain);
  return made == posted + written ? 0 : 1;
}
