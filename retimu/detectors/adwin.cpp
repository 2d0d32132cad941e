// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/adwin.hpp"

#include "retimu/detectors/specimen.hpp"

#include <memory>

namespace retimu {

namespace {

double size_of(std::size_t row) { return static_cast<double>(std::uint64_t{1} << row); }

}  // namespace

// From the newest bucket to the oldest, the cut moving along.
void Adwin::look(const State& state, double value, Work& work) const {
  const auto each = [&state](auto take) {
    for (std::uint32_t row = 0; row < state.rows_count; ++row) {
      for (std::uint32_t i = 0; i < state.rows[row].count; ++i) {
        const Bucket& bucket = state.rows[row].buckets[i];
        take(Sums{size_of(row), bucket.mean, bucket.squares}, row, i);
      }
    }
  };
  Sums all{1, value, 0};
  each([&all](const Sums& bucket, std::uint32_t, std::uint32_t) { all.take(bucket); });
  work.window = all;
  work.row = work.kept = 0;
  const double noise = resolution(all.mean, all.mean);
  const double unit = larger(std::sqrt(all.squares / all.count), noise);
  // Differences of the means: the sum of what lies off the mean, of the newer part, tells both.
  double newer = 1, off = value - all.mean, best = 0;
  each([&](const Sums& bucket, std::uint32_t row, std::uint32_t i) {
    const double older = all.count - newer;
    if (newer >= part_least && older >= part_least) {
      const double share = 1 / newer + 1 / older;
      const double apart = larger(std::fabs(off) * share - noise, 0.0) / unit;
      const double root = root_of(apart, share);
      if (root > best) {
        best = root;
        work.row = row;
        work.kept = i;
      }
    }
    newer += bucket.count;
    off += bucket.count * (bucket.mean - all.mean);
  });
  const double cuts = 2 * elementary::log(all.count);
  work.decades =
      all.count < 2 * part_least ? 0 : (best * best - elementary::log(cuts)) / std::numbers::ln10;
}

void Adwin::drop(State& state, const Work& work) {
  state.rows[work.row].count = work.kept;
  for (std::uint32_t row = work.row + 1; row < state.rows_count; ++row) state.rows[row].count = 0;
  state.rows_count = work.row + (work.kept > 0 ? 1 : 0);
}

void Adwin::push(State& state, double value) {
  Bucket bucket{value, 0};
  for (std::uint32_t row = 0; row < rows_max; ++row) {
    Row& at = state.rows[row];
    state.rows_count = std::max(state.rows_count, row + 1);
    std::ranges::copy_backward(std::span(at.buckets).first(at.count),
                               at.buckets.begin() + at.count + 1);
    at.buckets[0] = bucket;
    if (++at.count <= buckets_max) return;
    // The two oldest become one of the next row; those of the last row leave.
    Sums both{size_of(row), at.buckets[buckets_max].mean, at.buckets[buckets_max].squares};
    both.take(
        {size_of(row), at.buckets[buckets_max - 1].mean, at.buckets[buckets_max - 1].squares});
    bucket = {both.mean, both.squares};
    at.count -= row + 1 == rows_max ? 1 : 2;
  }
}

void Adwin::visit(State& state, StateVisitor& visitor) const {
  state.rows_count = static_cast<std::uint32_t>(visitor.count("rows", state.rows_count, rows_max));
  bool is_valid = true;
  const auto is_sound = [](double mean, double spread) {
    return std::fabs(mean) <= 2 * value_most && spread >= 0 && std::isfinite(spread);
  };
  for (Row& row : std::span(state.rows).first(state.rows_count)) {
    row.count = static_cast<std::uint32_t>(visitor.count("buckets", row.count, buckets_max));
    for (Bucket& bucket : std::span(row.buckets).first(row.count)) {
      visitor.cell("mean", bucket.mean);
      visitor.cell("squares", bucket.squares);
      is_valid = is_valid && is_sound(bucket.mean, bucket.squares);
    }
  }
  visitor.cell("mean", state.mean);
  visitor.cell("deviation", state.deviation);
  visitor.cell("decades", state.decades);
  state.since = static_cast<std::uint32_t>(visitor.count("since", state.since, every - 1));
  state.has_looked = static_cast<std::uint8_t>(visitor.count("has_looked", state.has_looked, 1));
  if (is_valid && is_sound(state.mean, state.deviation) && std::isfinite(state.decades)) return;
  visitor.refuse();
  state = State();
}

namespace {

constexpr std::array parameters{
    Parameter{"delta", "chance of a wrong cut at which the window is cut", Parameter::Kind::number,
              0.002, 1e-12, 0.5},
    Parameter{"every", "readings from one search for a cut to the next", Parameter::Kind::whole, 32,
              1, 1'024},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  return std::make_unique<ColumnDetector<Adwin>>(
      Adwin{values.number("delta"), values.whole("every")});
}

// A level, then another: the 32nd reading of it is the next at which a cut is looked for.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("duration")};
  Random random(26);
  const auto reading = [&](double level) { return std::array{level + bell(random)}; };
  for (int i = 0; i < 992; ++i) to.usual(Readings{columns, reading(10)});
  for (int i = 0; i < 31; ++i) to.usual(Readings{columns, reading(15)});
  to.anomaly(Readings{columns, reading(15)});
}

}  // namespace

DetectorEntry adwin_entry() {
  return {.name = "adwin",
          .summary = "a change of mean within an adaptive window",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
