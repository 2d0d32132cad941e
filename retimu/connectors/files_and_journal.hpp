// SPDX-License-Identifier: Apache-2.0
// Files that are read once and sources that go on, as one source: batches of both in turn. In which
// order they came is logged with every commit, and follow() brings it back.
#ifndef RETIMU_CONNECTORS_FILES_AND_JOURNAL_HPP
#define RETIMU_CONNECTORS_FILES_AND_JOURNAL_HPP

#include "retimu/core/source.hpp"

#include <memory>

namespace retimu {

// `files`: of open_files(); `journal`: of open_journal(). Finished when both are.
std::unique_ptr<Source> join_files_and_journal(std::unique_ptr<Source> files,
                                               std::unique_ptr<Source> journal);

}  // namespace retimu

#endif
