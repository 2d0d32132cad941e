// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using State = Record::State;
constexpr std::size_t no_limit = 1UL << 20U;

struct Cut {
  std::string text;
  std::uint64_t offset;
  State state = State::whole;
  friend bool operator==(const Cut&, const Cut&) = default;
};

std::ostream& operator<<(std::ostream& to, const Cut& cut) {
  return to << '"' << cut.text << "\" at " << cut.offset << " state "
            << static_cast<int>(cut.state);
}

RecordReader make_reader(const std::string& text, char delimiter, std::size_t bytes_max = no_limit,
                         std::size_t step = SIZE_MAX) {
  RecordReader reader(std::make_unique<MemoryReader>(text, step), bytes_max);
  reader.set_delimiter(delimiter);
  return reader;
}

std::vector<Cut> cut_rest(RecordReader& reader) {
  std::vector<Cut> cuts;
  for (;;) {
    const auto record = reader.next();
    if (!record) {
      ADD_FAILURE() << record.error().message;
      return cuts;
    }
    if (!*record) return cuts;
    cuts.push_back({std::string((*record)->text), (*record)->offset, (*record)->state});
  }
}

std::vector<Cut> cut(const std::string& text, char delimiter = '\0',
                     std::size_t bytes_max = no_limit, std::size_t step = SIZE_MAX) {
  RecordReader reader = make_reader(text, delimiter, bytes_max, step);
  return cut_rest(reader);
}

TEST(Records, AreLines) {
  EXPECT_EQ(cut(""), std::vector<Cut>{});
  EXPECT_EQ(cut("\n\r\n \t \n"), std::vector<Cut>{});
  EXPECT_EQ(cut("a\nb\r\n\nc"), (std::vector<Cut>{{"a", 0}, {"b", 2}, {"c", 6, State::unended}}));
  EXPECT_EQ(cut("a\r\r\n  b \n"), (std::vector<Cut>{{"a\r", 0}, {"  b ", 4}}));
  EXPECT_EQ(cut(std::string("a\0b\n", 4)), (std::vector<Cut>{{std::string("a\0b", 3), 0}}));
  // Quotes mean nothing where no delimiter is set.
  EXPECT_EQ(cut("\"a\nb\"\n"), (std::vector<Cut>{{"\"a", 0}, {"b\"", 3}}));
}

TEST(Records, OfCsvHoldLineEndsInQuotes) {
  EXPECT_EQ(cut("a,\"b\nc\"\nd\n", ','), (std::vector<Cut>{{"a,\"b\nc\"", 0}, {"d", 8}}));
  EXPECT_EQ(cut("\"a\"\"\n\",b\nd\n", ','), (std::vector<Cut>{{"\"a\"\"\n\",b", 0}, {"d", 9}}));
  EXPECT_EQ(cut("a,\"\n\n\n\"", ','), (std::vector<Cut>{{"a,\"\n\n\n\"", 0, State::unended}}));
  // A quote within a field opens nothing, nor does one behind a blank or another delimiter.
  EXPECT_EQ(cut("12\" pipe\nb\n", ','), (std::vector<Cut>{{"12\" pipe", 0}, {"b", 9}}));
  EXPECT_EQ(cut("a;\"b\nc\"\n", ','), (std::vector<Cut>{{"a;\"b", 0}, {"c\"", 5}}));
  EXPECT_EQ(cut("a, \"b\nc\"\n", ','), (std::vector<Cut>{{"a, \"b", 0}, {"c\"", 6}}));
  EXPECT_EQ(cut("a;\"b\nc\"\n", ';'), (std::vector<Cut>{{"a;\"b\nc\"", 0}}));
}

