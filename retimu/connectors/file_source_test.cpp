// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/core/random.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <unordered_map>

namespace retimu {
namespace {

using Lines = std::vector<std::string>;
using Opened = Result<std::unique_ptr<Source>>;

FileInput input_of(std::vector<std::string> paths) {
  FileInput input;
  input.paths = std::move(paths);
  return input;
}

std::string error_of(const Opened& source) { return source ? "" : source.error().message; }

// What is left of a source, in batches of `count` records.
Lines read_lines(Source& source, const Columns& columns, std::size_t count = 100) {
  Lines lines;
  Batch batch;
  batch.keep_origins = true;
  for (Read state = Read::open; state == Read::open;) {
    batch.clear();
    const Result<Read> read = source.read(batch, count, {});
    if (!read) return {read.error().message};
    state = *read;
    EXPECT_LE(batch.events.size() + batch.rejected.size(), count);
    EXPECT_EQ(batch.origins.size(), batch.events.size());
    append_lines(batch, columns, lines);
  }
  return lines;
}

Lines read_files(const std::vector<FileInput>& inputs, std::size_t count = 100) {
  Columns columns;
  const Opened source = open_files(inputs, columns);
  if (!source) return {"error: " + source.error().message};
  return read_lines(**source, columns, count);
}

TEST(Files, AreMergedByTime) {
  const TemporaryFolder folder;
  const FileInput input = input_of({folder.write("b.csv", "ts,b\n1,0\n4,0\n4,1\n"),
                                    folder.write("a.csv", "ts,a\n2,0\n4,0\n3,0\n5,0\n"),
                                    folder.write("c.csv", "ts,c\n")});
  // Equal times go by path, and a file's own records stay in their order.
  EXPECT_EQ(read_files({input}), (Lines{"1 input b=0", "2 input a=0", "4 input a=0", "3 input a=0",
                                        "4 input b=0", "4 input b=1", "5 input a=0"}));
  // Inputs come before paths.
  EXPECT_EQ(read_files({input_of({input.paths[0]}), input_of({input.paths[1]})}),
            (Lines{"1 input b=0", "2 input a=0", "4 input b=0", "4 input b=1", "4 input a=0",
                   "3 input a=0", "5 input a=0"}));
}

TEST(Files, GiveMalformedRecordsAsSoonAsTheyAreNext) {
  const TemporaryFolder folder;
  const FileInput input = input_of({folder.write("a.csv", "ts,a\nx\n5,0\n6,0\ny\n"),
                                    folder.write("b.csv", "ts,b\n1,0\n2,0\nz\nz\n7,0\n8,0\n")});
  const Lines expected = {"! has 1 fields, the first record has 2",
                          "1 input b=0",
                          "2 input b=0",
                          "! has 1 fields, the first record has 2",
                          "! has 1 fields, the first record has 2",
                          "5 input a=0",
                          "6 input a=0",
                          "! has 1 fields, the first record has 2",
                          "7 input b=0",
                          "8 input b=0"};
  for (const std::size_t count : {1UL, 2UL, 3UL, 100UL}) {
    EXPECT_EQ(read_files({input}, count), expected) << count;
  }
}

// Three files with equal times and malformed records, one of them gzip.
std::vector<std::string> write_three(const TemporaryFolder& folder, std::uint64_t seed) {
  Random random(seed);
  std::vector<std::string> paths;
  for (int file = 0; file < 3; ++file) {
    const bool is_json = file == 1;
    std::string text = is_json ? "" : "ts,host,v\n";
    std::uint64_t time = 0;
    for (std::uint64_t i = 0; i < 30 + random.below(30); ++i) {
      time += random.below(3);
      if (random.below(6) == 0) text += "garbage\n";
      text += is_json ? fmt::format("{{\"ts\":{},\"host\":\"h\",\"v\":{}}}\n", time, i)
                      : fmt::format("{},h{},{}\n", time, file, i);
    }
    if (file == 2) text = to_gzip(text);
    paths.push_back(folder.write(fmt::format("{}.{}", file, is_json ? "jsonl" : "csv"), text));
  }
  return paths;
}

TEST(Files, GoOnAtEveryRecord) {
  for (const char* time : {"ts", "row"}) {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      SCOPED_TRACE(fmt::format("time {} seed {}", time, seed));
      const TemporaryFolder folder;
      FileInput input = input_of(write_three(folder, seed));
      input.time = time;
      input.entity = {"host"};
      const Lines all = read_files({input});
      for (const std::size_t count : {1UL, 37UL}) ASSERT_EQ(read_files({input}, count), all);
      Columns columns;
      const Opened source = open_files({input}, columns);
      ASSERT_TRUE(source) << error_of(source);
      for (std::size_t i = 0; i <= all.size(); i += 1 + i / 10) {
        ASSERT_TRUE((*source)->seek({}));
        Batch batch;
        Lines lines;
        if (i > 0) {
          ASSERT_TRUE((*source)->read(batch, i, {}));
        }
        append_lines(batch, columns, lines);
        const std::vector<Position> positions = (*source)->positions();
        // In a new process, where nothing is remembered.
        Columns other_columns;
        const Opened other = open_files({input}, other_columns);
        ASSERT_TRUE((*other)->seek(positions));
        EXPECT_EQ((*other)->positions(), positions);
        for (std::string& line : read_lines(**other, other_columns))
          lines.push_back(std::move(line));
        ASSERT_EQ(lines, all) << i;
      }
    }
  }
}

TEST(Files, HaveAReport) {
  const TemporaryFolder folder;
  Columns columns;
  const Opened source =
      open_files({input_of({folder.write("a.csv", "ts,host,a\n1,x,5\nx\n3,x,6\n"),
                            folder.write("b.csv", ""), folder.write("c.jsonl", "{\"ts\":2}\n")})},
                 columns);
  ASSERT_TRUE(source) << error_of(source);
  (void)read_lines(**source, columns);
  const SourceReport report = (*source)->report();
  EXPECT_EQ(report.records, 4U);
  EXPECT_EQ(report.rejected, 1U);
  EXPECT_EQ(report.bytes_read, report.bytes_total);
  EXPECT_EQ(report.bytes_total, 24U + 9U);
  EXPECT_EQ(report.notes, (Lines{folder.path("a.csv") + ": column \"host\" is text and left out",
                                 folder.path("b.csv") + ": is empty"}));
  const std::vector<Position> positions = (*source)->positions();
  ASSERT_EQ(positions.size(), 3U);
  EXPECT_EQ((*source)->describe(positions[1]), folder.path("b.csv"));
  EXPECT_EQ((*source)->describe({9, 9}), "?");
}

TEST(Files, AreFoundByGlobsAndEachOnce) {
  const TemporaryFolder folder;
  const std::string a = folder.write("a1.csv", "ts,a\n1,0\n"),
                    b = folder.write("a2.csv", "ts,a\n2,0\n");
  std::filesystem::create_directory(folder.path("a3.csv"));
  std::filesystem::create_symlink(a, folder.path("link.csv"));
  const Lines both = {"1 input a=0", "2 input a=0"};
  EXPECT_EQ(read_files({input_of({folder.path("a*.csv")})}), both);
  EXPECT_EQ(read_files({input_of({b, a, a, folder.path("a?.csv"), folder.path("./a1.csv"),
                                  folder.path("link.csv")})}),
            both);
  const std::string odd = folder.write("[x].csv", "ts,a\n3,0\n");
  EXPECT_EQ(read_files({input_of({odd})}), Lines{"3 input a=0"});
  // The same file twice on purpose: each input has its own columns.
  EXPECT_EQ(read_files({input_of({a}), input_of({a})}), (Lines{"1 input a=0", "1 input a=0"}));
}

TEST(Files, AreRefusedWhereThereAreNone) {
  const TemporaryFolder folder;
  Columns columns;
  const auto error = [&](std::vector<std::string> paths) {
    return error_of(open_files({input_of(std::move(paths))}, columns));
  };
  EXPECT_EQ(error({folder.path("absent.csv")}),
            folder.path("absent.csv") + ": cannot be opened: No such file or directory");
  EXPECT_EQ(error({folder.path("*.csv")}), folder.path("*.csv") + ": no file matches");
  std::filesystem::create_directory(folder.path("x.csv"));
  EXPECT_EQ(error({folder.path("*.csv")}), folder.path("*.csv") + ": no file matches");
  EXPECT_NE(error({folder.path("x.csv")}).find("is a folder"), std::string::npos);
  EXPECT_EQ(error({}), "no file is named to read from");
  EXPECT_EQ(error_of(open_files({}, columns)), "no file is named to read from");
  const std::string empty = folder.write("empty.csv", "");
  EXPECT_EQ(error({empty}), empty + ": is empty, there is nothing to read");
}

TEST(Files, MustDifferInTheHashOfTheirPaths) {
  const TemporaryFolder folder;
  std::unordered_map<std::uint32_t, std::string> seen;
  std::string first, other;
  for (int i = 0; other.empty(); ++i) {
    const std::string path = folder.path(std::to_string(i));
    const auto [at, is_new] = seen.emplace(static_cast<std::uint32_t>(hash(path) >> 32U), path);
    if (is_new) continue;
    first = at->second;
    other = path;
  }
  for (const std::string& path : {first, other}) {
    folder.write(std::filesystem::path(path).filename().string(), "ts,a\n1,0\n");
  }
  Columns columns;
  const std::string error = error_of(open_files({input_of({first, other})}, columns));
  EXPECT_NE(error.find("have the same 32-bit hash: rename one of them"), std::string::npos)
      << error;
}

TEST(Files, BeginAtTheirStartWhereTheyAreNew) {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.csv", "ts,a\n1,0\n2,0\n"), b = folder.path("b.csv");
  Columns columns;
  const Opened source = open_files({input_of({a})}, columns);
  ASSERT_TRUE(source);
  (void)read_lines(**source, columns);
  folder.write("b.csv", "ts,b\n1,0\n");
  const Opened both = open_files({input_of({a, b})}, columns);
  ASSERT_TRUE(both);
  ASSERT_TRUE((*both)->seek((*source)->positions()));
  EXPECT_EQ(read_lines(**both, columns), Lines{"1 input b=0"});
  // One that is gone is not missed.
  const Opened one = open_files({input_of({b})}, columns);
  ASSERT_TRUE((*one)->seek((*both)->positions()));
  EXPECT_EQ(read_lines(**one, columns), Lines{});
}

// What was added to a file after an earlier process read it comes behind what that process
// admitted.
TEST(Files, FollowAnOrderOfBefore) {
  const TemporaryFolder folder;
  const std::string a = folder.write("a.csv", "ts,a\n1,0\n"),
                    b = folder.write("b.csv", "ts,b\n3,0\nbroken\n4,0\n");
  const FileInput input = input_of({a, b});
  Columns columns;
  const Opened before = open_files({input}, columns);
  ASSERT_TRUE(before) << error_of(before);
  const std::vector<Partition> partitions = (*before)->partitions();
  ASSERT_EQ(partitions.size(), 2U);
  const std::uint32_t first = partitions[0].number, second = partitions[1].number;
  folder.write("a.csv", "ts,a\n1,0\n2,0\n5,0\n");
  for (const std::size_t count : {1UL, 2UL, 100UL}) {
    const Opened now = open_files({input}, columns);
    ASSERT_TRUE(now) << error_of(now);
    (*now)->follow({{first, 1}, {second, 1}});
    Lines lines = read_lines(**now, columns, count);
    std::erase_if(lines, [](const std::string& line) { return line.starts_with("!"); });
    EXPECT_EQ(lines,
              (Lines{"1 input a=0", "3 input b=0", "2 input a=0", "4 input b=0", "5 input a=0"}));
  }
  const Opened alone = open_files({input_of({a})}, columns);
  (*alone)->follow({{first, 1}});
  EXPECT_EQ(read_lines(**alone, columns, 2), (Lines{"1 input a=0", "2 input a=0", "5 input a=0"}));
  const Opened shorter = open_files({input}, columns);
  (*shorter)->follow({{first, 4}});
  Batch batch;
  const Result<Read> read = (*shorter)->read(batch, 100, {});
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message.find("judged before are not there any more"), std::string::npos);
}

