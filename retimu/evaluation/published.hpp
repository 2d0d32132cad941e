// SPDX-License-Identifier: Apache-2.0
// Figures of other people, to stand beside ours. A figure of the whole published set says little
// about a part of it: see SetEntry::published_cases.
#ifndef RETIMU_EVALUATION_PUBLISHED_HPP
#define RETIMU_EVALUATION_PUBLISHED_HPP

#include <span>
#include <string_view>

namespace retimu {

struct Published {
  std::string_view set;
  std::string_view method;
  std::string_view figure;  // name of a measure or of a figure of the set
  double value;
  std::string_view source;  // and how its protocol differs
};

std::span<const Published> published_figures();

}  // namespace retimu

#endif
