// SPDX-License-Identifier: Apache-2.0
// Inputs without a time: the number of a record counts as its second, so that what a person reads
// must say "row 512" and no date of 1970.
#ifndef RETIMU_ENGINE_ROW_TIMES_HPP
#define RETIMU_ENGINE_ROW_TIMES_HPP

#include "retimu/core/sink.hpp"

#include <memory>

namespace retimu {

// `sink` with sentences that tell rows.
std::unique_ptr<Sink> telling_rows(std::unique_ptr<Sink> sink);

}  // namespace retimu

#endif
