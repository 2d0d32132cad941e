// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/append_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace retimu {

namespace {
constexpr std::uint64_t tail_bytes_first = 64 * 1024;
constexpr std::uint64_t tail_bytes_max = 16UL * 1024 * 1024;
}  // namespace

Result<std::unique_ptr<AppendFile>> AppendFile::open(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!file.is_open()) {
    return failure(Fault::system, "{}: cannot be written: {}", path, system_message(errno));
  }
  std::unique_ptr<AppendFile> opened(new AppendFile(path, std::move(file)));
  if (Result<void> measured = opened->measure(); !measured) {
    return tl::unexpected(measured.error());
  }
  return opened;
}

// Somebody may have cut the file meanwhile, to keep it small.
Result<void> AppendFile::measure() {
  struct stat status {};
  if (::fstat(file_.number(), &status) != 0) {
    return failure(Fault::system, "{}: cannot be written: {}", path_, system_message(errno));
  }
  is_regular_ = S_ISREG(status.st_mode);
  if (is_regular_) bytes_ = static_cast<std::uint64_t>(status.st_size);
  return {};
}

Result<void> AppendFile::cut(std::uint64_t bytes) {
  if (::ftruncate(file_.number(), static_cast<off_t>(bytes)) != 0) {
    return failure(Fault::system, "{}: cannot be cut: {}", path_, system_message(errno));
  }
  bytes_ = bytes;
  return {};
}

Result<std::string> AppendFile::read_back(std::uint64_t bytes) const {
  std::string text(std::min(bytes, bytes_), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const auto at = static_cast<off_t>(bytes_ - text.size() + got);
    const ssize_t read = ::pread(file_.number(), text.data() + got, text.size() - got, at);
    if (read < 0 && errno == EINTR) continue;
    if (read <= 0) {
      return failure(Fault::system, "{}: cannot be read back: {}", path_,
                     read < 0 ? system_message(errno) : "it has become shorter");
    }
    got += static_cast<std::size_t>(read);
  }
  return text;
}

// Of a text that ends a file, and is all of it if `is_all`; none: it begins too late.
std::optional<AppendFile::Tail> AppendFile::find_tail(const std::string& text, bool is_all,
                                                      bool (*is_passed)(std::string_view)) {
  std::size_t end = text.rfind('\n');
  if (end == std::string::npos) return is_all ? std::optional(Tail{"", text}) : std::nullopt;
  const std::string torn = text.substr(end + 1);
  for (;;) {
    const std::size_t before = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
    if (before == std::string::npos && !is_all) return std::nullopt;
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    std::string line = text.substr(begin, end - begin);
    if (is_passed == nullptr || !is_passed(line)) return Tail{std::move(line), torn};
    if (before == std::string::npos) return Tail{"", torn};
    end = before;
  }
}

Result<AppendFile::Tail> AppendFile::tail(bool (*is_passed)(std::string_view line)) const {
  if (!is_regular_) return Tail();
  for (std::uint64_t look = tail_bytes_first;; look *= 4) {
    const Result<std::string> text = read_back(std::min(look, tail_bytes_max));
    if (!text) return tl::unexpected(text.error());
    if (auto found = find_tail(*text, text->size() == bytes_, is_passed)) return *found;
    if (look >= tail_bytes_max) {
      return failure(Fault::usage, "{}: its last line is too long to be RETIMU's", path_);
    }
  }
}

Result<void> AppendFile::cut_torn_line(std::string_view begin) {
  const Result<Tail> end = tail();
  if (!end) return tl::unexpected(end.error());
  if (end->torn.empty()) return {};
  const std::size_t written = end->torn.find_last_not_of('\0') + 1;
  const std::string_view torn = std::string_view(end->torn).substr(0, written);
  if (torn.substr(0, begin.size()) != begin.substr(0, torn.size())) {
    return failure(Fault::usage,
                   "{}: what stands behind its last line end is not RETIMU's; name another file or "
                   "move this one away",
                   path_);
  }
  return cut(bytes_ - end->torn.size());
}

// Who removed the file wants a new one; in the old one nobody would find what is told.
Result<void> AppendFile::replace_removed() {
  struct stat status {};
  if (!is_regular_ || ::fstat(file_.number(), &status) != 0 || status.st_nlink > 0) return {};
  Result<std::unique_ptr<AppendFile>> opened = open(path_);
  if (!opened) return tl::unexpected(opened.error());
  file_ = std::move((*opened)->file_);
  is_torn_ = false;
  return {};
}

Result<void> AppendFile::append(std::string_view lines) {
  if (Result<void> replaced = replace_removed(); !replaced) return replaced;
  if (is_torn_) {
    if (Result<void> mended = cut(bytes_); !mended) return mended;
    is_torn_ = false;
  }
  if (Result<void> measured = measure(); !measured) return measured;
  std::size_t written = 0;
  while (written < lines.size()) {
    const ssize_t wrote = ::write(file_.number(), lines.data() + written, lines.size() - written);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      const int error = errno;
      is_torn_ = is_regular_ && written > 0 && !cut(bytes_);
      return failure(Fault::system, "{}: cannot be written: {}; free some space or mend the path",
                     path_, system_message(error));
    }
    written += static_cast<std::size_t>(wrote);
  }
  bytes_ += lines.size();
  return {};
}

}  // namespace retimu
