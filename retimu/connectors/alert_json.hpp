// SPDX-License-Identifier: Apache-2.0
#ifndef RETIMU_CONNECTORS_ALERT_JSON_HPP
#define RETIMU_CONNECTORS_ALERT_JSON_HPP

#include "retimu/core/alert.hpp"
#include "retimu/core/result.hpp"

namespace retimu {

// What to_json() wrote. Fault::input if it is not an alert of RETIMU.
Result<Alert> parse_alert(std::string_view json);

}  // namespace retimu

#endif
