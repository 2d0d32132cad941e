// SPDX-License-Identifier: Apache-2.0
// Small folders in the layouts of the published sets, and what is refused.
#include "retimu/evaluation/sets.hpp"

#include "retimu/evaluation/set_readers.hpp"
#include "retimu/evaluation/sets_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace retimu {
namespace {

using Labels = std::vector<std::uint8_t>;
using Values = std::vector<double>;

std::vector<Case> expect_read(const Result<std::vector<Case>>& cases) {
  EXPECT_TRUE(cases) << (cases ? "" : cases.error().message);
  return cases.value_or(std::vector<Case>{});
}

std::string names_of(const std::vector<Case>& cases) {
  std::string names;
  for (const Case& one : cases) names += (names.empty() ? "" : " ") + one.series.name;
  return names;
}

std::string lines(std::size_t count, const std::string& line) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += line;
  return text;
}

std::string time_text(std::size_t second) {
  return fmt::format("2024-01-01 {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
}

TEST(SetsTest, TheCatalogueHasEachNameOnce) {
  std::set<std::string_view> names;
  for (const SetEntry& entry : set_catalogue()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_EQ(find_set(entry.name), &entry);
    EXPECT_GT(entry.published_cases, 0U);
  }
  EXPECT_EQ(names.size(), 10U);
  EXPECT_EQ(find_set("moon"), nullptr);
}

TEST(SetsTest, AMissingOrEmptyFolderIsAnErrorThatNamesIt) {
  const SetFolder folder;
  const std::string missing = folder.path() + "/nowhere";
  for (const SetEntry& entry : set_catalogue()) {
    EXPECT_EQ(error_of(entry.read(missing)), missing + ": there is no such folder");
    EXPECT_TRUE(error_of(entry.read(folder.path())).starts_with(folder.path() + ": the set is not"))
        << entry.name << error_of(entry.read(folder.path()));
  }
}

TEST(SetsTest, NabReadsStreamsAndTheirWindows) {
  const SetFolder folder;
  std::string rows = "timestamp,value\n";
  for (std::size_t i = 0; i < 25; ++i) rows += time_text(60 * i) + ",3.5\n";
  folder.write("NAB/data/real/b.csv", rows);
  folder.write("NAB/data/art/a.csv", rows);
  const auto windows = [&](const std::string& of_b) {
    folder.write("NAB/labels/combined_windows.json",
                 "{\"real/b.csv\": [" + of_b + "], \"art/a.csv\": [], \"art/absent.csv\": []}");
  };
  windows(R"(["2024-01-01 00:05:00.000000", "2024-01-01 00:08:00.000000"])");
  const std::vector<Case> cases = expect_read(read_nab(folder.path()));
  ASSERT_EQ(names_of(cases), "art/a real/b");
  EXPECT_EQ(cases[1].truth.windows, (std::vector<Span>{{5, 9}}));
  EXPECT_EQ(std::ranges::count(cases[1].truth.labels, 1), 4);
  EXPECT_EQ(cases[1].truth.judged_from, 3U);  // 15 % of 25, cut off
  EXPECT_EQ(cases[1].series.train.rows(), 0U);
  EXPECT_EQ(cases[1].series.columns, (std::vector<std::string>{"value"}));
  EXPECT_EQ(format_time(cases[1].series.times[2]), "2024-01-01T00:02:00Z");
  EXPECT_EQ(names_of(expect_read(read_nab(folder.path() + "/NAB"))), "art/a real/b");

  const std::string outside = "lies outside its rows, or before another";
  windows(R"(["2024-01-01 00:05:00", "2024-01-01 00:25:00"])");
  EXPECT_NE(error_of(read_nab(folder.path())).find(outside), std::string::npos);
  windows(R"(["2024-01-01 00:05:30", "2024-01-01 00:06:00"])");
  EXPECT_NE(error_of(read_nab(folder.path())).find(outside), std::string::npos);
  windows(R"(["2024-01-01 00:08:00", "2024-01-01 00:05:00"])");
  EXPECT_NE(error_of(read_nab(folder.path())).find(outside), std::string::npos);
  windows(R"(["2024-01-01 00:05:00", "2024-01-01 00:08:00"],
             ["2024-01-01 00:08:00", "2024-01-01 00:09:00"])");
  EXPECT_NE(error_of(read_nab(folder.path())).find(outside), std::string::npos);
  windows("7");
  EXPECT_NE(error_of(read_nab(folder.path())).find("is not a JSON object"), std::string::npos);
}

std::string skab_text(std::size_t rows, char label_in_row_450 = '1') {
  std::string text = "datetime;Current;Voltage;anomaly;changepoint\r\n";
  for (std::size_t i = 0; i < rows; ++i) {
    const bool is_labelled = i >= 450 && i < 460;
    text += time_text(i) + fmt::format(";{};230.5;{}.0;{}.0\r\n", i,
                                       i == 450      ? label_in_row_450
                                       : is_labelled ? '1'
                                                     : '0',
                                       i == 450 || i == 460 ? 1 : 0);
  }
  return text;
}

TEST(SetsTest, SkabCutsOffTheFirstRowsAndTheLabels) {
  const SetFolder folder;
  folder.write("SKAB/data/valve1/0.csv", skab_text(500));
  folder.write("SKAB/data/other/7.csv", skab_text(470));
  folder.write("SKAB/data/anomaly-free/anomaly-free.csv", "no labels, not read");
  const std::vector<Case> cases = expect_read(read_skab(folder.path()));
  ASSERT_EQ(names_of(cases), "other/7 valve1/0");
  const Case& one = cases[1];
  EXPECT_EQ(one.series.columns, (std::vector<std::string>{"Current", "Voltage"}));
  EXPECT_EQ(one.series.train.rows(), 400U);
  EXPECT_EQ(one.series.rows.rows(), 100U);
  EXPECT_EQ(one.series.rows.row(0)[0], 400);
  EXPECT_EQ(one.series.times[0] - one.series.train_times[399], second);
  EXPECT_EQ(one.truth.windows, (std::vector<Span>{{50, 60}}));
  EXPECT_EQ(one.truth.changes, (std::vector<std::size_t>{50, 60}));
  folder.write("SKAB/data/other/7.csv", skab_text(400));
  EXPECT_NE(error_of(read_skab(folder.path())).find("other/7.csv: has 400 rows"),
            std::string::npos);
  folder.write("SKAB/data/other/7.csv", skab_text(470, '2'));
  EXPECT_NE(error_of(read_skab(folder.path())).find("7.csv: the label of row 451 is 2"),
            std::string::npos);
}

TEST(SetsTest, OtherLabelsGiveTheSameSeries) {
  const SetFolder left, right;
  left.write("other/1.csv", skab_text(500, '0'));
  right.write("other/1.csv", skab_text(500, '1'));
  const std::vector<Case> a = expect_read(read_skab(left.path()));
  const std::vector<Case> b = expect_read(read_skab(right.path()));
  ASSERT_EQ(a.size(), 1U);
  ASSERT_EQ(b.size(), 1U);
  EXPECT_NE(a[0].truth.labels, b[0].truth.labels);
  EXPECT_EQ(a[0].series.columns, b[0].series.columns);
  EXPECT_EQ(a[0].series.rows.values, b[0].series.rows.values);
  EXPECT_EQ(a[0].series.train.values, b[0].series.train.values);
  EXPECT_EQ(a[0].series.times, b[0].series.times);
}

void write_smd(const SetFolder& folder, const std::string& labels,
               const std::string& train = "1,2\n3,4\n") {
  folder.write("ServerMachineDataset/train/machine-1-1.txt", train);
  folder.write("ServerMachineDataset/test/machine-1-1.txt", "5,6\n7,8\n9,10\n");
  folder.write("ServerMachineDataset/test_label/machine-1-1.txt", labels);
}

TEST(SetsTest, ServersHaveTrainTestAndLabels) {
  const SetFolder folder;
  write_smd(folder, "0\n1\n1\n");
  const std::vector<Case> cases = expect_read(read_smd(folder.path()));
  ASSERT_EQ(names_of(cases), "machine-1-1");
  EXPECT_EQ(cases[0].series.train.values, (Values{1, 2, 3, 4}));
  EXPECT_EQ(cases[0].series.rows.values, (Values{5, 6, 7, 8, 9, 10}));
  EXPECT_EQ(cases[0].series.train_times, (std::vector<Time>{0, minute}));
  EXPECT_EQ(cases[0].series.times, (std::vector<Time>{2 * minute, 3 * minute, 4 * minute}));
  EXPECT_EQ(cases[0].truth.labels, (Labels{0, 1, 1}));
  EXPECT_EQ(cases[0].truth.windows, (std::vector<Span>{{1, 3}}));
  EXPECT_TRUE(cases[0].truth.causes.empty());
}

TEST(SetsTest, ServersMaySayWhichColumnsWentWrong) {
  const SetFolder folder;
  write_smd(folder, "0\n1\n1\n");
  folder.write("ServerMachineDataset/interpretation_label/machine-1-1.txt", "1-2:2\n");
  const std::vector<Case> cases = expect_read(read_smd(folder.path()));
  ASSERT_EQ(cases.at(0).truth.causes.size(), 1U);
  EXPECT_EQ(cases[0].truth.causes[0].rows, (Span{1, 3}));
  EXPECT_EQ(cases[0].truth.causes[0].columns, (std::vector<std::size_t>{1}));
  folder.write("ServerMachineDataset/interpretation_label/machine-1-1.txt", "1-2:3\n");
  EXPECT_NE(error_of(read_smd(folder.path())).find("machine-1-1.txt: line 1"), std::string::npos);
}

TEST(SetsTest, ServersRefuseWhatDoesNotFit) {
  const SetFolder folder;
  const auto error = [&] { return error_of(read_smd(folder.path())); };
  const auto says = [](const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  };
  write_smd(folder, "0\n1\n");
  EXPECT_TRUE(says(error(), "test_label/machine-1-1.txt: has 2 labels")) << error();
  EXPECT_TRUE(says(error(), "test/machine-1-1.txt has 3 rows")) << error();
  write_smd(folder, "0\n1\n1\n1\n");
  EXPECT_TRUE(says(error(), "has 4 labels")) << error();
  write_smd(folder, "0\n2\n1\n");
  EXPECT_TRUE(says(error(), "machine-1-1.txt: the label of row 2 is 2")) << error();
  write_smd(folder, "0,1\n1,1\n1,1\n");
  EXPECT_TRUE(says(error(), "has 2 columns; a file of labels has one")) << error();
  write_smd(folder, "0\n1\n1\n", "1,2,3\n");
  EXPECT_TRUE(says(error(), "test/machine-1-1.txt: has 2 columns")) << error();
  EXPECT_TRUE(says(error(), "train/machine-1-1.txt has 3")) << error();
  write_smd(folder, "0\n1\n1\n", "1,x\n");
  EXPECT_TRUE(says(error(), "train/machine-1-1.txt:1: \"x\" is no number")) << error();
  std::filesystem::remove(folder.path() + "/ServerMachineDataset/train/machine-1-1.txt");
  EXPECT_TRUE(says(error(), "train/machine-1-1.txt: is missing")) << error();
  std::filesystem::remove(folder.path() + "/ServerMachineDataset/test_label/machine-1-1.txt");
  EXPECT_TRUE(says(error(), "holds no series with labels")) << error();
}

TEST(SetsTest, AsdIsFlatAndItsPicklesNeedPython) {
  const SetFolder folder;
  folder.write("processed/omi-1_test_label.pkl", "x");
  EXPECT_NE(error_of(read_asd(folder.path())).find("numpy.savetxt"), std::string::npos);
  folder.write("processed/omi-1_train.csv", "m1,m2\n1,2\n");
  folder.write("processed/omi-1_test.csv", "m1,m2\n3,4\n5,6\n");
  folder.write("processed/omi-1_test_label.csv", "label\n0\n1\n");
  const std::vector<Case> cases = expect_read(read_asd(folder.path()));
  ASSERT_EQ(names_of(cases), "omi-1");
  EXPECT_EQ(cases[0].series.rows.values, (Values{3, 4, 5, 6}));
  EXPECT_EQ(cases[0].series.times[0], 5 * minute);
  folder.write("interpretation_label/omi-1.txt", "1-1:1\n");
  EXPECT_EQ(expect_read(read_asd(folder.path())).at(0).truth.causes.size(), 1U);
  folder.write("processed/omi-1_train.csv", "m1,m3\n1,2\n");
  EXPECT_NE(error_of(read_asd(folder.path())).find("has a column \"m2\" where"), std::string::npos);
}

TEST(SetsTest, AppServicesAreOfTwoDatasets) {
  const SetFolder folder;
  for (const std::string set : {"Dataset2", "Dataset3"}) {
    folder.write("dataset/" + set + "/train/service0.csv", "1,2\n");
    folder.write("dataset/" + set + "/test/service0.csv", "3,4\n");
    folder.write("dataset/" + set + "/test_label/service0.csv", "1\n");
  }
  EXPECT_EQ(names_of(expect_read(read_app_services(folder.path()))),
            "Dataset2/service0 Dataset3/service0");
}

TEST(SetsTest, NasaReadsArraysOrTextByTheListOfLabels) {
  const SetFolder folder;
  const std::string head = "chan_id,spacecraft,anomaly_sequences,class,num_values\n";
  const auto sequences = [&](const std::string& of_first) {
    folder.write("labeled_anomalies.csv",
                 head + "P-1,SMAP,\"[[" + of_first + "]]\",[point],4\n" +
                     "M-1,MSL,\"[[0, 1]]\",[point],2\nP-1,SMAP,\"[[0, 0]]\",\"[a, b]\",4\n" +
                     "P-9,SMAP,\"[[0, 1]]\",[point],9\n");
  };
  sequences("2, 3");
  for (const std::string kind : {"train", "test"}) {
    folder.write("data/" + kind + "/P-1.npy", kept_file("table.npy"));
    folder.write("MSL/" + kind + "/M-1.csv", "telemetry,cmd1\n1,0\n2,1\n");
  }
  const std::vector<Case> smap = expect_read(read_smap(folder.path()));
  ASSERT_EQ(names_of(smap), "P-1");
  EXPECT_EQ(smap[0].truth.labels, (Labels{1, 0, 1, 1}));
  EXPECT_EQ(smap[0].series.columns, (std::vector<std::string>{"telemetry", "cmd1", "cmd2"}));
  EXPECT_EQ(smap[0].series.times[0], 4 * second);
  EXPECT_EQ(names_of(expect_read(read_msl(folder.path()))), "M-1");
  sequences("2, 4");
  EXPECT_NE(error_of(read_smap(folder.path())).find("the sequence 2 to 4 of P-1 lies outside"),
            std::string::npos);
  sequences("3, 2");
  EXPECT_NE(error_of(read_smap(folder.path())).find("lies outside"), std::string::npos);
  sequences("-1, 2");
  EXPECT_NE(error_of(read_smap(folder.path())).find("lies outside"), std::string::npos);
  sequences("2");
  EXPECT_NE(error_of(read_smap(folder.path())).find("is no list of pairs"), std::string::npos);
  sequences("2, 3");
  folder.write("data/train/P-1.npy", "x");
  EXPECT_NE(error_of(read_smap(folder.path())).find("P-1.npy: is no .npy file"), std::string::npos);
  std::filesystem::remove(folder.path() + "/data/train/P-1.npy");
  EXPECT_NE(error_of(read_smap(folder.path())).find("P-1.npy: has no file in train"),
            std::string::npos);
}

TEST(SetsTest, BatadalReadsDaysFirstAndStripsNames) {
  const SetFolder folder;
  folder.write("BATADAL_dataset03.csv", "DATETIME,L_T1,S_PU1,ATT_FLAG\n06/01/14 00,1,0,0\n");
  folder.write("BATADAL_dataset04.csv",
               "DATETIME, L_T1, S_PU1, ATT_FLAG\n04/07/16 23,2,1,-999\n05/07/16 00,3,1,1\n");
  const std::vector<Case> cases = expect_read(read_batadal(folder.path()));
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(cases[0].series.columns, (std::vector<std::string>{"L_T1", "S_PU1"}));
  EXPECT_EQ(format_time(cases[0].series.train_times[0]), "2014-01-06T00:00:00Z");
  EXPECT_EQ(format_time(cases[0].series.times[1]), "2016-07-05T00:00:00Z");
  EXPECT_EQ(cases[0].truth.labels, (Labels{0, 1}));
  folder.write("BATADAL_dataset03.csv", "DATETIME,L_T1,S_PU1,ATT_FLAG\n2014-01-06,1,0,0\n");
  EXPECT_NE(error_of(read_batadal(folder.path())).find("\"2014-01-06\" in row 1 is no time"),
            std::string::npos);
}

TEST(SetsTest, TepTurnsNormalOperationAndLabelsTheRestOfEachRun) {
  const SetFolder folder;
  std::string turned;
  for (std::size_t column = 0; column < 52; ++column) turned += fmt::format(" {} -1 -1\n", column);
  folder.write("d00.dat", turned);
  const std::string row = lines(52, " 1.5e+00") + "\n";
  folder.write("d00_te.dat", lines(162, row));
  folder.write("d01_te.dat", lines(162, row));
  std::vector<Case> cases = expect_read(read_tep(folder.path()));
  ASSERT_EQ(names_of(cases), "d00 d01");
  EXPECT_EQ(cases[0].series.train.rows(), 3U);
  EXPECT_EQ(cases[0].series.train.row(0)[51], 51);
  EXPECT_EQ(cases[0].series.columns[0], "xmeas1");
  EXPECT_EQ(cases[0].series.columns[51], "xmv11");
  EXPECT_TRUE(cases[0].truth.windows.empty());
  EXPECT_EQ(cases[1].truth.windows, (std::vector<Span>{{160, 162}}));
  EXPECT_EQ(cases[1].series.times[1] - cases[1].series.times[0], 3 * minute);
  folder.write("d01_te.dat", "1 2 3\n");
  EXPECT_NE(error_of(read_tep(folder.path())).find("d01_te.dat: has 3 columns"), std::string::npos);
}

TEST(SetsTest, TablesAreSplitFiveTimesByClass) {
  const SetFolder folder;
  std::string text = "f1,f2,label\n";
  for (int i = 0; i < 100; ++i) text += fmt::format("{},{},{}\n", i, -i, i < 20 ? 1 : 0);
  folder.write("adbench/thyroid.csv", text);
  const std::vector<Case> cases = expect_read(read_tables(folder.path()));
  ASSERT_EQ(names_of(cases), "thyroid/1 thyroid/2 thyroid/3 thyroid/4 thyroid/5");
  for (const Case& one : cases) {
    EXPECT_EQ(one.series.train.rows(), 70U);
    EXPECT_EQ(std::ranges::count(one.truth.labels, 1), 6);
    std::multiset<double> seen;
    for (std::size_t i = 0; i < 70; ++i) seen.insert(one.series.train.row(i)[0]);
    for (std::size_t i = 0; i < 30; ++i) {
      seen.insert(one.series.rows.row(i)[0]);
      EXPECT_EQ(one.series.rows.row(i)[0] < 20 ? 1 : 0, one.truth.labels[i]);
    }
    EXPECT_EQ(seen.size(), 100U);
    EXPECT_EQ(std::set<double>(seen.begin(), seen.end()).size(), 100U);
  }
  EXPECT_NE(cases[0].series.rows.values, cases[1].series.rows.values);
  EXPECT_EQ(cases[0].series.rows.values,
            expect_read(read_tables(folder.path()))[0].series.rows.values);
}

TEST(SetsTest, ALargeTableIsSampledByClass) {
  const SetFolder folder;
  std::string text = "f1,label\n";
  for (int i = 0; i < 25'000; ++i) text += fmt::format("{},{}\n", i, i < 250 ? 1 : 0);
  folder.write("large.csv", text);
  const std::vector<Case> cases = expect_read(read_tables(folder.path()));
  ASSERT_EQ(cases.size(), 5U);
  EXPECT_EQ(cases[0].series.train.rows(), 14'000U);
  EXPECT_EQ(cases[0].series.rows.rows(), 6'000U);
  EXPECT_EQ(std::ranges::count(cases[0].truth.labels, 1), 60);
}

TEST(SetsTest, TablesReadTheArchivesOfAdbench) {
  const SetFolder folder;
  folder.write("datasets/Classical/38_thyroid.npz", kept_file("deflated.npz"));
  folder.write("datasets/Classical/4_breastw.npz", kept_file("stored.npz"));
  const std::vector<Case> cases = expect_read(read_tables(folder.path()));
  ASSERT_EQ(cases.size(), 10U);
  EXPECT_EQ(cases[0].series.name, "breastw/1");
  EXPECT_EQ(cases[5].series.name, "thyroid/1");
  EXPECT_EQ(cases[5].series.columns, (std::vector<std::string>{"f1", "f2", "f3"}));
  EXPECT_EQ(cases[5].series.train.rows() + cases[5].series.rows.rows(), 4U);
  folder.write("datasets/Classical/4_breastw.npz", kept_file("unequal.npz"));
  EXPECT_NE(error_of(read_tables(folder.path())).find("4_breastw.npz: has 3 labels and 4 rows"),
            std::string::npos);
  folder.write("datasets/Classical/4_breastw.npz", "x");
  EXPECT_NE(error_of(read_tables(folder.path())).find("4_breastw.npz: is no zip archive"),
            std::string::npos);
}

}  // namespace
}  // namespace retimu
