// SPDX-License-Identifier: Apache-2.0
// Command lines and pipelines that must be mended by a person.
#include "tests/bad_input/bad_input_case.hpp"

namespace retimu {
namespace {

using BadCommand = BadInput;

TEST_F(BadCommand, UnknownWordsAreUsageErrors) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"detct", "a.csv"},
                                                    {"detect"},
                                                    {"detect", "a.csv", "--outptu", "x"},
                                                    {"run"},
                                                    {"detect", "a.csv", "--format", "xml"},
                                                    {"check", "a.toml", "b.toml"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, told_usage) << outcome.errors;
    EXPECT_FALSE(outcome.errors.empty());
  }
}

TEST_F(BadCommand, AnUnknownCommandIsToldWithTheNearest) {
  expect_told({"detct", "a.csv"}, told_usage, {"\"detct\"", "did you mean \"detect\"?"});
  expect_told({"simulate", "falts"}, told_usage, {"\"falts\"", "did you mean \"faults\"?"});
  expect_told({"zzzzzzzz"}, told_usage, {"there are: detect, train, run"});
}

TEST_F(BadCommand, AnUnknownOptionIsToldWithTheNearest) {
  const auto told = [&](const std::vector<std::string>& arguments) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, told_usage) << outcome.errors;
    return outcome.errors;
  };
  for (const auto& [arguments, near] :
       {std::pair<std::vector<std::string>, std::string>{{"detect", "a.csv", "--outptu", "x"},
                                                         "--outptu: did you mean --output?\n"},
        {{"run", "a.toml", "--log-levle=info"}, "--log-levle=info: did you mean --log-level?\n"},
        {{"simulate", "faults", "--outpt", "x"}, "--outpt: did you mean --output?\n"},
        {{"control", "state", "--confirmd", "x"}, "--confirmd: did you mean --confirmed?\n"}}) {
    const std::string errors = told(arguments);
    EXPECT_NE(errors.find(near), std::string::npos) << errors;
  }
  const std::string far = told({"detect", "a.csv", "--qqqqqqqqqqqq"});
  EXPECT_EQ(far.find("did you mean"), std::string::npos) << far;
}

TEST_F(BadCommand, LabelsOfASimulatorAreScoredWhereTheyAreLookedFor) {
  const auto run_with = [&](const std::string& labels) {
    std::filesystem::create_directory(folder_ / "world");
    write("pipeline.toml", fmt::format("[[source]]\ntype = \"simulator\"\nduration = \"3h\"\n"
                                       "entities = 10\nfaults = 2\nlabels = \"world/{}\"\n"
                                       "[[sink]]\ntype = \"jsonl\"\n"
                                       "path = \"world/alerts.jsonl\"\n",
                                       labels));
    const Outcome outcome = run({"run", "pipeline.toml"});
    EXPECT_EQ(outcome.code, told_done) << outcome.errors;
  };
  run_with("truth.csv");
  expect_told({"simulate", "score", "world"}, told_input, {"world/labels.csv is missing"});
  std::filesystem::remove_all(folder_ / "world");
  run_with("labels.csv");
  const Outcome scored = run({"simulate", "score", "world"});
  EXPECT_NE(scored.output.find(" of 2 faults found"), std::string::npos) << scored.output;
  // Columns that are named otherwise.
  std::string text = read_file(folder_ / "world/labels.csv");
  ASSERT_TRUE(text.starts_with("fault,entities,modalities,begin,end\n")) << text;
  text.replace(0, 5, "kind");
  write("world/labels.csv", text);
  expect_told({"simulate", "score", "world"}, told_input,
              {"world/labels.csv:1: the header must be fault,entit"});
}

TEST_F(BadCommand, NumbersThatAreNegativeOrNone) {
  write("events.jsonl", events());
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"detect", "events.jsonl", "--train-rows", "-1"},
        {"detect", "events.jsonl", "--train-rows=many"},
        {"detect", "events.jsonl", "--seed", "-5"},
        {"detect", "events.jsonl", "--seed", "1.5"},
        {"inspect", ".", "--entities", "-1"},
        {"simulate", "faults", "--output", "plant", "--seed", "-5"},
        {"simulate", "faults", "--output", "plant", "--entities", "0"},
        {"simulate", "throughput", "--output", "x", "--lines", "-3"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.code, told_usage) << arguments.back();
    EXPECT_NE(outcome.errors.find("--"), std::string::npos) << outcome.errors;
    EXPECT_NE(outcome.errors.find("whole number from"), std::string::npos) << outcome.errors;
  }
  EXPECT_EQ(run({"detect", "events.jsonl", "--train-rows", "10", "--seed", "5"}).code, told_done);
}

