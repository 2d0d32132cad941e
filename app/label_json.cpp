// SPDX-License-Identifier: Apache-2.0
#include "app/label_json.hpp"

#include "retimu/core/alert.hpp"
#include "retimu/simulator/world_labels.hpp"

#include <fmt/format.h>

namespace retimu::app {

namespace {

std::string json_text(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

}  // namespace

std::string label_json(const FaultLabel& label) {
  return fmt::format(
      "{{\"fault\":\"{}\",\"entity\":{},\"columns\":{},\"begin\":\"{}\",\"end\":\"{}\","
      "\"size\":{:.1f}}}",
      name_of(label.kind), json_text(label.entity), json_list(label.columns, json_text),
      format_time(label.begin), format_time(label.end), label.size);
}

std::string label_json(const WorldLabel& label) {
  return fmt::format(
      "{{\"fault\":\"{}\",\"entities\":{},\"modalities\":\"{}\",\"begin\":\"{}\",\"end\":\"{}\"}}",
      label.fault, json_list(label.entities, json_text), modalities_text(label.modalities),
      format_time(label.begin), format_time(label.end));
}

}  // namespace retimu::app
