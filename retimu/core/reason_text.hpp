// SPDX-License-Identifier: Apache-2.0
// What was seen and what was expected, as a person writes it: "pressure of pump2 is 9.1 bar,
// usually 3.2 to 4.0", "alarm "link down" of sw1 is critical".
#ifndef RETIMU_CORE_REASON_TEXT_HPP
#define RETIMU_CORE_REASON_TEXT_HPP

#include "retimu/core/reason.hpp"

#include <string>
#include <string_view>

namespace retimu {

// `of`: " of pump1", or empty.
std::string reason_text(const AlertReason& reason, const std::string& of);
// Of what is no value of a column.
std::string event_text(const AlertReason& reason, const std::string& of);

// Whether the value itself is out of its range; else it is the pattern that is unusual.
bool is_outside(const AlertReason& reason);

// A value's numbers, all with the same decimals: enough for a fifth of the range, and to tell the
// observed value from it; none if all are whole.
struct ShownValue {
  std::string observed, range;
};
ShownValue show(const AlertReason& reason);

// A number as a person writes it: enough digits to tell `value` from values `scale` away, 3 at
// least and 17 at most.
std::string format_value(double value, double scale);
std::string with_unit(std::string value, std::string_view unit);

}  // namespace retimu

#endif
