// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/teller.hpp"

#include "retimu/core/random.hpp"
#include "retimu/engine/health_watch.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace retimu {
namespace {

Alert alert_of(std::string entity, std::uint64_t sequence, Time time, Change change,
               std::uint64_t id = 0) {
  Alert alert;
  alert.entity = std::move(entity);
  alert.sequence = sequence;
  alert.time = time;
  alert.change = change;
  if (change == Change::raised) alert.log10_p = -5;
  alert.id = {id == 0 ? hash(alert.entity) : id, 1};
  return alert;
}

class TellerTest : public ::testing::Test {
 protected:
  // Tells the alerts, each from one of two shards, in one round that ends before `next`.
  std::vector<Alert> tell(Teller& teller, std::vector<Alert> alerts, std::uint64_t next,
                          std::vector<Mark> marks = {}) {
    Round round;
    round.outputs.resize(2);
    std::size_t shard = 0;
    for (Alert& alert : alerts) round.outputs[shard++ % 2].alerts.push_back(std::move(alert));
    round.marks = std::move(marks);
    round.sequence_next = next;
    std::vector<Alert> told;
    teller.tell(round, told);
    return told;
  }
  static Mark mark(std::uint64_t sequence, Time time) {
    Mark at;
    at.sequence = sequence;
    at.time = time;
    at.is_tick = true;
    return at;
  }
  static std::vector<std::byte> save(Teller& teller) {
    std::vector<std::byte> state;
    StateWriter writer(state);
    teller.visit(writer);
    return state;
  }
  static void load(Teller& teller, const std::vector<std::byte>& state) {
    StateReader reader(state);
    teller.visit(reader);
    EXPECT_TRUE(reader.finished());
  }
};

TEST_F(TellerTest, OrdersBySequenceTimeAndEntity) {
  Teller teller({.budget_per_day = 0, .seed = 1});
  const auto told =
      tell(teller,
           {alert_of("b", 7, 50, Change::resolved), alert_of("c", 3, 40, Change::raised),
            alert_of("a", 7, 50, Change::resolved), alert_of("d", 7, 45, Change::raised)},
           10);
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told[0].entity, "c");
  EXPECT_EQ(told[1].entity, "d");
  EXPECT_EQ(told[2].entity, "a");
  EXPECT_EQ(told[3].entity, "b");
}

TEST_F(TellerTest, TellsNothingTwiceAfterARestart) {
  Teller teller({.budget_per_day = 0, .seed = 1});
  EXPECT_EQ(tell(teller, {alert_of("a", 4, 1, Change::raised)}, 6).size(), 1U);
  Teller restarted({.budget_per_day = 0, .seed = 1});
  load(restarted, save(teller));
  const auto told = tell(
      restarted, {alert_of("a", 4, 1, Change::raised), alert_of("b", 6, 2, Change::raised)}, 8);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].entity, "b");
}

// Four at once, then the budget's rate; the rest goes into one summary when the day ends.
TEST_F(TellerTest, HoldsBackBeyondTheBudgetAndSumsUp) {
  Teller teller({.budget_per_day = 2, .seed = 1});
  const Time noon = 100 * day + 12 * hour;
  std::vector<Alert> alerts;
  for (std::uint64_t i = 0; i < 9; ++i) {
    alerts.push_back(alert_of(i < 6 ? "a" : "b", i, noon + static_cast<Time>(i) * second,
                              Change::raised, i + 1));
  }
  const auto told = tell(teller, alerts, 9, {mark(0, noon)});
  EXPECT_EQ(told.size(), 4U);
  EXPECT_EQ(teller.held_back(), 5U);

  // What follows an episode that was not told is not told either.
  const auto later = tell(teller,
                          {alert_of("a", 9, noon + minute, Change::updated, 1),
                           alert_of("b", 10, noon + minute, Change::updated, 9),
                           alert_of("b", 11, noon + 2 * minute, Change::resolved, 9),
                           alert_of("a", 12, noon + 2 * minute, Change::resolved, 1)},
                          13);
  ASSERT_EQ(later.size(), 2U);
  EXPECT_EQ(later[0].entity, "a");
  EXPECT_EQ(later[1].entity, "a");

  const auto summary = tell(teller, {}, 14, {mark(13, 101 * day)});
  ASSERT_EQ(summary.size(), 1U);
  EXPECT_EQ(summary[0].change, Change::summary);
  EXPECT_EQ(summary[0].time, 101 * day);
  EXPECT_EQ(summary[0].onset, 100 * day);
  EXPECT_NE(summary[0].sentence.find("5 more episodes were held back"), std::string::npos);
  EXPECT_NE(summary[0].sentence.find("b (3), a (2)"), std::string::npos) << summary[0].sentence;
  EXPECT_TRUE(tell(teller, {}, 15, {mark(14, 102 * day)}).empty());
}

