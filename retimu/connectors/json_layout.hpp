// SPDX-License-Identifier: Apache-2.0
// What the first records of a file of JSON lines say of its fields.
#ifndef RETIMU_CONNECTORS_JSON_LAYOUT_HPP
#define RETIMU_CONNECTORS_JSON_LAYOUT_HPP

#include "retimu/connectors/decoder.hpp"

namespace retimu {

// Paths; empty: there is none.
struct JsonLayout {
  std::string time;     // none: the row's number
  std::string message;  // with one, records are log lines
  std::string level;
  bool is_message_found = false;  // it was not asked for
};

// What the options say, or for the time the first of the usual names under which one stands. Where
// records may be those of a log, they are if they have one of the usual names of a message and, but
// for time and entity, no number. Fault::usage if a name of the options is in no record of the
// sample, unless nothing in it can be read.
Result<JsonLayout> find_json_layout(const DecoderOptions& options, std::string_view path,
                                    const std::vector<std::string>& sample);

}  // namespace retimu

#endif
