// SPDX-License-Identifier: Apache-2.0
// JSON lines: an object a record. Numbers, true and false (1 and 0) and null (missing) are
// readings; a number in a nested object is column "outer/inner", to a depth of 8 objects. NaN and
// infinities as Python writes them, and numbers beyond the range of double, are missing. Texts and
// lists are left out and noted. Where a field is named as the message, or may be and is found to be
// one, records are log lines and nothing else is read of them; those with a value in the field of
// alarms are alarms. Of a key that stands twice the last one counts. Cost: about 0.3 us a record of
// 150 bytes, a hash look-up a key more where the keys do not come in the order of the record
// before; no allocation once warm.
#ifndef RETIMU_CONNECTORS_JSON_DECODER_HPP
#define RETIMU_CONNECTORS_JSON_DECODER_HPP

#include "retimu/connectors/decoder.hpp"

namespace retimu {

// From the first records of a file, which may be none; `columns` must outlive the decoder. Where no
// time is asked for, it is the first of the usual names under which a time stands in them.
// Fault::usage if a name of the options is in none of them.
Result<std::unique_ptr<Decoder>> make_json_decoder(const DecoderOptions& options,
                                                   std::string_view path,
                                                   const std::vector<std::string>& sample,
                                                   Columns& columns);

}  // namespace retimu

#endif
