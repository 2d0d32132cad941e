// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/alert_json.hpp"
#include "retimu/connectors/catalogue.hpp"
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/connectors/console_sink.hpp"
#include "retimu/connectors/dead_letters.hpp"
#include "retimu/connectors/jsonl_sink.hpp"
#include "retimu/connectors/random_alert.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

std::vector<Alert> some_alerts(std::size_t count) {
  Random random(11);
  std::vector<Alert> alerts;
  while (alerts.size() < count) alerts.push_back(random_alert(random));
  return alerts;
}

std::string lines_of(std::span<const Alert> alerts) {
  std::string text;
  for (const Alert& alert : alerts) text += to_json(alert) + "\n";
  return text;
}

TEST(JsonlSink, AppendsALineAnAlert) {
  const TemporaryFolder folder;
  const std::vector<Alert> alerts = some_alerts(5);
  {
    const auto sink = open_jsonl_sink(folder.path("alerts.jsonl"));
    ASSERT_TRUE(sink) << sink.error().message;
    EXPECT_FALSE(*(*sink)->last_delivered());
    ASSERT_TRUE((*sink)->deliver(std::span(alerts).first(2)));
    ASSERT_TRUE((*sink)->deliver({}));
    EXPECT_EQ((**(*sink)->last_delivered()).first, alerts[1].id);
  }
  const auto sink = open_jsonl_sink(folder.path("alerts.jsonl"));
  ASSERT_TRUE(sink) << sink.error().message;
  const auto last = *(*sink)->last_delivered();
  ASSERT_TRUE(last);
  EXPECT_EQ(*last, std::pair(alerts[1].id, alerts[1].revision));
  ASSERT_TRUE((*sink)->deliver(std::span(alerts).subspan(2)));
  EXPECT_EQ(folder.read("alerts.jsonl"), lines_of(alerts));
}

// What was told past the outbox says nothing of how far the outbox was delivered.
TEST(JsonlSink, KnowsWhatItGotOfTheOutbox) {
  const TemporaryFolder folder;
  std::vector<Alert> alerts = some_alerts(4);
  for (std::size_t i = 2; i < 4; ++i) {
    alerts[i] = Alert();
    alerts[i].entity = own_entity;
    alerts[i].lead = storage_lead;
    alerts[i].change = Change::raised;
  }
  for (const std::size_t count : {4U, 2U}) {
    const std::string path = folder.write("alerts.jsonl", lines_of(std::span(alerts).last(count)));
    const auto sink = open_jsonl_sink(path);
    ASSERT_TRUE(sink) << sink.error().message;
    EXPECT_FALSE(count == 2 && *(*sink)->last_delivered());
    ASSERT_TRUE((*sink)->deliver(std::span(alerts).first(1)));
    ASSERT_TRUE((*sink)->deliver(std::span(alerts).last(1)));
    EXPECT_EQ((**(*sink)->last_delivered()).first, alerts[0].id);
    const auto again = open_jsonl_sink(path);
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ((**(*again)->last_delivered()).first, alerts[0].id);
  }
}

// A crash in the middle of writing: the whole lines stay, and what follows is whole. At each byte
// of the first alert's end and the second one's beginning, at some of the others.
TEST(JsonlSink, LosesOnlyWhatWasTorn) {
  const TemporaryFolder folder;
  const std::vector<Alert> alerts = some_alerts(3);
  const std::string first = to_json(alerts[0]) + "\n", text = lines_of(alerts);
  for (std::size_t bytes = 0; bytes <= text.size(); ++bytes) {
    const bool is_near = bytes < 12 || (bytes + 5 > first.size() && bytes < first.size() + 12);
    if (!is_near && bytes % 23 != 0) continue;
    const std::string path = folder.write("alerts.jsonl", text.substr(0, bytes));
    const auto sink = open_jsonl_sink(path);
    ASSERT_TRUE(sink) << sink.error().message;
    const std::size_t whole = text.substr(0, bytes).rfind('\n') + 1;  // 0 if there is none
    ASSERT_EQ(folder.read("alerts.jsonl"), text.substr(0, whole));
    ASSERT_EQ(bool(*(*sink)->last_delivered()), whole > 0);
    const auto told = static_cast<std::size_t>(std::ranges::count(text.substr(0, whole), '\n'));
    ASSERT_TRUE((*sink)->deliver(std::span(alerts).subspan(told)));
    ASSERT_EQ(folder.read("alerts.jsonl"), text);
  }
}

