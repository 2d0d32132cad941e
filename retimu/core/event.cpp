// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/event.hpp"

namespace retimu {

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
