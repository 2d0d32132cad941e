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

}  // namespace retimu

#endif