TEST(JsonlSink, LeavesOtherFilesAlone) {
  const TemporaryFolder folder;
  const std::string alert = to_json(some_alerts(1)[0]);
  for (const std::string& text :
       {std::string("notes\n"), std::string("notes"), std::string("{\"id\":5}\n"),
        std::string("{\"id\":\"x\"}\n{\"id\":\""), alert + "\nnotes\n", alert + "\nnotes",
        std::string("\x7F"
                    "ELF")}) {
    const std::string path = folder.write("other", text);
    const auto sink = open_jsonl_sink(path);
    ASSERT_FALSE(sink) << text;
    EXPECT_EQ(sink.error().fault, Fault::usage);
    EXPECT_EQ(sink.error().message.find(path), 0U);
    EXPECT_EQ(folder.read("other"), text);
  }
}

TEST(JsonlSink, DeliversAllOrNothing) {
  const std::vector<Alert> alerts = some_alerts(3);
  const auto sink = open_jsonl_sink("/dev/full");
  ASSERT_TRUE(sink) << sink.error().message;
  EXPECT_FALSE((*sink)->deliver(alerts));
  EXPECT_FALSE(*(*sink)->last_delivered());
}

TEST(JsonlSink, MakesAFileThatWasRemovedAgain) {
  const TemporaryFolder folder;
  const std::vector<Alert> alerts = some_alerts(4);
  ASSERT_TRUE(std::filesystem::create_directory(folder.path("told")));
  const auto sink = open_jsonl_sink(folder.path("told/alerts.jsonl"));
  ASSERT_TRUE(sink) << sink.error().message;
  ASSERT_TRUE((*sink)->deliver(std::span(alerts).first(1)));
  std::filesystem::remove(folder.path("told/alerts.jsonl"));
  ASSERT_TRUE((*sink)->deliver(std::span(alerts).subspan(1, 1)));
  EXPECT_EQ(folder.read("told/alerts.jsonl"), lines_of(std::span(alerts).subspan(1, 1)));
  std::filesystem::remove_all(folder.path("told"));
  EXPECT_FALSE((*sink)->deliver(std::span(alerts).subspan(2, 1)));
  ASSERT_TRUE(std::filesystem::create_directory(folder.path("told")));
  ASSERT_TRUE((*sink)->deliver(std::span(alerts).subspan(2)));
  EXPECT_EQ(folder.read("told/alerts.jsonl"), lines_of(std::span(alerts).subspan(2)));
}

TEST(ConsoleLine, SaysWhatMatters) {
  Alert alert;
  alert.change = Change::raised;
  alert.severity = Severity::major;
  alert.time = 1'764'072'000 * second;
  alert.sentence = "load of host1 is 9";
  EXPECT_EQ(console_line(alert, false), "2025-11-25T12:00:00Z major    load of host1 is 9");
  EXPECT_TRUE(console_line(alert, false, true).starts_with("row 1764072000 major "));
  EXPECT_EQ(console_line(alert, true),
            "2025-11-25T12:00:00Z \033[31mmajor   \033[0m load of host1 is 9");
  alert.change = Change::updated;
  EXPECT_EQ(console_line(alert, false), "2025-11-25T12:00:00Z major    still: load of host1 is 9");
  alert.change = Change::resolved;
  EXPECT_EQ(console_line(alert, false), "2025-11-25T12:00:00Z resolved load of host1 is 9");
  alert.change = Change::summary;
  EXPECT_EQ(console_line(alert, false), "2025-11-25T12:00:00Z summary  load of host1 is 9");
}

