// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/connectors/log_years.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;

FileInput log_input() {
  FileInput input;
  input.format = RecordFormat::log;
  return input;
}

Time time_of(std::string_view text) { return *parse_iso_time(text); }

// All records of a log that was last written then.
Lines read_log(const std::string& text, const FileInput& input = log_input(),
               std::string_view written = "2024-06-01") {
  Columns columns;
  auto file = InputFile::open(input, "plant.log", std::make_unique<MemoryReader>(text), 0, columns,
                              time_of(written));
  if (!file) return {"error: " + file.error().message};
  return read_lines(**file, columns);
}

FileInput with_entity(std::vector<std::string> names) {
  FileInput input = log_input();
  input.entity = std::move(names);
  return input;
}

// 2024-03-04T05:06:07Z
constexpr std::string_view then = "1709528767";

void expect_line(const std::string& line, std::string_view level, std::string_view text,
                 const std::string& host = {}, const std::string& program = {}) {
  const std::string event = fmt::format("[{}] {}", level, text);
  EXPECT_EQ(read_log(line + "\n"), Lines{fmt::format("{} input {}", then, event)}) << line;
  if (!host.empty()) {
    EXPECT_EQ(read_log(line + "\n", with_entity({"host"})),
              Lines{fmt::format("{} {} {}", then, host, event)});
  }
  if (!program.empty()) {
    for (const char* const name : {"program", "source"}) {
      EXPECT_EQ(read_log(line + "\n", with_entity({name})),
                Lines{fmt::format("{} {} {}", then, program, event)});
    }
  }
}

TEST(LogDecoder, KnownFormats) {
  expect_line("Mar  4 05:06:07 plant sshd(pam)[9]: session opened", "indeterminate",
              "session opened", "plant", "sshd(pam)");
  expect_line("<11>Mar  4 05:06:07 plant ntpd: step", "major", "step", "plant", "ntpd");
  expect_line("2024-03-04T05:06:07+00:00 plant ntpd[9]: step", "indeterminate", "step", "plant",
              "ntpd");
  expect_line(R"(<165>1 2024-03-04T05:06:07Z plant ntpd 12 ID47 [a b="c ]"] step)", "indeterminate",
              "step", "plant", "ntpd");
  expect_line("<9>1 2024-03-04T05:06:07Z plant ntpd - - - step", "critical", "step", "plant");
  expect_line("[Mon Mar 04 05:06:07 2024] [error] it broke", "major", "it broke");
  expect_line("[Mon Mar 04 05:06:07 2024] [core:warn] [pid 12] it broke", "warning",
              "[pid 12] it broke");
  expect_line("- 1709528767 2024.03.04 n1 2024-03-04-05.06.07.1 n1 RAS KERNEL FATAL it broke",
              "critical", "it broke", "n1", "KERNEL");
  expect_line("- 1709528767 2024.03.04 n1 Mar 4 05:06:07 ops@n1 ntpd[9]: step", "indeterminate",
              "step", "n1", "ntpd");
  expect_line("2024-03-04 05:06:07 WARN [main] org.Main: it broke", "warning", "it broke");
  expect_line("240304 050607 12 WARN dfs.Node$Worker: it broke", "warning", "it broke");
  expect_line("nova.log.1 2024-03-04 05:06:07 99 ERROR nova.pump [-] it broke", "major",
              "it broke");
  expect_line("time=2024-03-04T05:06:07Z level=warn host=plant msg=\"it \\\"broke\\\"\"", "warning",
              R"(it \"broke\")", "plant");
}

TEST(LogDecoder, AccessLog) {
  const Lines lines = read_log(
      "10.0.0.7 - ann [04/Mar/2024:05:06:07 +0000] \"GET /a HTTP/1.1\" 200 12 \"-\" \"x y\"\n",
      with_entity({"host"}));
  EXPECT_EQ(lines, Lines{"1709528767 10.0.0.7 [indeterminate] \"GET /a HTTP/1.1\" 200 12 \"-\" "
                         "\"x y\""});
}

TEST(LogDecoder, LinesWithoutAHeaderBelongToTheOneBefore) {
  const std::string text =
      "2024-03-04 05:06:07,000 ERROR org.Main: it broke\r\n"
      "java.lang.Error: x\r\n"
      "\tat org.Main.run(Main.java:7)\r\n"
      "Caused by: y\n"
      "\n"
      "2024-03-04 05:06:08,000 INFO org.Main: it goes on\n";
  EXPECT_EQ(read_log(text),
            (Lines{"1709528767 input [major] it broke\r\njava.lang.Error: x\r\n\tat "
                   "org.Main.run(Main.java:7)\r\nCaused by: y",
                   "1709528768 input [indeterminate] it goes on"}));
  EXPECT_EQ(read_log("time=1709528767 level=error msg=broken\n  at a\n  at b\n"),
            (Lines{"1709528767 input [major] broken\n  at a\n  at b"}));
}

