// SPDX-License-Identifier: Apache-2.0
// Names of columns, interned once a process. An id is valid in this process only: what is stored
// writes the text.
#ifndef RETIMU_CORE_COLUMNS_HPP
#define RETIMU_CORE_COLUMNS_HPP

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retimu {

enum class ColumnId : std::uint32_t {};

// Safe to use from several threads; decoders keep their own plan of ids and come here only for a
// new name.
class Columns {
 public:
  explicit Columns(std::size_t count_max = 65'536) : count_max_(count_max) {}

  // None when the name is new and count_max names are known, or it is empty or longer than 4,096
  // bytes.
  std::optional<ColumnId> intern(std::string_view name);
  // Valid as long as this object; the id must come from it.
  std::string_view name(ColumnId id) const;
  std::size_t count() const;

 private:
  mutable std::shared_mutex mutex_;
  std::size_t count_max_;
  std::deque<std::string> names_;  // stable addresses
  std::unordered_map<std::string_view, ColumnId> ids_;
};

// The order of columns in every event and state: by name, so that no result depends on a file's
// column order.
bool name_precedes(const Columns& columns, ColumnId left, ColumnId right);

}  // namespace retimu

#endif
