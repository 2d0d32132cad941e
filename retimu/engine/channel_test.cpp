// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/channel.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace retimu {
namespace {

TEST(Channel, KeepsTheOrderAcrossThreads) {
  Channel<int> channel(3);
  constexpr int count = 20'000;
  std::thread sender([&] {
    for (int i = 0; i < count; ++i) channel.send(i);
    channel.close();
  });
  int expected = 0;
  while (const std::optional<int> value = channel.receive()) {
    ASSERT_EQ(*value, expected);
    ++expected;
  }
  sender.join();
  EXPECT_EQ(expected, count);
}

TEST(Channel, GivesWhatWasSentBeforeItWasClosed) {
  Channel<int> channel(2);
  channel.send(1);
  channel.send(2);
  channel.close();
  EXPECT_EQ(channel.receive(), 1);
  EXPECT_EQ(channel.receive(), 2);
  EXPECT_EQ(channel.receive(), std::nullopt);
  EXPECT_EQ(channel.receive(), std::nullopt);
}

}  // namespace
}  // namespace retimu
