// SPDX-License-Identifier: Apache-2.0
// One watched entity: a header, its aligned row and the states of all components in one block of
// its group's slab.
#ifndef RETIMU_ENGINE_ENTITY_HPP
#define RETIMU_ENGINE_ENTITY_HPP

#include "retimu/core/alert.hpp"
#include "retimu/core/event.hpp"
#include "retimu/engine/pipeline.hpp"
#include "retimu/engine/raised_alarms.hpp"
#include "retimu/engine/slab.hpp"
#include "retimu/stats/before_after.hpp"

#include <array>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace retimu {

// Event time between two ticks of the pipeline's clock.
inline constexpr Duration tick_interval = second;

// What was said of one event.
struct Verdict {
  Phase phase = Phase::warming;
  Change change = Change::none;
  bool has_p = false;            // false: warming, training, or every detector abstained
  bool is_anomalous = false;     // an episode is open
  bool is_change_point = false;  // the behaviour has changed here, and stays so
  bool is_duplicate = false;
  bool is_late = false;
  std::uint16_t lead = 0;  // detector with the smallest p
  double log10_p = 0;
  double strength = 0;  // what it ranks by: -log10_p, or a detector's own rank
  double excess = 0;    // decades above what raises an episode; -inf while warming
  double samples = 0;
};

// The last events of an entity, to recognise a record that comes again: 8 with their verdict, and
// of 56 before them 32 bits. 480 bytes.
struct Remembered {
  std::uint64_t fingerprint = 0;  // of time, slots and values; 0: none
  double log10_p = 0, strength = 0;
  Phase phase = Phase::warming;
  bool has_p = false, is_anomalous = false;
  std::uint8_t lead = 0;
};

// What is known of a modality that an entity has sent, beside the states of components.
struct ModalityState {
  Time time = time_none;  // of its latest event
  // Its strongest evidence of late, decades, if that was half of what raises an episode or more:
  // what came shortly before in another modality.
  Time evident = time_none;
  double evidence = 0;
  Phase phase = Phase::warming;         // after its last event
  bool is_open = false;                 // an episode is open
  std::uint8_t late_in_row = 0;         // events
  Duration lag = 0;                     // of its clock behind the pipeline's, at its last event
  ReasonKind kind = ReasonKind::value;  // the reason of that evidence
  std::uint32_t slot = 0;               // of a value: the column's
  std::uint32_t kept = 0;               // judgements of the open episode
  std::uint32_t subject_bytes = 0;      // of the others
  std::array<char, 96> subject{};
  double observed = 0, expected_low = 0, expected_high = 0;
  RaisedAlarms raised;  // of the open episode
  // What left its usual level of late.
  Time window = time_none;   // since then
  float strangest = 0;       // that a Departure was made of in it
  Time counted = time_none;  // the minute of `count`
  double count = 0;          // in it: of log lines the errors, of alarms those that were raised
  BeforeAfter counts;        // of the minutes before

  void visit(StateVisitor& visitor, std::uint32_t version);  // of the entity
};

struct Entity {
  std::uint64_t hash = 0;
  std::uint64_t seed = 0;  // hash of the pipeline's seed and the name
  const Layout* layout = nullptr;
  bool was_used = true;       // since the eviction's hand passed
  std::uint32_t columns = 0;  // slots in use = slots of the block
  std::uint32_t name_bytes = 0;
  std::uint32_t block_bytes = 0;
  Time timer = time_none;    // of its group, that is set for it
  Time time = time_none;     // latest event time
  std::uint64_t events = 0;  // judged or learned, duplicates not counted
  // Over (time, bits of log10 p, change, is_change_point) of every event: what the laws compare.
  std::uint64_t digest = 0;
  std::uint64_t columns_dropped = 0;  // values beyond columns_max
  AlertId alert;                      // of the open or last episode
  std::uint32_t revision = 0;
  std::uint32_t episodes = 0;  // raised so far
  // Of the open or last episode, which may be of several modalities.
  Time onset = 0, ended = 0;
  Severity severity = Severity::cleared;
  std::uint16_t lead = 0;
  Phase phase = Phase::warming;  // of its modality after the last event
  bool is_open = false;          // an episode is open
  bool is_training = false;      // the last event only taught
  bool is_tolerated = false;     // its group has tolerances for it; set by that, not stored
  std::uint8_t remembered_next = 0;
  std::uint8_t older_next = 0;
  std::uint32_t source = 0;  // of its last event: Position::partition
  std::uint64_t merges = 0;  // of templates, of its group's, that it has followed
  Duration lag = 0;          // of its clock behind the pipeline's, at its last event
  std::array<Remembered, 8> remembered{};
  std::array<std::uint32_t, 56> older{};
};