TEST(ConsoleLine, TellsAnIncidentInAFewLines) {
  Alert alert;
  alert.change = Change::raised;
  alert.severity = Severity::major;
  alert.time = 1'700'000'000 * second;
  alert.sentence = "3 entities have alerts: first a, then b, c; likely cause: x of a is 5";
  Incident incident;
  for (const char* cause : {"x of a is 5", "y of b is\x1B[31m 6", "z of c is 7", "one too many"}) {
    incident.causes.push_back({});
    incident.causes.back().sentence = cause;
  }
  alert.incident = std::make_shared<const Incident>(incident);
  EXPECT_EQ(console_line(alert, false),
            "2023-11-14T22:13:20Z major    incident: 3 entities have alerts: first a, then b, c; "
            "likely cause: x of a is 5\n"
            "                     or: y of b is?[31m 6\n"
            "                     or: z of c is 7");
  alert.change = Change::resolved;
  EXPECT_EQ(console_line(alert, false).find('\n'), std::string::npos);
}

TEST(ConsoleLine, CommandsNoTerminal) {
  Alert alert;
  const auto shown = [&](std::string_view sentence) {
    alert.sentence = sentence;
    const std::string line = console_line(alert, false);
    return line.substr(line.find("cleared ") + 9);
  };
  EXPECT_EQ(shown("a\x1B[2Jb\r\n\tc\x7F\x07"), "a?[2Jb???c??");
  EXPECT_EQ(shown(std::string_view("a\0b", 3)), "a?b");
  EXPECT_EQ(shown("\xC2\x9B"
                  "2J"),
            "?2J");  // CSI of one character
  EXPECT_EQ(shown("a\xE2\x80\xAE"
                  "b\xE2\x81\xA6"),
            "a?b?");  // from right to left
  EXPECT_EQ(shown("\x9B\xFF\xC3"), "???");
  EXPECT_EQ(shown("K\xC3\xB6ln 20 \xC2\xB0"
                  "C \xF0\x9F\x98\x80"),
            "K\xC3\xB6ln 20 \xC2\xB0"
            "C \xF0\x9F\x98\x80");
}

TEST(ConsoleSink, WritesToStandardOutput) {
  const std::vector<Alert> alerts = some_alerts(3);
  testing::internal::CaptureStdout();
  const auto sink = make_console_sink();
  EXPECT_TRUE(sink->deliver(alerts));
  EXPECT_FALSE(*sink->last_delivered());
  std::string expected;
  for (const Alert& alert : alerts) expected += console_line(alert, false) + "\n";
  EXPECT_EQ(testing::internal::GetCapturedStdout(), expected);
}

TEST(Catalogue, OpensItsSinks) {
  const TemporaryFolder folder;
  EXPECT_EQ(source_catalogue().size(), 5U);
  for (const ConnectorEntry& entry : sink_catalogue()) {
    const auto sink = open_sink({std::string(entry.name), folder.path("alerts.jsonl")});
    EXPECT_TRUE(sink) << entry.name;
    EXPECT_FALSE(entry.summary.empty());
  }
  const auto sink = open_sink({"fax", ""});
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().fault, Fault::usage);
  EXPECT_NE(sink.error().message.find("unknown sink \"fax\""), std::string::npos);
}

Rejected make_rejected(std::uint64_t offset, std::string_view text) {
  Rejected rejected;
  rejected.position.offset = offset;
  rejected.reason = "why";
  rejected.text = text;
  return rejected;
}

