// SPDX-License-Identifier: Apache-2.0
// One process a data_dir: an flock on data_dir/lock, which ends with the process however it ends.
#ifndef RETIMU_STORAGE_FOLDER_LOCK_HPP
#define RETIMU_STORAGE_FOLDER_LOCK_HPP

#include "retimu/storage/file.hpp"

namespace retimu {

class FolderLock {
 public:
  FolderLock() = default;
  FolderLock(FolderLock&&) noexcept = default;
  FolderLock& operator=(FolderLock&&) noexcept = default;
  ~FolderLock();

  // Fails at once, naming the process, if another one has it.
  static Result<FolderLock> take(const std::string& folder);
  // Whether a process has it now; changes nothing.
  static Result<bool> is_taken(const std::string& folder);

 private:
  File file_;
};

}  // namespace retimu

#endif
