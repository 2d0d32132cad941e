// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/byte_reader.hpp"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t packed_bytes = 64 * 1024;
constexpr int window_log_max = 23;  // what RFC 8878 asks of every decoder

class ZstdReader final : public ByteReader {
 public:
  ZstdReader(std::string path, std::unique_ptr<ByteReader> packed)
      : path_(std::move(path)), packed_(std::move(packed)), stream_(ZSTD_createDCtx()) {
    if (stream_ == nullptr) throw std::bad_alloc();
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, window_log_max);
  }
  ~ZstdReader() override { ZSTD_freeDCtx(stream_); }

  Result<std::size_t> read(char* to, std::size_t bytes) override {
    if (is_damaged_) return tl::unexpected(damage_);
    ZSTD_outBuffer out{to, bytes, 0};
    while (out.pos == 0 && bytes > 0) {
      // What had no room comes first and alone: an error of what follows would take it along.
      const Result<std::size_t> slice = has_more_ ? Result<std::size_t>(0) : next_slice();
      if (!slice) return tl::unexpected(slice.error());
      if (*slice == 0 && !has_more_ && is_between_frames_) break;
      ZSTD_inBuffer in{input_.data() + begin_, *slice, 0};
      const std::size_t code = ZSTD_decompressStream(stream_, &out, &in);
      if (ZSTD_isError(code) != 0) return fail(code);
      begin_ += in.pos;
      hint_ = code;
      is_between_frames_ = code == 0;
      if (*slice == 0 && !has_more_ && out.pos == 0 && !is_between_frames_) {
        return failure(Fault::input, "{}: the zstd data end in the middle: the file is truncated",
                       path_);
      }
      has_more_ = out.pos == bytes;
    }
    at_ += out.pos;
    return out.pos;
  }

  Result<void> seek(std::uint64_t offset) override {
    if (offset < at_) {
      if (Result<void> sought = packed_->seek(0); !sought) return sought;
      ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only);
      begin_ = end_ = 0;
      hint_ = 0;
      is_between_frames_ = true;
      has_more_ = is_damaged_ = false;
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
  static constexpr std::size_t block_header_bytes = 3;

  // How many bytes of input to give next: of one block at most, its last three and the header of
  // the block behind it by themselves, so that what comes out before some damage does not depend on
  // how the file is read. 0 at its end.
  Result<std::size_t> next_slice() {
    if (begin_ == end_) {
      const Result<std::size_t> got = packed_->read(input_.data(), input_.size());
      if (!got) return tl::unexpected(got.error());
      begin_ = 0;
      end_ = *got;
    }
    const std::size_t wanted = hint_ > block_header_bytes ? hint_ - block_header_bytes : 1;
    return std::min(wanted, end_ - begin_);
  }

  // It is said again by every later call, as the stream cannot go on.
  tl::unexpected<Error> fail(std::size_t code) {
    is_damaged_ = true;
    if (ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge) {
      damage_ = {Fault::input,
                 fmt::format("{}: unpacking it takes more than {} MiB of memory; pack it anew, "
                             "without --long and --ultra",
                             path_, (1 << window_log_max) >> 20)};
    } else {
      damage_ = {Fault::input,
                 fmt::format("{}: damaged zstd data at byte {}: {}", path_,
                             packed_->bytes_read() - (end_ - begin_), ZSTD_getErrorName(code))};
    }
    return tl::unexpected(damage_);
  }

  std::string path_;
  std::unique_ptr<ByteReader> packed_;
  std::array<char, packed_bytes> input_{};
  std::size_t begin_ = 0, end_ = 0;  // of what is not yet unpacked of it
  ZSTD_DCtx* stream_;
  std::size_t hint_ = 0;  // how much of the frame it would take next
  bool is_between_frames_ = true;
  bool has_more_ = false;  // perhaps, of what it has unpacked
  bool is_damaged_ = false;
  Error damage_;
  std::uint64_t at_ = 0;  // in the unpacked bytes
};

}  // namespace

std::unique_ptr<ByteReader> make_zstd_reader(std::string path, std::unique_ptr<ByteReader> packed) {
  return std::make_unique<ZstdReader>(std::move(path), std::move(packed));
}

}  // namespace retimu
