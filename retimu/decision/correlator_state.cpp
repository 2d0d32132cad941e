// SPDX-License-Identifier: Apache-2.0
#include "retimu/decision/correlator.hpp"

#include <numeric>

namespace retimu {

namespace {

constexpr std::size_t text_bytes_max = 64 * 1024;

void visit_text(StateVisitor& visitor, std::string_view name, std::string& text) {
  text.resize(visitor.count(name, text.size(), text_bytes_max));
  visitor.cells(name,
                std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
}

void visit_id(StateVisitor& visitor, AlertId& id) {
  visitor.cell("high", id.high);
  visitor.cell("low", id.low);
}

void visit_severity(StateVisitor& visitor, Severity& severity) {
  auto value = static_cast<std::uint8_t>(severity);
  visitor.cell("severity", value);
  if (value > static_cast<std::uint8_t>(Severity::critical)) visitor.refuse();
  severity = static_cast<Severity>(value);
}

void visit_part(StateVisitor& visitor, AlertPart& part) {
  auto modality = static_cast<std::uint8_t>(part.modality);
  visitor.cell("modality", modality);
  if (modality >= modality_count) visitor.refuse();
  part.modality = static_cast<Modality>(modality);
  visitor.cell("time", part.time);
  visitor.cell("evidence", part.evidence);
  visitor.cell("weight", part.weight);
}

}  // namespace

void Correlator::visit_cluster(StateVisitor& visitor, Cluster& cluster, std::uint32_t version) {
  visit_id(visitor, cluster.id);
  visitor.cell("revision", cluster.revision);
  for (Time* time :
       {&cluster.onset, &cluster.onset_last, &cluster.grown, &cluster.ends, &cluster.ended}) {
    visitor.cell("time", *time);
  }
  visit_severity(visitor, cluster.severity);
  visit_severity(visitor, cluster.severity_told);
  visitor.cell("is_storm", cluster.is_storm);
  visitor.cell("entities", cluster.entities);
  visitor.cell("entities_told", cluster.entities_told);
  visitor.cell("alerts", cluster.alerts);
  cluster.first_alerts.resize(
      visitor.count("first_alerts", cluster.first_alerts.size(), first_alerts_max));
  for (AlertId& id : cluster.first_alerts) visit_id(visitor, id);
  cluster.first.resize(visitor.count("first", cluster.first.size(), first_max));
  for (auto& [onset, name] : cluster.first) {
    visitor.cell("onset", onset);
    visit_text(visitor, "name", name);
  }
  cluster.hints.resize(visitor.count("hints", cluster.hints.size(), hints_max));
  for (std::string& hint : cluster.hints) visit_text(visitor, "hint", hint);
  cluster.suspects.resize(visitor.count("suspects", cluster.suspects.size(), suspects_max));
  for (Suspect& one : cluster.suspects) visit_suspect(visitor, one, version);
  cluster.members.resize(visitor.count("members", cluster.members.size(), members_max));
  for (Member& member : cluster.members) {
    visitor.cell("entity", member.entity);
    visit_id(visitor, member.alert);
    visitor.cell("onset", member.onset);
    visitor.cell("is_open", member.is_open);
    visitor.cell("telling", member.telling);
    if (member.telling > by_both) visitor.refuse();
  }
  if (version >= 2) {
    cluster.signals.resize(visitor.count("signals", cluster.signals.size(), signals_max));
    for (AlertReason& reason : cluster.signals) visit_reason(visitor, reason, version);
    cluster.parts.resize(visitor.count("parts", cluster.parts.size(), modality_count));
    for (AlertPart& part : cluster.parts) visit_part(visitor, part);
  }
  // Whoever has joined is named and counted; where that is not so it was damaged.
  if (cluster.members.empty() || cluster.first.empty()) visitor.refuse();
}

void Correlator::visit(StateVisitor& visitor) {
  const std::uint32_t version = visitor.version(4);
  visitor.cell("clock", clock_);
  visitor.cell("beyond", beyond_);
  counts_.resize(visitor.count("counts", counts_.size(), counts_max));
  visitor.cells("counts", std::span(counts_));
  if (counts_.empty()) visitor.refuse();
  visitor.cell("stretch", stretch_);
  visitor.cell("began", began_);
  clusters_.resize(visitor.count("clusters", clusters_.size(), members_max));
  for (Cluster& cluster : clusters_) visit_cluster(visitor, cluster, version);
  if (version >= 3) {
    departures_.resize(visitor.count("departures", departures_.size(), departures_max));
    for (Departure& departure : departures_) visit_departure(visitor, departure);
  }
  members_ =
      std::transform_reduce(clusters_.begin(), clusters_.end(), std::size_t{0}, std::plus<>(),
                            [](const Cluster& one) { return one.members.size(); });
}

}  // namespace retimu