TEST_F(TellerTest, TheEndOfTheInputSumsUpOnce) {
  Teller teller({.budget_per_day = 1, .seed = 1});
  std::vector<Alert> alerts;
  for (std::uint64_t i = 0; i < 6; ++i) {
    alerts.push_back(alert_of("a", i, 5 * day, Change::raised, i + 1));
  }
  EXPECT_EQ(tell(teller, alerts, 6, {mark(0, 5 * day)}).size(), 4U);
  std::vector<Alert> told;
  teller.finish(told);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].sentence.find("2 more episodes"), std::string::npos);
  teller.finish(told);
  EXPECT_EQ(told.size(), 1U);
}

// Hard, whatever the data do: in any T days at most budget * T + 4.
TEST_F(TellerTest, NeverTellsMoreThanTheBudgetPlusFour) {
  constexpr double per_day = 5;
  Teller teller({.budget_per_day = per_day, .seed = 1});
  std::vector<Time> raised;
  std::uint64_t sequence = 0;
  for (Time time = 0; time < 6 * day; time += 7 * minute) {
    const auto told = tell(teller, {alert_of("a", sequence, time, Change::raised, sequence + 1)},
                           sequence + 1, {mark(sequence, time)});
    ++sequence;
    for (const Alert& alert : told) {
      if (alert.change == Change::raised) raised.push_back(alert.time);
    }
  }
  ASSERT_GE(raised.size(), 30U);
  for (std::size_t from = 0; from < raised.size(); ++from) {
    for (std::size_t to = from; to < raised.size(); ++to) {
      const double days = static_cast<double>(raised[to] - raised[from]) / day;
      ASSERT_LE(static_cast<double>(to - from + 1), per_day * days + 4 + 1e-9);
    }
  }
}

// Five entities at once are an incident: the fifth opens it, later ones are told by it.
class TellerOfIncidents : public TellerTest {
 protected:
  std::vector<Alert> storm(Teller& teller, std::size_t entities) {
    std::vector<Alert> alerts;
    for (std::uint64_t i = 0; i < entities; ++i) {
      alerts.push_back(
          alert_of(fmt::format("e{}", i), i, noon_ + static_cast<Time>(i), Change::raised));
      alerts.back().onset = alerts.back().time;
    }
    return tell(teller, alerts, entities, {mark(0, noon_)});
  }
  static constexpr Time noon_ = 100 * day + 12 * hour;
  const std::optional<CorrelatorOptions> incidents_ = CorrelatorOptions();
};

