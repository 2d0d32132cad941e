// SPDX-License-Identifier: Apache-2.0
// How the end of a run is told: a few lines for people, or one JSON object.
#ifndef APP_RUN_REPORT_HPP
#define APP_RUN_REPORT_HPP

#include "retimu/engine/service.hpp"

#include <string>

namespace retimu::app {

std::string summary_text(const ServiceSummary& summary);
std::string summary_json(const ServiceSummary& summary);

}  // namespace retimu::app

#endif
