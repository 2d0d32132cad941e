// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/peer_group.hpp"

#include "retimu/detectors/specimen.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace retimu {
namespace {

// One entity and its peers, all of which send at the same time; a table follows.
struct Fleet {
  explicit Fleet(std::size_t others, std::uint64_t seed = 1) : random(seed), peers(others) {}
  // The score of the entity's next reading, which is that of the difference before.
  double send(double own, const std::vector<double>& others) {
    const Peers told = has_table ? Peers{&column, time, number} : Peers{};
    PeerGroup::Work work;
    const double score = algorithm.score(state, own, told, work);
    reason = algorithm.reason(work);
    algorithm.learn(state, own, work);
    std::vector<double> all = others;
    all.push_back(own);
    column = summarise(all, second);
    has_table = true;
    time += second;
    ++number;
    return score;
  }
  // All follow the load; `away`: by how much the entity doesn't.
  double step(double load, double gain = 1, double level = 0, double away = 0) {
    for (std::size_t i = 0; i < peers.size(); ++i) peers[i] = load + bell(random);
    return send(level + gain * load + bell(random) + away, peers);
  }
  double most(int count, double from, double to, double gain = 1, double level = 0) {
    double most = -1;
    for (int i = 0; i < count; ++i) {
      const double load = from + (to - from) * i / count;
      most = std::fmax(most, step(load, gain, level));
    }
    return most;
  }
  void warm_up(double load = 40) {
    for (int i = 0; i < 200; ++i) step(load);
  }
  PeerGroup algorithm;
  PeerGroup::State state{};
  Random random;
  std::vector<double> peers;
  PeerColumn column;
  Time time = 0;
  std::uint64_t number = 0;
  bool has_table = false;
  Reason reason;
};

TEST(PeerGroup, IsSilentWhileItKnowsLittle) {
  Fleet fleet(20);
  // 64 comparisons, the first of which is at the second reading.
  for (int i = 0; i < 65; ++i) EXPECT_TRUE(std::isnan(fleet.step(40))) << i;
  EXPECT_FALSE(std::isnan(fleet.step(40)));
}

// Peers at 36 to 44, and the entity 1 above or below their median of 40: the mean distance is 1,
// the unit 1.2533. Then it is 20 above.
TEST(PeerGroup, IsTheDistanceInUsualDistances) {
  Fleet fleet(0);
  const std::vector<double> others{36, 37, 38, 39, 40, 41, 42, 43, 44};
  for (int i = 0; i < 2'000; ++i) fleet.send(i % 2 == 0 ? 41 : 39, others);
  fleet.send(60, others);
  EXPECT_LT(fleet.send(60, others), 2) << "once may be chance";
  EXPECT_NEAR(fleet.send(60, others), 20 / 1.2533, 0.3);
  EXPECT_EQ(fleet.reason.kind, ReasonKind::peers);
  EXPECT_EQ(fleet.reason.peers, 9U);
  EXPECT_EQ(fleet.reason.observed, 60);
  EXPECT_EQ(fleet.reason.expected_low, 37);
  EXPECT_EQ(fleet.reason.expected_high, 43);
  fleet.send(40, others);
  EXPECT_LT(fleet.send(40, others), 1);
}

// However far and fast.
TEST(PeerGroup, IsSilentWhenAllMove) {
  Fleet fleet(20);
  fleet.warm_up();
  EXPECT_LT(fleet.most(20, 120, 120), 6) << "at once";
  EXPECT_LT(fleet.most(300, 120, 40), 6) << "slowly";
}

// It follows the load twice as strongly, and nobody has seen the load move.
TEST(PeerGroup, IsSilentWhenOneFollowsMoreStrongly) {
  Fleet fleet(20);
  for (int i = 0; i < 300; ++i) fleet.step(40, 2, -20);
  EXPECT_LT(fleet.most(300, 40, 120, 2, -20), 6) << "for the first time";
  fleet.most(300, 120, 40, 2, -20);
  EXPECT_LT(fleet.most(300, 40, 120, 2, -20), 6) << "again";
  for (int i = 0; i < 2; ++i) fleet.step(80, 2, -20, 60);
  EXPECT_GT(fleet.step(80, 2, -20, 60), 8) << "it has learned how it follows";
}

TEST(PeerGroup, IsSilentWhenThePeersPart) {
  Fleet fleet(20);
  fleet.warm_up();
  double most = 0;
  for (int i = 0; i < 30; ++i) {
    for (std::size_t j = 0; j < fleet.peers.size(); ++j) {
      fleet.peers[j] = (j % 3 == 0 ? 80 : 40) + bell(fleet.random);
    }
    most = std::fmax(most, fleet.send(80 + bell(fleet.random), fleet.peers));
  }
  EXPECT_LT(most, 6);
}

TEST(PeerGroup, OneOfTwentyPeersThatLeavesHidesNoOther) {
  Fleet fleet(20);
  fleet.warm_up();
  double score = 0;
  for (int i = 0; i < 4; ++i) {
    for (double& peer : fleet.peers) peer = 40 + bell(fleet.random);
    fleet.peers[3] = 90;
    score = fleet.send(90, fleet.peers);
  }
  EXPECT_GT(score, 8);
}

TEST(PeerGroup, NeedsPeers) {
  Fleet three(3), four(4);
  for (int i = 0; i < 300; ++i) EXPECT_TRUE(std::isnan(three.step(40)));
  four.warm_up();
  for (int i = 0; i < 2; ++i) four.step(40, 1, 0, 40);
  EXPECT_GT(four.step(40, 1, 0, 40), 8);
}

// What holds does so between two comparisons.
TEST(PeerGroup, WaitsForItsPeers) {
  Fleet fleet(20);
  fleet.warm_up();
  for (int i = 0; i < 3; ++i) fleet.step(40, 1, 0, 40);
  const Peers same{&fleet.column, fleet.time - second, fleet.state.number};
  PeerGroup::Work work;
  EXPECT_GT(fleet.algorithm.score(fleet.state, 40, same, work), 8) << "the same table";
  fleet.column.gap = minute;
  const Peers soon{&fleet.column, fleet.time + second, fleet.number};
  EXPECT_GT(fleet.algorithm.score(fleet.state, 40, soon, work), 8) << "they have not sent again";
  EXPECT_FALSE(work.is_compared);
  const Peers later{&fleet.column, fleet.time + minute, fleet.number};
  fleet.algorithm.score(fleet.state, 40, later, work);
  EXPECT_TRUE(work.is_compared);
}

TEST(PeerGroup, WhatLastsIsUsualInTheEnd) {
  Fleet fleet(20);
  fleet.warm_up();
  int loud = 0;
  for (int i = 0; i < 600; ++i) loud += fleet.step(40, 1, 0, 40) > 8 ? 1 : 0;
  EXPECT_GT(loud, 200);
  EXPECT_LT(loud, 300);
  EXPECT_LT(fleet.step(40, 1, 0, 40), 4);
}

TEST(PeerGroup, BeginsAnewWithOtherPeers) {
  Fleet fleet(20);
  fleet.warm_up();
  // Half of them go, and those that are left have always been slower.
  fleet.peers.resize(10);
  double most = -1;
  for (int i = 0; i < 400; ++i) {
    for (double& peer : fleet.peers) peer = 60 + bell(fleet.random);
    most = std::fmax(most, fleet.send(40 + bell(fleet.random), fleet.peers));
  }
  EXPECT_LT(most, 6);
  EXPECT_EQ(fleet.state.line.count, 400U - 65);
}

// One that is absurd at the beginning, constant columns, the largest doubles.
TEST(PeerGroup, IsNotPoisoned) {
  Fleet fleet(20);
  for (int i = 0; i < 200; ++i) fleet.step(40, 1, 0, i == 3 ? 1e300 : 0);
  for (int i = 0; i < 2; ++i) fleet.step(40, 1, 0, 40);
  EXPECT_GT(fleet.step(40, 1, 0, 40), 8);
  for (const double constant : {0.0, 1e-300, 1e308, -1e308}) {
    Fleet still(6);
    const std::vector<double> others(6, constant);
    for (int i = 0; i < 200; ++i) EXPECT_FALSE(still.send(constant, others) > 1) << constant;
    const double other = constant == 0 ? 1 : -constant;
    double score = 0;
    for (int i = 0; i < 3; ++i) score = still.send(other, others);
    EXPECT_TRUE(std::isfinite(score)) << constant;
    if (std::fabs(constant) != 1e-300) {
      EXPECT_GT(score, 8) << constant;
    }
  }
  Random random(4);
  Fleet wild(5);
  for (int i = 0; i < 5'000; ++i) {
    const auto any = [&] {
      return (random.uniform() - 0.5) * std::pow(10, 600 * random.uniform() - 300);
    };
    std::vector<double> others(5);
    for (double& other : others) other = any();
    const double score = wild.send(any(), others);
    ASSERT_TRUE(std::isnan(score) || std::isfinite(score)) << i;
  }
}

TEST(PeerGroup, ARestoredTwinAgreesForEver) {
  Fleet fleet(8), other(8);
  for (int i = 0; i < 1'000; ++i) {
    const double away = i % 300 > 280 ? 30 : 0;
    const double load = 40 + i % 100;
    const double expected = fleet.step(load, 1.5, 3, away), found = other.step(load, 1.5, 3, away);
    ASSERT_EQ(std::isnan(expected), std::isnan(found));
    if (!std::isnan(expected)) {
      ASSERT_EQ(expected, found) << i;
    }
    std::vector<std::byte> bytes;
    StateWriter writer(bytes);
    other.algorithm.visit(other.state, writer);
    other.state = PeerGroup::State();
    StateReader reader(bytes);
    other.algorithm.visit(other.state, reader);
    ASSERT_TRUE(reader.finished()) << i;
  }
}

}  // namespace
}  // namespace retimu
