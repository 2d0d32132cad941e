// SPDX-License-Identifier: Apache-2.0
// Columns put into blocks of a few that go together, so that what is quadratic in the columns of a
// block is linear in those of a row. Used by linear_prediction.
#ifndef RETIMU_DETECTORS_COLUMN_BLOCKS_HPP
#define RETIMU_DETECTORS_COLUMN_BLOCKS_HPP

#include <cstddef>
#include <cstdint>
#include <span>

namespace retimu {

// How many blocks there are for so many columns, and how large: up to `columns_whole` one, above
// that as many of at most `columns_most` as are needed, of nearly the same size.
class ColumnBlocks {
 public:
  static constexpr std::size_t columns_whole = 64, columns_most = 32;

  explicit ColumnBlocks(std::size_t columns)
      : columns_(columns),
        count_(columns <= columns_whole ? 1 : (columns + columns_most - 1) / columns_most) {}

  std::size_t count() const { return count_; }
  std::size_t size(std::size_t block) const {
    return columns_ / count_ + (block < columns_ % count_ ? 1 : 0);
  }

 private:
  std::size_t columns_, count_;
};

// Which columns go into which block: to order[d], the first size(0) into block 0, and so on, within
// a block in rising order. Greedy: a block begins with the column that goes most with others that
// are left, and takes the one whose squared rank correlations with its own add up to most, one
// after the other. rows: [rows][d], finite. O(rows d^2 / 2), and 8 d^2 bytes for the time being.
void group_columns(std::span<const double> rows, const ColumnBlocks& blocks,
                   std::span<std::uint16_t> order);

// Whether order holds each number below its length once.
bool is_permutation(std::span<const std::uint16_t> order);

}  // namespace retimu

#endif
