// SPDX-License-Identifier: Apache-2.0
// JSON lines: one object a record. Numbers, true and false (1 and 0) and null (missing) are readings; a number in a nested
// object becomes column "outer/inner". Texts and arrays are left out and noted. Of a key that stands twice the last counts.
// Cost: about 0.3 us a record of 150 bytes whose keys come in the order of the record before, no allocation then.
#ifndef RETIMU_CONNECTORS_JSON_DECODER_HPP
#define RETIMU_CONNECTORS_JSON_DECODER_HPP

#include "retimu/connectors/decoder.hpp"

namespace retimu {

// Fault::usage if a name of the options is not in any of the sample records.
Result<std::unique_ptr<Decoder>> make_json_decoder(const DecoderOptions& options,
    const std::vector<std::string>& ignore_if_present,
                                                   std::string_view path,
                                                   const std::vector<std::string>& sample,
                                                   Columns& columns);

}  // namespace retimu

#endif