TEST(Files, AreKnownAgainByPathAndBeginning) {
  const TemporaryFolder folder;
  const std::string text = "ts,a\n1,0\n", a = folder.write("a.csv", text);
  folder.write("b.csv", "ts,b\n1,0\n");
  const FileInput inputs[] = {input_of({a}), input_of({folder.path("./b.csv")})};
  Columns columns;
  const Opened one = open_files({inputs[0], inputs[1]}, columns);
  const Opened other = open_files({inputs[1], inputs[0]}, columns);
  ASSERT_TRUE(one && other);
  std::vector<Partition> before = (*one)->partitions(), swapped = (*other)->partitions();
  std::ranges::reverse(swapped);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(before[i].number, swapped[i].number);
    EXPECT_EQ(before[i].name, swapped[i].name);
  }
  EXPECT_TRUE((*other)->recognise(before));
  folder.write("a.csv", text + "2,0\n");
  EXPECT_TRUE((*other)->recognise(before)) << "it has grown";
  for (const std::string_view replaced : {"ts,a\n1,1\n2,0\n", "ts,a\n", ""}) {
    folder.write("a.csv", replaced);
    const Result<void> known = (*other)->recognise(before);
    ASSERT_FALSE(known) << replaced;
    EXPECT_NE(known.error().message.find("another file"), std::string::npos);
  }
  // A file that is away keeps its place.
  const Opened fewer = open_files({inputs[1]}, columns);
  ASSERT_TRUE((*fewer)->seek(std::vector<Position>{{before[0].number, 7}}));
  EXPECT_TRUE(std::ranges::count((*fewer)->positions(), Position{before[0].number, 7}));
}