// What is printed has no room.
TEST_F(BadCommand, StandardOutputWithoutSpace) {
  write("events.jsonl", events());
  write_pipeline();
  ASSERT_EQ(run({"run", "pipeline.toml"}).code, told_done);
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"list"},
        {"list", "--json"},
        {"--version"},
        {"detect", "--help"},
        {"check", "pipeline.toml"},
        {"inspect", "state"},
        {"detect", "events.jsonl", "--entity", "host", "--json"},
        {"detect", "events.jsonl", "--entity", "host"}}) {
    const Outcome outcome =
        run_program({.arguments = arguments, .folder = folder_.path(), .output = "/dev/full"});
    EXPECT_EQ(outcome.code, told_system) << arguments[0];
    EXPECT_EQ(outcome.errors,
              "retimu: standard output: cannot be written: No space left on device\n");
  }
}

TEST_F(BadCommand, ListTellsItsKeysAsJsonToo) {
  const Outcome outcome = run({"list", "--json"});
  EXPECT_NE(outcome.output.find("\"keys\":[{\"table\":\"pipeline\",\"key\":\"data_dir\""),
            std::string::npos)
      << outcome.output;
}

TEST_F(BadCommand, HelpHasExamplesAndExitCodes) {
  for (const std::string command : {"detect", "run", "check", "inspect", "list", "simulate"}) {
    const Outcome outcome = run({command, "--help"});
    EXPECT_EQ(outcome.code, told_done) << command;
    EXPECT_NE(outcome.output.find("Example"), std::string::npos) << outcome.output;
  }
  EXPECT_NE(run({"--help"}).output.find("Exit codes"), std::string::npos);
}

TEST_F(BadCommand, APipelineThatIsMissingOrAFolder) {
  expect_told({"run", "absent.toml"}, told_usage, {"absent.toml", "No such file"});
  expect_told({"run", "."}, told_usage, {".: ", "directory"});
}

TEST_F(BadCommand, BrokenToml) {
  write("pipeline.toml", "[pipeline]\ndata_dir = \"state\n");
  expect_told({"run", "pipeline.toml"}, told_usage, {"pipeline.toml:2:"});
  expect_told({"check", "pipeline.toml"}, told_usage, {"pipeline.toml:2:"});
}

TEST_F(BadCommand, AnUnknownKeyIsToldWithLineColumnAndTheNearestKey) {
  write("pipeline.toml", "[pipeline]\n  dat_dir = \"state\"\n");
  expect_told({"run", "pipeline.toml"}, told_usage,
              {"pipeline.toml:2:3: ", "\"dat_dir\"", "did you mean \"data_dir\"?"});
}

TEST_F(BadCommand, UnknownDetectorsAndBadParameters) {
  write_pipeline("[detectors]\nuse = [\"half_space_tree\"]\n");
  expect_told({"check", "pipeline.toml"}, told_usage,
              {"pipeline.toml:", "half_space_tree\"", "half_space_trees"});
  write_pipeline("[detectors.half_space_trees]\ndepth = 99\n");
  expect_told({"check", "pipeline.toml"}, told_usage, {"pipeline.toml:", "depth", "1", "10"});
}

TEST_F(BadCommand, AnOutputThatIsRead) {
  write("events.jsonl", events());
  std::filesystem::create_symlink("events.jsonl", folder_ / "link.jsonl");
  for (const char* option : {"--output", "--alerts"}) {
    for (const char* output : {"events.jsonl", "./events.jsonl", "link.jsonl"}) {
      expect_told({"detect", "events.jsonl", option, output}, told_usage,
                  {output, "would be overwritten"});
    }
  }
  expect_told({"detect", "*.jsonl", "--output", "events.jsonl"}, told_usage, {"events.jsonl"});
  expect_told({"detect", "events.jsonl", "--output", "s", "--alerts", "s"}, told_usage,
              {"the same file"});
  EXPECT_EQ(read_file(folder_ / "events.jsonl"), events());
}

