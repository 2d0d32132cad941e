// SPDX-License-Identifier: Apache-2.0
// What a file that was rotated away is called now. Of PATH these are PATH.N, of which a larger
// number is older, and PATH-DATE or PATH.DATE, of which an earlier one is: as logrotate names them,
// with `dateext` or without. Each may be packed: .gz, .zst behind it.
#ifndef RETIMU_CONNECTORS_ROTATED_FILES_HPP
#define RETIMU_CONNECTORS_ROTATED_FILES_HPP

#include "retimu/connectors/byte_reader.hpp"
#include "retimu/core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// Newest ones that are looked at.
inline constexpr std::size_t rotated_files_max = 1'000;

struct RotatedFile {
  std::string path;
  FileIdentity identity;
  Time written = 0;  // last, as its file system says
  bool is_packed() const;
};

// Regular files, the oldest first: numbers before dates, should both be there. Of one that is being
// packed only the whole one. Empty where the folder cannot be read.
std::vector<RotatedFile> find_rotated(const std::string& path);

// Those of the list that were rotated after the one at `index`. Where neither is packed, which may
// set the time anew, none that was last written before it: others number the other way round.
std::vector<RotatedFile> rotated_after(const std::vector<RotatedFile>& list, std::size_t index);

// Where it goes in that order; empty: `name` is no rotated `of`.
std::string rotation_key(std::string_view name, std::string_view of);

}  // namespace retimu

#endif