TEST(Files, WaitForALineEndWhereTheyGrow) {
  const TemporaryFolder folder;
  FileInput input = input_of({folder.write("a.csv", "ts,a\n1,0\n2,1")});
  input.awaits_line_end = true;
  Columns columns;
  const Opened source = open_files({input}, columns);
  ASSERT_TRUE(source) << error_of(source);
  EXPECT_EQ(read_lines(**source, columns), Lines{"1 input a=0"});
  EXPECT_EQ((*source)->report().notes,
            Lines{folder.path("a.csv") + ": its last record has no line end yet and waits for it"});
  const std::vector<Position> positions = (*source)->positions();
  folder.write("a.csv", "ts,a\n1,0\n2,17\n");
  const Opened later = open_files({input}, columns);
  ASSERT_TRUE((*later)->seek(positions));
  EXPECT_EQ(read_lines(**later, columns), Lines{"2 input a=17"});
  // A packed file does not grow, and without the option the last record is one.
  input.paths = {folder.write("b.csv.gz", to_gzip("ts,a\n1,0\n2,1"))};
  EXPECT_EQ(read_files({input}).size(), 2U);
  EXPECT_EQ(read_files({input_of({folder.write("c.csv", "ts,a\n1,0\n2,1")})}).size(), 2U);
}

