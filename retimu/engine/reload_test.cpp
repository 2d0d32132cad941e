// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/reload.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

Configuration parsed(const std::string& text) {
  Result<Configuration> configuration = parse_configuration(
      "[pipeline]\ndata_dir = \"state\"\n[[source]]\ntype = \"file\"\npath = \"a.csv\"\n" + text,
      "pipeline.toml");
  EXPECT_TRUE(configuration) << configuration.error().message;
  return *configuration;
}

TEST(ReloadTest, SaysWhatHasChanged) {
  const Configuration before = parsed("");
  EXPECT_EQ(*plan_reload(before, before, false), "nothing that is judged, read or told");
  const Configuration sinks = parsed("[[sink]]\ntype = \"console\"\n");
  EXPECT_EQ(*plan_reload(before, sinks, false), "sinks");
  const Configuration sources = parsed(
      "[[source]]\ntype = \"http\"\n[[maintenance]]\nfrom = \"2026-03-01T22:00:00Z\"\n"
      "to = \"2026-03-01T23:00:00Z\"\nreason = \"seal\"\n");
  EXPECT_EQ(*plan_reload(before, sources, false), "sources; maintenance");
  const Configuration served = parsed("[server]\nlisten = \"127.0.0.1:9464\"\n");
  Configuration elsewhere = served;
  elsewhere.server.listen.port = 9465;
  EXPECT_EQ(*plan_reload(before, served, false), "[server]");
  EXPECT_EQ(*plan_reload(served, before, false), "[server]");
  EXPECT_EQ(*plan_reload(served, elsewhere, false), "[server]");
  EXPECT_EQ(*plan_reload(served, served, false), "nothing that is judged, read or told");
  EXPECT_EQ(*plan_reload(before, parsed("[topology]\nhops = 3\n"), false), "incidents");
}

TEST(ReloadTest, WhatJudgesOtherwiseMustBeAccepted) {
  const Configuration before = parsed("");
  const Configuration other = parsed("[alerts]\nthreshold = 6\n");
  const Result<std::string> refused = plan_reload(before, other, false);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("[alerts] threshold was not given and is 6"),
            std::string::npos)
      << refused.error().message;
  EXPECT_EQ(*plan_reload(before, other, true), "[alerts] threshold was not given and is 6");
}

TEST(ReloadTest, AnotherDataDirIsAnotherPipeline) {
  const Configuration before = parsed("");
  Configuration other = before;
  other.data_dir = "other";
  EXPECT_FALSE(plan_reload(before, other, true));
}

}  // namespace
}  // namespace retimu
