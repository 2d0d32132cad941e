// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/network_list.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

bool holds(const std::vector<std::string>& networks, std::string_view ip) {
  const Result<NetworkList> list = NetworkList::parse(networks);
  EXPECT_TRUE(list.has_value()) << list.error().message;
  return list && list->holds(parse_ip(ip).value());
}

std::string error_of(const std::string& network) {
  const Result<NetworkList> list = NetworkList::parse({network});
  return list ? "" : list.error().message;
}

TEST(NetworkList, Version4) {
  EXPECT_TRUE(holds({"10.0.0.0/8"}, "10.255.0.1"));
  EXPECT_FALSE(holds({"10.0.0.0/8"}, "11.0.0.0"));
  EXPECT_TRUE(holds({"192.168.1.128/25"}, "192.168.1.128"));
  EXPECT_FALSE(holds({"192.168.1.128/25"}, "192.168.1.127"));
  EXPECT_TRUE(holds({"1.2.3.4"}, "1.2.3.4"));
  EXPECT_FALSE(holds({"1.2.3.4/32"}, "1.2.3.5"));
  EXPECT_TRUE(holds({"1.2.3.4", "0.0.0.0/0"}, "200.1.1.1"));
}

TEST(NetworkList, Version6) {
  EXPECT_TRUE(holds({"2001:db8::/33"}, "2001:db8:7fff::1"));
  EXPECT_FALSE(holds({"2001:db8::/33"}, "2001:db8:8000::1"));
  EXPECT_TRUE(holds({"fe80::1"}, "fe80::1"));
  EXPECT_TRUE(holds({"::/0"}, "2001:db8::1"));
}

TEST(NetworkList, VersionsAreApart) {
  EXPECT_FALSE(holds({"::/0"}, "10.0.0.1"));
  EXPECT_FALSE(holds({"0.0.0.0/0"}, "2001:db8::1"));
  // A socket of version 6 gives peers of version 4 so.
  EXPECT_TRUE(holds({"10.0.0.0/8"}, "::ffff:10.1.2.3"));
  EXPECT_FALSE(holds({}, "10.0.0.1"));
}

TEST(NetworkList, WhatIsNoNetworkIsSaid) {
  EXPECT_EQ(error_of("localhost"),
            "\"localhost\" is no network: write 10.0.0.0/8 or 2001:db8::/32");
  EXPECT_EQ(error_of("10.1.0.0/8"), "\"10.1.0.0/8\" has bits behind its prefix: write 10.0.0.0/8");
  EXPECT_EQ(error_of("2001:db8::1/32"),
            "\"2001:db8::1/32\" has bits behind its prefix: write 2001:db8::/32");
  for (const char* bits : {"/33", "/-1", "/", "/8x", "/ 8"}) {
    EXPECT_NE(error_of(std::string("10.0.0.0") + bits), "") << bits;
  }
  EXPECT_NE(error_of(""), "");
  EXPECT_NE(error_of("10.0.0.0.0/8"), "");
  EXPECT_NE(error_of("::/129"), "");
}

TEST(NetworkList, Loopback) {
  EXPECT_TRUE(is_loopback(parse_ip("127.8.9.1").value()));
  EXPECT_TRUE(is_loopback(parse_ip("::1").value()));
  EXPECT_FALSE(is_loopback(parse_ip("0.0.0.0").value()));
  EXPECT_FALSE(is_loopback(parse_ip("::").value()));
  EXPECT_FALSE(is_loopback(parse_ip("128.0.0.1").value()));
}

}  // namespace
}  // namespace retimu
