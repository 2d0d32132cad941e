// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace retimu {
namespace {

// The bytes until the end or an error, and that.
struct Outcome {
  std::string bytes, error;
};

Outcome read_all(ByteReader& reader, std::size_t at_once = 1'000) {
  Outcome outcome;
  std::string chunk(at_once, '\0');
  for (;;) {
    const Result<std::size_t> got = reader.read(chunk.data(), chunk.size());
    if (!got) {
      outcome.error = got.error().message;
      return outcome;
    }
    if (*got == 0) return outcome;
    outcome.bytes += chunk.substr(0, *got);
  }
}

Outcome unpack(const std::string& packed, std::size_t step = SIZE_MAX,
               std::size_t at_once = 1'000) {
  return read_all(*make_gzip_reader("x.gz", std::make_unique<MemoryReader>(packed, step)), at_once);
}

std::string some_text(std::size_t bytes) {
  Random random(5);
  std::string text;
  while (text.size() < bytes) text += fmt::format("{},{}\n", text.size(), random.below(1'000));
  return text.substr(0, bytes);
}

TEST(FileBytes, AreReadFromAnyPlace) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "0123456789");
  for (const Holding holding : {Holding::open, Holding::closed}) {
    const auto reader = open_bytes(path, holding);
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ((*reader)->bytes_total(), 10U);
    EXPECT_EQ(read_all(**reader, 3).bytes, "0123456789");
    EXPECT_EQ((*reader)->bytes_read(), 10U);
    ASSERT_TRUE((*reader)->seek(4));
    EXPECT_EQ(read_all(**reader).bytes, "456789");
    ASSERT_TRUE((*reader)->seek(11));
    EXPECT_EQ(read_all(**reader).bytes, "");
    EXPECT_FALSE((*reader)->seek(UINT64_MAX));
  }
}

TEST(FileBytes, AreRefusedWhereThereIsNoFile) {
  const TemporaryFolder folder;
  const auto message = [](const std::string& path) {
    const auto reader = open_bytes(path, Holding::open);
    EXPECT_FALSE(reader);
    if (reader) return std::string();
    EXPECT_EQ(reader.error().fault, Fault::input);
    return reader.error().message;
  };
  const std::string missing = folder.path("absent");
  EXPECT_EQ(message(missing), missing + ": cannot be opened: No such file or directory");
  const std::string inner = folder.path("inner");
  ASSERT_EQ(::mkdir(inner.c_str(), 0755), 0);
  EXPECT_NE(message(inner).find("is a folder; name its files"), std::string::npos);
  const std::string pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_NE(message(pipe).find("is not a regular file"), std::string::npos);  // and does not wait
}

TEST(FileBytes, AreTheSameFileWhenItIsOpenedAgain) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "0123456789");
  const auto reader = open_bytes(path, Holding::closed);
  ASSERT_TRUE(reader);
  char byte = 0;
  ASSERT_TRUE((*reader)->read(&byte, 1));
  std::filesystem::rename(folder.write("b.csv", "abcdefghij"), path);
  EXPECT_NE(read_all(**reader).error.find("was replaced"), std::string::npos);
  std::filesystem::remove(path);
  EXPECT_NE(read_all(**reader).error.find("No such file"), std::string::npos);
}

