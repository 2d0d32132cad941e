// SPDX-License-Identifier: Apache-2.0
// A pipeline that begins with a model says what one says that read the training files itself, bit
// for bit: whatever the shards, and however often it starts again.
#include "retimu/engine/model_file.hpp"
#include "retimu/engine/model_start.hpp"
#include "retimu/engine/training.hpp"
#include "tests/support/mixed_fleet.hpp"
#include "tests/support/pipeline_run.hpp"

#include <array>

namespace retimu {
namespace {

constexpr std::array<std::string_view, 4> pipelines = {
    "", "[alerts]\nbudget = \"500 per day\"\n", "[columns]\nreading1 = { kind = \"counter\" }\n",
    "[detectors]\nuse = [\"isolation_forest\", \"mahalanobis\", \"half_space_trees\", "
    "\"peer_group\"]\n"};

class ModelLaw : public ::testing::Test {
 protected:
  ModelLaw() {
    write_file(folder_ / "train.jsonl",
               to_text(make_mixed_fleet({.entities = 5, .rows = 500, .seed = 3})));
    // With an entity that was not trained, and a day later.
    write_file(folder_ / "live.jsonl", to_text(make_mixed_fleet({.entities = 6,
                                                                 .rows = 400,
                                                                 .seed = 4,
                                                                 .start = 1'700'090'000 * second,
                                                                 .calm_rows = 100,
                                                                 .spike_every = 90,
                                                                 .shift_at = 250})));
  }
  PipelineText text_of(std::string_view file, std::string_view sections,
                       std::size_t shards = 1) const {
    PipelineText text;
    text.paths = {folder_ / std::string(file)};
    text.source_keys = "message = \"message\"\nlevel = \"level\"\n";
    text.sections = sections;
    text.shards = shards;
    return text;
  }
  std::string train_model(std::string_view sections, std::size_t shards = 1,
                          const std::string& to = "models") const {
    const auto configuration =
        parse_configuration(to_toml(text_of("train.jsonl", sections, shards)), "pipeline.toml");
    EXPECT_TRUE(configuration) << configuration.error().message;
    Result<Trained> trained = train(*configuration, {.program = "test", .progress = {}});
    EXPECT_TRUE(trained) << trained.error().message;
    if (!trained) return {};
    const Result<std::string> path = write_model(trained->model, folder_ / to);
    EXPECT_TRUE(path) << path.error().message;
    return path.value_or("");
  }
  PipelineRun run(std::string_view sections, const std::string& model, std::size_t shards = 1,
                  const std::string& data_dir = "") const {
    PipelineText text = text_of("live.jsonl", sections, shards);
    text.data_dir = data_dir;
    ServiceOptions options;
    options.model = model;
    return run_pipeline(folder_, text, options);
  }
  // Reads the training file itself.
  PipelineRun run_trained(std::string_view sections) const {
    ServiceOptions options;
    FileInput input;
    input.paths = {folder_ / "train.jsonl"};
    input.time = "ts";
    input.entity = {"host"};
    input.message = "message";
    input.level = "level";
    options.training = {input};
    return run_pipeline(folder_, text_of("live.jsonl", sections), options);
  }
  std::string error_of(std::string_view sections, const std::string& model,
                       const std::string& data_dir = "") const {
    PipelineText text = text_of("live.jsonl", sections);
    text.data_dir = data_dir;
    ServiceOptions options;
    options.model = model;
    const Result<PipelineRun> tried = try_pipeline(folder_, text, options);
    return tried ? std::string() : tried.error().message;
  }

