// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/time_reader.hpp"

#include "retimu/connectors/console_sink.hpp"
#include "retimu/connectors/decoder.hpp"

namespace retimu {

std::optional<Time> TimeReader::read(std::string_view text) {
  const std::optional<DateOrder> order = find_date_order(text);
  if (!order) return parse_time(text);
  if (!order_) order_ = order;
  if (order_ == DateOrder::unknown) return std::nullopt;
  return parse_written_time(text, *order_);
}

std::string TimeReader::reason(std::string_view text) const {
  constexpr std::size_t bytes_shown = 40;
  const std::string shown = printable(text.substr(0, bytes_shown));
  const bool is_cut = text.size() > bytes_shown;
  std::string_view why = "not a time that is known";
  if (order_ == DateOrder::unknown && find_date_order(text)) {
    why = "the day and the month cannot be told apart";
  }
  return fmt::format(
      "its time cannot be read: \"{}{}\", {}; known are such as 2024-12-31T23:59:59Z, 2024-12-31 "
      "23:59:59+01:00, 31.12.2024 23:59:59, 12/31/2024 11:59 PM and 1735689599",
      shown, is_cut ? "…" : "", why);
}

}  // namespace retimu
