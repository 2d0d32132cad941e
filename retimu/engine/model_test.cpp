// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/model_file.hpp"

#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace retimu {
namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Model make_model() {
  Model model;
  ModelHeader& header = model.header;
  header.program = "1.2";
  header.judging = "[pipeline]\nseed = 7\n";
  header.records = 9;
  header.rejected = 1;
  header.entities = 2;
  header.first = 5 * second;
  header.last = 8 * second;
  header.sources = {{"a.csv", 100, 0xABC}};
  header.columns = {{"flow", "l/s", 0}, {"packets", "", 1}};
  header.detectors = {{"isolation_forest", "metrics", 2, 1, 40}};
  model.state.sequence = 9;
  model.state.admission = bytes_of("reader");
  model.state.groups[3] = bytes_of("a group");
  model.state.groups[63] = bytes_of("the last");
  return model;
}

TEST(Model, ComesBackAsItWas) {
  Model model = make_model();
  const auto bytes = encode_model(model);
  ASSERT_TRUE(bytes);
  const Result<Model> read = decode_model(*bytes, "x");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->id, model.id);
  EXPECT_EQ(read->bytes, bytes->size());
  EXPECT_EQ(read->header.judging, model.header.judging);
  EXPECT_EQ(read->header.columns[1].name, "packets");
  EXPECT_EQ(read->header.columns[1].is_counter, 1);
  EXPECT_EQ(read->header.sources[0].digest, 0xABCU);
  EXPECT_EQ(read->header.detectors[0].warm, 1U);
  EXPECT_EQ(read->state.groups, model.state.groups);
  EXPECT_EQ(read->state.admission, model.state.admission);
  Model again = *read;
  EXPECT_EQ(encode_model(again).value(), *bytes);
}

TEST(Model, NoBitMayDiffer) {
  Model model = make_model();
  std::vector<std::byte> bytes = *encode_model(model);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= std::byte{0x10};
    const Result<Model> read = decode_model(bytes, "x");
    ASSERT_FALSE(read) << i;
    EXPECT_EQ(read.error().fault, Fault::corrupt);
    bytes[i] ^= std::byte{0x10};
  }
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_FALSE(decode_model(std::span(bytes).first(length), "x")) << length;
  }
  bytes.push_back(std::byte{0});
  EXPECT_FALSE(decode_model(bytes, "x"));
}

TEST(Model, SaysWhatIsWrong) {
  Model model = make_model();
  std::vector<std::byte> bytes = *encode_model(model);
  EXPECT_NE(decode_model(bytes_of("SQLite format 3"), "x.model").error().message.find("no model"),
            std::string::npos);
  EXPECT_NE(decode_model({}, "x").error().message.find("no model"), std::string::npos);
  bytes[8] = std::byte{2};
  EXPECT_NE(decode_model(bytes, "x").error().message.find("format 2 is newer"), std::string::npos);
  bytes[8] = std::byte{1};
  bytes[40] ^= std::byte{1};
  EXPECT_NE(decode_model(bytes, "x").error().message.find("checksum"), std::string::npos);
}

TEST(ModelFile, IsNamedByItsBytes) {
  const TemporaryFolder folder;
  Model model = make_model();
  const Result<std::string> path = write_model(model, folder / "models");
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(*path, folder / "models" + "/isolation_forest-" + model.id + ".model");
  EXPECT_EQ(write_model(model, folder / "models").value(), *path);
  EXPECT_EQ(read_model(*path).value().id, model.id);
  // The name is not what it is known by.
  std::filesystem::rename(*path, folder / "models/renamed.model");
  EXPECT_EQ(read_model(folder / "models/renamed.model").value().id, model.id);
  model.header.records = 10;
  ASSERT_TRUE(write_model(model, folder / "models"));
  std::string text = read_file(folder / "models/renamed.model");
  write_file(folder / "models/torn.model", text.substr(0, text.size() / 2));
  write_file(folder / "models/notes.txt", "not looked at");
  const auto found = find_models(folder / "models");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 3U);
  EXPECT_EQ((*found)[0].model->header.records, 10U);
  EXPECT_EQ((*found)[1].model->header.records, 9U);
  EXPECT_FALSE((*found)[2].model);
  EXPECT_NE((*found)[2].problem.find("does not end where it should"), std::string::npos);
}

TEST(ModelFile, WhatIsNoneIsRefused) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_model(folder / "none").error().fault, Fault::usage);
  EXPECT_EQ(read_model(folder.path()).error().fault, Fault::usage);
  write_file(folder / "empty.model", "");
  EXPECT_EQ(read_model(folder / "empty.model").error().fault, Fault::corrupt);
  EXPECT_FALSE(find_models(folder / "none"));
}

}  // namespace
}  // namespace retimu
