// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/gap_novelty.hpp"

#include "retimu/detectors/gap_novelty_visit.hpp"
#include "retimu/detectors/specimen.hpp"

#include <memory>

namespace retimu {

namespace {

constexpr std::array parameters{
    Parameter{"remembered", "values that each view of a column remembers, at most",
              Parameter::Kind::whole, 96, 32, 512},
    Parameter{"all_views", "15 views of a column in place of 7: finds a little more, costs double",
              Parameter::Kind::boolean, 0, 0, 1},
};

template <class Algorithm>
std::unique_ptr<Detector> make_one() {
  return std::make_unique<ColumnDetector<Algorithm>>(Algorithm{});
}

template <class Views>
std::unique_ptr<Detector> make_with(std::size_t remembered) {
  if (remembered <= 32) return make_one<GapNovelty<32, float, std::uint16_t, Views>>();
  if (remembered <= 64) return make_one<GapNovelty<64, float, std::uint16_t, Views>>();
  if (remembered <= 96) return make_one<GapNovelty<96, float, std::uint16_t, Views>>();
  if (remembered <= 128) return make_one<GapNovelty<128, float, std::uint16_t, Views>>();
  if (remembered <= 256) return make_one<GapNovelty<256, float, std::uint16_t, Views>>();
  return make_one<GapNovelty<512, float, std::uint16_t, Views>>();
}

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  const std::size_t remembered = values.whole("remembered");
  return values.boolean("all_views") ? make_with<AllViews>(remembered)
                                     : make_with<SevenViews>(remembered);
}

// Two modes, then a reading between them.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("load")};
  Random random(4);
  for (int i = 0; i < 1'000; ++i) {
    const std::array values{(random.below(2) == 0 ? 10 : 90) + bell(random)};
    to.usual(Readings{columns, values});
  }
  const std::array values{50.0};
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry gap_novelty_entry() {
  return {.name = "gap_novelty",
          .summary = "how far a reading, its level or its deviation is from anything seen",
          .modality = Modality::metrics,
          .parameters = parameters,
          .in_auto = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
