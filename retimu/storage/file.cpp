// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <utility>

namespace retimu {

namespace {

std::string_view advice(int error_number) {
  switch (error_number) {
    case ENOSPC:
    case EDQUOT: return "; free some space on that disk";
    case EACCES:
    case EPERM: return "; give this user the right to it, or name another data_dir";
    case EROFS: return "; the file system is read-only, name another data_dir";
    case EMFILE:
    case ENFILE: return "; raise the limit of open files (ulimit -n)";
    default: return "";
  }
}

}  // namespace

tl::unexpected<Error> file_failure(std::string_view action, const std::string& path,
                                   int error_number) {
  return failure(Fault::system, "cannot {} {}: {}{}", action, path, system_message(error_number),
                 advice(error_number));
}

File::File(File&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

File& File::operator=(File&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

File::~File() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<File> File::open(const std::string& path, int flags, unsigned mode) {
  File file;
  file.path_ = path;
  file.descriptor_ = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  if (file.descriptor_ < 0) {
    return file_failure((flags & O_CREAT) != 0 ? "create" : "open", path, errno);
  }
  return file;
}

Result<void> File::append(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_failure("write", path_, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> File::append(std::span<iovec> parts) {
  while (!parts.empty()) {
    const auto count = static_cast<int>(std::min<std::size_t>(parts.size(), IOV_MAX));
    const ssize_t written = ::writev(descriptor_, parts.data(), count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_failure("write", path_, errno);
    auto left = static_cast<std::size_t>(written);
    while (!parts.empty() && left >= parts.front().iov_len) {
      left -= parts.front().iov_len;
      parts = parts.subspan(1);
    }
    if (left == 0) continue;
    parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + left;
    parts.front().iov_len -= left;
  }
  return {};
}

Result<std::vector<std::byte>> File::read(std::uint64_t offset, std::size_t bytes) const {
  std::vector<std::byte> result(bytes);
  const Result<std::size_t> have = read(offset, result);
  if (!have) return tl::unexpected(have.error());
  result.resize(*have);
  return result;
}

Result<std::size_t> File::read(std::uint64_t offset, std::span<std::byte> to) const {
  std::size_t have = 0;
  while (have < to.size()) {
    const ssize_t got =
        ::pread(descriptor_, to.data() + have, to.size() - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_failure("read", path_, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

Result<std::uint64_t> File::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return file_failure("read", path_, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> File::truncate(std::uint64_t bytes) {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) {
    return file_failure("shorten", path_, errno);
  }
  return {};
}

Result<void> File::sync() {
  if (::fdatasync(descriptor_) != 0) return file_failure("write", path_, errno);
  return {};
}

void File::drop_cached(std::uint64_t offset, std::uint64_t bytes) {
  (void)::posix_fadvise(descriptor_, static_cast<off_t>(offset), static_cast<off_t>(bytes),
                        POSIX_FADV_DONTNEED);
}

Result<void> sync_folder(const std::string& path) {
  Result<File> folder = File::open(path, O_RDONLY | O_DIRECTORY);
  if (!folder) return tl::unexpected(folder.error());
  // Some file systems know no fsync of a folder; then there is nothing to make stay.
  if (::fsync(folder->descriptor()) != 0 && errno != EINVAL) {
    return file_failure("write", path, errno);
  }
  return {};
}

Result<void> create_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) == 0) return {};
  const int error_number = errno;
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return {};
  if (error_number == EEXIST || error_number == ENOTDIR) {
    return failure(Fault::usage, "{} cannot be a folder: a file is in its place; name another one",
                   path);
  }
  if (error_number == ENOENT) {
    return failure(Fault::usage,
                   "cannot create the folder {}: the folder that it would be in does not exist; "
                   "create that one first, or name another",
                   path);
  }
  return file_failure("create the folder", path, error_number);
}

Result<void> remove_file(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return {};
  return file_failure("remove", path, errno);
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) == 0) return {};
  return file_failure("create", to, errno);
}

Result<bool> file_exists(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return true;
  if (errno == ENOENT || errno == ENOTDIR) return false;
  return file_failure("read", path, errno);
}

Result<std::vector<std::string>> list_folder(const std::string& path) {
  std::vector<std::string> names;
  DIR* folder = ::opendir(path.c_str());
  if (folder == nullptr) {
    if (errno == ENOENT) return names;
    return file_failure("read", path, errno);
  }
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name = static_cast<const char*>(entry->d_name);
    if (name != "." && name != "..") names.push_back(name);
  }
  ::closedir(folder);
  std::ranges::sort(names);
  return names;
}

std::uint64_t bytes_of_file(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace retimu