TEST(FileBytes, AreUnpackedIfTheyBeginLikeGzip) {
  const TemporaryFolder folder;
  const std::string text = some_text(300'000);
  for (const Holding holding : {Holding::open, Holding::closed}) {
    const auto reader = open_bytes(folder.write("a.csv", to_gzip(text)), holding);
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(read_all(**reader).bytes, text);
    EXPECT_EQ((*reader)->bytes_read(), (*reader)->bytes_total());
  }
  const auto short_one = open_bytes(folder.write("b", "\x1F"), Holding::open);
  ASSERT_TRUE(short_one);
  EXPECT_EQ(read_all(**short_one).bytes, "\x1F");
}

TEST(Gzip, MembersInARowAreOneFile) {
  const std::string text = some_text(100'000);
  const std::string packed = to_gzip(text) + to_gzip("") + to_gzip("more\n");
  for (const std::size_t step : {SIZE_MAX, std::size_t{1}, std::size_t{1'000}}) {
    const Outcome outcome = unpack(packed, step);
    EXPECT_EQ(outcome.bytes, text + "more\n");
    EXPECT_EQ(outcome.error, "");
  }
  EXPECT_EQ(unpack(to_gzip("")).error, "");
  const Outcome padded = unpack(packed + std::string(1'000, '\0'), 7);
  EXPECT_EQ(padded.bytes, text + "more\n");
  EXPECT_EQ(padded.error, "");
  EXPECT_EQ(unpack(to_gzip("a") + std::string(9, '\0') + to_gzip("b")).bytes, "ab");
}

TEST(Gzip, GivesWhatIsWholeOfATruncatedFile) {
  const std::string first = some_text(400), text = first + "second member\n";
  const std::string packed = to_gzip(first) + to_gzip("second member\n");
  const std::size_t boundary = to_gzip(first).size();
  for (std::size_t bytes = 2; bytes < packed.size(); ++bytes) {
    const Outcome outcome = unpack(packed.substr(0, bytes), SIZE_MAX, 64);
    ASSERT_EQ(outcome.bytes, text.substr(0, outcome.bytes.size())) << bytes;
    if (bytes >= boundary) {
      ASSERT_GE(outcome.bytes.size(), first.size()) << bytes;
    }
    if (bytes == boundary) {
      EXPECT_EQ(outcome.error, "");
    } else {
      ASSERT_NE(outcome.error.find("x.gz: the gzip data end in the middle"), std::string::npos)
          << bytes;
    }
  }
}

// A long match is packed into some bits, and what is read at once may end within it.
TEST(Gzip, GivesAsMuchOfATruncatedFileInAnySteps) {
  const std::string packed = to_gzip(std::string(100'000, 'x') + some_text(1'000));
  for (std::size_t bytes = 20; bytes < packed.size(); bytes += 3) {
    const std::string all = unpack(packed.substr(0, bytes), 1, 100'000).bytes;
    for (const std::size_t at_once : {1UL, 7UL, 1'000UL}) {
      ASSERT_EQ(unpack(packed.substr(0, bytes), SIZE_MAX, at_once).bytes.size(), all.size())
          << bytes << " " << at_once;
    }
  }
}

TEST(Gzip, SaysWhereItIsDamaged) {
  const std::string text = some_text(5'000);
  std::string packed = to_gzip(text);
  EXPECT_NE(unpack(packed + "garbage").error.find("damaged gzip data"), std::string::npos);
  EXPECT_EQ(unpack(packed + "garbage").bytes, text);
  packed[packed.size() - 6] ^= 1;  // of the checksum
  EXPECT_NE(unpack(packed).error.find("incorrect data check"), std::string::npos);
  packed = to_gzip(text);
  packed[packed.size() / 2] ^= 0x55;
  const Outcome outcome = unpack(packed);
  EXPECT_NE(outcome.error, "");
  EXPECT_EQ(outcome.bytes.substr(0, 1'000), text.substr(0, 1'000));
}

TEST(Gzip, IsReadFromAnyPlace) {
  const std::string text = some_text(50'000);
  const auto reader =
      make_gzip_reader("x.gz", std::make_unique<MemoryReader>(to_gzip(text.substr(0, 20'000)) +
                                                              to_gzip(text.substr(20'000))));
  for (const std::size_t offset : {0UL, 30'000UL, 10UL, 20'000UL, 19'999UL, 50'000UL, 60'000UL}) {
    ASSERT_TRUE(reader->seek(offset));
    EXPECT_EQ(read_all(*reader, 777).bytes, text.substr(std::min(offset, text.size())));
  }
}

TEST(FileIdentity, IsThatOfTheFile) {
  const TemporaryFolder folder;
  const std::string path = folder.write("a.csv", "x");
  std::filesystem::create_symlink(path, folder.path("b.csv"));
  EXPECT_EQ(*identify(path), *identify(folder.path("b.csv")));
  EXPECT_NE(*identify(path), *identify(folder.write("c.csv", "x")));
  EXPECT_FALSE(identify(folder.path("absent")));
}

}  // namespace
}  // namespace retimu