std::unique_ptr<DeadLetters> open_letters(const std::string& path,
                                          std::uint64_t bytes = 1UL << 20U) {
  Result<std::unique_ptr<DeadLetters>> letters = DeadLetters::open(path, bytes);
  EXPECT_TRUE(letters) << letters.error().message;
  return letters ? std::move(*letters) : nullptr;
}

TEST(DeadLetterFile, HasALineARecord) {
  const TemporaryFolder folder;
  const auto letters = open_letters(folder.path("d"));
  ASSERT_TRUE(letters->add("a.csv", make_rejected(0, "x,\"y\xFF\x01")));
  ASSERT_TRUE(letters->add("a.csv", make_rejected(10, "z")));
  EXPECT_EQ(folder.read("d"),
            "{\"source\":\"a.csv\",\"offset\":0,\"reason\":\"why\",\"text\":\"x,"
            "\\\"y\xEF\xBF\xBD\\u0001\"}\n"
            "{\"source\":\"a.csv\",\"offset\":10,\"reason\":\"why\",\"text\":\"z\"}\n");
}

TEST(DeadLetterFile, KeepsEachRecordOnce) {
  const TemporaryFolder folder;
  const std::vector<std::string> sources = {"a.csv", "b\n\"\xFF.csv"};
  std::string all;
  for (int run = 0; run < 3; ++run) {
    const auto letters = open_letters(folder.path("d"));
    for (const std::string& source : sources) {
      for (std::uint64_t offset = 0; offset < 20; offset += 5) {
        ASSERT_TRUE(letters->add(source, make_rejected(offset, "x")));
        ASSERT_TRUE(letters->add(source, make_rejected(offset, "x")));
      }
    }
    if (run == 0) all = folder.read("d");
    EXPECT_EQ(folder.read("d"), all);
    EXPECT_EQ(std::ranges::count(all, '\n'), 8);
  }
}

// A crash in the middle of writing at any byte: after the same records again each stands there
// once.
TEST(DeadLetterFile, LosesOnlyWhatWasTorn) {
  const TemporaryFolder folder;
  const auto write = [&] {
    const auto letters = open_letters(folder.path("d"));
    for (std::uint64_t offset = 0; offset < 20; offset += 5) {
      ASSERT_TRUE(letters->add("a.csv", make_rejected(offset, "x")));
    }
  };
  write();
  const std::string all = folder.read("d");
  for (std::size_t bytes = 0; bytes < all.size(); ++bytes) {
    folder.write("d", all.substr(0, bytes));
    write();
    ASSERT_EQ(folder.read("d"), all) << bytes;
  }
}

TEST(DeadLetterFile, HasABound) {
  const TemporaryFolder folder;
  const std::string text(100, 'x');
  const auto letters = open_letters(folder.path("d"), 1'000);
  for (std::uint64_t offset = 0; offset < 100; ++offset) {
    ASSERT_TRUE(letters->add("a.csv", make_rejected(offset, text)));
  }
  EXPECT_LE(folder.read("d").size(), 1'000U);
  const auto kept = static_cast<std::uint64_t>(std::ranges::count(folder.read("d"), '\n'));
  EXPECT_EQ(kept + letters->left_out(), 100U);
}

TEST(DeadLetterFile, OfSomebodyElseIsNotTouched) {
  const TemporaryFolder folder;
  for (const std::string& text :
       {std::string("notes\n"), std::string("notes"), std::string("{\"source\":\"a\"}\n"),
        std::string("{\"source\":\"a\",\"offset\":1}\nnotes"),
        std::string("{\"source\":1,\"offset\":1}\n"), std::string(1'000'000, 'x') + "\n"}) {
    const std::string path = folder.write("d", text);
    const auto letters = DeadLetters::open(path);
    ASSERT_FALSE(letters);
    EXPECT_EQ(letters.error().fault, Fault::usage);
    EXPECT_EQ(letters.error().message.find(path), 0U);
    EXPECT_EQ(folder.read("d"), text);
  }
}

}  // namespace
}  // namespace retimu
