// SPDX-License-Identifier: Apache-2.0
// The journal as a source: what its frames hold, in their order, is one admitted order. A frame is
// read as a file that holds the same would be, by itself: the events of its records depend on it
// and on how its source is to be read, on nothing that came before. Where records have no time they
// have that at which they came. Cost: some 10 us a frame, and what its records cost in a file.
#ifndef RETIMU_CONNECTORS_JOURNAL_SOURCE_HPP
#define RETIMU_CONNECTORS_JOURNAL_SOURCE_HPP

#include "retimu/connectors/file_source.hpp"
#include "retimu/connectors/receiver.hpp"
#include "retimu/core/columns.hpp"
#include "retimu/core/journal.hpp"
#include "retimu/core/source.hpp"

#include <memory>
#include <string>
#include <vector>

namespace retimu {

// A source whose records are in the journal.
struct JournalInput {
  std::string name;              // of the receiver
  FileInput reading;             // how; its paths are not used
  Receiver* receiver = nullptr;  // null: a recording is read, nothing comes any more
};

// Ends once all receivers have ended and everything is read; without any receiver at the journal's
// end. Where nothing comes for longer than is usual it puts a clock into the journal, once a
// second, by which event time goes on. Positions are one: partition journal_partition with the
// journal's offset. `journal`, `columns` and the receivers must outlive it.
inline constexpr std::uint32_t journal_partition = 0;
std::unique_ptr<Source> open_journal(Journal& journal, std::vector<JournalInput> inputs,
                                     Columns& columns);

}  // namespace retimu

#endif
