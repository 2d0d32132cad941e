// SPDX-License-Identifier: Apache-2.0
// Logs that mean harm, or were written by a program gone wild: every line is counted, memory has a
// bound, alerts and digests do not depend on the number of threads, and what was learned is stored
// and found again.
#include "retimu/core/random.hpp"
#include "tests/bad_input/bad_input_case.hpp"

namespace retimu {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool memory_is_ours = false;  // a sanitizer keeps what was freed
#else
constexpr bool memory_is_ours = true;
#endif

constexpr Time begins = 1'700'000'000 * second;
constexpr std::size_t megabyte = 1'000'000;
constexpr std::size_t calm_lines = 6'000;

std::string head(std::size_t second_of_it, std::string_view host) {
  return fmt::format("{} {} app: ", format_time(begins + static_cast<Time>(second_of_it) * second),
                     host);
}

std::string letters(std::uint64_t number) {
  std::string text;
  for (; text.empty() || number > 0; number /= 26) text += static_cast<char>('a' + number % 26);
  return text;
}

std::string repeated(std::string_view part, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += part;
  return text;
}

class HostileLog : public BadInput {
 protected:
  void add(std::string_view line) {
    text_ += line;
    text_ += '\n';
    ++lines_;
    if (text_.size() > megabyte) flush();
  }
  // A calm line, so that the file is known for a log and its entities have a past.
  void add_usual(std::size_t second_of_it, std::string_view host) {
    add(head(second_of_it, host) + fmt::format("request {} took {} ms", second_of_it, 10));
  }
  void flush() {
    std::ofstream(folder_ / "app.log", std::ios::binary | std::ios::app) << text_;
    text_.clear();
  }
  // What is left of a run: the same whatever the number of threads.
  std::pair<std::string, std::vector<std::string>> run_with(std::size_t shards,
                                                            std::size_t bytes_max) {
    flush();
    const std::string name = fmt::format("state{}", shards);
    PipelineText text;
    text.paths = {"app.log"};
    text.shards = shards;
    text.data_dir = name;
    text.pipeline_keys = "snapshot_interval = \"50ms\"";
    text.source_keys =
        "format = \"log\"\npattern = \"{time} {host} {program}: {message}\"\n"
        "record_bytes_max = 4000000";
    text.time = text.entity = "";
    text.source_keys += "\nentity = \"host\"";
    text.alerts_path = name + ".jsonl";
    write("pipeline.toml", to_toml(text));
    const Outcome outcome = run({"run", "pipeline.toml", "--json"});
    EXPECT_EQ(outcome.code, told_done) << outcome.errors.substr(0, 2'000);
    const std::uint64_t read = number_after(outcome.output, "\"records\":");
    const std::uint64_t refused = number_after(outcome.output, "\"rejected\":");
    // The last record of a log waits for the next run: perhaps it goes on.
    EXPECT_EQ(read + refused + joined_ + 1, lines_) << outcome.output.substr(0, 2'000);
    EXPECT_EQ(refused, refused_) << outcome.output.substr(0, 2'000);
    if (memory_is_ours) {
      EXPECT_LT(outcome.memory_bytes_max, bytes_max);
    }
    fmt::print("{} shards: {} lines, {} MB of memory\n", shards, lines_,
               outcome.memory_bytes_max / megabyte);
    // Nothing is left to be done, and what was stored is taken.
    const Outcome again = run({"run", "pipeline.toml", "--json"});
    EXPECT_EQ(again.code, told_done) << again.errors.substr(0, 2'000);
    EXPECT_EQ(number_after(again.output, "\"raised\":"), 0U);
    const Result<Inspection> found = inspect(folder_ / name);
    EXPECT_TRUE(found) << found.error().message;
    return {read_file(folder_ / text.alerts_path),
            found ? digests(found->entities) : std::vector<std::string>()};
  }
  void expect_harmless(std::size_t bytes_max) {
    const auto one = run_with(1, bytes_max);
    const auto four = run_with(4, bytes_max);
    EXPECT_EQ(one.first, four.first);
    EXPECT_EQ(one.second, four.second);
    entities_ = one.second.size();
    raised_ = count_changes(one.first, "raised");
  }
  static std::uint64_t number_after(const std::string& text, std::string_view key) {
    const std::size_t at = text.find(key);
    EXPECT_NE(at, std::string::npos) << text;
    return at == std::string::npos ? 0 : std::stoull(text.substr(at + key.size()));
  }

  std::uint64_t lines_ = 0, joined_ = 0, refused_ = 0;
  std::size_t entities_ = 0, raised_ = 0;

 private:
  std::string text_;
};

TEST_F(HostileLog, OfLinesThatAreNone) {
  Random random(1);
  std::string noise(100'000, '\0');
  for (char& c : noise) {
    do c = static_cast<char>(random.below(256));
    while (c == '\n' || c == '\r');
  }
  const std::vector<std::string> bodies = {
      repeated("word ", megabyte),
      repeated("x", megabyte),
      repeated("k=v,", megabyte),
      repeated("a b ", 200'000),
      repeated("(", 60'000),
      repeated("[{(<\"", 60'000) + repeated(")>}]\"", 60'000),
      repeated("9", 60'000),
      "1e999999999 -1e-999999999 0x" + repeated("f", 5'000) + " nan inf -inf 1e308 9e-324",
      repeated("1.", 30'000),
      repeated("1:", 30'000),
      repeated("/", 60'000),
      repeated("a/1?b=", 60'000),
      repeated("\x01\x02\x1b[31m\x7f", 60'000),
      repeated("\xff\xfe\xc0\x80\xed\xa0\x80", 60'000),
      repeated("\xe2\x80", 60'000),
      "torn \xf0\x9f\x98",
      std::string(1'000, '\0') + "behind zeros" + std::string(70'000, '\0'),
      "\\u0000 %s%n%n ${jndi:ldap://x} '; DROP TABLE alerts; -- <script>",
      noise,
  };
  std::size_t time = 0;
  for (; time < calm_lines; ++time) add_usual(time, time % 2 == 0 ? "web1" : "web2");
  for (std::size_t round = 0; round < 3; ++round) {
    for (const std::string& body : bodies) {
      add(head(time, "web1") + body);
      refused_ += body.find('\0') != std::string::npos ? 1 : 0;
      add_usual(++time, "web2");
    }
  }
  // A flood, so that there is something to be told.
  for (std::size_t i = 0; i < 6'000; ++i) {
    add(head(time + i / 100, "web1") + fmt::format("ERROR cannot write block {}", i));
  }
  expect_harmless(60 * megabyte);
  EXPECT_EQ(entities_, 2U);
  EXPECT_GE(raised_, 1U);
}

// Lines without a time belong to the record before, however many; what is too much is passed over.
TEST_F(HostileLog, OfRecordsThatNeverEnd) {
  for (std::size_t time = 0; time < 200; ++time) add_usual(time, "web1");
  for (std::size_t i = 0; i < 100'000; ++i) add("  at frame " + letters(i));
  joined_ += 100'000;
  for (std::size_t i = 0; i < 20; ++i) add(repeated("\tat deep", megabyte / 4));
  joined_ += 20;
  for (std::size_t time = 200; time < 400; ++time) add_usual(time, "web1");
  expect_harmless(60 * megabyte);
}

TEST_F(HostileLog, OfStatementsThatNeverComeAgain) {
  for (std::size_t i = 0; i < 150'000; ++i) {
    std::string body = "unheard-of event";
    // Of as many words as its number has digits, so that hardly two are alike but for a word.
    for (std::size_t left = i + 1; left > 0; left /= 16) {
      body +=
          {' ', static_cast<char>('a' + left % 16), static_cast<char>('a' + (i * 7 + left) % 23)};
    }
    add(head(i / 100, i % 3 == 0 ? "web1" : "web2") + body);
  }
  expect_harmless(200 * megabyte);
}

TEST_F(HostileLog, OfTenThousandHostsEachInItsOwnWords) {
  for (std::size_t round = 0; round < 8; ++round) {
    for (std::size_t host = 0; host < 10'000; ++host) {
      add(head(300 * round + host / 40, fmt::format("host{}", host)) +
          fmt::format("{} of {} did {} well", letters(host * 31), letters(host), letters(round)));
    }
  }
  expect_harmless(320 * megabyte);
  EXPECT_EQ(entities_, 10'000U);
}

}  // namespace
}  // namespace retimu
