// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/append_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retimu {

namespace {
constexpr std::uint64_t tail_bytes_first = 64 * 1024;
constexpr std::uint64_t tail_bytes_max = 16UL * 1024 * 1024;
}  // namespace

Result<std::unique_ptr<AppendFile>> AppendFile::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) {
    return failure(Fault::system, "{}: cannot be written: {}", path, system_message(errno));
  }
  struct stat status {};
  if (::fstat(file, &status) != 0) {
    const int error = errno;
    ::close(file);
    return failure(Fault::system, "{}: cannot be written: {}", path, system_message(error));
  }
  const std::uint64_t bytes = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
  return std::unique_ptr<AppendFile>(new AppendFile(path, file, bytes));
}

AppendFile::~AppendFile() { ::close(file_); }

Result<std::string> AppendFile::tail(std::uint64_t bytes) const {
  std::string text(std::min(bytes, bytes_), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const auto at = static_cast<off_t>(bytes_ - text.size() + got);
    const ssize_t read = ::pread(file_, text.data() + got, text.size() - got, at);
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) {
      return failure(Fault::system, "{}: cannot be read back: {}", path_, system_message(errno));
    }
    got += static_cast<std::size_t>(read);
  }
  return text;
}

Result<void> AppendFile::cut_torn_line() {
  std::uint64_t kept = bytes_;
  for (std::uint64_t look = tail_bytes_first;; look *= 8) {
    const Result<std::string> text = tail(look);
    if (!text) return tl::unexpected(text.error());
    const std::size_t end = text->rfind('\n');
    if (end != std::string::npos) {
      kept = bytes_ - text->size() + end + 1;
      break;
    }
    if (look >= bytes_ || look >= tail_bytes_max) {
      kept = look >= bytes_ ? 0 : bytes_;
      break;
    }
  }
  if (kept == bytes_) return {};
  if (::ftruncate(file_, static_cast<off_t>(kept)) != 0) {
    return failure(Fault::system, "{}: cannot be cut: {}", path_, system_message(errno));
  }
  bytes_ = kept;
  return {};
}

Result<std::string> AppendFile::last_line() const {
  for (std::uint64_t look = tail_bytes_first;; look *= 8) {
    Result<std::string> text = tail(look);
    if (!text) return text;
    const std::size_t end = text->rfind('\n');
    if (end == std::string::npos && look >= bytes_) return std::string();
    if (end != std::string::npos) {
      const std::size_t before = end == 0 ? std::string::npos : text->rfind('\n', end - 1);
      if (before != std::string::npos || look >= bytes_) {
        const std::size_t begin = before == std::string::npos ? 0 : before + 1;
        return text->substr(begin, end - begin);
      }
    }
    if (look >= tail_bytes_max) {
      return failure(Fault::usage, "{}: its last line is too long to be RETIMU's", path_);
    }
  }
}

Result<void> AppendFile::append(std::string_view text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t wrote = ::write(file_, text.data() + written, text.size() - written);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      const int error = errno;
      (void)!::ftruncate(file_, static_cast<off_t>(bytes_));
      return failure(Fault::system, "{}: cannot be written: {}; free some space or mend the path",
                     path_, system_message(error));
    }
    written += static_cast<std::size_t>(wrote);
  }
  bytes_ += text.size();
  return {};
}

}  // namespace retimu
