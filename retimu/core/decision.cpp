// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/decision.hpp"

namespace retimu {

std::string_view name_of(Phase phase) {
  switch (phase) {
    case Phase::warming: return "warming";
    case Phase::usual: return "usual";
    case Phase::anomalous: return "anomalous";
    case Phase::shifted: return "shifted";
  }
  return "usual";
}

std::string_view name_of(Change change) {
  switch (change) {
    case Change::none: return "none";
    case Change::raised: return "raised";
    case Change::updated: return "updated";
    case Change::resolved: return "resolved";
    case Change::summary: return "summary";
  }
  return "none";
}

std::string_view name_of(Ground ground) {
  switch (ground) {
    case Ground::fused: return "fused";
    case Ground::own: return "own";
    case Ground::lasting: return "lasting";
  }
  return "fused";
}

std::string_view name_of(Hold hold) {
  switch (hold) {
    case Hold::none: return "none";
    case Hold::warming: return "warming";
    case Hold::quiet: return "quiet";
    case Hold::cooldown: return "cooldown";
    case Hold::open: return "open";
  }
  return "none";
}

void visit_sums(StateVisitor& visitor, FleetSums& sums) {
  visitor.cell("excess", sums.excess);
  visitor.cell("excess_squared", sums.excess_squared);
  visitor.cell("points", sums.points);
  visitor.cell("episodes", sums.episodes);
  visitor.cell("entities", sums.entities);
}

void visit_control(StateVisitor& visitor, BudgetControl& control) {
  visit_sums(visitor, control.fleet);
  visitor.cell("relief", control.relief);
  visitor.cell("storm", control.storm);
}

}  // namespace retimu