// How the parts of an entity are reached. Two pointers; pass by value.
class EntityParts {
 public:
  explicit EntityParts(Entity* entity) : entity_(entity), layout_(entity->layout) {}
  Entity* operator->() const { return entity_; }
  Entity& entity() const { return *entity_; }
  std::string_view name() const {
    return {reinterpret_cast<const char*>(at(layout_->name)), entity_->name_bytes};
  }
  std::span<ColumnId> columns() const { return part<ColumnId>(layout_->columns); }
  std::span<double> latest() const { return part<double>(layout_->latest); }
  std::span<Time> updated() const { return part<Time>(layout_->updated); }
  // What each was before, and of late.
  std::span<BeforeAfter> changes() const { return part<BeforeAfter>(layout_->changes); }
  // Of counters, the others are unused; only where the pipeline has some.
  std::span<Count> counts() const { return part<Count>(layout_->counts); }
  void* detector(std::size_t index) const { return at(layout_->detectors[index]); }
  void* calibration(std::size_t index) const { return at(layout_->calibrations[index]); }
  // Of a modality that the entity has sent.
  void* rules() const { return at(layout_->rules); }  // where the pipeline has some
  bool has(Modality modality) const { return retimu::has(layout_->modalities, modality); }
  Modalities modalities() const { return layout_->modalities; }
  void* fused_calibration(Modality modality) const { return at(judged(modality).calibration); }
  void* policy(Modality modality) const { return at(judged(modality).policy); }
  ModalityState& state(Modality modality) const {
    return *reinterpret_cast<ModalityState*>(at(judged(modality).state));
  }

 private:
  const Layout::Judged& judged(Modality modality) const {
    return layout_->judged[static_cast<std::size_t>(modality)];
  }
  std::byte* at(std::size_t offset) const { return reinterpret_cast<std::byte*>(entity_) + offset; }
  template <class T>
  std::span<T> part(std::size_t offset) const {
    return {reinterpret_cast<T*>(at(offset)), entity_->columns};
  }
  Entity* entity_;
  const Layout* layout_;
};

// What an event has that its entity has no place for.
struct Missing {
  std::span<const ColumnId> columns;
  Modalities modalities = 0;
  bool empty() const { return columns.empty() && modalities == 0; }
};

// Makes, grows, saves and loads entities of one pipeline in a slab. One a shard: it keeps the
// layouts it met, and the memory of its slabs, so it outlives their entities.
class EntityFactory {
 public:
  explicit EntityFactory(const Pipeline& pipeline) : pipeline_(pipeline) {}

  Entity* create(Slab& slab, Name name, const Missing& first);
  // Adds columns at the end, and what belongs to modalities; the entity moves.
  Entity* grow(Slab& slab, Entity* entity, const Missing& added);
  void destroy(Slab& slab, Entity* entity);

  // What another entity of the same columns learned of readings: states of the detectors that wait
  // for no time, their calibrations, and that of the fused evidence. All else is as it was. Cold.
  void take_over(Entity* entity, Entity* from);

  void save(Entity* entity, std::vector<std::byte>& to);
  // Null when the bytes are not a state of this or an earlier version. A component whose section is
  // missing or can't be read starts anew; `rewarmed` gets its name.
  Entity* load(Slab& slab, std::span<const std::byte> from, std::vector<std::string>& rewarmed);

 private:
  struct Component {
    std::string_view name;
    const Stateful* stateful;
    void* at;
  };
  const Layout& layout(std::size_t columns, Modalities modalities);
  Entity* allocate(Slab& slab, std::string_view name, const Layout& layout, std::size_t columns);
  Entity* create(Slab& slab, Name name, std::span<const ColumnId> columns, Modalities modalities);
  void copy_state(const Component& to, const Component& from, const Entity& entity);
  void list_components(EntityParts parts, std::vector<Component>& list) const;
  std::uint64_t component_seed(const Entity& entity, std::string_view name) const;
  bool has_counters() const { return !pipeline_.counters.empty(); }
  void visit_header(StateVisitor& visitor, Entity& entity, std::uint32_t version);
  void visit_modalities(StateVisitor& visitor, EntityParts entity, std::uint32_t version);
  void visit_counts(StateVisitor& visitor, EntityParts entity) const;
  static void visit_changes(StateVisitor& visitor, EntityParts entity);
  const Pipeline& pipeline_;
  HugePages pages_;  // of all its slabs
  std::map<std::pair<std::size_t, Modalities>, Layout> layouts_;
  std::vector<Component> components_;  // kept, so that saving a fleet allocates nothing
  std::string text_;                   // the same
  std::vector<std::byte> copied_;
};

}  // namespace retimu

#endif
