// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/sockets.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace retimu {

namespace {

constexpr int waiting_max = 1'024;  // connections that nobody has accepted yet

std::string numbers_of(const std::string& address) {
  return address == "localhost" ? "127.0.0.1" : address;
}

}  // namespace

std::string endpoint_text(const std::string& address, std::uint16_t port) {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

Result<IpAddress> parse_listen_address(const std::string& address) {
  const std::optional<IpAddress> ip = parse_ip(numbers_of(address));
  if (ip) return *ip;
  return failure(Fault::usage,
                 "cannot listen on \"{}\": write an address of this machine as numbers, 127.0.0.1 "
                 "for itself alone, 0.0.0.0 or :: for all of its networks",
                 address);
}

Result<Descriptor> open_listener(SocketKind kind, const std::string& address, std::uint16_t port) {
  if (const Result<IpAddress> ip = parse_listen_address(address); !ip) {
    return tl::unexpected(ip.error());
  }
  const bool is_stream = kind == SocketKind::stream;
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE;
  hints.ai_socktype = is_stream ? SOCK_STREAM : SOCK_DGRAM;
  addrinfo* found = nullptr;
  const std::string service = fmt::format("{}", port);
  if (::getaddrinfo(numbers_of(address).c_str(), service.c_str(), &hints, &found) != 0) {
    return failure(Fault::usage, "cannot listen on {}", endpoint_text(address, port));
  }
  Descriptor listener(
      ::socket(found->ai_family, found->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  // What the last process left in TIME_WAIT does not matter; one that listens does. For datagrams
  // the option would let two processes share a port.
  if (is_stream) {
    (void)::setsockopt(listener.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  }
  const bool is_open = listener.is_open() &&
                       ::bind(listener.number(), found->ai_addr, found->ai_addrlen) == 0 &&
                       (!is_stream || ::listen(listener.number(), waiting_max) == 0);
  const int error = errno;
  ::freeaddrinfo(found);
  if (is_open) return listener;
  return failure(Fault::system, "cannot listen on {}: {}{}", endpoint_text(address, port),
                 system_message(error),
                 error == EADDRINUSE ? "; another process has the port"
                 : error == EACCES   ? "; ports below 1024 are root's: take a higher one"
                                     : "");
}

std::uint16_t port_of(const Descriptor& listener) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  (void)::getsockname(listener.number(), reinterpret_cast<sockaddr*>(&address), &bytes);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

Accepted accept_next(const Descriptor& listener) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  auto* const peer = reinterpret_cast<sockaddr*>(&address);
  int number = -1;
  do {
    number = ::accept4(listener.number(), peer, &bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
  } while (number < 0 && (errno == EINTR || errno == ECONNABORTED));
  const bool is_exhausted = number < 0 && errno != EAGAIN;
  return {Descriptor(number), ip_of(*peer), is_exhausted};
}

bool wait_for_socket(int socket, bool writes, std::chrono::steady_clock::time_point until) {
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const auto wait = static_cast<int>(std::clamp<long>(left.count(), 0, 60'000));
    pollfd waited = {socket, static_cast<short>(writes ? POLLOUT : POLLIN), 0};
    const int ready = ::poll(&waited, 1, wait);
    if (ready > 0) return true;
    if ((ready < 0 && errno != EINTR) || left.count() <= 0) return false;
  }
}

WakeUp::WakeUp() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void WakeUp::wake() {
  const std::uint64_t one = 1;
  (void)!::write(event_.number(), &one, sizeof one);
}

bool WakeUp::sleep(std::chrono::milliseconds time) const {
  return !wait_for_socket(event_.number(), false, std::chrono::steady_clock::now() + time);
}

void ignore_broken_pipes() {
  sigset_t pipes;
  sigemptyset(&pipes);
  sigaddset(&pipes, SIGPIPE);
  (void)::pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
}

}  // namespace retimu
