// SPDX-License-Identifier: Apache-2.0
// What the first records of a file of JSON lines say of its fields.
#ifndef RETIMU_CONNECTORS_JSON_LAYOUT_HPP
#define RETIMU_CONNECTORS_JSON_LAYOUT_HPP

#include "retimu/connectors/decoder.hpp"

namespace retimu {

// The path of the time: that of the options, or the first of the usual names under which a time
// stands; empty: the row's number. Fault::usage if a name of the options is in no record of the
// sample, unless nothing in it can be read.
Result<std::string> find_json_time(const DecoderOptions& options, std::string_view path,
                                   const std::vector<std::string>& sample);

}  // namespace retimu

#endif
