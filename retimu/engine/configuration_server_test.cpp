// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

Result<Configuration> read(const std::string& server) {
  return parse_configuration("[[source]]\ntype = \"stdin\"\n[server]\n" + server, "p.toml");
}

TEST(ServerConfiguration, NobodyListensUnlessAsked) {
  const auto nothing = read("");
  ASSERT_TRUE(nothing) << nothing.error().message;
  EXPECT_FALSE(nothing->server.is_listening);
  const auto all = read(
      "listen = \"[::1]:9464\"\ntoken_env = \"T\"\nheartbeat_url = \"https://h.example/x\"\n"
      "heartbeat_every = \"10s\"\nheartbeat_file = \"beat\"\n");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_TRUE(all->server.is_listening);
  EXPECT_EQ(all->server.listen.address, "::1");
  EXPECT_EQ(all->server.listen.port, 9464);
  EXPECT_EQ(all->server.heartbeat_every, 10 * second);
  EXPECT_EQ(all->server.heartbeat_file, "beat");
}

TEST(ServerConfiguration, WhatIsWrongIsToldWithItsPlace) {
  for (const char* wrong : {"listen = \"here\"", "port = 1", "heartbeat_url = \"ftp://h\"",
                            "heartbeat_every = \"0s\"", "token_env = \"A\"\ntoken_file = \"b\""}) {
    const auto read_wrong = read(wrong);
    ASSERT_FALSE(read_wrong) << wrong;
    EXPECT_TRUE(read_wrong.error().message.starts_with("p.toml:")) << read_wrong.error().message;
  }
}

}  // namespace
}  // namespace retimu
