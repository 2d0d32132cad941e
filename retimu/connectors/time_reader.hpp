// SPDX-License-Identifier: Apache-2.0
// The event times of one file by their texts. Whether the day or the month is first in "04/07/2016"
// is what the file's first such date can only be; where that could be either, none is read.
#ifndef RETIMU_CONNECTORS_TIME_READER_HPP
#define RETIMU_CONNECTORS_TIME_READER_HPP

#include "retimu/core/time.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace retimu {

// A file's first records are read whenever it is opened, so that what is remembered of them is the
// same wherever reading goes on.
class TimeReader {
 public:
  std::optional<Time> read(std::string_view text);
  // Why the last text was not read, with its beginning and with what is known.
  std::string reason(std::string_view text) const;

 private:
  std::optional<DateOrder> order_;  // none: there was no date with slashes yet
};

}  // namespace retimu

#endif
