// SPDX-License-Identifier: Apache-2.0
// A fixed slice of entities: unit of order, state, snapshot and moving. Touched by one thread at a
// time.
#ifndef RETIMU_ENGINE_GROUP_HPP
#define RETIMU_ENGINE_GROUP_HPP

#include "retimu/core/store.hpp"
#include "retimu/engine/boundary.hpp"
#include "retimu/engine/judge.hpp"
#include "retimu/engine/learned_state.hpp"
#include "retimu/engine/source_watch.hpp"
#include "retimu/engine/tolerances.hpp"
#include "retimu/text/templates.hpp"

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace retimu {

// Entities in memory over all groups; shared, approximate by one a shard.
struct EntityCount {
  std::atomic<std::size_t> now{0};
  std::atomic<std::uint64_t> evicted{0};  // times, since the process began
  std::atomic<std::size_t> open{0};       // that have an open episode; told or not
};

// What a group says of an entity when asked; for inspect.
struct EntityReport {
  std::string name;
  std::uint64_t events = 0, digest = 0;
  std::uint32_t columns = 0, episodes = 0;
  std::size_t bytes = 0;
  Time time = time_none;
  Phase phase = Phase::warming;
  bool is_open = false;
};

class Group {
 public:
  // `evicted`: where entities go that do not fit into memory; null: nowhere, then they are
  // forgotten.
  Group(GroupId id, const Pipeline& pipeline, EntityFactory& factory, Judge& judge,
        EntityStore* evicted, EntityCount& count);
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  // Judges one event of an entity of this group. An error is the store's: the entity could not be
  // brought back.
  // `clock`: of the last tick; time_none before the first.
  Result<Verdict> judge(const Event& event, Time clock, std::vector<Alert>& alerts);
  // The pipeline's clock passed `time`: episodes of silent entities may end. An entity whose clock
  // lags is given as much longer. Alerts in the order of (time, entity).
  void tick(Time time, std::uint64_t sequence, std::vector<Alert>& alerts);
  // What is pipeline-wide, from now on.
  void control(const BudgetControl& control) { control_ = control; }
  // A source fell silent, or sends again: meanwhile no time passes for what it sends of.
  void hear(const SourceChange& change);
  // Templates that turned out to be one, from now on; entities hear of them at their next event.
  void merge(std::span<const TemplateMerge> merges);
  // What the entity did in [from, to] was a fault. Nothing if it is unknown.
  Result<void> unlearn(Name entity, Time from, Time to, std::uint64_t sequence);
  // An alert of one of its entities was wrong.
  void tolerate(const FalseAlarm& alarm, Time now);
  // Some of its entities may be worked on.
  void maintain(const MaintenanceRequest& request, Time now);
  // Its entities go on with what the same group of a model learned of readings, see
  // EntityFactory::take_over. Each is brought into memory for it. Fault::corrupt: a damaged model.
  Result<void> take_over(Bytes model, std::uint64_t sequence, TakenOver& count);
  // The sums as of a boundary of control_interval; kept with the state, since a restart may need
  // them.
  FleetSums report(const Boundary& boundary);
  struct Reported {
    Boundary boundary;
    FleetSums sums;
  };
  Reported last_report() const { return reported_; }

  void save(std::vector<std::byte>& to);
  // An empty group takes a saved state; corrupt bytes leave it empty.
  Result<void> load(Bytes from);
  // Detectors whose state could not be read and that learn anew, each name once.
  const std::vector<std::string>& rewarmed() const { return rewarmed_; }

  // For an event that comes soon, in three steps, each of which needs what the one before brought
  // into the cache: where its entity is, the entity's first lines, all that lies there.
  void prefetch_place(std::uint64_t entity_hash) const;
  void prefetch_entity(std::uint64_t entity_hash) const;
  std::span<const std::byte> memory_of(std::uint64_t entity_hash) const;  // empty: not known

  GroupId id() const { return id_; }
  // For ticks. Not for timers alone where the time that stood still counts: a restart sets them
  // anew.
  bool waits() const { return !timers_.empty() || (entities_ > 0 && judge_.may_wake()); }
  std::size_t entities() const { return entities_; }
  // Values beyond columns_max that its entities in memory were sent. O(entities).
  std::uint64_t left_out() const;
  std::size_t bytes() const { return slab_.bytes() + table_.size() * sizeof(Place); }
  std::vector<EntityReport> describe();  // ordered by name
  const Tolerances& tolerances() const { return tolerances_; }
  // Saved states of at most `count_max` entities, as they lie.
  void each_saved(std::size_t count_max, const std::function<void(Bytes)>& call);
  // One entity of this group that was evicted, appended to the list.
  Result<void> describe_stored(Bytes state, std::vector<EntityReport>& to);

 private:
  static constexpr std::size_t merges_max = 16'384;  // kept
  struct Place {
    std::uint64_t hash = 0;
    Entity* entity = nullptr;
  };
  const Entity* look_up(std::uint64_t entity_hash) const;  // none: it is elsewhere, if at all
  std::size_t find(Name name) const;  // index in the table: the entity's or an empty place
  void insert(Entity* entity);
  void hand_asked(EntityParts entity);  // to the judge, before it judges the entity
  void remove(Entity* entity);
  void count_open(bool was_open, const Entity& entity);
  void resize_table(std::size_t places);
  Result<Entity*> recall(Name name, std::uint64_t sequence);
  Result<Entity*> obtain(const Event& event);
  EntityReport describe(Entity* entity);
  Result<Entity*> revive(Bytes state, std::string_view name);
  Result<void> make_room(std::uint64_t sequence);
  Result<void> evict(Entity* entity, std::uint64_t sequence);
  void catch_up(EntityParts entity);
  struct Due {
    Modality modality{};
    Time time = 0;     // on the modality's clock
    Time reached = 0;  // on the pipeline's, which is ahead by its lag
  };
  struct Timer {
    Time due = 0;
    std::uint64_t hash = 0;  // of an entity whose timer this is, if it still has the same time
  };
  struct SilentSource {
    std::uint32_t source = 0;
    Time since = 0;
  };
  std::optional<Due> next_due(EntityParts entity) const;
  void set_timer(EntityParts entity);
  Entity* owner(const Timer& timer) const;
  void wake(EntityParts entity, Modality modality, Time due, std::uint64_t sequence,
            std::vector<Alert>& alerts);
  void visit_merges(StateVisitor& visitor);
  void visit_silent(StateVisitor& visitor);
  std::optional<Time> silent_since(EntityParts entity) const;
  bool stood_still(Time until) const;  // since the last tick
  void pass(Time time);

  GroupId id_;
  const Pipeline& pipeline_;
  EntityFactory& factory_;
  Judge& judge_;
  EntityStore* evicted_;
  EntityCount& count_;
  Slab slab_;
  std::vector<Place> table_;  // open addressing, size a power of two, at most half full
  std::size_t entities_ = 0;
  std::size_t hand_ = 0;       // of the eviction: the place looked at next
  std::vector<Timer> timers_;  // a heap, the earliest first
  FleetSums sums_;
  Reported reported_;
  std::optional<BudgetControl> control_;
  Time clock_ = time_none;  // of the last tick that is known of
  // The last merges, so that every entity can follow, also one that was evicted meanwhile; and how
  // many came before them.
  std::vector<TemplateMerge> merges_;
  std::uint64_t merges_before_ = 0;
  std::vector<SilentSource> silent_;
  Tolerances tolerances_;
  Maintenance unlearned_;     // windows that people asked for, in which nothing is learned
  bool has_evicted_ = false;  // some entity of this group may be in the store
  std::vector<std::byte> buffer_;
  std::vector<std::string> rewarmed_;
};

}  // namespace retimu

#endif
