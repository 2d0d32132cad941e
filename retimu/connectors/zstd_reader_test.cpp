// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

// The bytes until the end or an error, and that.
struct Unpacked {
  std::string bytes, error;
};

Unpacked read_all(ByteReader& reader, std::size_t at_once) {
  Unpacked all;
  std::string chunk(at_once, '\0');
  for (;;) {
    const Result<std::size_t> got = reader.read(chunk.data(), chunk.size());
    if (!got) {
      all.error = got.error().message;
      EXPECT_EQ(got.error().fault, Fault::input);
      EXPECT_FALSE(reader.read(chunk.data(), chunk.size())) << "an error that is not said again";
      return all;
    }
    if (*got == 0) return all;
    all.bytes += chunk.substr(0, *got);
  }
}

Unpacked unpack(const std::string& packed, std::size_t step = SIZE_MAX,
                std::size_t at_once = 1'000) {
  const auto reader = make_zstd_reader("x.zst", std::make_unique<MemoryReader>(packed, step));
  return read_all(*reader, at_once);
}

std::string some_text(std::size_t bytes) {
  Random random(5);
  std::string text;
  while (text.size() < bytes) text += fmt::format("{},{}\n", text.size(), random.below(1'000));
  return text.substr(0, bytes);
}

// A frame of so many bytes that decoders skip.
std::string skippable(std::size_t bytes) {
  std::string frame("\x5A\x2A\x4D\x18", 4);
  for (int i = 0; i < 4; ++i) frame += static_cast<char>(bytes >> (8 * i));
  return frame + std::string(bytes, 'x');
}

TEST(Zstd, IsFoundByItsFirstBytes) {
  const TemporaryFolder folder;
  const std::string text = some_text(300'000);
  for (const std::string& packed : {to_zstd(text), skippable(9) + to_zstd(text)}) {
    for (const Holding holding : {Holding::open, Holding::closed}) {
      const auto reader = open_bytes(folder.write("a.csv", packed), holding);
      ASSERT_TRUE(reader) << reader.error().message;
      EXPECT_EQ(read_all(**reader, 1'000).bytes, text);
      EXPECT_EQ((*reader)->bytes_read(), (*reader)->bytes_total());
      EXPECT_FALSE((*reader)->may_grow());
    }
  }
  const auto short_one = open_bytes(folder.write("b", "\x28\xB5\x2F"), Holding::open);
  ASSERT_TRUE(short_one);
  EXPECT_EQ(read_all(**short_one, 10).bytes, "\x28\xB5\x2F");
}

TEST(Zstd, FramesInARowAreOneFile) {
  const std::string text = some_text(400'000);
  const std::string packed = to_zstd(text) + skippable(0) + to_zstd("") + skippable(70'000) +
                             to_zstd("more\n", 19) + skippable(3);
  for (const std::size_t step : {SIZE_MAX, std::size_t{1}, std::size_t{1'000}}) {
    for (const std::size_t at_once : {std::size_t{777}, std::size_t{1'000'000}}) {
      const Unpacked all = unpack(packed, step, at_once);
      EXPECT_EQ(all.bytes, text + "more\n");
      EXPECT_EQ(all.error, "");
    }
  }
  EXPECT_EQ(unpack(to_zstd("")).error, "");
}

TEST(Zstd, GivesWhatIsWholeOfATruncatedFile) {
  const std::string first = some_text(400), text = first + "second frame\n";
  const std::string packed = to_zstd(first) + to_zstd("second frame\n");
  const std::size_t boundary = to_zstd(first).size();
  for (std::size_t bytes = 1; bytes < packed.size(); ++bytes) {
    const Unpacked all = unpack(packed.substr(0, bytes), SIZE_MAX, 64);
    ASSERT_EQ(all.bytes, text.substr(0, all.bytes.size())) << bytes;
    if (bytes >= boundary) {
      ASSERT_GE(all.bytes.size(), first.size()) << bytes;
    }
    if (bytes == boundary) {
      EXPECT_EQ(all.error, "");
    } else {
      ASSERT_NE(all.error.find("x.zst: the zstd data end in the middle"), std::string::npos)
          << bytes;
    }
  }
}

// Several blocks of 128 KiB; what comes out before the end or some damage is the same however it
// is read.
TEST(Zstd, GivesAsMuchOfADamagedFileInAnySteps) {
  const std::string text = some_text(500'000), packed = to_zstd(text);
  std::size_t partly = 0;
  for (std::size_t i = 0; i < 60; ++i) {
    std::string bytes = packed;
    const std::size_t at = i * packed.size() / 60;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
    if (i % 3 == 0) bytes.resize(at);
    const Unpacked all = unpack(bytes, 1, 100'000);
    partly += !all.bytes.empty() && all.bytes.size() < text.size() ? 1U : 0U;
    for (const std::size_t at_once : {7UL, 1'000UL, 1'000'000UL}) {
      const Unpacked other = unpack(bytes, SIZE_MAX, at_once);
      ASSERT_EQ(other.bytes, all.bytes) << i << " " << at_once;
      ASSERT_EQ(other.error.empty(), all.error.empty()) << i << " " << at_once;
    }
  }
  EXPECT_GT(partly, 20U);
}

// The header of a block is damaged: the block before it is whole.
TEST(Zstd, GivesTheBlockBeforeTheDamage) {
  const std::string begin("\x28\xB5\x2F\xFD\x00\x68", 6);  // no size, no checksum
  const std::string block(
      "\x20\x00\x00"
      "abcd",
      7);  // 4 raw bytes
  const std::string reserved(
      "\x26\x00\x00"
      "abcd",
      7);  // of a type that there is not
  for (const std::size_t step : {SIZE_MAX, std::size_t{1}}) {
    for (const std::size_t at_once : {1UL, 3UL, 4UL, 8UL, 1'000UL}) {
      const Unpacked all = unpack(begin + block + block + reserved, step, at_once);
      EXPECT_EQ(all.bytes, "abcdabcd") << step << " " << at_once;
      EXPECT_NE(all.error.find("damaged zstd data"), std::string::npos) << all.error;
    }
  }
}

TEST(Zstd, SaysWhatIsDamaged) {
  const std::string text = some_text(5'000);
  std::string packed = to_zstd(text);
  const Unpacked behind = unpack(packed + "garbage");
  EXPECT_EQ(behind.bytes, text);
  EXPECT_NE(behind.error.find("x.zst: damaged zstd data at byte"), std::string::npos);
  packed.back() = static_cast<char>(packed.back() ^ 1);  // of the checksum
  EXPECT_NE(unpack(packed).error.find("checksum"), std::string::npos);
}

// A raw block comes out in parts, and only its last byte shows that the frame is too short.
TEST(Zstd, GivesAsMuchOfAFrameThatIsTooShort) {
  const std::string packed(
      "\x28\xB5\x2F\xFD\x60\x58\x11\x21\x00\x00"
      "abcd",
      14);
  for (const std::size_t step : {SIZE_MAX, std::size_t{1}, std::size_t{7}}) {
    const Unpacked all = unpack(packed, step);
    EXPECT_EQ(all.bytes, "abc") << step;
    EXPECT_NE(all.error.find("damaged zstd data"), std::string::npos) << all.error;
  }
}

// What would take more memory than is known to be there is refused, whatever the file claims.
TEST(Zstd, MemoryHasABound) {
  const std::string begin("\x28\xB5\x2F\xFD\x00", 5);  // no size, no checksum
  const std::string end(
      "\x09\x00\x00"
      "a",
      4);                                                // one raw block of one byte
  EXPECT_EQ(unpack(begin + '\x68' + end).bytes, "a");    // 2^(10 + 13): 8 MiB
  const Unpacked larger = unpack(begin + '\x69' + end);  // 9 MiB
  EXPECT_EQ(larger.bytes, "");
  EXPECT_NE(larger.error.find("more than 8 MiB of memory; pack it anew"), std::string::npos);
  EXPECT_NE(unpack(begin + '\xF8' + end).error, "");  // 2 TiB
}

TEST(Zstd, IsReadFromAnyPlace) {
  const std::string text = some_text(50'000);
  const auto reader =
      make_zstd_reader("x.zst", std::make_unique<MemoryReader>(to_zstd(text.substr(0, 20'000)) +
                                                               to_zstd(text.substr(20'000))));
  for (const std::size_t offset : {0UL, 30'000UL, 10UL, 20'000UL, 19'999UL, 50'000UL, 60'000UL}) {
    ASSERT_TRUE(reader->seek(offset));
    EXPECT_EQ(read_all(*reader, 777).bytes, text.substr(std::min(offset, text.size())));
  }
}

TEST(Zstd, IsATableWhateverItsNameSays) {
  const TemporaryFolder folder;
  Columns columns;
  FileInput input;
  input.paths = {folder.write("a.tsv.zst", to_zstd("ts\ta\n1\t0\n2\t1\n"))};
  const auto source = open_files({input}, columns);
  ASSERT_TRUE(source) << source.error().message;
  ASSERT_EQ(columns.count(), 1U);
  EXPECT_EQ(columns.name(ColumnId{0}), "a");
}

}  // namespace
}  // namespace retimu
