// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/csv_text.hpp"
#include "retimu/core/random.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace retimu {
namespace {

using Fields = std::vector<std::string>;

std::optional<Fields> split(std::string_view record, char delimiter = ',') {
  std::vector<std::string_view> fields;
  std::string memory;
  if (!split_csv(record, delimiter, fields, memory)) return std::nullopt;
  return Fields(fields.begin(), fields.end());
}

TEST(CsvFields, StandBetweenDelimiters) {
  EXPECT_EQ(split(""), Fields{""});
  EXPECT_EQ(split("a"), Fields{"a"});
  EXPECT_EQ(split("a,b,"), (Fields{"a", "b", ""}));
  EXPECT_EQ(split(",, a ,"), (Fields{"", "", " a ", ""}));
  EXPECT_EQ(split("a\tb,c", '\t'), (Fields{"a", "b,c"}));
}

TEST(CsvFields, LoseTheirQuotes) {
  EXPECT_EQ(split("\"a\",\"b,c\""), (Fields{"a", "b,c"}));
  EXPECT_EQ(split("\"\""), Fields{""});
  EXPECT_EQ(split("\"\",x,\"\""), (Fields{"", "x", ""}));
  EXPECT_EQ(split("\"a \"\"b\"\" c\",\"\"\"\""), (Fields{"a \"b\" c", "\""}));
  EXPECT_EQ(split("\"a\nb\",c"), (Fields{"a\nb", "c"}));
  EXPECT_EQ(split("12\" pipe,a\"b\"c"), (Fields{"12\" pipe", "a\"b\"c"}));
  EXPECT_EQ(split("\"a\","), (Fields{"a", ""}));
  EXPECT_EQ(split(" \"a\",b"), (Fields{" \"a\"", "b"}));
}

TEST(CsvFields, HaveNoTextBehindTheirQuote) {
  for (const char* wrong : {"\"", "a,\"", "\"a\"\"", "\"a\"b,c", "\"a\" ,b", "\"a,b"}) {
    EXPECT_EQ(split(wrong), std::nullopt) << wrong;
  }
}

// Any fields, written by RFC 4180, are read again.
TEST(CsvFields, AreWhatWasWritten) {
  constexpr std::string_view alphabet = "ab,;\"\n\r 1";
  for (std::uint64_t seed = 1; seed <= 2'000; ++seed) {
    Random random(seed);
    Fields fields(1 + random.below(6));
    std::string record;
    for (std::string& field : fields) {
      for (std::uint64_t left = random.below(8); left > 0; --left) {
        field += alphabet[random.below(alphabet.size())];
      }
      if (&field != fields.data()) record += ',';
      record += '"';
      for (const char c : field) record += c == '"' ? std::string("\"\"") : std::string(1, c);
      record += '"';
    }
    ASSERT_EQ(split(record), fields) << "seed " << seed << ": " << record;
  }
}

std::pair<CsvValue, double> value_of(std::string_view text, char delimiter = ',') {
  double number = -99;
  const CsvValue value = read_csv_value(text, delimiter, number);
  return {value, number};
}

TEST(CsvValues, AreNumbers) {
  const std::array<std::pair<std::string_view, double>, 14> numbers = {
      {{"0", 0},
       {" 1.5\t", 1.5},
       {"-2.5e3", -2500},
       {"+7", 7},
       {".5", .5},
       {"5.", 5},
       {"1E-3", .001},
       {"00123", 123},
       {"true", 1},
       {"FALSE", 0},
       {"True", 1},
       {"9007199254740993", 0x1p53},
       {"4.9406564584124654e-324", 0x1p-1074},
       {"-0", 0}}};
  for (const auto& [text, number] : numbers) {
    EXPECT_EQ(value_of(text), std::pair(CsvValue::number, number)) << text;
  }
  constexpr std::uint64_t seed = 3;
  Random random(seed);
  for (int i = 0; i < 10'000; ++i) {
    const auto number = std::bit_cast<double>(random.next());
    if (!std::isfinite(number)) continue;
    ASSERT_EQ(value_of(fmt::format("{}", number)).second, number);
  }
}

TEST(CsvValues, MayBeMissing) {
  for (const char* text :
       {"",     " ", "\t", "NA", "n/a", "#N/A", "NaN",      "nan",   "-nan",   "null", "NULL",
        "None", "-", "--", "?",  "inf", "-inf", "Infinity", "1e999", "-1e999", "\\N"}) {
    EXPECT_EQ(value_of(text), std::pair(CsvValue::missing, -99.0)) << text;
  }
}

TEST(CsvValues, AreTextOtherwise) {
  for (const char* text : {"a", "1 2", "1,5", "0x10", "1.2.3", "12%", "+-5", "--5", "1e", "12:30",
                           "1_000", "yes", "t", "e5", "+", "5a"}) {
    EXPECT_EQ(value_of(text), std::pair(CsvValue::text, -99.0)) << text;
  }
}

TEST(CsvValues, HaveADecimalCommaBesideSemicolons) {
  EXPECT_EQ(value_of("1,5", ';'), std::pair(CsvValue::number, 1.5));
  EXPECT_EQ(value_of("-0,25e1", ';'), std::pair(CsvValue::number, -2.5));
  EXPECT_EQ(value_of("1.5", ';'), std::pair(CsvValue::number, 1.5));
  for (const char* text : {"1,234,567", "1.234,5", ",", "a,b"}) {
    EXPECT_EQ(value_of(text, ';').first, CsvValue::text) << text;
  }
  EXPECT_EQ(value_of(std::string(70, '1') + ",5", ';').first, CsvValue::text);
}

}  // namespace
}  // namespace retimu