TEST(LogDecoder, APatternOfTheUser) {
  FileInput input = with_entity({"area", "source"});
  input.pattern = "{area} | {time} | {level} | {source}: {message}";
  EXPECT_EQ(read_log("north | 04.03.2024 05:06:07 | WARN | pump: it broke\n"
                     "  with a valve\n"
                     "south | 04.03.2024 05:06:08 | TRC | pump: it runs\n"
                     "south | 04.03.2024 05:06:09 | nothing\n",
                     input),
            (Lines{"1709528767 north/pump [warning] it broke\n  with a valve",
                   "1709528768 south/pump [indeterminate] it runs", "! does not fit the pattern"}));
  input.format = RecordFormat::automatic;  // a pattern says that it is a log
  EXPECT_EQ(read_log("a | 2024-03-04 05:06:07 | INFO | b: c\n", input).size(), 1U);

  FileInput timeless = log_input();
  timeless.pattern = "{level}: {message}";
  EXPECT_EQ(read_log("ERROR: it broke\n  here\nINFO: it runs\n", timeless),
            (Lines{"1 input [major] it broke\n  here", "2 input [indeterminate] it runs"}));
}

TEST(LogDecoder, UnknownNamesAreToldWithWhatThereIs) {
  const std::string syslog = "Mar  4 05:06:07 plant ntpd: step\n";
  const auto error_of = [&](const FileInput& input) { return read_log(syslog, input).at(0); };
  EXPECT_EQ(error_of(with_entity({"hosts"})),
            "error: plant.log: entity \"hosts\" is not in the file, did you mean \"host\"? It has: "
            "host, program");
  FileInput input = log_input();
  input.time = "ts";
  EXPECT_EQ(error_of(input), "error: plant.log: time \"ts\" is not in the file. It has: row, time");
  input.time = "row";
  EXPECT_EQ(error_of(input), "1 input [indeterminate] step");
  input = log_input();
  input.ignore = {"load"};
  EXPECT_NE(error_of(input).find("ignore \"load\" is not in the file"), std::string::npos);
  input = log_input();
  input.pattern = "{time";
  EXPECT_NE(error_of(input).find("a { is not closed"), std::string::npos);
  EXPECT_NE(read_log("time=1709528767 msg=x node=7\n", with_entity({"nod"}))
                .at(0)
                .find("did you mean \"node\"? It has: time, msg, node"),
            std::string::npos);
}

TEST(LogDecoder, MalformedRecords) {
  const std::string good = "Mar  4 05:06:07 plant ntpd: step\n";
  const auto with = [&](const std::string& one) { return read_log(one + good + good); };
  const std::string step = "1709528767 input [indeterminate] step";
  EXPECT_EQ(with("  at the file's beginning\n"),
            (Lines{"! no time where lines have one", step, step}));
  EXPECT_EQ(with("Feb 31 05:06:07 plant ntpd: x\n"),
            (Lines{"! its time cannot be read", step, step}));
  EXPECT_EQ(read_log(good + std::string("Mar  4 05:06:07 plant ntpd: a\0b\n", 32) + good),
            (Lines{step, "! has a zero byte", step}));
  EXPECT_EQ(read_log(good + "Mar  4 05:06:07 \x1b[1m x\n" + good),
            (Lines{step, "! does not fit the pattern", step}));
  EXPECT_EQ(read_log("Mar  4 05:06:07 plant ntpd: \x1b[1m\xff\n"),
            (Lines{"1709528767 input [indeterminate] \x1b[1m\xff"}));
  // Half of the lines are none.
  std::string text;
  for (int i = 0; i < 20; ++i) text += good + "Feb 31 05:06:07 a b: x\nFeb 31 05:06:07 a b: x\n";
  EXPECT_NE(read_log(text).at(0).find("taken for a log, but it is not this format: 40 of the"),
            std::string::npos);
}

TEST(LogDecoder, LongMessagesAreCut) {
  const std::string head = "Mar  4 05:06:07 plant ntpd: ";
  std::string message(1'000'000, 'x');
  message.replace(64 * 1024 - head.size() - 1, 2, "\xC3\xA4");  // no half a character is left
  const Lines lines = read_log(head + message + "\n" + head + "short\n");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0], fmt::format("{} input [indeterminate] {}", then,
                                  std::string(64 * 1024 - head.size() - 1, 'x')));
}

TEST(LogDecoder, PlainLines) {
  EXPECT_EQ(read_log("it runs\nit broke\nTraceback (most recent call last):\n  x\nerror: 7\n"),
            (Lines{"1 input [indeterminate] it runs",
                   "2 input [indeterminate] it broke\nTraceback (most recent call last):\n  x",
                   "3 input [major] 7"}));
}

// ---- which files are logs

