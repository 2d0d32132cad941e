// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/folder_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

namespace retimu {

namespace {

constexpr std::size_t pid_bytes_max = 32;
constexpr int tries_max = 5;
constexpr unsigned wait_microseconds = 20'000;

std::string lock_path(const std::string& folder) { return folder + "/lock"; }

// "1234" as the holder wrote it; none if the file holds something else.
std::optional<std::string> read_pid(const File& file) {
  const Result<std::vector<std::byte>> bytes = file.read(0, pid_bytes_max);
  if (!bytes) return std::nullopt;
  std::string text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  while (text.ends_with('\n')) text.pop_back();
  const bool is_pid =
      std::ranges::all_of(text, [](char digit) { return digit >= '0' && digit <= '9'; });
  return is_pid ? std::optional(text) : std::nullopt;
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::string& folder) {
  const std::string path = lock_path(folder);
  Result<File> file = File::open(path, O_RDWR | O_CREAT);
  if (!file) return tl::unexpected(file.error());
  const std::optional<std::string> pid = read_pid(*file);
  if (!pid) {
    return failure(Fault::usage,
                   "{} was not written by RETIMU, so {} is no data_dir; name another folder", path,
                   folder);
  }
  for (int tries = 1; ::flock(file->descriptor(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK && errno != EINTR) return file_failure("lock", path, errno);
    if (tries < tries_max) {  // is_taken() of another process holds it for a moment
      ::usleep(wait_microseconds);
      continue;
    }
    return failure(Fault::system,
                   "{} is in use by process {}; stop that one first, or give this pipeline another "
                   "data_dir",
                   folder, pid->empty() ? "(unknown)" : *pid);
  }
  // Serves the message above only, so a full disk does not matter here.
  const std::string own = fmt::format("{}\n", ::getpid());
  if (file->truncate(0)) (void)file->append(std::as_bytes(std::span(own)));
  FolderLock lock;
  lock.file_ = std::move(*file);
  return lock;
}

FolderLock::~FolderLock() {
  // So that the file says who has it, and nobody once nobody has.
  if (file_.descriptor() >= 0) (void)file_.truncate(0);
}

Result<bool> FolderLock::is_taken(const std::string& folder) {
  Result<File> file = File::open(lock_path(folder), O_RDONLY);
  if (!file) {
    const Result<bool> exists = file_exists(lock_path(folder));
    if (exists && !*exists) return false;
    return tl::unexpected(file.error());
  }
  if (::flock(file->descriptor(), LOCK_SH | LOCK_NB) == 0) return false;
  if (errno == EWOULDBLOCK) return true;
  return file_failure("lock", file->path(), errno);
}

}  // namespace retimu
