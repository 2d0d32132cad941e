// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/scanner.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/core/random.hpp"
#include "retimu/text/known_words.hpp"
#include "retimu/text/load.hpp"

#include <gtest/gtest.h>

#include <string>

namespace retimu {
namespace {

// Items with a blank between them, * for a variable.
std::string items_of(std::string_view line) {
  Scanner scanner;
  std::string text;
  for (const Item& item : scanner.scan(line).items) {
    if (!text.empty()) text += ' ';
    text += item.is_variable() ? "*" : line.substr(item.begin, item.end - item.begin);
  }
  return text;
}

TEST(ScannerTest, WordsAndMarks) {
  EXPECT_EQ(items_of("pump stopped, valve open"), "pump stopped , valve open");
  EXPECT_EQ(items_of("state=idle;owner=(none)"), "state = idle ; owner = ( none )");
  EXPECT_EQ(items_of("It is done! Really? Yes."), "It is done ! Really ? Yes .");
  EXPECT_EQ(items_of("waiting...done.. ."), "waiting ... done .. .");
  EXPECT_EQ(items_of("a - b -- c"), "a - b -- c");
  EXPECT_EQ(items_of(" \tindented\r\n"), "indented");
  EXPECT_EQ(items_of("Störung im Gerät"), "Störung im Gerät");
  EXPECT_EQ(items_of(""), "");
}

TEST(ScannerTest, TypedVariables) {
  EXPECT_EQ(items_of("took 12 of x7 at 0xFF"), "took * of * at *");
  EXPECT_EQ(items_of("open /var/log failed, not and/or"), "open * failed , not and/or");
  EXPECT_EQ(items_of("in C:\\Windows\\Temp today"), "in C : * today");
  EXPECT_EQ(items_of("by org.example.Main of Main.run"), "by * of Main.run");
  EXPECT_EQ(items_of("to mail.example and relay.com"), "to mail.example and *");
  EXPECT_EQ(items_of("id deadbeef or beef"), "id * or beef");
  EXPECT_EQ(items_of("on Mon in February"), "on * in *");
  EXPECT_EQ(items_of("by ops@plant or @ops"), "by * or @ops");
  EXPECT_EQ(items_of("password **** was **"), "password * was **");
  EXPECT_EQ(items_of("boot node-[1-4 7,9] or node-[a] or node[1]"),
            "boot * or node- [ a ] or node [ * ]");
}

TEST(ScannerTest, Addresses) {
  EXPECT_EQ(items_of("from ab:cd:ef:ab:cd:ef via lan"), "from * via lan");
  EXPECT_EQ(items_of("from fe80::abcd:ef via lan"), "from * via lan");
  EXPECT_EQ(items_of("call ab::cd now"), "call ab : : cd now");
  EXPECT_EQ(items_of("at 10.1.2.3:80 and ten:ace"), "at * and ten : ace");
}

TEST(ScannerTest, UnitsBoundsAndQueries) {
  EXPECT_EQ(items_of("sent 12 kb in 3 seconds to bytes"), "sent * in * to bytes");
  EXPECT_EQ(items_of("lasted <1 sec, limit < 5"), "lasted * , limit < *");
  EXPECT_EQ(items_of("to=<ops@plant.com>"), "to = < * >");
  EXPECT_EQ(items_of("GET /a/b?x=1&y=(2) HTTP"), "GET * HTTP");
  EXPECT_EQ(items_of("GET \"http://h.com:80/a?x=1\" now"), "GET \" http : * \" now");
  EXPECT_EQ(items_of("why? because"), "why ? because");
}

TEST(ScannerTest, Collapsing) {
  EXPECT_EQ(items_of("ids 1 2 3 end"), "ids * end");
  EXPECT_EQ(items_of("ids 1, 2,3:4-5|6 end"), "ids * end");
  EXPECT_EQ(items_of("sent 12 (1.2 KB) to x"), "sent * to x");
  EXPECT_EQ(items_of("host () is down"), "host is down");
  EXPECT_EQ(items_of("(7) is first"), "( * ) is first");
  EXPECT_EQ(items_of("has [ann, bob, eve] now"), "has [ * ] now");
  EXPECT_EQ(items_of("has [ann] now"), "has [ ann ] now");
}

TEST(ScannerTest, HashesAreOfTheTextAndOfNothingElse) {
  Scanner scanner;
  const std::uint64_t first = scanner.scan("pump 7 stopped").hash;
  (void)scanner.scan("something else (entirely), 3 times");
  EXPECT_EQ(scanner.scan("pump   812 stopped").hash, first);
  EXPECT_NE(scanner.scan("pump stopped 7").hash, first);
  EXPECT_NE(scanner.scan("Pump 7 stopped").hash, first);
  // Part of what is stored: must never change.
  EXPECT_EQ(first, 5'588'164'125'394'593'156ULL);
  for (const std::string_view word : {"", "a", "abcdefgh", "abcdefghi", "a somewhat longer word"}) {
    EXPECT_EQ(hash_word(word.data(), word.size(), word.data() + word.size()), hash(word));
  }
}

TEST(ScannerTest, RenderPutsPlaceholdersOverWhatVaries) {
  Scanner scanner;
  const auto text_of = [&](std::string_view line) {
    const Signature signature = scanner.scan(line);
    return render(signature.items, signature.line);
  };
  EXPECT_EQ(text_of("pump 7  stopped."), "pump <*>  stopped.");
  EXPECT_EQ(text_of("ids=1, 2, 3; end"), "ids=<*>; end");
  EXPECT_EQ(text_of("sent 12 kb (1.2 KB) to x"), "sent <*> (<*>) to x");
  EXPECT_EQ(text_of("GET /a?b=(c) done"), "GET <*> done");
  EXPECT_EQ(text_of("has [ann, bob, eve]"), "has [<*>]");
  EXPECT_EQ(text_of("host () is"), "host () is");
}

TEST(ScannerTest, Numbers) {
  Scanner scanner;
  const auto numbers_of = [&](std::string_view line) {
    (void)scanner.scan(line);
    const std::span<const LineNumber> numbers = scanner.numbers();
    return std::vector<LineNumber>(numbers.begin(), numbers.end());
  };
  using Numbers = std::vector<LineNumber>;
  EXPECT_EQ(numbers_of("took -12.5 ms, load 45% of 3GB"), (Numbers{{1, -12.5}, {4, 45}, {6, 3}}));
  // A collapsed list is one item; addresses, times, versions and ids are no numbers.
  EXPECT_EQ(numbers_of("sizes 1, 2 3"), (Numbers{{1, 1}, {1, 2}, {1, 3}}));
  EXPECT_EQ(numbers_of("at 12:30:45 from 10.0.0.1:80 v1.2 0x1F 1234567890123456"), Numbers{});
  EXPECT_EQ(numbers_of("nan inf 1e999 1,024"), Numbers{});
  // Hexadecimal ids are none, whatever their letters could mean; a size is one.
  EXPECT_EQ(numbers_of("request 37e06107 of 7654321b, 12e4 and 0000e001"), Numbers{});
  EXPECT_EQ(numbers_of("sent 765432b of 1048576B and 87654321"),
            (Numbers{{1, 765432}, {3, 1048576}, {5, 87654321}}));
  // What is dropped from the signature has no place.
  EXPECT_EQ(numbers_of("sent 12 (1.2 KB) to 5"), (Numbers{{1, 12}, {3, 5}}));
}

TEST(ScannerTest, LongAndHostileLines) {
  Scanner scanner;
  const std::string many(1'000'000, ';');
  EXPECT_EQ(scanner.scan(many).items.size(), Scanner::items_max);
  const std::string one(1'000'000, 'x');
  const Signature word = scanner.scan(one);
  ASSERT_EQ(word.items.size(), 1U);
  EXPECT_EQ(word.items[0].end, Scanner::line_bytes_max);
  Random random(7);
  for (int i = 0; i < 20'000; ++i) {
    std::string line(random.below(60), ' ');
    constexpr std::string_view alphabet = "a7:.?/()[]<>,=*@ \t\x80\xff-f";
    for (char& byte : line) byte = alphabet[random.below(alphabet.size())];
    const Signature signature = scanner.scan(line);
    std::uint32_t last = 0;
    for (const Item& item : signature.items) {
      ASSERT_LE(last, item.begin) << line;
      ASSERT_LT(item.begin, item.end) << line;
      ASSERT_LE(item.end, line.size()) << line;
      last = item.end;
    }
    for (const LineNumber& number : scanner.numbers()) {
      ASSERT_TRUE(signature.items[number.item].is_variable()) << line;
    }
  }
}

TEST(KnownWordsTest, AnyCaseAndNothingElse) {
  EXPECT_EQ(kinds_of_word("SEPTEMBER"), date_word);
  EXPECT_EQ(kinds_of_word("Kb"), unit_word);
  EXPECT_EQ(kinds_of_word("localdomain"), domain_word);
  EXPECT_EQ(kinds_of_word("disabled"), state_word);
  EXPECT_EQ(kinds_of_word("hostname"), cue_word);
  EXPECT_EQ(kinds_of_word("no"), state_word);
  for (const std::string_view word : {"", "septembe", "septemberr", "hostnames", "pump"}) {
    EXPECT_EQ(kinds_of_word(word), 0U) << word;
  }
  EXPECT_EQ(severity_of_word("WARN"), Severity::warning);
  EXPECT_EQ(severity_of_word("Fatal"), Severity::critical);
  EXPECT_EQ(severity_of_word("info"), Severity::indeterminate);
  EXPECT_FALSE(severity_of_word("warned"));
}

}  // namespace
}  // namespace retimu
