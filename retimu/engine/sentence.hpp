// SPDX-License-Identifier: Apache-2.0
// What a tired person reads: "pressure of pump2 is 9.1 bar, usually 3.2 to 4.0, since 10:42:07".
#ifndef RETIMU_ENGINE_SENTENCE_HPP
#define RETIMU_ENGINE_SENTENCE_HPP

#include "retimu/core/alert.hpp"

#include <string>

namespace retimu {

// How moments are told: as times of day, or, where a record's number counts as its second, as
// "row 512".
enum class TimeTold : std::uint8_t { clock, row };

// From everything else in the alert.
std::string make_sentence(const Alert& alert, TimeTold told = TimeTold::clock);

// A number as a person writes it: enough digits to tell `value` from values `scale` away, 3 at
// least and 17 at most.
std::string format_value(double value, double scale);

}  // namespace retimu

#endif