std::string format_of(const std::string& text, const std::string& path = "plant.log") {
  Columns columns;
  auto file = open_text(text, {}, columns, path);
  if (!file) return file.error().message;
  Batch batch;
  (void)(*file)->read(batch, 1);
  return batch.events.empty() || std::holds_alternative<Readings>(batch.events[0].payload)
             ? "readings"
             : (*file)->notes().at(0);
}

TEST(LogDecoder, FoundByTheFirstLines) {
  EXPECT_EQ(format_of("Mar  4 05:06:07 plant ntpd: step\nMar  4 05:06:08 plant ntpd: step\n"),
            "is read as a log: syslog, \"{time} {host} {program}: {message}\"");
  EXPECT_EQ(format_of("2024-03-04 05:06:07,123 INFO it runs, and runs\n"),
            "is read as a log: lines with a time, \"{time}\"");
  EXPECT_EQ(format_of("time=1709528767 msg=x\n"), "is read as a log: logfmt");
  EXPECT_EQ(format_of("2024-03-04 05:06:07,1.5,2\n2024-03-04 05:06:08,1.5,2\n"), "readings");
  EXPECT_EQ(format_of("1709528767 1.5\n1709528768 2\n"),
            "is read as a log: lines with a time, \"{time}\"");
  EXPECT_EQ(format_of("ts,load\n2024-03-04 05:06:07,1\n"), "readings");
  EXPECT_EQ(format_of("{\"time\":1709528767,\"load\":1}\n"), "readings");
  EXPECT_EQ(format_of("2024-03-04 05:06:07 INFO x\n", "plant.csv"), "readings");
}

// ---- years

TEST(LogDecoder, YearsFollowTheOrderOfMonths) {
  const auto line = [](std::string_view time) { return fmt::format("{} plant a: x\n", time); };
  const std::string text = line("Nov 30 00:00:00") + line("Dec 31 23:59:59") +
                           line("Jan  1 00:00:00") + line("Dec 31 23:59:58") +
                           line("Feb 29 00:00:00") + line("Jan 31 00:00:00") +
                           line("Mar  1 00:00:00");
  const Lines expected = {
      "1701302400 input [indeterminate] x", "1704067199 input [indeterminate] x",
      "1704067200 input [indeterminate] x", "1704067198 input [indeterminate] x",
      "1709164800 input [indeterminate] x", "1706659200 input [indeterminate] x",
      "1709251200 input [indeterminate] x"};
  EXPECT_EQ(read_log(text, log_input(), "2024-03-01"), expected);
  // A file that is written in the evening in the east.
  EXPECT_EQ(read_log(line("Mar  4 05:06:07"), log_input(), "2024-03-03T20:00:00").at(0),
            "1709528767 input [indeterminate] x");
  EXPECT_EQ(read_log(line("Mar  9 05:06:07"), log_input(), "2025-03-04").at(0).substr(0, 10),
            "1709960767");
  EXPECT_EQ(read_log(line("Feb 29 00:00:00"), log_input(), "2027-03-04").at(0).substr(0, 10),
            "1709164800");
}

TEST(LogDecoder, YearsAreTheSameFromTheMiddle) {
  std::string text;
  for (int i = 0; i < 40; ++i) {
    constexpr std::array<std::string_view, 4> months = {"Feb", "Jun", "Oct", "Dec"};
    text += fmt::format("{}  4 05:06:07 plant a: {}\n", months[static_cast<std::size_t>(i) % 4], i);
  }
  Columns columns;
  auto file = InputFile::open(log_input(), "x", std::make_unique<MemoryReader>(text), 0, columns,
                              time_of("2020-01-01"));
  ASSERT_TRUE(file);
  std::vector<std::uint64_t> offsets;
  Lines lines;
  Batch batch;
  for (bool has_more = true; has_more;) {
    offsets.push_back((*file)->position().offset);
    batch.clear();
    has_more = (*file)->read(batch, 1);
    append_lines(batch, columns, lines);
  }
  ASSERT_EQ(lines.size(), 40U);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ASSERT_TRUE((*file)->seek(offsets[i]));
    EXPECT_EQ(read_lines(**file, columns),
              Lines(lines.begin() + static_cast<std::ptrdiff_t>(i), lines.end()));
  }
  // Known from an earlier run, whenever the file was written since.
  EXPECT_EQ((*file)->first_year(), 2019);
  (*file)->set_first_year(2005);
  ASSERT_TRUE((*file)->seek(0));
  EXPECT_TRUE(read_lines(**file, columns)[0].starts_with("1107493567 "));  // 2005-02-04
}

// ---- files that grow

TEST(LogDecoder, TheLastRecordWaitsForWhatMayBelongToIt) {
  FileInput input = log_input();
  input.awaits_line_end = true;
  EXPECT_EQ(read_log("2024-03-04 05:06:07 INFO a\n2024-03-04 05:06:08 INFO b\n", input),
            Lines{"1709528767 input [indeterminate] a"});
}

}  // namespace
}  // namespace retimu