// Each line opens a quote that no other closes: every one is its own record, and looked at once.
TEST(Records, WhoseQuotesAllStayOpenCostNoMoreThanOthers) {
  std::string text;
  constexpr std::size_t lines = 150'000;
  for (std::size_t i = 0; i < lines; ++i) text += "a\"b,\"c\n";
  text += "d\n";
  for (const std::size_t step : {std::size_t{1'000}, SIZE_MAX}) {
    const std::vector<Cut> cuts = cut(text, ',', no_limit, step);
    ASSERT_EQ(cuts.size(), lines + 1);
    for (std::size_t i = 0; i < lines; ++i)
      ASSERT_EQ(cuts[i], (Cut{"a\"b,\"c", 7 * i, State::unclosed}));
    EXPECT_EQ(cuts.back(), (Cut{"d", 7 * lines}));
  }
  // What closes one of them closes those before it.
  text = "a\"b,\"c\na\"b,\"c\nd\",e\nf\n";
  EXPECT_EQ(cut(text, ','), (std::vector<Cut>{{"a\"b,\"c\na\"b,\"c\nd\",e", 0}, {"f", 19}}));
}

TEST(Records, WhoseQuoteStaysOpenEndWithTheirFirstLine) {
  EXPECT_EQ(cut("a,\"b\nc\nd\n", ','),
            (std::vector<Cut>{{"a,\"b", 0, State::unclosed}, {"c", 5}, {"d", 7}}));
  EXPECT_EQ(cut("a,\"b", ','), (std::vector<Cut>{{"a,\"b", 0, State::unended}}));
  // Open for longer than a MiB, or than a record may be.
  const std::string lines(3UL * 1024 * 1024, '\n');
  EXPECT_EQ(cut("\"a" + lines + "b\"\n", ',').front(), (Cut{"\"a", 0, State::unclosed}));
  EXPECT_EQ(
      cut("\"a\n" + std::string(20, 'x') + "\n\"\n", ',', 22),
      (std::vector<Cut>{
          {"\"a", 0, State::unclosed}, {std::string(20, 'x'), 3}, {"\"", 24, State::unclosed}}));
  EXPECT_EQ(cut("\"a\n" + std::string(20, 'x') + "\n\"\n", ',', 25).size(), 1U);
}

TEST(Records, CanBeCutToTheirFirstLine) {
  for (const std::size_t step : {SIZE_MAX, std::size_t{1}}) {
    RecordReader reader = make_reader("x\na,\"b\r\nc\"z\nd\n", ',', no_limit, step);
    ASSERT_TRUE(reader.next());
    const auto record = reader.next();
    ASSERT_TRUE(record && *record);
    EXPECT_EQ((*record)->text, "a,\"b\r\nc\"z");
    EXPECT_TRUE((*record)->spans_lines);
    const Record first = reader.keep_first_line(**record);
    EXPECT_EQ(first.text, "a,\"b");
    EXPECT_EQ(first.state, State::unclosed);
    EXPECT_EQ(first.offset, 2U);
    EXPECT_EQ(cut_rest(reader), (std::vector<Cut>{{"c\"z", 8}, {"d", 12}}));
  }
}

TEST(Records, HaveALargestSize) {
  const std::string nine(9, 'x'), ten(10, 'y'), eleven(11, 'z'), nine_z(9, 'z');
  const std::vector<Cut> expected = {
      {nine, 0}, {ten, 10}, {std::string(10, 'z'), 21, State::too_long}, {"end", 33}};
  const std::string text = nine + "\n" + ten + "\n" + eleven + "\nend\n";
  for (const std::size_t step : {SIZE_MAX, std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    EXPECT_EQ(cut(text, '\0', 10, step), expected);
    EXPECT_EQ(cut(text, ',', 10, step), expected);
  }
  // It counts for the first line: what follows a long one is not lost with it.
  EXPECT_EQ(cut("\"" + eleven + "\nb\n\"\n", ',', 10),
            (std::vector<Cut>{
                {"\"" + nine_z, 0, State::too_long}, {"b", 13}, {"\"", 15, State::unclosed}}));
  EXPECT_EQ(cut(eleven, '\0', 10), (std::vector<Cut>{{"z" + nine_z, 0, State::too_long}}));
}

// Gives `long_bytes` times 'x', a line end, and a record.
class LongLine final : public ByteReader {
 public:
  LongLine(std::uint64_t long_bytes, std::size_t& asked_most)
      : end_(long_bytes), asked_most_(asked_most) {}
  Result<std::size_t> read(char* to, std::size_t bytes) override {
    asked_most_ = std::max(asked_most_, bytes);
    constexpr std::string_view behind = "\nnext\n";
    std::size_t got = 0;
    for (; got < bytes && at_ < end_ + behind.size(); ++got, ++at_) {
      to[got] = at_ < end_ ? 'x' : behind[at_ - end_];
    }
    return got;
  }
  Result<void> seek(std::uint64_t offset) override {
    at_ = offset;
    return {};
  }
  std::uint64_t bytes_read() const override { return at_; }
  std::uint64_t bytes_total() const override { return end_; }

 private:
  std::uint64_t end_, at_ = 0;
  std::size_t& asked_most_;  // bounds the room that the reader has made
};

TEST(Records, ThatAreLongAreNotHeldInMemory) {
  std::size_t asked_most = 0;
  constexpr std::uint64_t bytes = 64UL * 1024 * 1024;
  RecordReader reader(std::make_unique<LongLine>(bytes, asked_most), 10'000);
  const auto record = reader.next();
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->state, State::too_long);
  EXPECT_EQ((*record)->text, std::string(4'096, 'x'));
  EXPECT_EQ((*record)->offset, 0U);
  EXPECT_EQ(cut_rest(reader), (std::vector<Cut>{{"next", bytes + 1}}));
  EXPECT_LE(asked_most, 128U * 1024);
}

TEST(Records, GoOnWhereReadingStopped) {
  const std::string text = "a\nbb\nccc";
  RecordReader reader = make_reader(text, '\0');
  const auto from = [&](std::uint64_t offset) {
    EXPECT_TRUE(reader.resume(offset, "readings"));
    return cut_rest(reader);
  };
  EXPECT_EQ(from(0), cut(text));
  EXPECT_EQ(from(2), (std::vector<Cut>{{"bb", 2}, {"ccc", 5, State::unended}}));
  EXPECT_EQ(from(8), std::vector<Cut>{});
  // In the middle of a line: its beginning was read when it was not complete.
  EXPECT_EQ(from(3), (std::vector<Cut>{{"b", 3, State::rest}, {"ccc", 5, State::unended}}));
  EXPECT_EQ(from(4), (std::vector<Cut>{{"ccc", 5, State::unended}}));
  const Result<void> beyond = reader.resume(9, "readings.csv");
  ASSERT_FALSE(beyond);
  EXPECT_EQ(beyond.error().fault, Fault::input);
  EXPECT_NE(beyond.error().message.find("readings.csv: is shorter"), std::string::npos);
}

// How many bytes a read gives, and where reading began, must not show. Each seed is a random text
// of the characters that matter.
TEST(Records, AreAFunctionOfTheBytes) {
  constexpr std::string_view alphabet = "ab,,\"\"\n\n\r ";
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    std::string text;
    for (std::uint64_t left = random.below(60); left > 0; --left) {
      text += alphabet[random.below(alphabet.size())];
    }
    const char delimiter = random.below(4) == 0 ? '\0' : ',';
    const std::size_t bytes_max = 4 + random.below(20);
    const std::vector<Cut> all = cut(text, delimiter, bytes_max);
    for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
      ASSERT_EQ(cut(text, delimiter, bytes_max, step), all) << text;
    }
    RecordReader reader = make_reader(text, delimiter, bytes_max);
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_TRUE(reader.resume(all[i].offset, "readings"));
      ASSERT_EQ(cut_rest(reader), std::vector<Cut>(all.begin() + static_cast<long>(i), all.end()))
          << text;
    }
    // What is no record is blank.
    std::string rest = text;
    for (const Cut& one : all) {
      std::size_t bytes = one.text.size();
      if (one.state == State::too_long)
        bytes = std::min(rest.find('\n', one.offset), rest.size()) - one.offset;
      rest.replace(one.offset, bytes, bytes, ' ');
    }
    ASSERT_EQ(rest.find_first_not_of(" \r\n"), std::string::npos) << text;
  }
}

class Broken final : public ByteReader {
 public:
  Result<std::size_t> read(char* to, std::size_t) override {
    if (at_ > 0) return failure(Fault::input, "readings: broken");
    std::memcpy(to, "a\nb", 3);
    at_ = 3;
    return std::size_t{3};
  }
  Result<void> seek(std::uint64_t offset) override {
    at_ = offset;
    return {};
  }
  std::uint64_t bytes_read() const override { return at_; }
  std::uint64_t bytes_total() const override { return 3; }

 private:
  std::uint64_t at_ = 0;
};

TEST(Records, BeforeAnErrorAreGiven) {
  RecordReader reader(std::make_unique<Broken>(), no_limit);
  const auto first = reader.next();
  ASSERT_TRUE(first && *first);
  EXPECT_EQ((*first)->text, "a");
  const auto next = reader.next();
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().message, "readings: broken");
}

// ---- lines that go on with the one before: those that begin with a blank

struct Joined {
  std::vector<Cut> cuts;
  std::vector<bool> is_cut, is_at_end;
};

Joined cut_joined(const std::string& text, std::size_t bytes_max = no_limit,
                  std::size_t step = SIZE_MAX) {
  RecordReader reader = make_reader(text, '\0', bytes_max, step);
  reader.join([](std::string_view line) { return line.starts_with(' '); });
  Joined joined;
  for (;;) {
    const auto record = reader.next();
    if (!record || !*record) return joined;
    joined.cuts.push_back({std::string((*record)->text), (*record)->offset, (*record)->state});
    joined.is_cut.push_back((*record)->is_cut);
    joined.is_at_end.push_back((*record)->is_at_end);
  }
}

TEST(Records, OfLogsHoldLinesThatGoOn) {
  const Joined joined = cut_joined("a\n b\r\n c\r\nd\n\n e\nf");
  EXPECT_EQ(joined.cuts,
            (std::vector<Cut>{{"a\n b\r\n c", 0}, {"d\n\n e", 10}, {"f", 16, State::unended}}));
  EXPECT_EQ(joined.is_at_end, (std::vector<bool>{false, false, true}));
  // The first line of a file begins a record, whatever it looks like.
  EXPECT_EQ(cut_joined(" a\nb\n").cuts, (std::vector<Cut>{{" a", 0}, {"b", 3}}));
  // Whether the last one goes on is not known, though its line has ended.
  EXPECT_EQ(cut_joined("a\nb\n").is_at_end, (std::vector<bool>{false, true}));
}

TEST(Records, OfLogsAreBounded) {
  std::string text = "a\n";
  for (int i = 0; i < 1'500; ++i) text += " x\n";
  const std::uint64_t next = text.size();
  const Joined many = cut_joined(text + "b\nc\n");
  ASSERT_EQ(many.cuts.size(), 3U);
  EXPECT_EQ(many.cuts[0].text, text.substr(0, 2 + 3 * 999 - 1));  // 1,000 lines
  EXPECT_EQ(many.cuts[1], (Cut{"b", next}));
  EXPECT_EQ(many.is_cut, (std::vector<bool>{true, false, false}));

  const std::string wide = " " + std::string(30'000, 'x');
  const Joined large = cut_joined("a\n" + wide + "\n" + wide + "\n" + wide + "\n c\nb\n");
  ASSERT_EQ(large.cuts.size(), 2U);
  EXPECT_EQ(large.cuts[0].text, "a\n" + wide + "\n" + wide);
  EXPECT_TRUE(large.is_cut[0]);

  // What goes on with a line that is too long is passed over, however long it is.
  const std::string longer(100'000, ' ');
  const Joined passed = cut_joined(std::string(2'000, 'a') + "\n b\n" + longer + "x\nc\n", 1'000);
  ASSERT_EQ(passed.cuts.size(), 2U);
  EXPECT_EQ(passed.cuts[0].state, State::too_long);
  EXPECT_EQ(passed.cuts[1].text, "c");
}

TEST(Records, OfLogsAreTheSameHoweverFewBytesCome) {
  Random random(11);
  constexpr std::string_view alphabet = "ab  \n\n\r";
  for (int i = 0; i < 2'000; ++i) {
    std::string text(random.below(80), ' ');
    for (char& byte : text) byte = alphabet[random.below(alphabet.size())];
    const Joined whole = cut_joined(text, 10), few = cut_joined(text, 10, 3);
    ASSERT_EQ(whole.cuts, few.cuts) << text;
    ASSERT_EQ(whole.is_cut, few.is_cut) << text;
    ASSERT_EQ(whole.is_at_end, few.is_at_end) << text;
    for (const Cut& one : whole.cuts) {
      RecordReader reader = make_reader(text, '\0', 10);
      reader.join([](std::string_view line) { return line.starts_with(' '); });
      ASSERT_TRUE(reader.resume(one.offset, "x"));
      const auto record = reader.next();
      ASSERT_TRUE(record && *record);
      ASSERT_EQ((*record)->text, one.text) << text;
    }
  }
}

}  // namespace
}  // namespace retimu
