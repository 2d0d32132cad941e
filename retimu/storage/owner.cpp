// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/owner.hpp"

#include "retimu/storage/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace retimu {

Result<void> give_to_owner_of(const std::string& folder, const std::string& path) {
  if (::geteuid() != 0) return {};
  struct stat owner {};
  if (::stat(folder.c_str(), &owner) != 0) return file_failure("look at", folder, errno);
  const Result<File> file = File::open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file) return tl::unexpected(file.error());
  struct stat found {};
  if (::fstat(file->descriptor(), &found) != 0) return file_failure("look at", path, errno);
  if (found.st_uid == owner.st_uid && found.st_gid == owner.st_gid) return {};
  if (!S_ISDIR(found.st_mode) && (!S_ISREG(found.st_mode) || found.st_nlink != 1)) {
    return failure(Fault::system, "{}: is not a file of one name, and was not given to user {}",
                   path, owner.st_uid);
  }
  if (::fchown(file->descriptor(), owner.st_uid, owner.st_gid) != 0) {
    return file_failure("give away", path, errno);
  }
  return {};
}

}  // namespace retimu
