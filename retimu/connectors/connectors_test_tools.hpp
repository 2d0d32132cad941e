// SPDX-License-Identifier: Apache-2.0
// What the tests and fuzz targets of this folder share: bytes from memory, events as text.
#ifndef RETIMU_CONNECTORS_CONNECTORS_TEST_TOOLS_HPP
#define RETIMU_CONNECTORS_CONNECTORS_TEST_TOOLS_HPP

#include "retimu/connectors/input_file.hpp"
#include "retimu/connectors/memory_reader.hpp"
#include "retimu/core/temporary_folder_test_tools.hpp"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace retimu {

// One gzip member.
inline std::string to_gzip(std::string_view text) {
  z_stream stream{};
  (void)deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, static_cast<uLong>(text.size())) + 32, '\0');
  std::string copy(text);
  stream.next_in = reinterpret_cast<Bytef*>(copy.data());
  stream.avail_in = static_cast<uInt>(copy.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  (void)deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// One zstd frame with its checksum.
inline std::string to_zstd(std::string_view text, int level = 3) {
  ZSTD_CCtx* stream = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, level);
  ZSTD_CCtx_setParameter(stream, ZSTD_c_checksumFlag, 1);
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress2(stream, packed.data(), packed.size(), text.data(), text.size()));
  ZSTD_freeCCtx(stream);
  return packed;
}

inline Result<std::unique_ptr<InputFile>> open_text(std::string text, const FileInput& input,
                                                    Columns& columns,
                                                    const std::string& path = "readings",
                                                    std::size_t step = SIZE_MAX) {
  return InputFile::open(input, path, std::make_unique<MemoryReader>(std::move(text), step), 0,
                         columns);
}

// "1700000000 host1 load=1.5 temperature=?", "1700000000 host1 [warning] it broke", "1700000000
// host1 E7! [warning] it broke": time in s where it is whole, entity, readings; ? is NaN.
inline std::string to_text(const Event& event, const Columns& columns) {
  std::string text = event.time % second == 0 ? fmt::format("{}", event.time / second)
                                              : fmt::format("{}ns", event.time);
  text += fmt::format(" {}", event.entity.text);
  if (const auto* line = std::get_if<LogLine>(&event.payload)) {
    return text + fmt::format(" [{}] {}", name_of(line->level), line->text);
  }
  if (const auto* alarm = std::get_if<Alarm>(&event.payload)) {
    return text + fmt::format(" {}! [{}] {}", alarm->code, name_of(alarm->severity), alarm->text);
  }
  const Readings& readings = std::get<Readings>(event.payload);
  for (std::size_t i = 0; i < readings.columns.size(); ++i) {
    const double value = readings.values[i];
    text += fmt::format(" {}={}", columns.name(readings.columns[i]),
                        std::isnan(value) ? "?" : fmt::format("{}", value));
  }
  return text;
}

// Events and rejected records ("! reason", without what it quotes) in the order of their file.
inline void append_lines(const Batch& batch, const Columns& columns, std::vector<std::string>& to) {
  std::size_t next = 0;
  for (std::size_t i = 0; i <= batch.events.size(); ++i) {
    for (; next < batch.rejected.size() && batch.rejected[next].before <= i; ++next) {
      const std::string_view reason = batch.rejected[next].reason;
      to.push_back(fmt::format("! {}", reason.substr(0, reason.find(": \""))));
    }
    if (i < batch.events.size()) to.push_back(to_text(batch.events[i], columns));
  }
}

// All that is left of a file.
inline std::vector<std::string> read_lines(InputFile& file, const Columns& columns) {
  std::vector<std::string> lines;
  Batch batch;
  for (bool has_more = true; has_more;) {
    batch.clear();
    has_more = file.read(batch, 100);
    append_lines(batch, columns, lines);
  }
  return lines;
}

// All records of a text; "error: ..." alone if it is refused.
inline std::vector<std::string> read_text(const std::string& text, const FileInput& input = {},
                                          const std::string& path = "readings",
                                          std::size_t step = SIZE_MAX) {
  Columns columns;
  const auto file = open_text(text, input, columns, path, step);
  if (!file) return {"error: " + file.error().message};
  return read_lines(**file, columns);
}

}  // namespace retimu

#endif
