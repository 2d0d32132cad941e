// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/stream.hpp"

#include "retimu/core/hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace retimu {
namespace {

struct Made {
  std::vector<StreamReading> readings;
  std::vector<StreamLabel> labels;
  std::string text;
};

Made make(const StreamOptions& options, std::size_t count) {
  Made made;
  StreamGenerator generator(options);
  for (std::size_t i = 0; i < count; ++i) {
    const auto time = static_cast<Time>(i) * second;
    made.readings.push_back(generator.next(time));
    append_stream_json(made.text, made.readings.back());
    made.labels.insert(made.labels.end(), generator.labels().begin(), generator.labels().end());
  }
  return made;
}

std::map<StreamKind, std::size_t> kinds_of(const Made& made) {
  std::map<StreamKind, std::size_t> kinds;
  for (const StreamLabel& label : made.labels) ++kinds[label.kind];
  return kinds;
}

TEST(Stream, SameOptionsSameBytesOnEveryMachine) {
  const StreamOptions all{.entities = 3, .has_drift = true, .has_season = true};
  EXPECT_EQ(make(all, 30'000).text, make(all, 30'000).text);
  StreamOptions other = all;
  other.seed = 2;
  EXPECT_NE(make(all, 30'000).text, make(other, 30'000).text);
  // Written down once; another figure here means that readings have changed.
  EXPECT_EQ(hash(make(all, 30'000).text), 9958328487800586622U);
}

TEST(Stream, LinesAreAsWrittenDown) {
  std::string text;
  append_stream_json(text, {1'700'006'400 * second + 100 * millisecond, 1, 41.2384});
  append_stream_csv(text, {1'700'006'400 * second, 0, -3});
  append_stream_label(text, {1'700'006'400 * second, 0, StreamKind::noise_change, 1.5});
  EXPECT_EQ(text,
            "{\"ts\":\"2023-11-15T00:00:00.100Z\",\"entity\":\"sensor2\",\"value\":41.238}\n"
            "2023-11-15T00:00:00Z,sensor1,-3.000\n"
            "2023-11-15T00:00:00Z,sensor1,noise_change,1.50\n");
}

TEST(Stream, AsManyReadingsAreTouchedAsAskedFor) {
  constexpr std::size_t count = 200'000;
  EXPECT_TRUE(make({.outlier_probability = 0}, count).labels.empty());
  const Made made = make({.outlier_probability = 0.02}, count);
  EXPECT_NEAR(static_cast<double>(made.labels.size()) / count, 0.02, 0.002);
  const auto kinds = kinds_of(made);
  EXPECT_EQ(kinds.size(), 4U) << "every kind of outlier, and no change";
  EXPECT_GT(kinds.at(StreamKind::spike), 2 * kinds.at(StreamKind::zero));
}

// Without its outliers a stream is normal around its level; what is labelled is off by its size.
TEST(Stream, WhatIsNotLabelledIsUsual) {
  const Made made = make({.seed = 5}, 100'000);
  const Made clean = make({.seed = 5, .outlier_probability = 0}, 100'000);
  double sum = 0, squares = 0;
  for (const StreamReading& reading : clean.readings) {
    sum += reading.value;
    squares += reading.value * reading.value;
  }
  const double mean = sum / 1e5, sigma = std::sqrt(squares / 1e5 - mean * mean);
  std::map<Time, StreamLabel> labels;
  for (const StreamLabel& label : made.labels) labels.emplace(label.time, label);
  EXPECT_EQ(labels.size(), made.labels.size()) << "one a reading";
  for (const StreamReading& reading : made.readings) {
    const auto label = labels.find(reading.time);
    const double off = (reading.value - mean) / sigma;
    if (label == labels.end()) {
      ASSERT_LT(std::abs(off), 5.5) << reading.time / second;
    } else if (label->second.kind == StreamKind::zero) {
      ASSERT_NEAR(reading.value, 0, 1e-9);
    } else {
      ASSERT_NEAR(off, label->second.size, 5.5) << name_of(label->second.kind);
    }
  }
}

TEST(Stream, ALevelWandersBySoMuchAndStays) {
  const Made made = make({.outlier_probability = 0, .has_drift = true}, 40'000);
  const auto kinds = kinds_of(made);
  EXPECT_GT(kinds.at(StreamKind::level_change), 3U);
  EXPECT_GT(kinds.at(StreamKind::noise_change), 3U);
  const auto mean_from = [&](std::size_t from) {
    double sum = 0;
    for (std::size_t i = from; i < from + 100; ++i) sum += made.readings[i].value / 100;
    return sum;
  };
  const auto change = std::find_if(made.labels.begin(), made.labels.end(), [](const auto& label) {
    return label.kind == StreamKind::level_change && label.time > 1'000 * second;
  });
  ASSERT_NE(change, made.labels.end());
  const auto at = static_cast<std::size_t>(change->time / second);
  const double moved = mean_from(at + 350) - mean_from(at - 100);
  EXPECT_EQ(moved > 0, change->size > 0);
  EXPECT_GT(std::abs(moved), 1);
  EXPECT_LT(std::abs(mean_from(at + 350) - mean_from(at + 300)), std::abs(moved) / 3);
}

TEST(Stream, ASeasonIsAWaveOfAThousandReadings) {
  const Made made = make({.outlier_probability = 0, .has_season = true}, 100'000);
  double high = 0, low = 0;
  for (std::size_t i = 0; i < made.readings.size(); ++i) {
    if (i % 1'000 < 50) high += made.readings[i].value / 5'000;
    if (i % 1'000 >= 475 && i % 1'000 < 525) low += made.readings[i].value / 5'000;
  }
  EXPECT_GT(high - low, 2.5) << "6 standard deviations of 0.5 to 2";
}

TEST(Stream, EntitiesComeInTurnAndDependOnNoOther) {
  const Made three = make({.entities = 3}, 3'000);
  const Made one = make({.entities = 1}, 1'000);
  for (std::size_t i = 0; i < three.readings.size(); ++i) {
    ASSERT_EQ(three.readings[i].entity, i % 3);
    if (i % 3 == 0) {
      ASSERT_EQ(three.readings[i].value, one.readings[i / 3].value);
    }
  }
}

}  // namespace
}  // namespace retimu
