// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/seasonal_profile.hpp"

#include "retimu/detectors/specimen.hpp"

#include <memory>

namespace retimu {

namespace {

void visit_buckets(std::span<SeasonalProfile::Bucket> buckets, double weight_most,
                   StateVisitor& visitor) {
  for (SeasonalProfile::Bucket& bucket : buckets) {
    visitor.cell("level", bucket.level);
    visitor.cell("distance", bucket.distance);
    visitor.cell("weight", bucket.weight);
    visitor.cell("entered", bucket.entered);
    const bool is_valid = std::isfinite(bucket.level) && std::isfinite(bucket.distance) &&
                          bucket.distance >= 0 && bucket.weight >= 0 &&
                          bucket.weight <= weight_most;
    if (is_valid) continue;
    visitor.refuse();
    bucket = SeasonalProfile::Bucket();
  }
}

}  // namespace

void SeasonalProfile::visit(State& state, StateVisitor& visitor) const {
  visit_buckets(state.day, weight_most, visitor);
  if (weekly) visit_buckets(state.week, weight_most, visitor);
  state.all.visit(visitor, window);
}

namespace {

constexpr std::array parameters{
    Parameter{"weekly", "tell the days of the week apart", Parameter::Kind::boolean, 1, 0, 1},
    Parameter{"half_life_days", "after which what was learned counts half", Parameter::Kind::number,
              28, 1, 3'650},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  SeasonalProfile profile;
  profile.weekly = values.boolean("weekly");
  profile.half_life = static_cast<Duration>(values.number("half_life_days") * 86'400) * second;
  return std::make_unique<ColumnDetector<SeasonalProfile>>(profile);
}

// The first minutes of an hour, then a reading that this hour does not have.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("load")};
  Random random(24);
  for (int i = 0; i < 1'000; ++i) {
    const std::array values{30 + 2 * bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{70.0};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry seasonal_profile_entry() {
  return {.name = "seasonal_profile",
          .summary = "a column against its usual level at this hour of the day and the week",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
