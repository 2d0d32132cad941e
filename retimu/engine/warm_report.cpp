// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/warm_report.hpp"

#include "retimu/decision/budget_reach.hpp"

#include <fmt/format.h>

#include <utility>

namespace retimu {

namespace {

constexpr Duration watched_min = minute;   // event time
constexpr std::uint64_t records_min = 10;  // of an entity, on the average

std::string rate_text(double records_a_day) {
  if (records_a_day >= 86'400)
    return fmt::format("{:.1f} records a second", records_a_day / 86'400);
  if (records_a_day >= 1'440) return fmt::format("{:.1f} records a minute", records_a_day / 1'440);
  return fmt::format("{:.1f} records an hour", records_a_day / 24);
}

// Whole seconds, minutes or hours.
std::string about(double days) {
  const auto time = static_cast<Duration>(days * static_cast<double>(day));
  const Duration unit = time < 2 * minute ? second : time < 2 * hour ? minute : hour;
  return format_duration((time / unit + 1) * unit);
}

}  // namespace

std::vector<std::string> warm_lines(const std::vector<SelfTest>& tests, double budget_per_day,
                                    double entities, double records_a_day) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("{:.0f} {} {} each", entities,
                              entities == 1 ? "entity sends" : "entities send",
                              rate_text(records_a_day)));
  for (const SelfTest& test : tests) {
    if (test.warm_after == 0) continue;
    lines.push_back(fmt::format("detector {}: a new entity is warm after about {}", test.detector,
                                about(static_cast<double>(test.warm_after) / records_a_day)));
  }
  if (budget_per_day > 0) {
    lines.push_back(fmt::format("budget: {} a day of {:.0f}: {}", budget_per_day, entities,
                                reach_text(budget_reach(budget_per_day, entities, records_a_day))));
  }
  return lines;
}

void WarmReport::know(std::vector<SelfTest> tests) {
  const std::lock_guard lock(mutex_);
  tests_ = std::move(tests);
  is_known_ = true;
}

void WarmReport::look(const Vitals& vitals) {
  const Time now = vitals.watermark;
  if (is_told_ || !tell_ || now == time_none) return;
  const std::uint64_t records = vitals.records;
  if (begin_ == time_none || now < begin_) {
    begin_ = now;
    records_ = records;
    return;
  }
  const std::lock_guard lock(mutex_);
  const std::uint64_t entities = vitals.entities;
  if (!is_known_ || between(begin_, now) < watched_min || entities == 0 ||
      records - records_ < records_min * entities) {
    return;
  }
  is_told_ = true;
  const double days = static_cast<double>(between(begin_, now)) / static_cast<double>(day);
  tell_(warm_lines(tests_, budget_per_day_, static_cast<double>(entities),
                   static_cast<double>(records - records_) / static_cast<double>(entities) / days));
}

}  // namespace retimu
