// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/judgement_json.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace retimu {
namespace {

TEST(JudgementJson, ReadsBackAsItWasWritten) {
  Judgement judgement;
  judgement.entity = "pump \"3\"";
  judgement.time = 1'700'000'000 * second + 5;
  judgement.sequence = 42;
  judgement.modality = Modality::logs;
  judgement.is_tick = true;
  judgement.change = Change::raised;
  judgement.others = 2.5;
  judgement.decision.phase = Phase::anomalous;
  judgement.decision.severity = Severity::major;
  judgement.decision.is_open = true;
  judgement.decision.may_learn = false;
  judgement.decision.evidence = 7.25;
  judgement.decision.alone = 5.5;
  judgement.decision.threshold = std::numeric_limits<double>::infinity();
  judgement.decision.ground = Ground::own;
  judgement.decision.hold = Hold::quiet;
  judgement.detectors = {{"new_template", 3.5, {-4.5, 1'000}, 1.5},
                         {"level_share", 0.1, {-0.5, 12}, std::nullopt}};
  const std::string json = to_json(judgement);
  const Result<Judgement> read = parse_judgement(json);
  ASSERT_TRUE(read) << json;
  EXPECT_EQ(to_json(*read), json);
  EXPECT_EQ(read->entity, judgement.entity);
  EXPECT_EQ(read->decision.hold, Hold::quiet);
  EXPECT_EQ(read->held_back, "");
  ASSERT_EQ(read->detectors.size(), 2U);
  EXPECT_EQ(read->detectors[0].own, 1.5);
  EXPECT_FALSE(read->detectors[1].own);
}

TEST(JudgementJson, SaysWhatHeldItBack) {
  Judgement judgement;
  judgement.change = Change::raised;
  judgement.held_back = "maintenance: new \"seal\"";
  const Result<Judgement> read = parse_judgement(to_json(judgement));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->held_back, judgement.held_back);
}

TEST(JudgementJson, RefusesWhatItIsNot) {
  for (const std::string_view json : {"", "{}", "[1]", "{\"entity\":\"a\"}"}) {
    EXPECT_FALSE(parse_judgement(json)) << json;
  }
}

}  // namespace
}  // namespace retimu
