// SPDX-License-Identifier: Apache-2.0
// Files as the storage needs them: every failure names the file, and what was written is made to
// stay.
#ifndef RETIMU_STORAGE_FILE_HPP
#define RETIMU_STORAGE_FILE_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/store.hpp"

#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace retimu {

// The Error of a system call that failed on a file: "cannot write state/x: No space left on device;
// ...".
tl::unexpected<Error> file_failure(std::string_view action, const std::string& path,
                                   int error_number);

// An open file; closed with the object.
class File {
 public:
  File() = default;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  // `flags` and `mode` as open(2) takes them; O_CLOEXEC is added.
  static Result<File> open(const std::string& path, int flags, unsigned mode = 0644);

  Result<void> append(Bytes bytes);             // at the file's position
  Result<void> append(std::span<iovec> parts);  // one behind the other; none empty, all used up
  Result<std::vector<std::byte>> read(std::uint64_t offset, std::size_t bytes) const;  // or fewer
  Result<std::size_t> read(std::uint64_t offset, std::span<std::byte> to) const;       // how many
  Result<std::uint64_t> size() const;
  Result<void> truncate(std::uint64_t bytes);
  Result<void> sync();
  // The system need not keep these bytes, which are on the disk, in memory.
  void drop_cached(std::uint64_t offset, std::uint64_t bytes);
  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  int descriptor_ = -1;
};

// Makes created, renamed and removed names of a folder stay after a power cut.
Result<void> sync_folder(const std::string& path);
// Creates the last part of the path if it is missing. An error where the path is no folder.
Result<void> create_folder(const std::string& path);
Result<void> remove_file(const std::string& path);  // fine if it is not there
Result<void> rename_file(const std::string& from, const std::string& to);
Result<bool> file_exists(const std::string& path);
// Names in a folder, ordered; none if the folder is missing.
Result<std::vector<std::string>> list_folder(const std::string& path);
std::uint64_t bytes_of_file(const std::string& path);  // 0 if there is none

}  // namespace retimu

#endif
