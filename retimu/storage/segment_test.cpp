// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/segment.hpp"

#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <cstring>

namespace retimu {
namespace {

constexpr GroupId group{7};
constexpr std::size_t header_bytes = 48;  // as drawn in docs/formats.md

class Segment : public ::testing::Test {
 protected:
  SnapshotPointer write(std::string_view admission, std::string_view state) {
    Result<SegmentWriter> writer = SegmentWriter::create(folder_.path(), ++last_);
    EXPECT_TRUE(writer);
    Result<SnapshotPointer> pointer =
        writer->append(group, 1'000, to_bytes(admission), to_bytes(state));
    EXPECT_TRUE(pointer);
    return *pointer;
  }
  std::string path(const SnapshotPointer& pointer) const {
    return folder_ / segment_name(pointer.segment);
  }
  void expect_damaged(const SnapshotPointer& pointer, GroupId of = group) const {
    const Result<StoredGroup> stored = read_record(folder_.path(), of, pointer);
    ASSERT_FALSE(stored);
    EXPECT_EQ(stored.error().fault, Fault::corrupt);
    EXPECT_NE(stored.error().message.find(path(pointer)), std::string::npos)
        << stored.error().message;
  }

  TemporaryFolder folder_;
  std::uint64_t last_ = 0;
};

TEST_F(Segment, GivesBackWhatWasWritten) {
  const SnapshotPointer pointer = write("positions", "learned");
  const Result<StoredGroup> stored = read_record(folder_.path(), group, pointer);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->sequence, 1'000U);
  EXPECT_EQ(to_string(stored->admission), "positions");
  EXPECT_EQ(to_string(stored->state), "learned");
  EXPECT_EQ(stored->note, "");
}

// docs/formats.md draws it; these bytes must be readable for ever.
TEST_F(Segment, LiesAsDrawn) {
  const SnapshotPointer pointer = write("at", "xyz");
  const std::string expected(
      "RETIMUSG"
      "\x01\x00\x00\x00"                  // version
      "\x07\x00\x00\x00"                  // group
      "\xe8\x03\x00\x00\x00\x00\x00\x00"  // sequence
      "\x02\x00\x00\x00\x00\x00\x00\x00"  // bytes of the admission
      "\x03\x00\x00\x00\x00\x00\x00\x00"  // bytes of the state
      "CHECKSUMatxyz",
      header_bytes + 5);
  std::string written = read_file(path(pointer));
  EXPECT_EQ(written.size(), pointer.length);
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, written.data() + 40, 8);
  EXPECT_EQ(checksum, hash("xyz", hash("at", hash(written.substr(0, 40)))));
  EXPECT_EQ(checksum, pointer.checksum);
  written.replace(40, 8, "CHECKSUM");
  EXPECT_EQ(written, expected);
}

TEST_F(Segment, HoldsSeveralRecordsAndEmptyOnes) {
  Result<SegmentWriter> writer = SegmentWriter::create(folder_.path(), 3);
  ASSERT_TRUE(writer);
  std::vector<SnapshotPointer> pointers;
  for (std::uint64_t i = 0; i < 10; ++i) {
    const std::vector<std::byte> state(i * 1'000, static_cast<std::byte>(i));
    const auto pointer = writer->append(static_cast<GroupId>(i), i, {}, state);
    ASSERT_TRUE(pointer);
    pointers.push_back(*pointer);
  }
  for (std::uint64_t i = 0; i < 10; ++i) {
    const auto stored = read_record(folder_.path(), static_cast<GroupId>(i), pointers[i]);
    ASSERT_TRUE(stored) << stored.error().message;
    EXPECT_EQ(stored->state, std::vector<std::byte>(i * 1'000, static_cast<std::byte>(i)));
  }
  EXPECT_EQ(writer->bytes(), std::filesystem::file_size(folder_ / "00000003.seg"));
}

TEST_F(Segment, NeverWritesIntoAFileThatIsThere) {
  write_file(folder_ / "00000001.seg", "somebody's");
  EXPECT_FALSE(SegmentWriter::create(folder_.path(), 1));
  EXPECT_EQ(read_file(folder_ / "00000001.seg"), "somebody's");
}

// Every length short of the whole: within the magic, each header field, the admission, the state.
TEST_F(Segment, ATruncatedFileIsDamaged) {
  const SnapshotPointer pointer = write("positions", "learned");
  const std::string whole = read_file(path(pointer));
  ASSERT_EQ(whole.size(), header_bytes + 9 + 7);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    write_file(path(pointer), whole.substr(0, length));
    expect_damaged(pointer);
  }
  write_file(path(pointer), whole);
  EXPECT_TRUE(read_record(folder_.path(), group, pointer));
}

TEST_F(Segment, EveryFlippedBitIsSeen) {
  const SnapshotPointer pointer = write("positions", "learned");
  const std::string whole = read_file(path(pointer));
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    std::string flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    write_file(path(pointer), flipped);
    expect_damaged(pointer);
  }
}

TEST_F(Segment, ZerosWhereDataWereLostAreDamage) {
  const SnapshotPointer pointer = write(std::string(100, '\0'), std::string(100, '\0'));
  write_file(path(pointer), std::string(pointer.length, '\0'));
  expect_damaged(pointer);
}

TEST_F(Segment, AnotherRecordThanThePointerMeansIsDamage) {
  const SnapshotPointer one = write("positions", "learned");
  const SnapshotPointer two = write("positions", "learnt!");
  SnapshotPointer swapped = two;
  swapped.segment = one.segment;
  expect_damaged(swapped);
  SnapshotPointer later = one;
  later.sequence += 1;
  expect_damaged(later);
  expect_damaged(one, GroupId{8});
  SnapshotPointer beyond = one;
  beyond.offset = UINT64_MAX - 10;
  expect_damaged(beyond);
  SnapshotPointer huge = one;
  huge.length = UINT64_MAX;
  expect_damaged(huge);
  SnapshotPointer tiny = one;
  tiny.length = 3;
  expect_damaged(tiny);
  SnapshotPointer missing = one;
  missing.segment = 99;
  expect_damaged(missing);
}

TEST_F(Segment, NamesAreNumbers) {
  EXPECT_EQ(segment_name(12), "00000012.seg");
  EXPECT_EQ(segment_name(123'456'789), "123456789.seg");
  EXPECT_EQ(parse_segment_name("00000012.seg"), 12U);
  EXPECT_EQ(parse_segment_name("123456789.seg"), 123'456'789U);
  for (const char* foreign : {"", "12.seg", "00000012.seg~", "0000001a.seg", "notes.txt", ".seg"}) {
    EXPECT_EQ(parse_segment_name(foreign), std::nullopt) << foreign;
  }
}

}  // namespace
}  // namespace retimu
