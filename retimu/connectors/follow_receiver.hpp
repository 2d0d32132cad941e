// SPDX-License-Identifier: Apache-2.0
// Files that are being written, followed as `tail -F` does: what is appended is read at once. A
// file that is renamed away and begun anew is read to its end first; one that is cut back is read
// from its start; one that is not there yet is waited for. How far each was read goes into the
// journal with what was read, so that a restart goes on there, in the renamed file if need be.
#ifndef RETIMU_CONNECTORS_FOLLOW_RECEIVER_HPP
#define RETIMU_CONNECTORS_FOLLOW_RECEIVER_HPP

#include "retimu/connectors/file_source.hpp"
#include "retimu/connectors/receiver.hpp"

#include <memory>

namespace retimu {

// Of files at once; what is more is noted and left.
inline constexpr std::size_t followed_files_max = 10'000;

// `reading.paths`: files and globs, which may match nothing yet; every file is a part. A glob must
// not match the names that files are renamed to, or these are known by their inode and left out.
// What a file loses by being cut back before it was read is lost, as is what was written to a file
// that was renamed and removed or packed while nobody read it; both are noted. Start fails with
// Fault::input for a folder.
std::unique_ptr<Receiver> make_follow_receiver(std::string name, FileInput reading);

}  // namespace retimu

#endif
