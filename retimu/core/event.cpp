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

}  // namespace retimu
