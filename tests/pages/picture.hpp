// SPDX-License-Identifier: Apache-2.0
// One detector over all made faults, as an SVG picture that stands alone, in light and dark.
#ifndef TESTS_PAGES_PICTURE_HPP
#define TESTS_PAGES_PICTURE_HPP

#include "tests/pages/trials.hpp"

#include <string>
#include <string_view>

namespace retimu {

// A panel a fault: the pressure with the fault shaded, and below it the evidence, which saturates
// at twice the threshold. About 30 KB.
std::string to_picture(std::string_view detector, const Trials& trials);

}  // namespace retimu

#endif
