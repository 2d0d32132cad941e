// SPDX-License-Identifier: Apache-2.0
// What root leaves in a folder of another user is that user's.
#ifndef RETIMU_STORAGE_OWNER_HPP
#define RETIMU_STORAGE_OWNER_HPP

#include "retimu/core/result.hpp"

#include <string>

namespace retimu {

// Where this process is root's, the file or folder at `path` gets the owner and group of `folder`;
// elsewhere nothing happens. Links are not followed, nor is a file with a second name given away:
// else the owner of `folder` could be given what is not its own. Fault::system: it cannot be done.
Result<void> give_to_owner_of(const std::string& folder, const std::string& path);

}  // namespace retimu

#endif
