// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/fleet_readings.hpp"

#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

namespace retimu {

namespace {

constexpr std::uint32_t fleet_readings_version = 1;
constexpr float gaps_fresh = 3;         // usual intervals for which a reading counts
constexpr float gap_share = 1.0F / 8;   // of a new interval in the usual one
constexpr float gap_most = 4;           // usual intervals that one counts as
constexpr std::uint32_t late_max = 16;  // in a row, then it was the clock that had leapt
constexpr std::size_t names_max = 65'536, name_bytes_max = 4'096;  // stored
constexpr std::size_t entities_max_stored = 100'000'000;

float seconds_between(Time from, Time to) {
  return static_cast<float>(static_cast<double>(between(from, to)) * 1e-9);
}

}  // namespace

FleetReadings::Member* FleetReadings::member(std::uint64_t hash) {
  const auto known = places_.find(hash);
  if (known != places_.end()) return &members_[known->second];
  if (members_.size() >= options_.entities_max || readings_ >= readings_max) {
    is_full_ = true;
    return nullptr;
  }
  places_.emplace(hash, static_cast<std::uint32_t>(members_.size()));
  members_.push_back({.hash = hash});
  return &members_.back();
}

// Rows mostly have the columns of the row before. `hint`: where this one would be then.
FleetReadings::Latest* FleetReadings::find(Member& member, ColumnId column, std::size_t& hint) {
  const auto id = static_cast<std::uint32_t>(column);
  if (hint < member.latest.size() && member.latest[hint].column == id) {
    return &member.latest[hint++];
  }
  const auto at = std::ranges::find(member.latest, id, &Latest::column);
  hint = static_cast<std::size_t>(at - member.latest.begin()) + 1;
  if (at != member.latest.end()) return &*at;
  if (member.latest.size() >= options_.columns_max || readings_ >= readings_max) {
    is_full_ = is_full_ || readings_ >= readings_max;
    return nullptr;
  }
  ++readings_;
  member.latest.push_back({.column = id});
  if (!options_.counters.empty()) member.counts.emplace_back();
  return &member.latest.back();
}

bool FleetReadings::is_fresh(const Latest& latest, Time now) const {
  if (latest.came == time_none) return false;
  const float most = std::max(gaps_fresh * latest.gap,
                              static_cast<float>(static_cast<double>(options_.interval) * 1e-9));
  return seconds_between(latest.came, now) <= most;
}

void FleetReadings::keep(Latest& latest, double value, Time now) const {
  if (latest.came != time_none && now > latest.came) {
    const float gap = seconds_between(latest.came, now);
    // What came again after a pause is no slow sender.
    const float kept = latest.gap > 0 ? std::min(gap, gap_most * latest.gap) : gap;
    latest.gap = latest.gap > 0 ? latest.gap + (kept - latest.gap) * gap_share : kept;
  }
  latest.value = value;
  latest.came = now;
}

// Training data have a clock of their own.
void FleetReadings::begin_live() {
  told_ = time_none;
  for (Member& member : members_) {
    member.time = time_none;
    for (Latest& latest : member.latest) latest.came = time_none;
    std::ranges::fill(member.counts, Count());
  }
}

void FleetReadings::take(const Event& event, Time now) {
  const auto* readings = std::get_if<Readings>(&event.payload);
  if (readings == nullptr) return;
  if (is_taught_ && !event.training) begin_live();
  is_taught_ = event.training;
  Member* member = this->member(event.entity.hash);
  if (member == nullptr) return;
  const bool is_older = member->time != time_none && event.time < member->time;
  const bool is_late = is_older && member->late_in_row < late_max;
  member->late_in_row = is_late ? member->late_in_row + 1 : 0;
  if (is_late) return;
  member->time = event.time;
  has_new_ = true;
  std::size_t hint = 0;
  for (std::size_t i = 0; i < readings->columns.size(); ++i) {
    double value = readings->values[i];
    if (!std::isfinite(value)) continue;
    Latest* latest = find(*member, readings->columns[i], hint);
    if (latest == nullptr) continue;
    if (std::ranges::binary_search(options_.counters, readings->columns[i])) {
      Count& count = member->counts[static_cast<std::size_t>(latest - member->latest.data())];
      const std::optional<double> rate = count.rate(value, event.time);
      if (!rate) continue;
      value = *rate;
    }
    keep(*latest, value, now);
  }
}

std::shared_ptr<const PeerTable> FleetReadings::tell(Time now) {
  const Time due = floor_to(now, options_.interval);
  if ((!has_new_ && !is_full_) || due == told_) return nullptr;
  told_ = due;
  has_new_ = false;
  for (Common& common : common_) {
    common.readings.clear();
    common.gaps.clear();
  }
  for (const Member& member : members_) {
    for (const Latest& latest : member.latest) {
      if (!is_fresh(latest, now)) continue;
      if (latest.column >= common_.size()) common_.resize(latest.column + std::size_t{1});
      common_[latest.column].readings.push_back(latest.value);
      common_[latest.column].gaps.push_back(latest.gap);
    }
  }
  auto table = std::make_shared<PeerTable>(now, table_ == nullptr ? 1 : table_->number() + 1);
  for (std::size_t i = 0; i < common_.size(); ++i) {
    Common& common = common_[i];
    if (common.readings.size() < 2) continue;
    const auto middle = common.gaps.begin() + static_cast<std::ptrdiff_t>(common.gaps.size() / 2);
    std::nth_element(common.gaps.begin(), middle, common.gaps.end());
    const auto gap = static_cast<Duration>(static_cast<double>(*middle) * 1e9);
    table->add(static_cast<ColumnId>(i), summarise(common.readings, gap));
  }
  table_ = std::move(table);
  if (is_full_) make_room(now);
  return table_;
}

// What has ended goes.
void FleetReadings::make_room(Time now) {
  is_full_ = false;
  std::erase_if(members_, [&](const Member& member) {
    return std::ranges::none_of(member.latest,
                                [&](const Latest& latest) { return is_fresh(latest, now); });
  });
  index();
}

void FleetReadings::index() {
  places_.clear();
  readings_ = 0;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    places_.emplace(members_[i].hash, static_cast<std::uint32_t>(i));
    readings_ += members_[i].latest.size();
  }
}

