// SPDX-License-Identifier: Apache-2.0
// The ground truth of a simulation as JSON.
#ifndef APP_LABEL_JSON_HPP
#define APP_LABEL_JSON_HPP

#include "retimu/simulator/labels.hpp"
#include "retimu/simulator/world_plan.hpp"

#include <string>

namespace retimu::app {

// {"fault":"spike","entity":"pump2","columns":["pressure"],"begin":...,"end":...,"size":9.5}
std::string label_json(const FaultLabel& label);

// {"fault":"link_down","entities":["link1",...],"modalities":"metrics+logs","begin":...,"end":...}
std::string label_json(const WorldLabel& label);

// A JSON list of what `text_of` makes of each.
template <class List, class Text>
std::string json_list(const List& list, Text text_of) {
  std::string text = "[";
  for (const auto& one : list) {
    if (text.size() > 1) text += ',';
    text += text_of(one);
  }
  return text + "]";
}

}  // namespace retimu::app

#endif
