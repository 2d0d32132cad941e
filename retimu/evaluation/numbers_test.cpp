// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/numbers.hpp"

#include "retimu/evaluation/sets_test_tools.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace retimu {
namespace {

using Texts = std::vector<std::string>;
using Values = std::vector<double>;

TEST(NumbersTest, ReadsAHeaderAndKeepsTheTextThatIsAskedFor) {
  const SetFolder folder;
  const std::string path =
      folder.write("a.csv", "\xEF\xBB\xBF x , when,y\r\n1,noon, 2.5\r\n\r\n-1e3,night,+4\r\n");
  const Result<Numbers> numbers = read_numbers(path, {.text = {"when"}});
  ASSERT_TRUE(numbers) << numbers.error().message;
  EXPECT_EQ(numbers->columns, (Texts{"x", "y"}));
  EXPECT_EQ(numbers->table.columns, 2U);
  EXPECT_EQ(numbers->table.values, (Values{1, 2.5, -1000, 4}));
  EXPECT_EQ(numbers->text[0], (Texts{"noon", "night"}));
}

TEST(NumbersTest, ReadsSemicolonsAndBlanksWithoutAHeader) {
  const SetFolder folder;
  const auto semicolons = read_numbers(folder.write("a", "1;2\n3;4"),
                                       {.delimiter = ';', .has_header = false, .text = {}});
  ASSERT_TRUE(semicolons) << semicolons.error().message;
  EXPECT_EQ(semicolons->columns, (Texts{"m1", "m2"}));
  EXPECT_EQ(semicolons->table.values, (Values{1, 2, 3, 4}));
  const auto blanks = read_numbers(folder.write("b", "  1.0e+00  -2 \n\t3 4\r\n"),
                                   {.delimiter = ' ', .has_header = false, .text = {}});
  ASSERT_TRUE(blanks) << blanks.error().message;
  EXPECT_EQ(blanks->table.values, (Values{1, -2, 3, 4}));
}

TEST(NumbersTest, WhatIsMissingOrInfiniteIsNaN) {
  const SetFolder folder;
  const auto numbers = read_numbers(folder.write("a", "x,y\n,nan\ninf,7\n"), {.text = {}});
  ASSERT_TRUE(numbers) << numbers.error().message;
  EXPECT_TRUE(std::isnan(numbers->table.values[0]));
  EXPECT_TRUE(std::isnan(numbers->table.values[1]));
  EXPECT_TRUE(std::isnan(numbers->table.values[2]));
  EXPECT_EQ(numbers->table.values[3], 7);
}

TEST(NumbersTest, UnpacksGzip) {
  const auto numbers = read_numbers(kept_path("numbers.csv.gz"), {.text = {"time"}});
  ASSERT_TRUE(numbers) << numbers.error().message;
  EXPECT_EQ(numbers->table.values[0], 1.5);
  EXPECT_TRUE(std::isnan(numbers->table.values[1]));
  EXPECT_EQ(numbers->table.values[2], -2000);
  EXPECT_EQ(numbers->text[0][1], "2024-01-02");
}

TEST(NumbersTest, ErrorsNameFileAndLine) {
  const SetFolder folder;
  const auto error = [&](std::string_view text) {
    const std::string path = folder.write("a.csv", text);
    const std::string message = error_of(read_numbers(path, {.text = {"t"}}));
    return message.starts_with(path) ? message.substr(path.size()) : message;
  };
  EXPECT_EQ(error("t,x\n1,2\n\n2,abc\n"), ":4: \"abc\" is no number");
  EXPECT_EQ(error("t,x\n1,2\n2\n"), ":3: has 1 fields, the lines before 2");
  EXPECT_EQ(error("x,y\n1,2\n"), ":1: the header must have one column \"t\"");
  EXPECT_EQ(error("t,t\n1,2\n"), ":1: the header must have one column \"t\"");
  EXPECT_EQ(error("t,x\n"), ": has no rows");
  EXPECT_EQ(error(""), ": has no rows");
  EXPECT_EQ(error("t,x\n\"1\"2,3\n"), ":2: text stands behind a field in quotes");
  EXPECT_EQ(error("t,x\n\"1,3\n"), ":2: the line has no end, or its quotes have none");
  EXPECT_NE(error_of(read_numbers(folder.path() + "/b", {.text = {}})), "no error");
}

TEST(NumbersTest, DamagedGzipIsAnError) {
  const SetFolder folder;
  const std::string good = kept_file("numbers.csv.gz");
  ASSERT_GT(good.size(), 40U);
  for (const std::size_t length : {good.size() - 1, good.size() - 9, good.size() / 2}) {
    const std::string path = folder.write("cut.csv.gz", std::string_view(good).substr(0, length));
    EXPECT_NE(error_of(read_numbers(path, {.text = {"time"}})), "no error") << length;
  }
  std::string bad = good;
  bad[good.size() - 6] ^= 1;  // of the checksum
  EXPECT_NE(error_of(read_numbers(folder.write("bad.csv.gz", bad), {.text = {"time"}})),
            "no error");
}

TEST(NumbersTest, TakesAColumnOut) {
  Numbers numbers{{"a", "b", "c"}, {3, {1, 2, 3, 4, 5, 6}}, {}};
  const auto taken = take_column(numbers, "b", "file");
  ASSERT_TRUE(taken);
  EXPECT_EQ(*taken, (Values{2, 5}));
  EXPECT_EQ(numbers.columns, (Texts{"a", "c"}));
  EXPECT_EQ(numbers.table.columns, 2U);
  EXPECT_EQ(numbers.table.values, (Values{1, 3, 4, 6}));
  EXPECT_EQ(error_of(take_column(numbers, "b", "file")), "file: has no column \"b\"");
}

TEST(NumbersTest, LabelsAreZeroOrOne) {
  EXPECT_EQ(*as_labels(Values{0, 1, -0.0}, "file"), (std::vector<std::uint8_t>{0, 1, 0}));
  EXPECT_EQ(error_of(as_labels(Values{0, 1, 2}, "file")),
            "file: the label of row 3 is 2, neither 0 nor 1");
  EXPECT_NE(error_of(as_labels(Values{std::nan("")}, "file")), "no error");
  EXPECT_NE(error_of(as_labels(Values{0.5}, "file")), "no error");
}

}  // namespace
}  // namespace retimu
