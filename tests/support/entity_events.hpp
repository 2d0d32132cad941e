// SPDX-License-Identifier: Apache-2.0
// The records of one entity as events, for tests below the source.
#ifndef TESTS_SUPPORT_ENTITY_EVENTS_HPP
#define TESTS_SUPPORT_ENTITY_EVENTS_HPP

#include "retimu/core/event.hpp"
#include "tests/support/fleet.hpp"

#include <cstdlib>

namespace retimu {

class EntityEvents {
 public:
  // `records` must outlive this object. Their columns get the names that the files have.
  EntityEvents(Columns& columns, std::span<const FleetRecord> records) : records_(records) {
    for (std::size_t i = 0; i < records.front().values.size(); ++i) {
      ids_.push_back(*columns.intern(column_name(i)));
    }
  }
  std::size_t count() const { return records_.size(); }
  // Points into this object; valid until the next call. A NaN is not sent.
  Event event(std::size_t index) {
    const FleetRecord& record = records_[index];
    sent_.clear();
    values_.clear();
    for (std::size_t i = 0; i < ids_.size(); ++i) {
      if (std::isnan(record.values[i])) continue;
      sent_.push_back(ids_[i]);
      values_.push_back(std::strtod(fmt::format("{:.4f}", record.values[i]).c_str(), nullptr));
    }
    Event event;
    event.entity = make_name(record.entity);
    event.time = record.time;
    event.sequence = index;
    event.payload = Readings{sent_, values_};
    return event;
  }

 private:
  std::span<const FleetRecord> records_;
  std::vector<ColumnId> ids_, sent_;
  std::vector<double> values_;
};

}  // namespace retimu

#endif
