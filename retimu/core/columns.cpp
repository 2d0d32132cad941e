// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/columns.hpp"

#include "retimu/core/result.hpp"

namespace retimu {

namespace {
constexpr std::size_t name_bytes_max = 4'096;
}

std::optional<ColumnId> Columns::intern(std::string_view name) {
  {
    const std::shared_lock lock(mutex_);
    const auto known = ids_.find(name);
    if (known != ids_.end()) return known->second;
  }
  if (name.empty() || name.size() > name_bytes_max) return std::nullopt;
  const std::unique_lock lock(mutex_);
  const auto known = ids_.find(name);
  if (known != ids_.end()) return known->second;
  if (names_.size() >= count_max_) return std::nullopt;
  const auto id = static_cast<ColumnId>(names_.size());
  names_.emplace_back(name);
  ids_.emplace(names_.back(), id);
  return id;
}

std::string_view Columns::name(ColumnId id) const {
  const std::shared_lock lock(mutex_);
  RETIMU_ASSERT(static_cast<std::size_t>(id) < names_.size());
  return names_[static_cast<std::size_t>(id)];
}

std::size_t Columns::count() const {
  const std::shared_lock lock(mutex_);
  return names_.size();
}

bool name_precedes(const Columns& columns, ColumnId left, ColumnId right) {
  return left != right && columns.name(left) < columns.name(right);
}

}  // namespace retimu