TEST_F(BadCommand, AReplayOverwritesNothingThatIsInUse) {
  write("events.jsonl", events());
  write("labels.csv", "begin,end\n");
  write("alerts.jsonl", "told before\n");
  write_pipeline();
  const std::string pipeline = read_file(folder_ / "pipeline.toml");
  for (const char* output : {"./events.jsonl", "pipeline.toml", "labels.csv", "alerts.jsonl"}) {
    expect_told({"replay", "events.jsonl", "--config", "pipeline.toml", "--labels", "labels.csv",
                 "--alerts", output},
                told_usage, {output, "would be overwritten"});
  }
  EXPECT_EQ(read_file(folder_ / "events.jsonl"), events());
  EXPECT_EQ(read_file(folder_ / "pipeline.toml"), pipeline);
  EXPECT_EQ(read_file(folder_ / "labels.csv"), "begin,end\n");
  EXPECT_EQ(read_file(folder_ / "alerts.jsonl"), "told before\n");
  const Outcome both = run({"replay", "events.jsonl", "--compare", "pipeline.toml", "pipeline.toml",
                            "--alerts", "other.jsonl"});
  EXPECT_EQ(both.code, told_usage);
  EXPECT_NE(both.errors.find("--compare excludes --alerts"), std::string::npos) << both.errors;
}

TEST_F(BadCommand, AThresholdAndABudget) {
  write_pipeline("[alerts]\nthreshold = 5\nbudget = \"2 per day\"\n");
  expect_told({"check", "pipeline.toml"}, told_usage,
              {"pipeline.toml:", "threshold", "budget", "both"});
}

TEST_F(BadCommand, NoSource) {
  write("pipeline.toml", "[pipeline]\nshards = 1\n");
  expect_told({"run", "pipeline.toml"}, told_usage, {"pipeline.toml", "[[source]]"});
  expect_told({"check", "pipeline.toml"}, told_usage, {"pipeline.toml", "[[source]]"});
}

TEST_F(BadCommand, DetectTakesNoFilesFromAPipeline) {
  write_pipeline();
  write("events.jsonl", events());
  expect_told({"detect", "events.jsonl", "--config", "pipeline.toml"}, told_usage,
              {"pipeline.toml", "[[source]]"});
}

TEST_F(BadCommand, ADetectorThatCannotSpeakFailsTheCheck) {
  write("events.jsonl", events());
  write_pipeline(
      "[detectors]\nuse = [\"half_space_trees\"]\n"
      "[detectors.half_space_trees]\ntrees = 1\ndepth = 1\n");
  const Outcome outcome = run({"check", "pipeline.toml"});
  EXPECT_EQ(outcome.code, told_failed) << outcome.output;
  EXPECT_NE(outcome.output.find("FAILED"), std::string::npos) << outcome.output;
  write_pipeline();
  EXPECT_EQ(run({"check", "pipeline.toml"}).code, told_done);
}

// What is wrong around a pipeline is told by the check, not only by the run.
TEST_F(BadCommand, CheckMissesAFileOrAFolder) {
  write_pipeline();
  expect_told({"check", "pipeline.toml"}, told_input, {"events.jsonl", "No such file", "mend"});
  write("events.jsonl", events());
  EXPECT_EQ(run({"check", "pipeline.toml"}).errors, "");
  PipelineText text;
  text.paths = {"events.jsonl"};
  text.alerts_path = "absent/alerts.jsonl";
  write("pipeline.toml", to_toml(text));
  expect_told({"check", "pipeline.toml"}, told_usage, {"absent/alerts.jsonl", "make it"});
  text.alerts_path = "./events.jsonl";
  write("pipeline.toml", to_toml(text));
  expect_told({"check", "pipeline.toml"}, told_usage, {"events.jsonl", "[[source]]", "[[sink]]"});
  text.alerts_path = "notes.txt";
  write("pipeline.toml", to_toml(text));
  write("notes.txt", "mine\n");
  for (const std::string command : {"check", "run"}) {
    expect_told({command, "pipeline.toml"}, told_usage, {"notes.txt", "not an alert", "move"});
  }
  EXPECT_EQ(folder_.read("notes.txt"), "mine\n");
  text.alerts_path = {};
  text.data_dir = "absent/state";
  write("pipeline.toml", to_toml(text));
  expect_told({"check", "pipeline.toml"}, told_usage, {"absent/state", "data_dir", "make it"});
  text.data_dir = {};
  text.entity = "hosts";
  write("pipeline.toml", to_toml(text));
  expect_told({"check", "pipeline.toml"}, told_usage, {"hosts", "did you mean \"host\"?"});
  EXPECT_EQ(read_file(folder_ / "events.jsonl"), events());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "state"));
}

