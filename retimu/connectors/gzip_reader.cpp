// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/byte_reader.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t packed_bytes = 64 * 1024;
constexpr int gzip_only = 16 + MAX_WBITS;  // zlib: no raw deflate, no other header

class GzipReader final : public ByteReader {
 public:
  GzipReader(std::string path, std::unique_ptr<ByteReader> packed)
      : path_(std::move(path)), packed_(std::move(packed)) {
    if (inflateInit2(&stream_, gzip_only) != Z_OK) throw std::bad_alloc();
  }
  ~GzipReader() override { inflateEnd(&stream_); }

  Result<std::size_t> read(char* to, std::size_t bytes) override {
    const std::size_t wanted = std::min<std::size_t>(bytes, std::numeric_limits<uInt>::max());
    stream_.next_out = reinterpret_cast<Bytef*>(to);
    stream_.avail_out = static_cast<uInt>(wanted);
    while (stream_.avail_out == wanted && wanted > 0) {
      const Result<bool> more = next_input();
      if (!more) return tl::unexpected(more.error());
      if (!*more) break;
      const int code = inflate(&stream_, Z_NO_FLUSH);
      is_between_members_ = code == Z_STREAM_END;
      if (code == Z_BUF_ERROR && is_packed_end_) {
        return failure(Fault::input, "{}: the gzip data end in the middle: the file is truncated",
                       path_);
      }
      const bool is_damaged = code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR;
      // What came out before the damage is still handed over; the next call says it again.
      if (is_damaged && stream_.avail_out == wanted) {
        return failure(Fault::input, "{}: damaged gzip data at byte {}{}{}", path_,
                       packed_->bytes_read() - stream_.avail_in, stream_.msg == nullptr ? "" : ": ",
                       stream_.msg == nullptr ? "" : stream_.msg);
      }
    }
    const std::size_t got = wanted - stream_.avail_out;
    at_ += got;
    return got;
  }

  Result<void> seek(std::uint64_t offset) override {
    if (offset < at_) {
      if (Result<void> sought = packed_->seek(0); !sought) return sought;
      inflateReset(&stream_);
      stream_.avail_in = 0;
      is_between_members_ = false;
      at_ = 0;
    }
    std::array<char, 16 * 1024> skipped{};
    while (at_ < offset) {
      const auto bytes =
          static_cast<std::size_t>(std::min<std::uint64_t>(skipped.size(), offset - at_));
      const Result<std::size_t> got = read(skipped.data(), bytes);
      if (!got) return tl::unexpected(got.error());
      if (*got == 0) break;
    }
    return {};
  }
  bool may_grow() const override { return false; }
  std::uint64_t bytes_read() const override { return packed_->bytes_read(); }
  std::uint64_t bytes_total() const override { return packed_->bytes_total(); }

 private:
  // Something for inflate() to work on, if there is; false at the end of the last member.
  Result<bool> next_input() {
    for (;;) {
      if (stream_.avail_in == 0) {
        const Result<std::size_t> got =
            packed_->read(reinterpret_cast<char*>(input_.data()), input_.size());
        if (!got) return tl::unexpected(got.error());
        is_packed_end_ = *got == 0;
        // Within a member inflate() may still hold something that it had no room for.
        if (is_packed_end_) return !is_between_members_;
        stream_.next_in = input_.data();
        stream_.avail_in = static_cast<uInt>(*got);
      }
      if (!is_between_members_) return true;
      while (stream_.avail_in > 0 && *stream_.next_in == 0) {
        ++stream_.next_in;
        --stream_.avail_in;
      }
      if (stream_.avail_in == 0) continue;
      inflateReset(&stream_);
      is_between_members_ = false;
      return true;
    }
  }

  std::string path_;
  std::unique_ptr<ByteReader> packed_;
  std::array<Bytef, packed_bytes> input_{};
  z_stream stream_{};
  bool is_between_members_ = false, is_packed_end_ = false;
  std::uint64_t at_ = 0;  // in the unpacked bytes
};

}  // namespace

std::unique_ptr<ByteReader> make_gzip_reader(std::string path, std::unique_ptr<ByteReader> packed) {
  return std::make_unique<GzipReader>(std::move(path), std::move(packed));
}

}  // namespace retimu
