// SPDX-License-Identifier: Apache-2.0
// In what two configurations judge differently, for a person.
#ifndef RETIMU_ENGINE_JUDGING_DIFFERENCE_HPP
#define RETIMU_ENGINE_JUDGING_DIFFERENCE_HPP

#include <string>
#include <string_view>

namespace retimu {

// "[pipeline] seed was 0 and is 5; [alerts] threshold was not given and is 6 and 2 more" of two
// texts of judging_text(); empty if no key differs.
std::string judging_difference(std::string_view before, std::string_view now);

}  // namespace retimu

#endif
