// SPDX-License-Identifier: Apache-2.0
// The mark with which some programs begin a text.
#ifndef RETIMU_CONNECTORS_BYTE_ORDER_MARK_HPP
#define RETIMU_CONNECTORS_BYTE_ORDER_MARK_HPP

#include <string>
#include <string_view>

namespace retimu {

// The text behind its mark, as UTF-8: one of UTF-16 is put into `scratch`, where what is no
// character becomes U+FFFD. A text without a mark stays as it is.
std::string_view without_byte_order_mark(std::string_view text, std::string& scratch);

}  // namespace retimu

#endif
