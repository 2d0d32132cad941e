// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/peer_group.hpp"

#include "retimu/detectors/specimen.hpp"

#include <algorithm>
#include <array>
#include <memory>

namespace retimu {

Reason PeerGroup::reason(const Work& work) const {
  Reason reason{{}, work.found.own, work.found.low, work.found.high};
  reason.kind = ReasonKind::peers;
  reason.peers = work.found.others;
  return reason;
}

void PeerGroup::visit(State& state, StateVisitor& visitor) const {
  Line& line = state.line;
  Found& last = state.last;
  visitor.cell("number", state.number);
  visitor.cell("compared", state.compared);
  visitor.cell("has_previous", state.has_previous);
  std::array<double, 13> numbers{
      state.previous, last.own,      last.low,   last.high,     last.away,     line.peers, line.own,
      line.joint,     last.strength, line.width, line.variance, line.distance, line.others};
  visitor.cells("numbers", std::span<double>(numbers));
  visitor.cell("others", last.others);
  line.count = static_cast<std::uint32_t>(visitor.count("count", line.count, window));
  state.strangers =
      static_cast<std::uint32_t>(visitor.count("strangers", state.strangers, strangers_max - 1));
  state.odd = static_cast<std::uint32_t>(visitor.count("odd", state.odd, odd_max - 1));
  state.start.visit(visitor, Baseline::first_values);
  const bool is_finite =
      std::ranges::all_of(numbers, [](double number) { return std::isfinite(number); });
  const bool is_negative =
      std::ranges::any_of(std::span(numbers).subspan(8), [](double number) { return number < 0; });
  if (!is_finite || is_negative || state.has_previous > 1) {
    visitor.refuse();
    state = State();
    return;
  }
  state.previous = numbers[0];
  last.own = numbers[1];
  last.low = numbers[2];
  last.high = numbers[3];
  last.away = numbers[4];
  line.peers = numbers[5];
  line.own = numbers[6];
  line.joint = numbers[7];
  last.strength = numbers[8];
  line.width = numbers[9];
  line.variance = numbers[10];
  line.distance = numbers[11];
  line.others = numbers[12];
}

namespace {

constexpr std::array parameters{
    Parameter{"peers_min", "other entities that must send the column", Parameter::Kind::whole, 4, 2,
              1'000'000},
    Parameter{"window", "comparisons by which what is usual is forgotten", Parameter::Kind::whole,
              8'192, 256, 1'000'000},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  PeerGroup algorithm;
  algorithm.peers_min = static_cast<std::uint32_t>(values.whole("peers_min"));
  algorithm.window = static_cast<std::uint32_t>(values.whole("window"));
  return std::make_unique<ColumnDetector<PeerGroup>>(algorithm);
}

// Ten servers under the same load; then one of them is twice as slow as the others.
void specimen(SpecimenWriter& to) {
  const std::array columns{to.column("latency")};
  Random random(29);
  std::array<double, 10> fleet{};
  const auto tell = [&](int at, bool is_strange) {
    to.fleet(columns[0], fleet);  // with what came before
    const double load = 40 + 10 * ((at / 50) % 2) + bell(random);
    for (double& one : fleet) one = load + bell(random);
    if (is_strange) fleet[0] += 40;
    return std::array{fleet[0]};
  };
  for (int i = 0; i < 1'000; ++i) {
    const auto values = tell(i, false);
    to.usual(Readings{columns, values});
  }
  // It is strange once it has been compared twice.
  for (int i = 0; i < 2; ++i) {
    const auto values = tell(i, true);
    to.usual(Readings{columns, values});
  }
  const auto values = tell(2, true);
  to.anomaly(Readings{columns, values});
}

}  // namespace

DetectorEntry peer_group_entry() {
  return {.name = "peer_group",
          .summary = "an entity that leaves the others that send the same column",
          .modality = Modality::metrics,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
