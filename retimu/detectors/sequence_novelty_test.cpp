// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/sequence_novelty.hpp"

#include "retimu/core/random.hpp"
#include "retimu/detectors/event_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace retimu {
namespace {

// 1 is followed by 2 (900 times), 3 (99 times) and 4 (once).
LogSender<SequenceNovelty> three_steps() {
  LogSender<SequenceNovelty> sender;
  for (int i = 0; i < 1'000; ++i) {
    sender.send(1);
    sender.send(i == 500 ? 4 : i % 10 == 9 && i != 509 ? 3 : 2);
  }
  sender.send(1);
  return sender;
}

TEST(SequenceNovelty, IsTheShareOfStepsAsRareOrRarer) {
  const LogSender<SequenceNovelty> usual = three_steps();
  const auto size_of = [&](TemplateId id) {
    LogSender<SequenceNovelty> sender = usual;
    sender.send(id);
    return sender.work.size;
  };
  EXPECT_NEAR(size_of(2), -std::log10(1'000 / 1'001.0), 1e-12);
  EXPECT_NEAR(size_of(3), -std::log10(100 / 1'001.0), 1e-12);
  EXPECT_NEAR(size_of(4), -std::log10(1 / 1'001.0), 1e-12);
  EXPECT_NEAR(size_of(5), -std::log10(1.5 / 1'001.0), 1e-12) << "one step was taken once";
}

TEST(SequenceNovelty, WhatComesAgainRemainsRare) {
  LogSender<SequenceNovelty> sender;
  double first = 0, fifth = 0;
  for (int i = 0; i < 40'000; ++i) {
    const bool is_fault = i > 20'000 && i % 5'000 < 2 && i % 2 == 1;
    const double score = sender.send(is_fault ? 9 : 1 + static_cast<TemplateId>(i % 2));
    if (!is_fault) continue;
    if (first == 0) first = score;
    fifth = score;
  }
  EXPECT_GT(first, 3.5);
  EXPECT_GT(fifth, 3);
}

TEST(SequenceNovelty, WhereAnythingFollowsNothingIsStrange) {
  LogSender<SequenceNovelty> sender;
  Random random(2);
  double most = 0;
  for (int i = 0; i < 100'000; ++i) {
    const double score = sender.send(random.below(12));
    if (i > 20'000) most = std::max(most, score);
  }
  EXPECT_LT(most, 3);
}

TEST(SequenceNovelty, MergedTemplatesAddUp) {
  LogSender<SequenceNovelty> sender = three_steps();
  sender.algorithm.merge(sender.state, 3, 2);
  sender.algorithm.merge(sender.state, 1, 7);
  sender.send(2);
  EXPECT_NEAR(sender.work.size, -std::log10(1'000 / 1'001.0), 1e-12);
}

TEST(SequenceNovelty, BeyondItsPlacesItKeepsWhatIsOften) {
  LogSender<SequenceNovelty> sender{{.contexts_max = 4}};
  for (TemplateId id = 0; id < 1'000; ++id) {
    sender.send(1);
    sender.send(10 + id);
  }
  EXPECT_EQ(sender.state.ids.size(), 4U);
  EXPECT_EQ(std::ranges::count(sender.state.ids, TemplateId{1}), 1);
  EXPECT_EQ(sender.state.contexts[0].next.size(), SequenceNovelty::steps_max);
  EXPECT_EQ(sender.state.contexts[0].others, 1'000 - SequenceNovelty::steps_max);
}

}  // namespace
}  // namespace retimu
