// SPDX-License-Identifier: Apache-2.0
// Arrays as numpy writes them: .npy (NEP 1), and .npz, a zip of them.
#ifndef RETIMU_EVALUATION_NPY_HPP
#define RETIMU_EVALUATION_NPY_HPP

#include "retimu/core/result.hpp"
#include "retimu/evaluation/series.hpp"

#include <string>
#include <string_view>

namespace retimu {

// One or two dimensions (one: a table of one column), by rows (C order) or by columns (Fortran),
// of booleans, integers up to 64 bits, float32 or float64, little-endian. Infinities are NaN, as in
// text. Fault::input with `path`: anything else, or fewer bytes than the header says.
Result<Table> parse_npy(std::string_view bytes, const std::string& path);
// Packed by gzip or not.
Result<Table> read_npy(const std::string& path);

// One array of an .npz, like "X". Fault::input: no zip, damaged, or without the array.
Result<Table> read_npz(const std::string& path, const std::string& array);

}  // namespace retimu

#endif
