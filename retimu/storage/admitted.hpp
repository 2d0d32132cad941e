// SPDX-License-Identifier: Apache-2.0
// An admitted order as bytes: the partitions it names, then a pair of small numbers a run. Two
// bytes a run of a few partitions.
#ifndef RETIMU_STORAGE_ADMITTED_HPP
#define RETIMU_STORAGE_ADMITTED_HPP

#include "retimu/core/source.hpp"
#include "retimu/core/store.hpp"

#include <span>
#include <vector>

namespace retimu {

void encode_runs(std::span<const AdmittedRun> runs, std::vector<std::byte>& to);
// Appends; false if the bytes are not such an order.
bool decode_runs(Bytes from, std::vector<AdmittedRun>& to);

}  // namespace retimu

#endif
