// SPDX-License-Identifier: Apache-2.0
// Addresses of the internet protocol, and lists of networks whose senders may come in.
#ifndef RETIMU_CONNECTORS_NETWORK_LIST_HPP
#define RETIMU_CONNECTORS_NETWORK_LIST_HPP

#include "retimu/core/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct sockaddr;

namespace retimu {

// One of version 4 is held as ::ffff:a.b.c.d, so that all compare alike.
using IpAddress = std::array<std::uint8_t, 16>;

// "10.0.0.1" or "2001:db8::1", without a zone. None: another text; names are never looked up.
std::optional<IpAddress> parse_ip(std::string_view text);
std::string ip_text(const IpAddress& ip);
// Of a socket's peer; all zeros where it is neither AF_INET nor AF_INET6.
IpAddress ip_of(const sockaddr& address);
bool is_loopback(const IpAddress& ip);  // 127.0.0.0/8 or ::1

class NetworkList {
 public:
  // "10.0.0.0/8", "2001:db8::/32", or an address alone. Fault::usage names an entry that is none,
  // or that has bits behind its prefix. "::/0" holds all of version 6 and none of version 4.
  static Result<NetworkList> parse(const std::vector<std::string>& networks);

  bool is_empty() const { return networks_.empty(); }
  bool holds(const IpAddress& ip) const;

 private:
  struct Network {
    IpAddress first, mask;
    bool is_version_4;
  };
  static Result<Network> parse_network(const std::string& text);

  std::vector<Network> networks_;
};

}  // namespace retimu

#endif
