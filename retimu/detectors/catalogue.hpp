// SPDX-License-Identifier: Apache-2.0
// The list of all detectors: configuration keys, `retimu list`, documentation, conformance tests
// and the self-test follow from an entry.
#ifndef RETIMU_DETECTORS_CATALOGUE_HPP
#define RETIMU_DETECTORS_CATALOGUE_HPP

#include "retimu/core/detector.hpp"

#include <span>
#include <string_view>

namespace retimu {

std::span<const DetectorEntry> detector_catalogue();

// Null when there is none of this name.
const DetectorEntry* find_detector(std::string_view name);

}  // namespace retimu

#endif