TEST_F(TellerOfIncidents, AnIncidentStandsBehindTheAlertThatOpensIt) {
  Teller teller({.budget_per_day = 0, .seed = 1, .maintenance = {}, .incidents = incidents_});
  const auto told = storm(teller, 8);
  ASSERT_EQ(told.size(), 9U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_FALSE(told[i].incident || told[i].told_by) << i;
  ASSERT_TRUE(told[5].incident);
  EXPECT_EQ(told[5].sequence, 4U);
  for (std::size_t i = 6; i < 9; ++i) EXPECT_EQ(told[i].told_by, told[5].id) << i;
  const auto over = tell(teller, {alert_of("e7", 8, noon_ + minute, Change::resolved)}, 9);
  ASSERT_EQ(over.size(), 1U);
  EXPECT_EQ(over[0].told_by, told[5].id);
}

TEST_F(TellerOfIncidents, WithoutThemEachAlertIsToldForItself) {
  Teller teller({.budget_per_day = 0, .seed = 1});
  const auto told = storm(teller, 8);
  ASSERT_EQ(told.size(), 8U);
  for (const Alert& alert : told) EXPECT_FALSE(alert.incident || alert.told_by);
}

// It costs what an alert costs; what it tells costs nothing more.
TEST_F(TellerOfIncidents, TheBudgetHoldsForThem) {
  Teller teller({.budget_per_day = 2, .seed = 1, .maintenance = {}, .incidents = incidents_});
  auto told = storm(teller, 50);
  EXPECT_EQ(told.size(), 4U);
  EXPECT_EQ(teller.held_back(), 46U);
  // Half a day later there is one more.
  const Time later = noon_ + 12 * hour;
  Alert alert = alert_of("late", 50, later, Change::raised);
  alert.onset = noon_;
  told = tell(teller, {alert}, 51, {mark(50, later)});
  std::erase_if(told, [](const Alert& one) { return one.change == Change::summary; });
  ASSERT_EQ(told.size(), 1U);
  EXPECT_FALSE(told[0].incident);
}

TEST_F(TellerOfIncidents, AStateWithoutThemIsReadToo) {
  Teller before({.budget_per_day = 2, .seed = 1});
  std::vector<std::byte> state = save(before);
  ASSERT_EQ(state[0], std::byte{5});
  state.resize(state.size() - sizeof(Time));           // of the clock on the wall
  state.resize(state.size() - sizeof(std::uint32_t));  // nothing that it said of itself is open
  state[0] = std::byte{3};
  Teller later({.budget_per_day = 2, .seed = 1});
  load(later, state);
  EXPECT_EQ(save(later), save(before));
  state[0] = std::byte{2};
  Correlator none({});
  std::vector<std::byte> tail;
  StateWriter writer(tail);
  none.visit(writer);
  WorkedOn nobody({});
  nobody.visit(writer);
  state.resize(state.size() - tail.size());
  Teller after({.budget_per_day = 2, .seed = 1, .maintenance = {}, .incidents = incidents_});
  load(after, state);
  EXPECT_EQ(save(after), save(before));
}

// By whom, of what was decided in this round alone.
TEST_F(TellerTest, NamesWhatItHeldBack) {
  Teller teller({.budget_per_day = 1,
                 .seed = 1,
                 .maintenance = Maintenance({{{"pump"}, 0, hour, "seal", true}})});
  std::vector<Alert> alerts = {alert_of("pump", 1, minute, Change::raised)};
  for (std::uint64_t i = 2; i < 8; ++i) {
    alerts.push_back(alert_of(fmt::format("e{}", i), i, minute, Change::raised));
  }
  const auto told = tell(teller, alerts, 8);
  ASSERT_EQ(teller.held().size() + told.size(), 7U);
  const HeldBack& first = teller.held().front();
  EXPECT_EQ(first.entity, "pump");
  EXPECT_EQ(first.sequence, 1U);
  EXPECT_EQ(first.time, minute);
  EXPECT_EQ(first.change, Change::raised);
  EXPECT_EQ(first.by, "maintenance: seal");
  ASSERT_GE(teller.held().size(), 2U);
  EXPECT_EQ(teller.held().back().by, "the budget");
  EXPECT_EQ(teller.held().back().entity, "e7");
  tell(teller, {alert_of("e7", 9, 2 * minute, Change::resolved)}, 10);
  ASSERT_EQ(teller.held().size(), 1U);
  EXPECT_EQ(teller.held()[0].change, Change::resolved);
  tell(teller, {}, 11);
  EXPECT_TRUE(teller.held().empty());
}

// In the order of events, whichever shard they come from; once, also after a restart.
TEST_F(TellerTest, DeparturesStandBeforeTheAlertsOfTheirEvent) {
  const std::vector<TopologyEdge> edges = {{"switch", "web1"}, {"switch", "web2"}};
  const Topology topology(edges);
  const TellerOptions options{.incidents = CorrelatorOptions{.topology = &topology}};
  const auto departure = [](std::uint64_t sequence, double after) {
    return Departure{"switch", hour, hour, sequence, 5, {{"errors", "", 0, after, 15}}};
  };
  const auto errors = [&](Teller& teller, std::uint64_t first, std::uint64_t second) {
    Round round;
    round.outputs.resize(2);
    round.outputs[0].departures = {departure(second, 2)};
    round.outputs[1].departures = {departure(first, 1)};
    for (std::uint64_t i : {1U, 2U}) {
      Alert alert = alert_of(fmt::format("web{}", i), 10, hour, Change::raised);
      alert.onset = hour;
      alert.reasons = {{"latency", "ms", 10, 1, 3, 1}};
      round.outputs[0].alerts.push_back(std::move(alert));
    }
    round.sequence_next = 11;
    std::vector<Alert> told;
    teller.tell(round, told);
    for (const Alert& alert : told) {
      if (alert.incident == nullptr) continue;
      for (const LikelyCause& cause : alert.incident->causes) {
        if (cause.entity == "switch") return cause.signals.at(0).after;
      }
    }
    return 0.0;
  };
  Teller both(options), one(options), late(options), again(options);
  EXPECT_EQ(errors(both, 8, 9), 1);
  EXPECT_EQ(errors(one, 10, 12), 1);
  EXPECT_EQ(errors(late, 11, 12), 0);
  (void)tell(again, {}, 9);
  EXPECT_EQ(errors(again, 8, 9), 2);
}

// Cut anywhere and read back, it says the same.
TEST_F(TellerTest, AStateReadBackGoesOnAlike) {
  Teller whole({.budget_per_day = 3, .seed = 1});
  auto cut = std::make_unique<Teller>(TellerOptions{.budget_per_day = 3, .seed = 1});
  Random random(5);
  std::uint64_t id = 0;
  for (std::uint64_t sequence = 0; sequence < 400; ++sequence) {
    const Time time = static_cast<Time>(sequence) * hour;
    std::vector<Alert> alerts;
    if (random.below(3) == 0) {
      alerts.push_back(alert_of("a", sequence, time, Change::raised, ++id));
    } else if (id > 0 && random.below(2) == 0) {
      alerts.push_back(alert_of("a", sequence, time, Change::resolved, id));
    }
    const auto expected = tell(whole, alerts, sequence + 1, {mark(sequence, time)});
    const auto told = tell(*cut, alerts, sequence + 1, {mark(sequence, time)});
    ASSERT_EQ(told.size(), expected.size()) << sequence;
    for (std::size_t i = 0; i < told.size(); ++i) {
      ASSERT_EQ(to_json(told[i]), to_json(expected[i]));
    }
    const std::vector<std::byte> state = save(*cut);
    cut = std::make_unique<Teller>(TellerOptions{.budget_per_day = 3, .seed = 1});
    load(*cut, state);
    ASSERT_EQ(save(*cut), state);
  }
  EXPECT_GT(whole.held_back(), 20U);
}

Alert health_alert(Change change, std::uint32_t revision) {
  Alert alert;
  alert.id = {5, 6};
  alert.revision = revision;
  alert.change = change;
  alert.entity = own_entity;
  alert.lead = health_lead;
  alert.sentence = "nothing comes from logs";
  return alert;
}

// Past the budget, and remembered by the state until it is resolved.
TEST_F(TellerTest, WhatAPipelineSaysOfItselfIsToldAndRemembered) {
  Teller teller({.budget_per_day = 1});
  Mark at = mark(1, 10 * second);
  at.request = health_request(health_alert(Change::raised, 1));
  std::vector<Alert> alerts;
  for (std::uint64_t i = 0; i < 9; ++i)
    alerts.push_back(alert_of("a", i, 0, Change::raised, i + 1));
  const std::vector<Alert> told = tell(teller, alerts, 9, {at});
  EXPECT_EQ(std::ranges::count(told, std::string(own_entity), &Alert::entity), 1);
  EXPECT_LT(told.size(), 9U);
  ASSERT_EQ(teller.open_health().size(), 1U);
  EXPECT_EQ(teller.open_health()[0].sequence, 1U);
  EXPECT_TRUE(tell(teller, {}, 9, {at}).empty());  // a replay

  Teller next({.budget_per_day = 1});
  load(next, save(teller));
  ASSERT_EQ(next.open_health().size(), 1U);
  EXPECT_EQ(to_json(next.open_health()[0]), to_json(teller.open_health()[0]));
  Mark later = mark(10, minute);
  later.request = health_request(health_alert(Change::resolved, 2));
  EXPECT_EQ(tell(next, {}, 11, {later}).size(), 1U);
  EXPECT_TRUE(next.open_health().empty());
}

}  // namespace
}  // namespace retimu
