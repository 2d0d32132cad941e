// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/event.hpp"

namespace retimu {

std::string_view name_of(Modality modality) {
  switch (modality) {
    case Modality::metrics: return "metrics";
    case Modality::logs: return "logs";
    case Modality::alarms: return "alarms";
    case Modality::sound: return "sound";
    case Modality::pictures: return "pictures";
  }
  return "metrics";
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::cleared: return "cleared";
    case Severity::indeterminate: return "indeterminate";
    case Severity::warning: return "warning";
    case Severity::minor: return "minor";
    case Severity::major: return "major";
    case Severity::critical: return "critical";
  }
  return "indeterminate";
}

}  // namespace retimu
