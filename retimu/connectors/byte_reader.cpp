// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/byte_reader.hpp"

#include "retimu/connectors/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace retimu {

namespace {

struct OpenFile {
  Descriptor descriptor;
  FileIdentity identity;
  std::uint64_t bytes = 0;
};

FileIdentity identity_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

Result<OpenFile> open_regular(const std::string& path) {
  // A named pipe would otherwise hold up the opening.
  Descriptor descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!descriptor.is_open() && (errno == EMFILE || errno == ENFILE)) {
    return failure(Fault::system, "{}: too many open files; raise the limit with `ulimit -n`",
                   path);
  }
  if (!descriptor.is_open()) {
    return failure(Fault::input, "{}: cannot be opened: {}", path, system_message(errno));
  }
  struct stat status {};
  if (::fstat(descriptor.number(), &status) != 0) {
    return failure(Fault::input, "{}: cannot be opened: {}", path, system_message(errno));
  }
  if (S_ISDIR(status.st_mode)) {
    return failure(Fault::input, "{}: is a folder; name its files, for example '{}/*.csv'", path,
                   path);
  }
  if (!S_ISREG(status.st_mode)) {
    return failure(Fault::input, "{}: is not a regular file; write what it gives to one", path);
  }
  return OpenFile{std::move(descriptor), identity_of(status),
                  static_cast<std::uint64_t>(status.st_size)};
}

class PlainReader final : public ByteReader {
 public:
  PlainReader(std::string path, OpenFile file, Holding holding)
      : path_(std::move(path)), file_(std::move(file)), holding_(holding) {
    rest();
  }

  Result<std::size_t> read(char* to, std::size_t bytes) override {
    if (Result<void> opened = open_again(); !opened) return tl::unexpected(opened.error());
    ssize_t got = -1;
    do {
      got = ::pread(file_.descriptor.number(), to, bytes, static_cast<off_t>(at_));
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
      return failure(Fault::input, "{}: cannot be read: {}", path_, system_message(errno));
    }
    rest();
    at_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
  Result<void> seek(std::uint64_t offset) override {
    if (offset > INT64_MAX) return failure(Fault::input, "{}: has no byte {}", path_, offset);
    at_ = offset;
    return {};
  }
  std::uint64_t bytes_read() const override { return at_; }
  std::uint64_t bytes_total() const override { return file_.bytes; }

 private:
  void rest() {
    if (holding_ == Holding::closed) file_.descriptor.close();
  }
  Result<void> open_again() {
    if (file_.descriptor.is_open()) return {};
    Result<OpenFile> opened = open_regular(path_);
    if (!opened) return tl::unexpected(opened.error());
    if (opened->identity != file_.identity) {
      return failure(Fault::input, "{}: was replaced by another file while it was read", path_);
    }
    file_.descriptor = std::move(opened->descriptor);
    return {};
  }

  std::string path_;
  OpenFile file_;
  Holding holding_;
  std::uint64_t at_ = 0;
};

// With a frame, or with one that is to be skipped.
bool begins_like_zstd(std::string_view begin) {
  return begin == "\x28\xB5\x2F\xFD" ||
         (begin.size() == 4 && begin.ends_with("\x2A\x4D\x18") && (begin[0] & '\xF0') == '\x50');
}

}  // namespace

Result<std::unique_ptr<ByteReader>> open_bytes(const std::string& path, Holding holding) {
  Result<OpenFile> file = open_regular(path);
  if (!file) return tl::unexpected(file.error());
  auto plain = std::make_unique<PlainReader>(path, std::move(*file), holding);
  std::array<char, 4> magic{};
  const Result<std::size_t> got = plain->read(magic.data(), magic.size());
  if (!got) return tl::unexpected(got.error());
  if (Result<void> sought = plain->seek(0); !sought) return tl::unexpected(sought.error());
  const std::string_view begin(magic.data(), *got);
  if (begin.starts_with("\x1F\x8B")) return make_gzip_reader(path, std::move(plain));
  if (begins_like_zstd(begin)) return make_zstd_reader(path, std::move(plain));
  return plain;
}

Result<std::string> read_beginning(const std::string& path, std::size_t bytes_max) {
  Result<OpenFile> file = open_regular(path);
  if (!file) return tl::unexpected(file.error());
  PlainReader reader(path, std::move(*file), Holding::open);
  std::string beginning(bytes_max, '\0');
  std::size_t bytes = 0;
  while (bytes < bytes_max) {
    const Result<std::size_t> got = reader.read(beginning.data() + bytes, bytes_max - bytes);
    if (!got) return tl::unexpected(got.error());
    if (*got == 0) break;
    bytes += *got;
  }
  beginning.resize(bytes);
  return beginning;
}

Time time_written(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<Time>(status.st_mtime) * second : 0;
}

Result<FileIdentity> identify(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return failure(Fault::input, "{}: cannot be opened: {}", path, system_message(errno));
  }
  return identity_of(status);
}

}  // namespace retimu
