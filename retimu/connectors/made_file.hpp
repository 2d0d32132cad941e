// SPDX-License-Identifier: Apache-2.0
// A file that nobody wrote: its bytes are made while they are read, the same ones each time, so
// that it can be asked again as one on the disk.
#ifndef RETIMU_CONNECTORS_MADE_FILE_HPP
#define RETIMU_CONNECTORS_MADE_FILE_HPP

#include "retimu/connectors/byte_reader.hpp"
#include "retimu/connectors/file_source.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace retimu {

struct MadeFile {
  std::string name;    // for people, and by which it is known again; begins with no /
  std::string recipe;  // what its bytes follow from
  FileInput reading;   // how its records are read; paths are left out
  std::function<Result<std::unique_ptr<ByteReader>>()> open;
};

// Files and made ones as one source, merged by time as those of open_files(). `speed`: seconds of
// event time that pass in one, from the first record that is read on; 0: as fast as they are read.
Result<std::unique_ptr<Source>> open_files(const std::vector<FileInput>& inputs,
                                           const std::vector<MadeFile>& made, double speed,
                                           Columns& columns);

}  // namespace retimu

#endif
