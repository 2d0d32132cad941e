// SPDX-License-Identifier: Apache-2.0
// By what a file is known again: its path without links and detours, and how it begins.
#ifndef RETIMU_CONNECTORS_FILE_PARTITION_HPP
#define RETIMU_CONNECTORS_FILE_PARTITION_HPP

#include "retimu/connectors/made_file.hpp"
#include "retimu/core/source.hpp"

#include <span>
#include <string>

namespace retimu {

// The partition of the file at `path`. `others`: those of the same source so far; a file that is
// read twice, by two inputs, is two partitions, numbered in their order. Fault::input if it is
// missing, Fault::usage if another file has the same number.
Result<Partition> make_partition(const std::string& path, std::span<const Partition> others);

// The partition of a made one, whose mark is its recipe. Fault::usage as above.
Result<Partition> make_partition(const MadeFile& made, std::span<const Partition> others);
bool is_made(const Partition& partition);
// Fault::input if what was read before follows from another recipe.
Result<void> check_made(const Partition& before, const Partition& now);

// "BYTES:HASH" of the file's first bytes, at most so many.
Result<std::string> mark_of(const std::string& path, std::size_t bytes_max);

// The year of the file's first record, where its times have none, goes with the mark; 0: none.
int year_of_mark(const std::string& mark);
std::string mark_with_year(const std::string& mark, int year);

// Fault::input if the file of that name does not begin as it did when the mark was made; it may
// have grown since. Reads at most 4,096 bytes.
Result<void> check_mark(const std::string& name, const std::string& mark);

}  // namespace retimu

#endif