TEST_F(BadCommand, CheckKnowsNoSuchColumn) {
  write("events.csv", "ts,host,load,serial\n1700000000,a,1.5,x7\n1700000001,a,1.6,x7\n");
  PipelineText text;
  text.paths = {"events.csv"};
  text.sections =
      "[columns]\nlaod = { unit = \"%\" }\nload = { unit = \"%\" }\n"
      "serial = { kind = \"ignore\" }\nhost = { kind = \"ignore\" }\nts = { kind = \"ignore\" }\n";
  write("pipeline.toml", to_toml(text));
  const std::string warning =
      "pipeline.toml: [columns] names \"laod\", which is not in the first records of any source, "
      "did you mean \"load\"?";
  expect_told({"check", "pipeline.toml"}, told_done, {"warning: " + warning + "\n"});
  std::string quoted;
  append_json_string(quoted, warning);
  const Outcome json = run({"check", "pipeline.toml", "--json"});
  EXPECT_NE(json.output.find("\"errors\":[],\"warnings\":[" + quoted + "]"), std::string::npos)
      << json.output;
}

TEST_F(BadCommand, CheckTestsTheExamplesOfRules) {
  write("events.csv", "ts,host,load,serial\n1700000000,a,1.5,7\n1700000001,a,1.6,7\n");
  PipelineText text;
  text.paths = {"events.csv"};
  const std::string rule =
      "[[rule]]\nname = \"busy\"\nexpr = \"load > 8.5 && mean(serial, 60s) == 7\"\n"
      "[[rule.example]]\ngiven = [{ at = \"0s\", load = 9, serial = 6 }, "
      "{ at = \"10s\", serial = 8 }]\nexpect = true\n"
      "[[rule.example]]\ngiven = { load = 9 }\nexpect = \"unknown\"\n";
  text.sections = rule;
  write("pipeline.toml", to_toml(text));
  const Outcome good = run({"check", "pipeline.toml"});
  EXPECT_EQ(good.code, told_done) << good.output << good.errors;
  EXPECT_EQ(good.errors, "");
  EXPECT_NE(good.output.find("bytes an entity; 2 of 2 examples passed\n"), std::string::npos)
      << good.output;
  text.sections = rule + "[[rule.example]]\ngiven = { load = 9 }\nexpect = \"false\"\n";
  write("pipeline.toml", to_toml(text));
  const Outcome bad = run({"check", "pipeline.toml"});
  EXPECT_EQ(bad.code, told_failed) << bad.output;
  EXPECT_NE(bad.output.find("2 of 3 examples passed\n"
                            "  FAILED  rule \"busy\": example 3 is unknown, expected false\n"),
            std::string::npos)
      << bad.output;
  const Outcome json = run({"check", "pipeline.toml", "--json"});
  EXPECT_NE(json.output.find("\"rules\":{\"count\":1,\"examples\":3,\"failed\":[\"rule "),
            std::string::npos)
      << json.output;
}

TEST_F(BadCommand, CheckKnowsNoSuchColumnOfARule) {
  write("events.csv", "ts,host,load,serial\n1700000000,a,1.5,7\n1700000001,a,1.6,7\n");
  PipelineText text;
  text.paths = {"events.csv"};
  const std::string rule = "[[rule]]\nname = \"busy\"\nexpr = \"";
  text.sections = rule + "laod > 8.5 || serial > 8\"\n";
  write("pipeline.toml", to_toml(text));
  expect_told({"check", "pipeline.toml"}, told_done,
              {"warning: pipeline.toml: rule \"busy\" names \"laod\", which is not in the first "
               "records of any source, did you mean \"load\"?\n"});
  text.sections = "[columns]\nserial = { kind = \"ignore\" }\n" + rule + "serial > 8\"\n";
  write("pipeline.toml", to_toml(text));
  expect_told({"check", "pipeline.toml"}, told_done,
              {"warning: pipeline.toml: rule \"busy\" reads \"serial\", which [columns] ignores: "
               "it is never known\n"});
}

// Outputs that cannot be written.
TEST_F(BadCommand, OutputsWithoutSpace) {
  write("events.jsonl", events());
  for (const std::string output : {"--output", "--alerts"}) {
    SCOPED_TRACE(output);
    expect_told({"detect", "events.jsonl", "--entity", "host", "--json", output, "/dev/full"},
                told_system, {"/dev/full", "No space left"});
    expect_told({"detect", "events.jsonl", "--entity", "host", "--json", output, "absent/x"},
                told_system, {"absent/x", "No such file"});
    expect_told({"detect", "events.jsonl", "--entity", "host", "--json", output, "."}, told_system,
                {".: ", "directory"});
  }
}

}  // namespace
}  // namespace retimu
