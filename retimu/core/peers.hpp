// SPDX-License-Identifier: Apache-2.0
// What a column reads all over the fleet: of the entities that send it, the middle of their latest
// readings and where most of them lie. Made by the reader between two events
// (engine/fleet_readings.hpp), never changed after; an entity is compared with the others.
#ifndef RETIMU_CORE_PEERS_HPP
#define RETIMU_CORE_PEERS_HPP

#include "retimu/core/columns.hpp"
#include "retimu/core/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace retimu {

// An entity's peers without the entity itself: how many, their median, and between what seven of
// eight of them lie at least on either side.
struct OtherPeers {
  std::uint32_t count = 0;
  double low = 0, centre = 0, high = 0;
};

// One column: order statistics, each with the one above it, so that any single reading can be left
// out. 64 bytes.
struct PeerColumn {
  std::uint32_t count = 0;  // readings, 2 or more
  Duration gap = 0;         // from one reading of an entity to its next, the median's
  std::array<double, 2> low{}, middle{}, high{};

  // As if `own`, which is one of the readings, were not. Exact.
  OtherPeers without(double own) const {
    const auto pick = [own](const std::array<double, 2>& pair) {
      return own <= pair[0] ? pair[1] : pair[0];
    };
    return {count - 1, pick(low), pick(middle), pick(high)};
  }
};

// `readings`: 2 or more, finite; they are put into another order. O(count).
PeerColumn summarise(std::span<double> readings, Duration gap);

// What one column is compared with at an event.
struct Peers {
  const PeerColumn* column = nullptr;  // null: too few send it
  Time time = time_none;               // of the table
  std::uint64_t number = 0;            // of the table; another one: made anew since
};

// All columns as of one moment.
class PeerTable {
 public:
  PeerTable() = default;
  PeerTable(Time time, std::uint64_t number) : time_(time), number_(number) {}

  void add(ColumnId id, const PeerColumn& column);
  Peers of(ColumnId id) const {
    const auto at = static_cast<std::size_t>(id);
    const bool is_known = at < columns_.size() && columns_[at].count > 0;
    return {is_known ? &columns_[at] : nullptr, time_, number_};
  }
  std::span<const PeerColumn> columns() const { return columns_; }  // by id; count 0: none
  Time time() const { return time_; }
  std::uint64_t number() const { return number_; }

 private:
  Time time_ = time_none;
  std::uint64_t number_ = 0;
  std::vector<PeerColumn> columns_;
};

}  // namespace retimu

#endif