// ---- state

// Columns are written by their place in a list of names.
struct FleetReadings::Names {
  std::vector<std::string> names;
  std::vector<std::uint32_t> ids;     // by place
  std::vector<std::uint32_t> places;  // by id

  void note(std::uint32_t id, const Columns& columns) {
    if (id >= places.size()) places.resize(id + std::size_t{1}, UINT32_MAX);
    if (places[id] != UINT32_MAX) return;
    places[id] = static_cast<std::uint32_t>(names.size());
    names.emplace_back(columns.name(static_cast<ColumnId>(id)));
  }
  // False: not to be read.
  bool visit(StateVisitor& visitor, Columns& columns) {
    visit_list(visitor, "names", names, names_max,
               [&](std::string& name) { visit_text(visitor, "name", name, name_bytes_max); });
    for (const std::string& name : names) {
      const std::optional<ColumnId> id = columns.intern(name);
      if (!id) return false;
      ids.push_back(static_cast<std::uint32_t>(*id));
    }
    return true;
  }
  void visit(StateVisitor& visitor, std::uint32_t& id) const {
    std::uint32_t place = id < places.size() ? places[id] : 0;
    visitor.cell("column", place);
    if (place >= ids.size()) return visitor.refuse();
    id = ids[place];
  }
};

void FleetReadings::visit_member(StateVisitor& visitor, Member& member, const Names& names) {
  visitor.cell("hash", member.hash);
  visitor.cell("time", member.time);
  visitor.cell("late_in_row", member.late_in_row);
  visit_list(visitor, "latest", member.latest, options_.columns_max, [&](Latest& latest) {
    names.visit(visitor, latest.column);
    visitor.cell("gap", latest.gap);
    visitor.cell("value", latest.value);
    visitor.cell("came", latest.came);
    if (!std::isfinite(latest.value) || !std::isfinite(latest.gap) || latest.gap < 0) {
      visitor.refuse();
    }
  });
  visit_list(visitor, "counts", member.counts, member.latest.size(), [&](Count& count) {
    visitor.cell("count", count.value);
    visitor.cell("counted", count.time);
  });
  // Which columns are counters may have changed.
  member.counts.resize(options_.counters.empty() ? 0 : member.latest.size());
}

void FleetReadings::visit_table(StateVisitor& visitor, const Names& names) {
  struct Stored {
    std::uint32_t id = 0;
    PeerColumn column;
  };
  Time time = table_ == nullptr ? time_none : table_->time();
  std::uint64_t number = table_ == nullptr ? 0 : table_->number();
  std::vector<Stored> list;
  if (table_ != nullptr) {
    for (std::uint32_t i = 0; i < table_->columns().size(); ++i) {
      if (table_->columns()[i].count > 0) list.push_back({i, table_->columns()[i]});
    }
  }
  visitor.cell("table_time", time);
  visitor.cell("table_number", number);
  visit_list(visitor, "table", list, names_max, [&](Stored& stored) {
    names.visit(visitor, stored.id);
    visitor.cell("readings", stored.column.count);
    visitor.cell("gap", stored.column.gap);
    for (std::array<double, 2>* pair :
         {&stored.column.low, &stored.column.middle, &stored.column.high}) {
      visitor.cells("pair", std::span<double>(*pair));
      if (!std::isfinite((*pair)[0]) || !std::isfinite((*pair)[1])) visitor.refuse();
    }
  });
  if (number == 0 || visitor.failed()) return;
  auto table = std::make_shared<PeerTable>(time, number);
  for (const Stored& stored : list) table->add(static_cast<ColumnId>(stored.id), stored.column);
  table_ = std::move(table);
}

void FleetReadings::visit(StateVisitor& visitor) {
  (void)visitor.version(fleet_readings_version);
  Names names;
  for (const Member& member : members_) {
    for (const Latest& latest : member.latest) names.note(latest.column, *options_.columns);
  }
  for (std::uint32_t i = 0; table_ != nullptr && i < table_->columns().size(); ++i) {
    if (table_->columns()[i].count > 0) names.note(i, *options_.columns);
  }
  if (!names.visit(visitor, *options_.columns)) return visitor.refuse();
  visitor.cell("told", told_);
  std::array<std::uint8_t, 3> flags{is_full_, has_new_, is_taught_};
  visitor.cells("flags", std::span<std::uint8_t>(flags));
  is_full_ = flags[0] != 0;
  has_new_ = flags[1] != 0;
  is_taught_ = flags[2] != 0;
  visit_table(visitor, names);
  visit_list(visitor, "members", members_, entities_max_stored,
             [&](Member& member) { visit_member(visitor, member, names); });
  index();
}

}  // namespace retimu
