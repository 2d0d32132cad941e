// SPDX-License-Identifier: Apache-2.0
// One file out of a zip archive (PKWARE's APPNOTE 6.3), stored or deflated.
#ifndef RETIMU_EVALUATION_ZIP_HPP
#define RETIMU_EVALUATION_ZIP_HPP

#include "retimu/core/result.hpp"

#include <string>
#include <string_view>

namespace retimu {

// `archive` is the whole file, `path` its name in messages. Fault::input: no zip, no such file in
// it, damaged (the checksum is compared), packed in another way, or beyond 4 GiB.
Result<std::string> read_zip_entry(std::string_view archive, std::string_view name,
                                   const std::string& path);

}  // namespace retimu

#endif
