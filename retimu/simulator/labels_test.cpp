// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/labels.hpp"

#include <gtest/gtest.h>

namespace retimu {
namespace {

TEST(Labels, AreReadBackAsWritten) {
  const std::vector<FaultLabel> labels = {{FaultKind::spike,
                                           "pump2",
                                           {"pressure", "flow"},
                                           1'700'006'400 * second,
                                           1'700'006'420 * second,
                                           9.5},
                                          {FaultKind::level_shift,
                                           "link1",
                                           {"signal"},
                                           1'700'010'000 * second,
                                           1'700'092'800 * second,
                                           6}};
  const std::string text = labels_csv(labels);
  EXPECT_EQ(text,
            "fault,entity,columns,begin,end,size\n"
            "spike,pump2,pressure+flow,2023-11-15T00:00:00Z,2023-11-15T00:00:20Z,9.5\n"
            "level_shift,link1,signal,2023-11-15T01:00:00Z,2023-11-16T00:00:00Z,6.0\n");
  const auto read = parse_labels(text, "labels.csv");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(labels_csv(*read), text);
  EXPECT_TRUE(parse_labels("fault,entity,columns,begin,end,size\n", "labels.csv")->empty());
}

TEST(Labels, ErrorsNameFileAndLine) {
  const std::string header = "fault,entity,columns,begin,end,size\n";
  const auto message = [](std::string_view text) {
    const auto read = parse_labels(text, "x/labels.csv");
    EXPECT_FALSE(read);
    return read ? std::string() : read.error().message;
  };
  EXPECT_EQ(message(""), "x/labels.csv:1: the header must be fault,entity,columns,begin,end,size");
  EXPECT_EQ(message("time,value\n"),
            "x/labels.csv:1: the header must be fault,entity,columns,begin,end,size");
  for (const std::string_view line :
       {"meteor,pump1,flow,2023-11-15T00:00:00Z,2023-11-15T00:00:20Z,9.5",
        "spike,,flow,2023-11-15T00:00:00Z,2023-11-15T00:00:20Z,9.5",
        "spike,pump1,flow,2023-11-15T00:00:20Z,2023-11-15T00:00:00Z,9.5",
        "spike,pump1,flow,2023-11-15T00:00:00Z,2023-11-15T00:00:20Z,big",
        "spike,pump1,flow,2023-11-15T00:00:00Z,2023-11-15T00:00:20Z,9.5,", ""}) {
    EXPECT_EQ(message(header + std::string(line) + "\n"),
              "x/labels.csv:2: not a label: " + std::string(line));
  }
}

TEST(RecordingFile, IsReadBackAsWritten) {
  const Recording recording{7, 12, 103'000, 1'700'006'400 * second, 1'700'092'800 * second};
  const std::string text = recording_csv(recording);
  EXPECT_EQ(text,
            "seed,entities,begin,end,readings\n"
            "7,12,2023-11-15T00:00:00Z,2023-11-16T00:00:00Z,103000\n");
  const auto read = parse_recording(text, "recording.csv");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(recording_csv(*read), text);
  EXPECT_FALSE(parse_recording("seed,entities,begin,end,readings\n", "recording.csv"));
  EXPECT_FALSE(parse_recording(text + "8\n", "recording.csv"));
}

}  // namespace
}  // namespace retimu
