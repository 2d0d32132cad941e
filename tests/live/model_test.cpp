// SPDX-License-Identifier: Apache-2.0
// Models on live pipelines: one that it begins with, and one that it is given while it runs.
#include "tests/support/live_pipeline.hpp"

namespace retimu {
namespace {

class LiveModel : public Live {
 protected:
  // A reading of 110 every second of two entities, where the pipeline reads 10.
  std::string train(const std::string& column, std::vector<std::string> more = {}) {
    std::string text;
    for (int i = 0; i < 1'000; ++i) {
      for (const char* host : {"a", "b"}) {
        const auto dice = static_cast<double>(mix(hash(host), static_cast<std::uint64_t>(i)) % 99);
        text += fmt::format("{{\"ts\":{},\"host\":\"{}\",\"{}\":{:.3f}}}\n", 1'600'000'000 + i,
                            host, column, 110 + dice / 99);
      }
    }
    folder_.write("train.jsonl", text);
    std::vector<std::string> arguments = {"train",    "train.jsonl", "--time",   "ts",
                                          "--entity", "host",        "--config", "pipeline.toml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome trained = program(arguments);
    EXPECT_EQ(trained.code, 0) << trained.errors;
    return trained.output.substr(0, trained.output.find('\n'));
  }
  void post_more(int records) {
    std::string body;
    for (const int end = next_ + records; next_ < end; ++next_) {
      body += record_of("a", next_) + record_of("b", next_);
    }
    post(body);
  }
  bool says(std::string_view what) {
    return comes_true([&] {
      post_more(2);
      return folder_.read(".errors").find(what) != std::string::npos;
    });
  }
  void stop(Process& process) {
    process.signal(SIGTERM);
    ASSERT_TRUE(process.ends_within(std::chrono::seconds(10)));
    EXPECT_EQ(process.wait().code, 0);
  }

  int next_ = 0;
};

TEST_F(LiveModel, IsTakenOverInTheOrderAndReplayed) {
  write_pipeline(http_source());
  const std::string model = train("load");
  auto process = start();
  for (int i = 0; i < 3; ++i) post_more(100);
  const auto give = [&](const std::string& path) {
    return program({"control", "state", "--model", path});
  };
  // What is refused at once.
  std::string damaged = folder_.read(model);
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
  folder_.write("damaged.model", damaged);
  EXPECT_NE(give("damaged.model").errors.find("its checksum is wrong"), std::string::npos);
  const Outcome other = give(train("load", {"--detectors", "moving_average"}));
  EXPECT_NE(other.errors.find("was trained for another pipeline"), std::string::npos)
      << other.errors;
  EXPECT_EQ(other.code, 2);
  EXPECT_EQ(give("none.model").code, 2);
  // And where it would enter.
  EXPECT_EQ(give(train("pressure")).code, 0);
  EXPECT_TRUE(says("has learned column \"pressure\", which no record of this pipeline had"))
      << folder_.read(".errors");
  const auto list = [&] { return program({"control", "state", "--list"}).output; };
  EXPECT_TRUE(comes_true([&] { return list() == "nobody has asked for anything\n"; })) << list();
  const auto is_told = [&] {
    return folder_.read("alerts.jsonl").find("load of a is 10") != std::string::npos;
  };
  EXPECT_FALSE(is_told());

  EXPECT_EQ(give(model).code, 0);
  EXPECT_TRUE(says("2 entities go on with what it learned of readings")) << folder_.read(".errors");
  EXPECT_NE(list().find("  model "), std::string::npos) << list();
  EXPECT_TRUE(comes_true([&] {
    post_more(2);
    return is_told();
  })) << folder_.read("alerts.jsonl");
  process->signal(SIGKILL);
  (void)process->wait();
  process = start();
  for (int i = 0; i < 3; ++i) post_more(100);
  EXPECT_TRUE(comes_true([&] { return events()["b"] == next_; }));
  stop(*process);
  EXPECT_EQ(digest_of_replay(), digest_of_state());

  std::filesystem::rename(folder_.path("state/models"), folder_.path("state/away"));
  EXPECT_NE(digest_of_replay().find("is missing, and was gone on with"), std::string::npos);
}

TEST_F(LiveModel, IsTrainedAsTheOnlySourceReads) {
  write_pipeline(http_source());
  folder_.write("train.jsonl", record_of("a", 1) + record_of("b", 1) + record_of("a", 2));
  const Outcome trained = program({"train", "train.jsonl", "--config", "pipeline.toml"});
  EXPECT_EQ(trained.code, 0) << trained.errors;
  EXPECT_NE(trained.errors.find("3 records of 2 entities, 1 columns"), std::string::npos)
      << trained.errors;
}

TEST_F(LiveModel, AReplayBeginsWithItAsTheDataDirDid) {
  write_pipeline(http_source());
  const std::string model = train("load");
  const auto process = start({"--model", model});
  for (int i = 0; i < 5; ++i) post_more(100);
  EXPECT_TRUE(comes_true([&] { return events()["b"] == next_; }));
  stop(*process);
  const std::string of_state = digest_of_state();
  EXPECT_NE(digest_of_replay(), of_state);
  EXPECT_EQ(digest_of_replay({"--model", model}), of_state);
  EXPECT_NE(digest_of_replay({"--model", "none.model"}).find("there is no such file"),
            std::string::npos);
}

}  // namespace
}  // namespace retimu
