// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/network_list.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace retimu {

namespace {

constexpr IpAddress version_4_begin = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr std::size_t version_4_at = 12;

bool is_version_4(const IpAddress& ip) {
  return std::equal(ip.begin(), ip.begin() + version_4_at, version_4_begin.begin());
}

IpAddress mask_of(unsigned bits) {
  IpAddress mask{};
  for (unsigned i = 0; i < bits; ++i) {
    mask[i / 8] = static_cast<std::uint8_t>(mask[i / 8] | 0x80U >> i % 8);
  }
  return mask;
}

IpAddress masked(IpAddress ip, const IpAddress& mask) {
  for (std::size_t i = 0; i < ip.size(); ++i) ip[i] = ip[i] & mask[i];
  return ip;
}

}  // namespace

std::string ip_text(const IpAddress& ip) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const bool is_4 = is_version_4(ip);
  ::inet_ntop(is_4 ? AF_INET : AF_INET6, ip.data() + (is_4 ? version_4_at : 0), text.data(),
              text.size());
  return text.data();
}

std::optional<IpAddress> parse_ip(std::string_view text) {
  const std::string ended(text);
  if (ended.find('\0') != std::string::npos) return std::nullopt;
  IpAddress ip = version_4_begin;
  if (::inet_pton(AF_INET, ended.c_str(), ip.data() + version_4_at) == 1) return ip;
  if (::inet_pton(AF_INET6, ended.c_str(), ip.data()) == 1) return ip;
  return std::nullopt;
}

IpAddress ip_of(const sockaddr& address) {
  IpAddress ip{};
  if (address.sa_family == AF_INET) {
    ip = version_4_begin;
    std::memcpy(ip.data() + version_4_at, &reinterpret_cast<const sockaddr_in&>(address).sin_addr,
                4);
  } else if (address.sa_family == AF_INET6) {
    std::memcpy(ip.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, ip.size());
  }
  return ip;
}

bool is_loopback(const IpAddress& ip) {
  if (is_version_4(ip)) return ip[version_4_at] == 127;
  return std::all_of(ip.begin(), ip.end() - 1, [](std::uint8_t byte) { return byte == 0; }) &&
         ip.back() == 1;
}

Result<NetworkList::Network> NetworkList::parse_network(const std::string& text) {
  const std::size_t slash = text.find('/');
  const std::optional<IpAddress> ip = parse_ip(std::string_view(text).substr(0, slash));
  if (!ip) {
    return failure(Fault::usage, "\"{}\" is no network: write 10.0.0.0/8 or 2001:db8::/32", text);
  }
  const bool is_4 = is_version_4(*ip);
  const unsigned bits_max = is_4 ? 32 : 128;
  unsigned bits = bits_max;
  if (slash != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data() + slash + 1, end, bits);
    if (error != std::errc() || at != end || bits > bits_max) {
      return failure(Fault::usage, "\"{}\" is no network: behind / stands a number of 0 to {}",
                     text, bits_max);
    }
  }
  const IpAddress mask = mask_of(bits + (is_4 ? 96 : 0));
  if (const IpAddress first = masked(*ip, mask); first != *ip) {
    return failure(Fault::usage, "\"{}\" has bits behind its prefix: write {}/{}", text,
                   ip_text(first), bits);
  }
  return Network{*ip, mask, is_4};
}

Result<NetworkList> NetworkList::parse(const std::vector<std::string>& networks) {
  NetworkList list;
  for (const std::string& text : networks) {
    const Result<Network> network = parse_network(text);
    if (!network) return tl::unexpected(network.error());
    list.networks_.push_back(*network);
  }
  return list;
}

bool NetworkList::holds(const IpAddress& ip) const {
  const bool is_4 = is_version_4(ip);
  return std::ranges::any_of(networks_, [&](const Network& network) {
    return network.is_version_4 == is_4 && masked(ip, network.mask) == network.first;
  });
}

}  // namespace retimu
