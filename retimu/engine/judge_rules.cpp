// SPDX-License-Identifier: Apache-2.0
// What a judge tells of rules: each is raised and resolved by itself, beside the episodes.
#include "retimu/engine/judge.hpp"
#include "retimu/engine/sentence.hpp"

#include <cmath>
#include <limits>

namespace retimu {

namespace {

// The same for the rule's end as for its beginning.
AlertId id_of(EntityParts entity, const Rule& rule, Time onset) {
  const std::uint64_t high = mix(hash(rule.name, entity->seed), static_cast<std::uint64_t>(onset));
  return {high, mix(high, std::uint64_t{1})};
}

}  // namespace

bool Judge::has_rules() const { return pipeline_.rules != nullptr && !pipeline_.rules->is_empty(); }

bool Judge::rules_hold(EntityParts entity) const {
  return has_rules() && entity.has(Modality::metrics) && pipeline_.rules->holds(entity.rules());
}

// By readings only, on their own clock.
void Judge::look_at_rules(EntityParts entity, const Event& event, const EntityView& view,
                          std::vector<Alert>& alerts) {
  if (!has_rules() || event.training || modality_ != Modality::metrics) return;
  changes_.clear();
  pipeline_.rules->update(entity.rules(), entity.name(), view, entity.state(Modality::metrics).time,
                          changes_);
  tell_rules(entity, event.sequence, alerts);
}

void Judge::tell_rules(EntityParts entity, std::uint64_t sequence, std::vector<Alert>& alerts) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const RuleChange& change : changes_) {
    const Rule& rule = pipeline_.rules->rules()[change.rule];
    Alert alert;
    alert.id = id_of(entity, rule, change.onset);
    alert.revision = change.change == Change::raised ? 1 : 2;
    alert.change = change.change;
    alert.entity = entity.name();
    alert.time = change.time;
    alert.onset = change.onset;
    alert.ended = change.ended;
    alert.severity = rule.severity;
    alert.lead = rule.name;
    alert.sequence = sequence;
    alert.reasons.push_back({rule.expr, {}, 0, 0, 0, 0, ReasonKind::rule});
    for (const ColumnValue& one : change.values) {
      if (std::isnan(one.value)) continue;
      const auto unit = pipeline_.units.find(one.column);
      alert.reasons.push_back({std::string(pipeline_.columns->name(one.column)),
                               unit == pipeline_.units.end() ? std::string() : unit->second,
                               one.value, -infinity, infinity, 0});
    }
    alert.sentence = make_sentence(alert);
    alerts.push_back(std::move(alert));
    entity->digest = mix(entity->digest, static_cast<std::uint64_t>(change.time));
    entity->digest = mix(entity->digest, std::uint64_t{change.rule});
    entity->digest = mix(entity->digest, static_cast<std::uint64_t>(change.change));
  }
}

}  // namespace retimu
