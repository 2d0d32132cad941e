// SPDX-License-Identifier: Apache-2.0
// Sockets of servers: opened, asked for their port, and woken up.
#ifndef RETIMU_CONNECTORS_SOCKETS_HPP
#define RETIMU_CONNECTORS_SOCKETS_HPP

#include "retimu/connectors/descriptor.hpp"
#include "retimu/connectors/network_list.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace retimu {

enum class SocketKind : std::uint8_t { stream, datagram };

// "127.0.0.1:8080", "[::1]:8080".
std::string endpoint_text(const std::string& address, std::uint16_t port);
// An address as numbers, or "localhost" for 127.0.0.1. Fault::usage: something else.
Result<IpAddress> parse_listen_address(const std::string& address);

// Bound, listening if it is a stream, not blocking. Port 0: any free one. One of version 6 takes
// version 4 as well where the address is "::". Fault::usage for the address, Fault::system names
// what the port can't be had for.
Result<Descriptor> open_listener(SocketKind kind, const std::string& address, std::uint16_t port);
std::uint16_t port_of(const Descriptor& listener);

struct Accepted {
  Descriptor socket;  // not open: nobody is waiting, or `is_exhausted`
  IpAddress peer{};
  bool is_exhausted = false;  // no descriptor is left; trying again at once would only spin
};
Accepted accept_next(const Descriptor& listener);  // not blocking

// Whether it is readable (or, for `writes`, writable; or broken), or becomes so in time.
bool wait_for_socket(int socket, bool writes, std::chrono::steady_clock::time_point until);

// A thread that waits for sockets also waits for this one.
class WakeUp {
 public:
  WakeUp();
  void wake();  // from any thread; stays so
  int number() const { return event_.number(); }
  // False: it was woken.
  bool sleep(std::chrono::milliseconds time) const;

 private:
  Descriptor event_;
};

// In a thread that writes to sockets: a peer that is gone is an error, not the process's end.
void ignore_broken_pipes();

}  // namespace retimu

#endif
