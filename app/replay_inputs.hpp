// SPDX-License-Identifier: Apache-2.0
// How the files of a recording are read: as the [[source]] says that they were.
#ifndef APP_REPLAY_INPUTS_HPP
#define APP_REPLAY_INPUTS_HPP

#include "retimu/engine/configuration.hpp"

#include <string>
#include <vector>

namespace retimu::app {

// What each source reads of `files` (paths and globs), in the order of the sources, without those
// that read none. A file is read by the source whose path it is, else by one whose path has its
// name, else by one of its format, else by the first; of several by the first of them.
// Fault::input: a path is missing or a glob matches no file.
Result<std::vector<FileInput>> inputs_of(const Configuration& configuration,
                                         const std::vector<std::string>& files);

}  // namespace retimu::app

#endif
