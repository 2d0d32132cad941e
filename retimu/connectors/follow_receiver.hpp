// SPDX-License-Identifier: Apache-2.0
// Files that are being written, followed as `tail -F` does: what is appended is read at once. A
// file that is renamed away and begun anew is read to its end first; one that is cut back is read
// from its start, after what a copy has of it; one that is not there yet is waited for. How far
// each was read goes into the journal with what was read, so that a restart goes on there, in the
// renamed file if need be.
#ifndef RETIMU_CONNECTORS_FOLLOW_RECEIVER_HPP
#define RETIMU_CONNECTORS_FOLLOW_RECEIVER_HPP

#include "retimu/connectors/file_source.hpp"
#include "retimu/connectors/receiver.hpp"

#include <memory>

namespace retimu {

// Of files at once; what is more is noted and left.
inline constexpr std::size_t followed_files_max = 10'000;

// `reading.paths`: files and globs, which may match nothing yet; every file is a part. A glob must
// not match the names that files are renamed to, or these are known by their inode and how they
// begin, and left out.
// What was rotated while nobody read it is read first, in order: see rotated_files.hpp for names.
// Which of them was read last is known by its inode, else by how it begins (1,024 bytes or what was
// read of it; of several the newest). Where it is not there any more, packed or not, what was
// written behind the last byte is lost, and noted, as is what a file loses by being cut back
// without a copy. Start fails with Fault::input for a folder.
std::unique_ptr<Receiver> make_follow_receiver(std::string name, FileInput reading);

}  // namespace retimu

#endif