  TemporaryFolder folder_;
};

void expect_same(const PipelineRun& left, const PipelineRun& right) {
  EXPECT_EQ(digests(left), digests(right));
  EXPECT_EQ(left.alerts, right.alerts);
  EXPECT_EQ(left.scores, right.scores);
}

TEST_F(ModelLaw, SaysWhatTrainingSays) {
  for (const std::string_view sections : pipelines) {
    SCOPED_TRACE(sections);
    const PipelineRun trained = run_trained(sections);
    ASSERT_GE(count_changes(trained.alerts, "raised"), 3U);
    const std::string model = train_model(sections);
    expect_same(run(sections, model), trained);
    EXPECT_NE(digests(run(sections, "")), digests(trained));
  }
}

TEST_F(ModelLaw, ShardsAndDataDirChangeNothing) {
  for (const std::string_view sections : pipelines) {
    SCOPED_TRACE(sections);
    const std::string model = train_model(sections);
    const PipelineRun plain = run(sections, model);
    for (const std::size_t shards : {2U, 8U}) {
      expect_same(run(sections, model, shards), plain);
      std::filesystem::remove_all(folder_ / "state");
      std::filesystem::remove(folder_ / "alerts.jsonl");
      const PipelineRun kept = run(sections, model, shards, folder_ / "state");
      EXPECT_EQ(digests(kept), digests(plain));
      EXPECT_EQ(kept.scores, plain.scores);
      EXPECT_EQ(kept.alerts, plain.alerts);
    }
  }
}

TEST_F(ModelLaw, SameDataSameName) {
  const std::string model = train_model("");
  EXPECT_EQ(train_model("", 2, "others").substr((folder_ / "others").size()),
            model.substr((folder_ / "models").size()));
  EXPECT_EQ(read_file(model), read_file(folder_ / "others" + model.substr(model.rfind('/'))));
  // From another folder.
  std::filesystem::create_directory(folder_ / "elsewhere");
  std::filesystem::copy(folder_ / "train.jsonl", folder_ / "elsewhere/train.jsonl");
  PipelineText text = text_of("elsewhere/train.jsonl", "");
  Result<Trained> moved =
      train(*parse_configuration(to_toml(text), "p"), {.program = "test", .progress = {}});
  ASSERT_TRUE(moved);
  EXPECT_EQ(encode_model(moved->model).value().size(), read_file(model).size());
  EXPECT_NE(model.find(moved->model.id), std::string::npos);
  text.pipeline_keys = "seed = 5";
  Result<Trained> other =
      train(*parse_configuration(to_toml(text), "p"), {.program = "test", .progress = {}});
  ASSERT_TRUE(other && encode_model(other->model));
  EXPECT_NE(other->model.id, moved->model.id);
}

// Any prefix of the input, then the rest after a restart, with the model and without it.
TEST_F(ModelLaw, ARestartGoesOn) {
  const std::string model = train_model("");
  const PipelineRun whole = run("", model);
  const std::string live = read_file(folder_ / "live.jsonl");
  const std::vector<std::string> lines = lines_of(live);
  std::filesystem::remove(folder_ / "alerts.jsonl");
  const std::string state = folder_ / "state";
  PipelineRun last;
  for (const std::size_t part : {1U, 700U, 701U, 4'000U, 100'000U}) {
    std::string begin;
    for (std::size_t i = 0; i < lines.size() && i < part; ++i) begin += lines[i] + "\n";
    write_file(folder_ / "live.jsonl", begin);
    last = run("", part == 701 ? "" : model, 2, state);
  }
  EXPECT_EQ(digests(last), digests(whole));
  EXPECT_EQ(last.alerts, whole.alerts);
}

TEST_F(ModelLaw, AStoreKeepsTheModelThatItBeganWith) {
  const std::string model = train_model("");
  const std::string state = folder_ / "state";
  const PipelineRun first = run("", model, 1, state);
  EXPECT_EQ(error_of("", model, state), "");
  EXPECT_EQ(error_of("", "", state), "");
  write_file(folder_ / "train.jsonl", to_text(make_mixed_fleet({.entities = 2, .rows = 300})));
  const std::string other = train_model("");
  EXPECT_NE(error_of("", other, state).find("began with the model"), std::string::npos);
  EXPECT_EQ(digests(run("", "", 1, state)), digests(first));
  // One that has learned by itself takes none.
  (void)run("", "", 1, folder_ / "own");
  EXPECT_NE(error_of("", model, folder_ / "own").find("has learned from"), std::string::npos);
}

TEST_F(ModelLaw, OtherPipelinesAreRefused) {
  const std::string model = train_model("[columns]\nreading1 = { unit = \"bar\" }\n");
  EXPECT_EQ(error_of("[alerts]\nthreshold = 5\n", model), "");
  EXPECT_EQ(error_of("[columns]\nreading1 = { unit = \"bar\" }\n", model), "");
  const auto names = [&](std::string_view sections, std::string_view what) {
    const std::string message = error_of(sections, model);
    EXPECT_NE(message.find(what), std::string::npos) << message;
  };
  names("[columns]\nreading1 = { unit = \"kPa\" }\n", "was in bar when it was trained");
  names("[columns]\nreading1 = { kind = \"counter\" }\n", "counter");
  names("[detectors]\nuse = [\"isolation_forest\"]\n", "[detectors] use was");
  names("[detectors.linear_prediction]\ncolumns_min = 3\n", "columns_min");
  names("[pipeline.x]\n", "");
  names("[limits]\nentities_max = 3\n", "more than [limits] entities_max = 3");
}

TEST_F(ModelLaw, ColumnsThatDifferAreTold) {
  const std::string model = train_model("");
  write_file(folder_ / "live.jsonl",
             "{\"ts\":1700100000,\"host\":\"host1\",\"reading1\":1,\"extra\":2}\n");
  std::string notes;
  for (const std::string& note : run("", model).summary.source.notes) notes += note + "\n";
  EXPECT_NE(notes.find("does not know column extra"), std::string::npos) << notes;
  EXPECT_NE(notes.find("no record had a number in column reading2, reading3"), std::string::npos)
      << notes;
}

}  // namespace
}  // namespace retimu
