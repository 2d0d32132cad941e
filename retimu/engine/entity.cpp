// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/entity.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>

namespace retimu {

namespace {

constexpr std::uint32_t entity_version = 6, entity_version_least = 2;
constexpr std::size_t name_bytes_max = 64 * 1024;
constexpr std::size_t section_bytes_max = 256 * 1024 * 1024;
constexpr std::size_t sections_max = 2 * (detectors_max + modality_count) + 1;
constexpr std::string_view rules_name = "rules";
// By modality.
constexpr std::array<std::string_view, modality_count> fused_names = {
    "fused", "fused.logs", "fused.alarms", "fused.sound", "fused.pictures"};
constexpr std::array<std::string_view, modality_count> policy_names = {
    "policy", "policy.logs", "policy.alarms", "policy.sound", "policy.pictures"};

Phase phase_of(std::uint8_t stored) {
  return static_cast<Phase>(std::min(stored, static_cast<std::uint8_t>(Phase::shifted)));
}

void visit_text(StateVisitor& visitor, std::string& text, std::size_t bytes_max) {
  const std::size_t bytes = visitor.count("text", text.size(), bytes_max);
  text.resize(bytes);
  visitor.cells("text",
                std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
}

}  // namespace

const Layout& EntityFactory::layout(std::size_t columns, Modalities modalities) {
  const auto [at, is_new] = layouts_.try_emplace({columns, modalities});
  if (is_new) at->second = make_layout(pipeline_, columns, modalities);
  return at->second;
}

std::uint64_t EntityFactory::component_seed(const Entity& entity, std::string_view name) const {
  return hash(name, entity.seed);
}

Entity* EntityFactory::allocate(Slab& slab, std::string_view name, const Layout& at,
                                std::size_t columns) {
  const std::size_t bytes = at.bytes + name.size();
  RETIMU_ASSERT(bytes <= UINT32_MAX);
  auto* entity = new (slab.take(bytes, pages_)) Entity();
  entity->layout = &at;
  entity->block_bytes = static_cast<std::uint32_t>(bytes);
  entity->columns = static_cast<std::uint32_t>(columns);
  entity->name_bytes = static_cast<std::uint32_t>(name.size());
  entity->hash = hash(name);
  entity->seed = hash(name, pipeline_.seed);
  if (!name.empty()) {
    std::memcpy(reinterpret_cast<std::byte*>(entity) + at.name, name.data(), name.size());
  }
  return entity;
}

void EntityFactory::list_components(EntityParts parts, std::vector<Component>& list) const {
  list.clear();
  for (std::size_t i = 0; i < pipeline_.detectors.size(); ++i) {
    const NamedDetector& named = pipeline_.detectors[i];
    if (!parts.has(named.modality)) continue;
    if (pipeline_.keeps_state(i)) {
      list.push_back({named.state_name, named.detector.get(), parts.detector(i)});
    }
    list.push_back({named.name, pipeline_.calibration.get(), parts.calibration(i)});
  }
  for (std::size_t i = 0; i < modality_count; ++i) {
    const auto modality = static_cast<Modality>(i);
    if (!parts.has(modality)) continue;
    if (pipeline_.recalibrates()) {
      list.push_back(
          {fused_names[i], pipeline_.calibration.get(), parts.fused_calibration(modality)});
    }
    list.push_back({policy_names[i], pipeline_.policy.get(), parts.policy(modality)});
  }
  if (pipeline_.rules != nullptr && !pipeline_.rules->is_empty()) {
    list.push_back({rules_name, pipeline_.rules.get(), parts.rules()});
  }
}

Entity* EntityFactory::create(Slab& slab, Name name, const Missing& first) {
  return create(slab, name, first.columns, first.modalities);
}

Entity* EntityFactory::create(Slab& slab, Name name, std::span<const ColumnId> columns,
                              Modalities modalities) {
  Entity* entity = allocate(slab, name.text, layout(columns.size(), modalities), columns.size());
  const EntityParts parts(entity);
  std::ranges::copy(columns, parts.columns().begin());
  std::ranges::fill(parts.latest(), std::numeric_limits<double>::quiet_NaN());
  std::ranges::fill(parts.updated(), time_none);
  std::ranges::fill(parts.changes(), BeforeAfter());
  if (has_counters()) std::ranges::fill(parts.counts(), Count{});
  for (std::size_t i = 0; i < modality_count; ++i) {
    const auto modality = static_cast<Modality>(i);
    if (parts.has(modality)) new (&parts.state(modality)) ModalityState();
  }
  list_components(parts, components_);
  for (const Component& component : components_) {
    component.stateful->create(component.at, columns.size(),
                               component_seed(*entity, component.name));
  }
  return entity;
}

Entity* EntityFactory::grow(Slab& slab, Entity* entity, const Missing& missing) {
  const std::span<const ColumnId> added = missing.columns;
  const std::size_t before = entity->columns;
  const std::size_t after = before + added.size();
  const EntityParts from(entity);
  const Layout& wanted =
      layout(after, static_cast<Modalities>(from.modalities() | missing.modalities));
  Entity* moved = allocate(slab, from.name(), wanted, after);
  const std::uint32_t block_bytes = moved->block_bytes;
  *moved = *entity;
  moved->layout = &wanted;
  moved->block_bytes = block_bytes;
  moved->columns = static_cast<std::uint32_t>(after);
  const EntityParts to(moved);
  std::ranges::copy(from.columns(), to.columns().begin());
  std::ranges::copy(added, to.columns().begin() + static_cast<std::ptrdiff_t>(before));
  std::ranges::fill(to.latest(), std::numeric_limits<double>::quiet_NaN());
  std::ranges::fill(to.updated(), time_none);
  std::ranges::copy(from.latest(), to.latest().begin());
  std::ranges::copy(from.updated(), to.updated().begin());
  std::ranges::fill(to.changes(), BeforeAfter());
  std::ranges::copy(from.changes(), to.changes().begin());
  if (has_counters()) {
    std::ranges::fill(to.counts(), Count{});
    std::ranges::copy(from.counts(), to.counts().begin());
  }
  for (std::size_t i = 0; i < modality_count; ++i) {
    const auto modality = static_cast<Modality>(i);
    if (!to.has(modality)) continue;
    new (&to.state(modality))
        ModalityState(from.has(modality) ? from.state(modality) : ModalityState());
  }
  list_components(from, components_);
  std::vector<Component> targets;
  list_components(to, targets);
  // Both lists are in the pipeline's order; the new one has all of the old.
  auto old = components_.begin();
  for (const Component& target : targets) {
    if (old != components_.end() && old->stateful == target.stateful && old->name == target.name) {
      target.stateful->grow(target.at, after, old->at, before);
      ++old;
    } else {
      target.stateful->create(target.at, after, component_seed(*moved, target.name));
    }
  }
  slab.give(entity, entity->block_bytes);
  return moved;
}

void EntityFactory::destroy(Slab& slab, Entity* entity) {
  list_components(EntityParts(entity), components_);
  for (const Component& component : components_) {
    component.stateful->destroy(component.at, entity->columns);
  }
  slab.give(entity, entity->block_bytes);
}

void EntityFactory::copy_state(const Component& to, const Component& from, const Entity& entity) {
  copied_.clear();
  StateWriter writer(copied_);
  from.stateful->visit(from.at, entity.columns, writer);
  to.stateful->destroy(to.at, entity.columns);
  to.stateful->create(to.at, entity.columns, component_seed(entity, to.name));
  StateReader reader(copied_);
  to.stateful->visit(to.at, entity.columns, reader);
  RETIMU_ASSERT(reader.finished());
}

void EntityFactory::take_over(Entity* entity, Entity* from) {
  const EntityParts to(entity), model(from);
  RETIMU_ASSERT(std::ranges::equal(to.columns(), model.columns()));
  for (std::size_t i = 0; i < pipeline_.detectors.size(); ++i) {
    const NamedDetector& named = pipeline_.detectors[i];
    if (named.modality != Modality::metrics || named.detector->wakes()) continue;
    if (pipeline_.keeps_state(i)) {
      const Detector* detector = named.detector.get();
      copy_state({named.state_name, detector, to.detector(i)},
                 {named.state_name, detector, model.detector(i)}, *entity);
    }
    copy_state({named.name, pipeline_.calibration.get(), to.calibration(i)},
               {named.name, pipeline_.calibration.get(), model.calibration(i)}, *entity);
  }
  if (!pipeline_.recalibrates()) return;
  const std::string_view name = fused_names[static_cast<std::size_t>(Modality::metrics)];
  copy_state({name, pipeline_.calibration.get(), to.fused_calibration(Modality::metrics)},
             {name, pipeline_.calibration.get(), model.fused_calibration(Modality::metrics)},
             *entity);
}

void EntityFactory::visit_header(StateVisitor& visitor, Entity& entity, std::uint32_t version) {
  visitor.cell("time", entity.time);
  visitor.cell("events", entity.events);
  visitor.cell("digest", entity.digest);
  visitor.cell("columns_dropped", entity.columns_dropped);
  visitor.cell("alert_high", entity.alert.high);
  visitor.cell("alert_low", entity.alert.low);
  visitor.cell("revision", entity.revision);
  visitor.cell("episodes", entity.episodes);
  visitor.cell("onset", entity.onset);
  // The last is a count of older versions.
  std::array<std::uint8_t, 4> now{static_cast<std::uint8_t>(entity.phase), entity.is_open,
                                  entity.is_training, static_cast<std::uint8_t>(entity.severity)};
  visitor.cells("phase", std::span<std::uint8_t>(now));
  entity.phase = phase_of(now[0]);
  entity.is_open = now[1] != 0;
  entity.is_training = now[2] != 0;
  entity.severity =
      static_cast<Severity>(std::min(now[3], static_cast<std::uint8_t>(Severity::critical)));
  visitor.cell("lead", entity.lead);
  if (entity.lead >= pipeline_.detectors.size()) entity.lead = 0;
  Duration lag = 0;  // of versions that had one clock
  visitor.cell("lag", lag);
  visitor.cell("remembered_next", entity.remembered_next);
  if (entity.remembered_next >= entity.remembered.size()) entity.remembered_next = 0;
  visitor.cell("older_next", entity.older_next);
  if (entity.older_next >= entity.older.size()) entity.older_next = 0;
  visitor.cells("older", std::span<std::uint32_t>(entity.older));
  for (Remembered& last : entity.remembered) {
    visitor.cell("fingerprint", last.fingerprint);
    visitor.cell("log10_p", last.log10_p);
    visitor.cell("strength", last.strength);
    std::array<std::uint8_t, 4> small{static_cast<std::uint8_t>(last.phase), last.has_p,
                                      last.is_anomalous, last.lead};
    visitor.cells("flags", std::span<std::uint8_t>(small));
    last.phase = phase_of(small[0]);
    last.has_p = small[1] != 0;
    last.is_anomalous = small[2] != 0;
    // With other detectors than those of the process that wrote it.
    last.lead = small[3] < pipeline_.detectors.size() ? small[3] : std::uint8_t{0};
  }
  if (version >= 5) visitor.cell("source", entity.source);
}

// Older versions had metrics only.
void EntityFactory::visit_modalities(StateVisitor& visitor, EntityParts entity,
                                     std::uint32_t version) {
  if (version < 4) {
    ModalityState& metrics = entity.state(Modality::metrics);
    metrics.time = entity->time;
    metrics.phase = entity->phase;
    metrics.is_open = entity->is_open;
    entity->severity = Severity::cleared;
    return;
  }
  visitor.cell("ended", entity->ended);
  visitor.cell("merges", entity->merges);
  for (std::size_t i = 0; i < modality_count; ++i) {
    const auto modality = static_cast<Modality>(i);
    if (entity.has(modality)) entity.state(modality).visit(visitor, version);
  }
}

void EntityFactory::visit_counts(StateVisitor& visitor, EntityParts entity) const {
  const std::size_t now = has_counters() ? entity->columns : 0;
  if (visitor.count("counts", now, entity->columns) != now) visitor.refuse();
  if (now == 0 || visitor.failed()) return;
  for (Count& count : entity.counts()) {
    visitor.cell("count", count.value);
    visitor.cell("counted", count.time);
  }
}

void EntityFactory::visit_changes(StateVisitor& visitor, EntityParts entity) {
  for (BeforeAfter& change : entity.changes()) change.visit(visitor);
}

void EntityFactory::save(Entity* entity, std::vector<std::byte>& to) {
  StateWriter writer(to);
  writer.version(entity_version);
  const EntityParts from(entity);
  std::string& text = text_;
  text = from.name();
  visit_text(writer, text, name_bytes_max);
  writer.count("columns", entity->columns, pipeline_.columns_max);
  for (const ColumnId column : from.columns()) {
    text = pipeline_.columns->name(column);
    visit_text(writer, text, name_bytes_max);
  }
  Modalities modalities = from.modalities();
  writer.cell("modalities", modalities);
  writer.cells("latest", from.latest());
  writer.cells("updated", from.updated());
  visit_counts(writer, from);
  visit_changes(writer, from);
  visit_header(writer, *entity, entity_version);
  visit_modalities(writer, from, entity_version);
  list_components(from, components_);
  const std::vector<Component>& list = components_;
  writer.count("sections", list.size(), sections_max);
  for (const Component& component : list) {
    text = component.name;
    visit_text(writer, text, name_bytes_max);
    const std::size_t length_at = to.size();
    writer.count("bytes", 0, section_bytes_max);
    component.stateful->visit(component.at, entity->columns, writer);
    const auto length = static_cast<std::uint32_t>(to.size() - length_at - 4);
    std::memcpy(to.data() + length_at, &length, sizeof length);
  }
}

Entity* EntityFactory::load(Slab& slab, std::span<const std::byte> from,
                            std::vector<std::string>& rewarmed) {
  StateReader reader(from);
  const std::uint32_t version = reader.version(entity_version);
  if (version < entity_version_least) return nullptr;
  std::string name;
  visit_text(reader, name, name_bytes_max);
  std::vector<ColumnId> columns(reader.count("columns", 0, pipeline_.columns_max));
  std::string text;
  for (ColumnId& column : columns) {
    visit_text(reader, text, name_bytes_max);
    const std::optional<ColumnId> id = pipeline_.columns->intern(text);
    if (reader.failed() || !id) return nullptr;
    column = *id;
  }
  Modalities modalities = only(Modality::metrics);
  if (version >= 4) reader.cell("modalities", modalities);
  if (reader.failed() || (modalities >> modality_count) != 0) return nullptr;
  // With other detectors than those of the process that wrote it, some are not judged any more; yet
  // what was written of them must be read.
  Entity* entity = create(slab, make_name(name), columns, modalities);
  const EntityParts to(entity);
  reader.cells("latest", to.latest());
  reader.cells("updated", to.updated());
  if (version >= 3) visit_counts(reader, to);
  if (version >= 6) visit_changes(reader, to);
  visit_header(reader, *entity, version);
  visit_modalities(reader, to, version);
  // Sections come in the pipeline's order unless the configuration changed; each is looked for by
  // name and kind.
  std::vector<Component> list;
  list_components(to, list);
  std::vector<bool> loaded(list.size(), false);
  const std::size_t sections = reader.count("sections", 0, sections_max);
  std::vector<std::uint8_t> bytes;
  for (std::size_t section = 0; section < sections && !reader.failed(); ++section) {
    visit_text(reader, text, name_bytes_max);
    bytes.resize(reader.count("bytes", 0, std::min(section_bytes_max, from.size())));
    reader.cells("bytes", std::span<std::uint8_t>(bytes));
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (loaded[i] || list[i].name != text) continue;
      loaded[i] = true;
      StateReader part(std::as_bytes(std::span<const std::uint8_t>(bytes)));
      list[i].stateful->visit(list[i].at, columns.size(), part);
      if (!part.finished()) {
        list[i].stateful->destroy(list[i].at, columns.size());
        list[i].stateful->create(list[i].at, columns.size(), component_seed(*entity, list[i].name));
        loaded[i] = false;
        rewarmed.emplace_back(text);
        // Not tried with the next section of the same name: that is the detector's calibration.
        list[i].name = {};
      }
      break;
    }
  }
  if (!reader.finished()) {
    destroy(slab, entity);
    return nullptr;
  }
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!loaded[i] && !list[i].name.empty()) rewarmed.emplace_back(list[i].name);
  }
  return entity;
}

}  // namespace retimu
