// SPDX-License-Identifier: Apache-2.0
// How many records a second of processor time the receivers of HTTP and syslog take, over loopback
// into a journal in memory that is read at once. The senders are processes of their own, so that
// the time is that of the receiving side.
#include "retimu/connectors/http_receiver.hpp"
#include "retimu/connectors/syslog_receiver.hpp"
#include "retimu/core/memory_journal.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

namespace {

using namespace retimu;

int connect_to(std::uint16_t port, int kind) {
  const int socket = ::socket(AF_INET, kind, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  if (kind == SOCK_STREAM) (void)::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::_exit(1);
  }
  return socket;
}

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) ::_exit(1);
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

// 150 bytes with the line end.
std::string json_line(int number) {
  std::string line = fmt::format(
      R"({{"ts":"2026-01-01T00:00:{:02}.{:03}Z","host":"host{:04}","cpu":{}.{:02},"memory":{},)"
      R"("text":")",
      number / 1'000 % 60, number % 1'000, number % 5'000, number % 100, number % 97, number * 13);
  line.append(147 - line.size(), 'x');
  return line + "\"}\n";
}

std::string syslog_line(int number) {
  std::string line = fmt::format("<34>Oct 11 22:14:{:02} host{:04} program[{}]: message ",
                                 number / 1'000 % 60, number % 5'000, number % 30'000);
  line.append(149 - line.size(), 'x');
  return line + "\n";
}

void post(std::uint16_t port, int requests, int lines) {
  const int socket = connect_to(port, SOCK_STREAM);
  std::string body;
  for (int i = 0; i < lines; ++i) body += json_line(i);
  const std::string request = fmt::format(
      "POST / HTTP/1.1\r\nContent-Type: application/x-ndjson\r\nContent-Length: {}\r\n\r\n{}",
      body.size(), body);
  std::string answer(4'096, '\0');
  for (int i = 0; i < requests; ++i) {
    send_all(socket, request);
    if (::recv(socket, answer.data(), answer.size(), 0) <= 0) ::_exit(1);
  }
}

void stream(std::uint16_t port, int records) {
  const int socket = connect_to(port, SOCK_STREAM);
  std::string bytes;
  for (int i = 0; i < 1'000; ++i) bytes += syslog_line(i);
  for (int i = 0; i < records; i += 1'000) send_all(socket, bytes);
}

void scatter(std::uint16_t port, int records) {
  const int socket = connect_to(port, SOCK_DGRAM);
  const std::string line = syslog_line(7);
  for (int i = 0; i < records; ++i) send_all(socket, line);
}

double processor_seconds() {
  rusage used{};
  (void)::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// The sender runs in a child; ends when all that it sent is taken or lost.
void measure(const char* what, Receiver& receiver, Journal& journal, std::uint64_t sent,
             const std::function<void()>& send) {
  if (const Result<void> started = receiver.start(journal); !started) {
    fmt::print("{}\n", started.error().message);
    std::exit(1);
  }
  const pid_t child = ::fork();
  if (child == 0) {
    send();
    ::_exit(0);
  }
  const double begin = processor_seconds();
  const auto wall_begin = std::chrono::steady_clock::now();
  ReceiverReport report;
  do {
    while (*journal.next(std::chrono::milliseconds(20))) {
    }
    report = receiver.report();
  } while (report.records + report.lost < sent);
  const double used = processor_seconds() - begin;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wall_begin;
  int status = 0;
  (void)::waitpid(child, &status, 0);
  fmt::print("{:<44} {:>9.0f} records/s of processor time, {:>9.0f} of wall clock, {} lost{}\n",
             what, static_cast<double>(report.records) / used,
             static_cast<double>(report.records) / wall.count(), report.lost,
             status == 0 ? "" : "; the sender failed");
}

void measure_http(const char* what, int requests, int lines) {
  MemoryJournal journal;
  HttpReceiverOptions options;
  options.port = 0;
  HttpReceiver receiver(options);
  measure(what, receiver, journal, static_cast<std::uint64_t>(requests) * lines,
          [&] { post(receiver.bound_port(), requests, lines); });
}

void measure_syslog(const char* what, SyslogTransport transport, int records) {
  MemoryJournal journal;
  SyslogReceiverOptions options;
  options.listeners = {{.transport = transport, .port = 0}};
  SyslogReceiver receiver(options);
  measure(what, receiver, journal, static_cast<std::uint64_t>(records), [&] {
    transport == SyslogTransport::udp ? scatter(receiver.bound_port(), records)
                                      : stream(receiver.bound_port(), records);
  });
}

}  // namespace

int main() {
  measure_http("HTTP, 1,000 JSON lines of 150 bytes a request", 2'000, 1'000);
  measure_http("HTTP, one JSON line a request, kept alive", 50'000, 1);
  measure_syslog("syslog over TCP, messages of 150 bytes", SyslogTransport::tcp, 3'000'000);
  measure_syslog("syslog over UDP, messages of 150 bytes", SyslogTransport::udp, 1'000'000);
  return 0;
}
