// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/npy.hpp"

#include "retimu/evaluation/sets_test_tools.hpp"
#include "retimu/evaluation/zip.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace retimu {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
// What make_sets.py writes; an infinity is read as missing.
const std::vector<double> values = {0.1, -2, 3.5, 1e-300, nan, 7, 1.0 / 3, 2, -0.0, 4, 5, nan};

void expect_table(const Result<Table>& table, double (*rounded)(double)) {
  ASSERT_TRUE(table) << table.error().message;
  EXPECT_EQ(table->columns, 3U);
  ASSERT_EQ(table->values.size(), values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) {
      EXPECT_TRUE(std::isnan(table->values[i])) << i;
    } else {
      EXPECT_EQ(table->values[i], rounded(values[i])) << i;
    }
  }
}
double as_double(double value) { return value; }
double as_float(double value) { return static_cast<double>(static_cast<float>(value)); }

// Version 1 of the format, its header not padded.
std::string npy(std::string_view type, std::string_view shape, std::string_view data) {
  const std::string header = "{'descr': '" + std::string(type) +
                             "', 'fortran_order': False, 'shape': " + std::string(shape) + ", }\n";
  std::string bytes("\x93NUMPY\1\0", 8);
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  return bytes + header + std::string(data);
}

TEST(NpyTest, ReadsWhatNumpyWrote) {
  expect_table(read_npy(kept_path("table.npy")), as_double);
  expect_table(read_npy(kept_path("fortran.npy")), as_double);
  expect_table(read_npz(kept_path("deflated.npz"), "X"), as_double);
  expect_table(read_npz(kept_path("stored.npz"), "X"), as_float);
  for (const std::string name : {"deflated.npz", "stored.npz"}) {
    const Result<Table> labels = read_npz(kept_path(name), "y");
    ASSERT_TRUE(labels) << labels.error().message;
    EXPECT_EQ(labels->columns, 1U);
    EXPECT_EQ(labels->values, (std::vector<double>{0, 1, 0, 1}));
  }
}

TEST(NpyTest, ReadsIntegers) {
  const std::string minus_two("\xFE\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 8);
  for (const auto& [type, bytes] : {std::pair("<i8", 8), {"<i4", 4}, {"<i2", 2}, {"|i1", 1}}) {
    const auto table =
        parse_npy(npy(type, "(1,)", minus_two.substr(0, static_cast<std::size_t>(bytes))), "x");
    ASSERT_TRUE(table) << table.error().message;
    EXPECT_EQ(table->values[0], -2) << type;
  }
  EXPECT_EQ(parse_npy(npy("|u1", "(1, 2)", "\xFE\x01"), "x")->values,
            (std::vector<double>{254, 1}));
  EXPECT_EQ(parse_npy(npy("|b1", "(1,)", "\x01"), "x")->values[0], 1);
}

TEST(NpyTest, RefusesWhatIsNoTable) {
  const std::string eight(8, '\0');
  EXPECT_TRUE(parse_npy(npy("<f8", "(1, 1)", eight), "x"));
  EXPECT_NE(error_of(parse_npy(npy(">f8", "(1, 1)", eight), "x")), "no error");
  EXPECT_NE(error_of(parse_npy(npy("<f16", "(1, 1)", eight), "x")), "no error");
  EXPECT_NE(error_of(parse_npy(npy("<f8", "(1, 1, 1)", eight), "x")), "no error");
  EXPECT_NE(error_of(parse_npy(npy("<f8", "()", eight), "x")), "no error");
  EXPECT_NE(error_of(parse_npy(npy("<f8", "(0, 3)", eight), "x")), "no error");
  EXPECT_NE(error_of(parse_npy(npy("<f8", "(3, 0)", eight), "x")), "no error");
  EXPECT_NE(error_of(parse_npy(npy("<f8", "(-1, 1)", eight), "x")), "no error");
  EXPECT_NE(error_of(parse_npy(npy("<f8", "(1, 1", eight), "x")), "no error");
  EXPECT_EQ(error_of(read_npy(kept_path("text.npy"))),
            kept_path("text.npy") +
                ": holds values of type '<U1'; numbers are read (float32, "
                "float64, integers)");
}

TEST(NpyTest, RefusesWhatEndsEarly) {
  const std::string whole = kept_file("table.npy");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    ASSERT_NE(error_of(parse_npy(std::string_view(whole).substr(0, length), "x")), "no error")
        << length;
  }
  const std::string huge = npy("<f8", "(18446744073709551615, 2)", std::string(8, '\0'));
  EXPECT_NE(error_of(parse_npy(huge, "x")), "no error");
  EXPECT_NE(error_of(parse_npy(npy("<f8", "(99999999999999999999, 2)", ""), "x")), "no error");
}

TEST(NpyTest, RefusesADamagedArchive) {
  for (const std::string name : {"deflated.npz", "stored.npz"}) {
    const std::string whole = kept_file(name);
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const Result<std::string> read =
          read_zip_entry(std::string_view(whole).substr(0, length), "X.npy", "x");
      ASSERT_NE(error_of(read), "no error") << name << " " << length;
    }
    const Result<std::string> good = read_zip_entry(whole, "X.npy", "x");
    ASSERT_TRUE(good) << good.error().message;
    std::size_t noticed = 0;
    for (std::size_t at = 0; at < whole.size(); ++at) {
      std::string bad = whole;
      bad[at] ^= 0x10;
      const Result<std::string> read = read_zip_entry(bad, "X.npy", "x");
      if (read) {  // not a byte of this entry, or one without meaning
        EXPECT_EQ(*read, *good) << name << " " << at;
      } else {
        ++noticed;
      }
    }
    EXPECT_GT(noticed, 100U) << name;
    EXPECT_EQ(error_of(read_zip_entry(whole, "Z.npy", "x")), "x: there is no Z.npy in the archive");
  }
  const SetFolder folder;
  EXPECT_NE(error_of(read_npz(folder.write("a.npz", "not a zip"), "X")), "no error");
}

}  // namespace
}  // namespace retimu
