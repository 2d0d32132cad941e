// SPDX-License-Identifier: Apache-2.0
// Lists as state: their length, then each element by a function of the caller.
#ifndef RETIMU_TEXT_VISIT_LIST_HPP
#define RETIMU_TEXT_VISIT_LIST_HPP

#include "retimu/core/state.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// Grows element by element while it is read, so that a false length takes no memory.
template <class T, class Function>
void visit_list(StateVisitor& visitor, std::string_view name, std::vector<T>& list,
                std::size_t count_max, Function function) {
  const std::size_t count = visitor.count(name, list.size(), count_max);
  if (visitor.failed()) return;
  if (list.size() > count) list.resize(count);
  for (std::size_t i = 0; i < count && !visitor.failed(); ++i) {
    if (i == list.size()) list.emplace_back();
    function(list[i]);
  }
}

inline void visit_text(StateVisitor& visitor, std::string_view name, std::string& text,
                       std::size_t bytes_max) {
  const std::size_t bytes = visitor.count(name, text.size(), bytes_max);
  if (visitor.failed()) return;
  text.resize(bytes);
  visitor.cells(name, std::span(reinterpret_cast<std::uint8_t*>(text.data()), bytes));
}

}  // namespace retimu

#endif
