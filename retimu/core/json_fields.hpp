// SPDX-License-Identifier: Apache-2.0
// Writes the fields of a JSON object that was begun with '{'.
#ifndef RETIMU_CORE_JSON_FIELDS_HPP
#define RETIMU_CORE_JSON_FIELDS_HPP

#include "retimu/core/alert.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace retimu {

inline void append_key(std::string& to, std::string_view key) {
  if (to.back() != '{') to += ',';
  to += '"';
  to += key;
  to += "\":";
}

inline void append_field(std::string& to, std::string_view key, std::string_view text) {
  append_key(to, key);
  append_json_string(to, text);
}

inline void append_field(std::string& to, std::string_view key, double value) {
  append_key(to, key);
  append_json_number(to, value);
}

inline void append_field(std::string& to, std::string_view key, std::uint64_t value) {
  append_key(to, key);
  to += fmt::format("{}", value);
}

// The field "modalities".
void append_parts(std::string& to, const std::vector<AlertPart>& parts);

// The fields of a reason, without braces.
void append_reason(std::string& to, const AlertReason& reason);

}  // namespace retimu

#endif
