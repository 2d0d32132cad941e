// SPDX-License-Identifier: Apache-2.0
// A judgement read back from its JSON.
#ifndef RETIMU_CONNECTORS_JUDGEMENT_JSON_HPP
#define RETIMU_CONNECTORS_JUDGEMENT_JSON_HPP

#include "retimu/core/judgement.hpp"

#include <string_view>

namespace retimu {

Result<Judgement> parse_judgement(std::string_view json);

}  // namespace retimu

#endif
