// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/byte_reader.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#include <zlib.h>

namespace retimu {

namespace {

class PlainReader final : public ByteReader {
 public:
  PlainReader(std::string path, int file, std::uint64_t bytes)
      : path_(std::move(path)), file_(file), total_(bytes) {}
  ~PlainReader() override { ::close(file_); }

  Result<std::size_t> read(char* to, std::size_t bytes) override {
    for (;;) {
      const ssize_t got = ::read(file_, to, bytes);
      if (got >= 0) {
        read_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno == EINTR) continue;
      return failure(Fault::input, "{}: cannot be read: {}", path_, system_message(errno));
    }
  }
  Result<void> seek(std::uint64_t offset) override {
    if (::lseek(file_, static_cast<off_t>(offset), SEEK_SET) < 0) {
      return failure(Fault::input, "{}: cannot be read from byte {}: {}", path_, offset,
                     system_message(errno));
    }
    read_ = offset;
    return {};
  }
  std::uint64_t bytes_read() const override { return read_; }
  std::uint64_t bytes_total() const override { return total_; }

 private:
  std::string path_;
  int file_;
  std::uint64_t read_ = 0, total_;
};

class GzipReader final : public ByteReader {
 public:
  GzipReader(std::string path, gzFile file, std::uint64_t bytes)
      : path_(std::move(path)), file_(file), total_(bytes) {
    gzbuffer(file_, 128 * 1024);
  }
  ~GzipReader() override { gzclose(file_); }

  Result<std::size_t> read(char* to, std::size_t bytes) override {
    constexpr std::size_t at_once = 1UL << 30U;
    const int got = gzread(file_, to, static_cast<unsigned>(std::min(bytes, at_once)));
    if (got > 0) return static_cast<std::size_t>(got);
    int code = Z_OK;
    const char* message = gzerror(file_, &code);
    if (got == 0 && code == Z_OK) return std::size_t{0};
    if (code == Z_BUF_ERROR) {
      return failure(Fault::input, "{}: the gzip data end in the middle: the file is truncated",
                     path_);
    }
    return failure(Fault::input, "{}: damaged gzip data: {}", path_, message);
  }
  Result<void> seek(std::uint64_t offset) override {
    gzclearerr(file_);
    if (gzseek(file_, static_cast<z_off_t>(offset), SEEK_SET) < 0) {
      return failure(Fault::input, "{}: cannot be read again from byte {}", path_, offset);
    }
    return {};
  }
  std::uint64_t bytes_read() const override {
    return static_cast<std::uint64_t>(std::max<z_off_t>(gzoffset(file_), 0));
  }
  std::uint64_t bytes_total() const override { return total_; }

 private:
  std::string path_;
  gzFile file_;
  std::uint64_t total_;
};

}  // namespace

Result<std::unique_ptr<ByteReader>> ByteReader::open(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return failure(Fault::input, "{}: cannot be opened: {}", path, system_message(errno));
  }
  struct stat status {};
  if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) {
    const bool is_folder = S_ISDIR(status.st_mode);
    ::close(file);
    if (is_folder) {
      return failure(Fault::input, "{}: is a folder; name its files, for example '{}/*.csv'", path,
                     path);
    }
    return failure(Fault::input, "{}: is not a regular file", path);
  }
  const auto bytes = static_cast<std::uint64_t>(status.st_size);
  std::array<unsigned char, 2> magic{};
  const bool is_gzip = ::pread(file, magic.data(), magic.size(), 0) == 2 && magic[0] == 0x1F &&
                       magic[1] == 0x8B;
  if (!is_gzip) return std::make_unique<PlainReader>(path, file, bytes);
  gzFile zip = gzdopen(file, "rb");
  if (zip == nullptr) {
    ::close(file);
    return failure(Fault::system, "{}: out of memory for reading gzip", path);
  }
  return std::make_unique<GzipReader>(path, zip, bytes);
}

}  // namespace retimu