// As many files as there are more than the process may hold open.
TEST(Files, MayBeMany) {
  const TemporaryFolder folder;
  constexpr int files = 1'000, records = 3;
  FileInput input = input_of({folder.path("*.csv")});
  Lines expected;
  for (int i = 0; i < files; ++i) {
    std::string text = "ts,a\n";
    for (int j = 0; j < records; ++j) text += fmt::format("{},{}\n", j, i);
    folder.write(fmt::format("{:04}.csv", i), i % 100 == 0 ? to_gzip(text) : text);
  }
  for (int j = 0; j < records; ++j) {
    for (int i = 0; i < files; ++i) expected.push_back(fmt::format("{} input a={}", j, i));
  }
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const Lines lines = read_files({input});
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(lines, expected);
}

TEST(Files, ThatAreManyButStayOpenAreToldOfTheLimit) {
  const TemporaryFolder folder;
  for (int i = 0; i < 100; ++i) folder.write(fmt::format("{}.csv", i), "ts,a\n1,0\n");
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit few = before;
  few.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  const Lines lines = read_files({input_of({folder.path("*.csv")})});
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_NE(lines.at(0).find("too many open files; raise the limit"), std::string::npos)
      << lines[0];
}

// A file whose second half is garbage is handed over in bounded batches.
TEST(Files, AreHandedOverInBoundedBatches) {
  const TemporaryFolder folder;
  std::string text = "ts,a\n";
  for (int i = 0; i < 1'100; ++i) text += fmt::format("{},0\n", i);
  for (int i = 0; i < 20'000; ++i) text += "garbage\n";
  const FileInput input =
      input_of({folder.write("a.csv", text), folder.write("b.csv", "ts,b\n0,0\n")});
  EXPECT_EQ(read_files({input}, 50).size(), 1'101U + 20'000U);
  EXPECT_EQ(read_files({input_of({input.paths[0]})}, 50).size(), 1'100U + 20'000U);
}

}  // namespace
}  // namespace retimu
