// SPDX-License-Identifier: Apache-2.0
// Files that are not what they were said to be.
#include "tests/bad_input/bad_input_case.hpp"

#include <zlib.h>

namespace retimu {
namespace {

using BadFile = BadInput;

TEST_F(BadFile, IsMissing) {
  expect_told({"detect", "absent.csv"}, told_input, {"absent.csv", "No such file"});
  expect_told({"detect", "absent*.csv"}, told_input, {"absent*.csv"});
}

TEST_F(BadFile, IsAFolder) {
  std::filesystem::create_directory(folder_ / "readings");
  expect_told({"detect", "readings"}, told_input, {"readings", "folder"});
}

TEST_F(BadFile, IsEmpty) {
  write("empty.csv", "");
  expect_told({"detect", "empty.csv"}, told_input, {"empty.csv", "empty"});
  // A header alone is a file of no records.
  write("header.csv", "ts,load\n");
  const Outcome outcome = run({"detect", "header.csv", "--json", "--output", "scores.csv"});
  EXPECT_EQ(outcome.code, told_done) << outcome.errors;
  EXPECT_EQ(lines_of(read_file(folder_ / "scores.csv")).size(), 1U);
}

TEST_F(BadFile, IsBinary) {
  std::string bytes;
  Random random(1);
  for (int i = 0; i < 20'000; ++i) bytes += static_cast<char>(random.below(256));
  write("picture.csv", bytes);
  expect_told({"detect", "picture.csv"}, told_input, {"picture.csv"});
  expect_told({"detect", "picture.csv", "--format", "csv"}, told_input, {"picture.csv"});
  expect_told({"detect", "picture.csv", "--format", "jsonl"}, told_input, {"picture.csv"});
}

TEST_F(BadFile, IsADamagedGzip) {
  write("broken.csv.gz", std::string("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", 10) +
                             "this is not what a compressed file looks like");
  expect_told({"detect", "broken.csv.gz"}, told_input, {"broken.csv.gz"});
}

TEST_F(BadFile, IsCutShort) {
  const std::string name = folder_ / "cut.jsonl.gz";
  gzFile file = gzopen(name.c_str(), "wb");
  const std::string text = events();
  ASSERT_EQ(gzwrite(file, text.data(), static_cast<unsigned>(text.size())),
            static_cast<int>(text.size()));
  gzclose(file);
  const std::string bytes = read_file(name);
  write("cut.jsonl.gz", bytes.substr(0, bytes.size() / 2));
  // What could be read is judged; that the rest is missing is told like a malformed record, and by
  // the exit code.
  const Outcome outcome =
      run({"detect", "cut.jsonl.gz", "--entity", "host", "--json", "--output", "scores.csv"});
  EXPECT_EQ(outcome.code, told_input) << outcome.errors;
  EXPECT_NE(outcome.output.find("\"rejected\":1,"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("not read to the end: "), std::string::npos) << outcome.output;
  const std::vector<std::string> scores = lines_of(read_file(folder_ / "scores.csv"));
  ASSERT_GE(scores.size(), 100U);
  EXPECT_NE(scores.back().find("cut"), std::string::npos) << scores.back();
}

TEST_F(BadFile, HasALineThatIsTooLong) {
  PipelineText text;
  text.paths = {"events.jsonl"};
  text.source_keys = "record_bytes_max = 4096";
  text.data_dir = "state";
  write("pipeline.toml", to_toml(text));
  // Whether a line is too long must not depend on where it lies in what is read at once.
  std::string lines;
  std::size_t at = 0, longer = 0;
  for (const std::string& line : lines_of(events())) {
    lines += line + "\n";
    if (++at % 20 != 0) continue;
    const std::size_t bytes = at % 40 == 0 ? 4'000 : at % 60 == 0 ? 200'000 : 4'200;
    longer += bytes > 4'096 ? 1 : 0;
    lines += fmt::format("{{\"ts\":{},\"host\":\"wordy\",\"x\":\"{}\"}}\n", 1'700'000'000 + at,
                         std::string(bytes, 'y'));
  }
  write("events.jsonl", lines);
  const Outcome outcome = run({"run", "pipeline.toml", "--json"});
  EXPECT_EQ(outcome.code, told_done) << outcome.errors;
  EXPECT_NE(outcome.output.find(fmt::format("\"rejected\":{},", longer)), std::string::npos)
      << outcome.output;
  EXPECT_NE(outcome.output.find(fmt::format("\"records\":{},", 600 + 30 - longer)),
            std::string::npos)
      << outcome.output;
  const std::vector<std::string> letters =
      lines_of(read_file(folder_ / "state/dead_letters.jsonl"));
  ASSERT_EQ(letters.size(), longer);
  for (const std::string& letter : letters) {
    EXPECT_NE(letter.find("longer than record_bytes_max"), std::string::npos) << letter;
    EXPECT_LE(letter.size(), 10'000U);
  }
}

// A line that never ends: a file of 64 MiB without one, read without holding it in memory.
TEST_F(BadFile, HasOneHugeLine) {
  write("huge.jsonl", "{\"ts\":1,\"x\":\"" + std::string(64UL * 1024 * 1024, 'y') + "\"}\n");
  const Outcome outcome = run({"detect", "huge.jsonl", "--json"});
  EXPECT_EQ(outcome.code, told_input) << outcome.output;
  EXPECT_NE(outcome.errors.find("huge.jsonl"), std::string::npos) << outcome.errors;
}

TEST_F(BadFile, LacksTheColumnThatWasNamed) {
  write("events.csv", to_csv(make_fleet({.entities = 1, .rows = 100})));
  expect_told({"detect", "events.csv", "--entity", "hots"}, told_usage,
              {"events.csv", "hots", "host"});
  expect_told({"detect", "events.csv", "--time", "tsx"}, told_usage, {"events.csv", "tsx", "ts"});
  expect_told({"detect", "events.csv", "--ignore", "reading9"}, told_usage,
              {"events.csv", "reading9", "reading1"});
}

TEST_F(BadFile, IsMostlyMalformed) {
  std::string lines;
  for (int i = 0; i < 500; ++i) {
    lines += i % 4 == 0 ? fmt::format("{{\"ts\":{},\"load\":1.5}}\n", 1'700'000'000 + i)
                        : "12:00:01 host1 sshd: accepted a connection\n";
  }
  write("log.jsonl", lines);
  expect_told({"detect", "log.jsonl", "--format", "jsonl"}, told_input,
              {"log.jsonl", "not this format"});
}

// Each malformed line: counted, with its reason in scores.csv and its text in the dead letters.
TEST_F(BadFile, HasAFewMalformedLines) {
  const std::vector<std::string> wrong = {"{\"ts\": 1700000000, \"host\": ",
                                          "not json at all",
                                          "[1, 2, 3]",
                                          "{\"host\":\"host1\",\"x\":1}",
                                          "{\"ts\":\"yesterday\",\"host\":\"host1\",\"x\":1}",
                                          "{\"ts\":1700000000,\"reading1\":2}"};
  std::vector<std::string> lines = lines_of(events());
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(70 * (i + 1)), wrong[i]);
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  write("events.jsonl", text);
  const Outcome detected =
      run({"detect", "events.jsonl", "--entity", "host", "--output", "scores.csv", "--json"});
  ASSERT_EQ(detected.code, told_done) << detected.errors;
  EXPECT_NE(detected.output.find("\"rejected\":6,"), std::string::npos) << detected.output;
  EXPECT_NE(detected.output.find("\"rejected_reasons\":[{\"reason\":\"not a JSON object\","),
            std::string::npos)
      << detected.output;
  const Outcome told = run({"detect", "events.jsonl", "--entity", "host"});
  EXPECT_NE(told.errors.find("6 records could not be read:\n  3: not a JSON object\n"),
            std::string::npos)
      << told.errors;
  const std::vector<std::string> scores = lines_of(read_file(folder_ / "scores.csv"));
  ASSERT_EQ(scores.size(), lines.size() + 1);
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    const std::string& line = scores[70 * (i + 1) + 1];
    EXPECT_EQ(field(line, score_row), std::to_string(70 * (i + 1) + 1));
    EXPECT_EQ(field(line, score_score), "0") << line;
    EXPECT_NE(field(line, score_reason), "") << line;
  }

  write_pipeline();
  ASSERT_EQ(run({"run", "pipeline.toml"}).code, told_done);
  const std::vector<std::string> letters =
      lines_of(read_file(folder_ / "state/dead_letters.jsonl"));
  ASSERT_EQ(letters.size(), wrong.size());
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    EXPECT_NE(letters[i].find("events.jsonl"), std::string::npos) << letters[i];
    std::string quoted;
    append_json_string(quoted, wrong[i]);
    EXPECT_NE(letters[i].find(quoted), std::string::npos) << letters[i];
  }
  // Once, even when everything is read again.
  ASSERT_EQ(run({"run", "pipeline.toml"}).code, told_done);
  EXPECT_EQ(lines_of(read_file(folder_ / "state/dead_letters.jsonl")).size(), wrong.size());
}

TEST_F(BadFile, TeachesWithMalformedLines) {
  write("events.jsonl", events());
  write("train.jsonl", events() + "not json at all\n{\"ts\":\n");
  const Outcome outcome =
      run({"detect", "events.jsonl", "--entity", "host", "--train", "train.jsonl", "--json"});
  ASSERT_EQ(outcome.code, told_done) << outcome.errors;
  EXPECT_NE(outcome.output.find("\"rejected\":2,"), std::string::npos) << outcome.output;
}

TEST_F(BadFile, TeachesWithMalformedLinesThatAreKept) {
  write("events.jsonl", events() + "not json either\n");
  write("train.jsonl", events() + "not json at all\n");
  Configuration configuration;
  FileInput input;
  input.entity = {"host"};
  input.paths = {folder_ / "events.jsonl"};
  configuration.files = {input};
  ServiceOptions options;
  input.paths = {folder_ / "train.jsonl"};
  options.training = {input};
  options.dead_letters_path = folder_ / "dead_letters.jsonl";
  const Result<ServiceSummary> summary = run_service(configuration, options);
  ASSERT_TRUE(summary) << summary.error().message;
  EXPECT_EQ(summary->rejected, 2U);
  const std::vector<std::string> letters = lines_of(read_file(options.dead_letters_path));
  ASSERT_EQ(letters.size(), 2U);
  EXPECT_NE(letters[0].find("train.jsonl"), std::string::npos) << letters[0];
  EXPECT_NE(letters[1].find("events.jsonl"), std::string::npos) << letters[1];
}

// What an entity sends besides readings makes no later run of a pipeline look empty.
TEST_F(BadFile, GoesOnWithoutReadings) {
  write("events.jsonl", events());
  write_pipeline();
  ASSERT_EQ(run({"run", "pipeline.toml"}).code, told_done);
  write("events.jsonl", events() + "{\"ts\":1700009000,\"host\":\"host1\"}\n");
  const Outcome outcome = run({"run", "pipeline.toml", "--json"});
  EXPECT_EQ(outcome.code, told_done) << outcome.errors;
  EXPECT_NE(outcome.output.find("\"warnings\":[]"), std::string::npos) << outcome.output;
}

// Nothing was judged, which must not look like "all is well".
TEST_F(BadFile, HasNoColumnToWatch) {
  std::string text = "ts,state,mode\n";
  for (int i = 0; i < 100; ++i) text += fmt::format("{},on,auto\n", 1'700'000'000 + i);
  write("texts.csv", text);
  const Outcome told = run({"detect", "texts.csv"});
  EXPECT_EQ(told.code, told_input) << told.errors;
  EXPECT_NE(told.errors.find("warning: no column was watched, nothing was judged: column \"state\" "
                             "is text and left out; column \"mode\" is text and left out\n"),
            std::string::npos)
      << told.errors;
  const Outcome json = run({"detect", "texts.csv", "--json"});
  EXPECT_EQ(json.code, told_input);
  EXPECT_NE(json.output.find("\"warnings\":[\"no column was watched"), std::string::npos)
      << json.output;
  write("numbers.csv", to_csv(make_fleet({.entities = 1, .columns = 1, .rows = 100})));
  const Outcome ignored =
      run({"detect", "numbers.csv", "--entity", "host", "--ignore", "reading1"});
  EXPECT_EQ(ignored.code, told_input) << ignored.errors;
  EXPECT_NE(ignored.errors.find("no column was watched"), std::string::npos) << ignored.errors;
}

// Where a record's number is its time, a person reads rows and no dates of 1970.
TEST_F(BadFile, HasNoTime) {
  std::string text = "load\n";
  Random random(3);
  for (int i = 1; i <= 2'000; ++i) {
    text += i == 1'500 ? "900\n" : fmt::format("{:.3f}\n", 20 + random.uniform());
  }
  write("load.csv", text);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"detect", "load.csv", "--output", "scores.csv"},
        {"detect", "load.csv", "--time", "row", "--output", "scores.csv"}}) {
    const Outcome outcome = run(arguments);
    ASSERT_EQ(outcome.code, told_done) << outcome.errors;
    EXPECT_EQ(outcome.output.find("1970"), std::string::npos) << outcome.output;
    EXPECT_TRUE(outcome.output.starts_with("row 1500 ")) << outcome.output;
    EXPECT_NE(outcome.output.find(", since row 1500\n"), std::string::npos) << outcome.output;
    EXPECT_NE(read_file(folder_ / "scores.csv").find("since row 1500"), std::string::npos);
  }
  ASSERT_EQ(run({"detect", "load.csv", "--alerts", "alerts.jsonl"}).code, told_done);
  const std::string alerts = read_file(folder_ / "alerts.jsonl");
  EXPECT_NE(alerts.find("\"time\":\"1970-01-01T00:25:00Z\""), std::string::npos) << alerts;
  EXPECT_NE(alerts.find("since row 1500"), std::string::npos) << alerts;
}

// What an earlier run wrote stays if this one cannot even begin.
TEST_F(BadFile, IsMissingAndTheOutputsStay) {
  write("scores.csv", "precious");
  write("alerts.jsonl", "precious");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"detect", "absent.csv"},
        {"detect", "events.jsonl", "--train", "absent.csv"}}) {
    write("events.jsonl", events());
    std::vector<std::string> words = arguments;
    words.insert(words.end(), {"--output", "scores.csv", "--alerts", "alerts.jsonl"});
    expect_told(words, told_input, {"absent.csv"});
    EXPECT_EQ(read_file(folder_ / "scores.csv"), "precious");
    EXPECT_EQ(read_file(folder_ / "alerts.jsonl"), "precious");
  }
}

}  // namespace
}  // namespace retimu
