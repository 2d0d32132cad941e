// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/random.hpp"
#include "tests/support/live_pipeline.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <sstream>

namespace retimu {
namespace {

using namespace std::chrono_literals;

TEST_F(Live, NothingIsLostThroughKillsAndAReplaySaysTheSame) {
  constexpr int records = 4'000, batch = 20;
  write_pipeline(http_source() +
                 fmt::format("[[source]]\ntype = \"file\"\npath = \"log/*.jsonl\"\nfollow = true\n"
                             "entity = \"host\"\n"
                             "[[source]]\ntype = \"syslog\"\ntcp = \"127.0.0.1:{}\"\n"
                             "entity = \"host\"\n",
                             syslog_));
  std::filesystem::create_directory(folder_.path("log"));
  std::atomic<int> writing{2};
  std::thread poster([&] {
    for (int i = 0; i < records; i += batch) {
      std::string body;
      for (int k = i; k < i + batch; ++k) body += record_of("posted", k);
      post(body);
      std::this_thread::sleep_for(15ms);
    }
    --writing;
  });
  std::thread writer([&] {
    for (int i = 0; i < records; ++i) {
      if (i % 1'300 == 1'299) {
        std::filesystem::rename(folder_.path("log/a.jsonl"),
                                folder_.path(fmt::format("log/a.{}", i)));
      }
      std::ofstream(folder_.path("log/a.jsonl"), std::ios::app) << record_of("written", i);
      if (i % 10 == 0) std::this_thread::sleep_for(10ms);
    }
    --writing;
  });
  Random random(1);
  int kills = 0;
  while (writing > 0) {
    const auto process = start();
    if (process->ends_within(std::chrono::milliseconds(200 + random.next() % 800))) {
      const Outcome outcome = process->wait();
      ADD_FAILURE() << outcome.errors;
      break;
    }
    process->signal(SIGKILL);
    (void)process->wait();
    ++kills;
  }
  poster.join();
  writer.join();
  EXPECT_GT(kills, 3);
  const auto last = start();
  EXPECT_FALSE(last->ends_within(3s));
  last->signal(SIGTERM);
  ASSERT_TRUE(last->ends_within(10s));
  const Outcome outcome = last->wait();
  EXPECT_EQ(outcome.code, 0) << outcome.errors;

  judge_as_recorded();
  const std::map<std::string, int> found = events();
  EXPECT_EQ(found.at("written"), records);
  EXPECT_GE(found.at("posted"), records);
  EXPECT_EQ(digest_of_replay(), digest_of_state());
  const std::string dead = folder_.read("state/dead_letters.jsonl");
  EXPECT_EQ(dead, "");
  // No alert is told twice under one id and revision.
  std::set<std::string> told;
  std::istringstream alerts(folder_.read("alerts.jsonl"));
  for (std::string line; std::getline(alerts, line);) {
    const std::string key = line.substr(0, line.find(",\"change\""));
    EXPECT_TRUE(told.insert(key).second) << key;
  }
  EXPECT_GE(told.size(), 3U);
}

TEST_F(Live, APipeIsWatchedByDefaults) {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += record_of("a", i);
  folder_.write("stream.jsonl", text);
  Command command{{"-c", "cat stream.jsonl | \"$RETIMU_PROGRAM\" run - --entity host"},
                  folder_.path(".")};
  command.program = "/bin/sh";
  const Outcome outcome = run_program(command);
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("load of a is 60"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.errors.find("1000 records, 1 entity"), std::string::npos) << outcome.errors;
}

TEST_F(Live, APipeOfWhichNothingCanBeReadIsAnError) {
  folder_.write("cut.jsonl", "{\"load\":1,\"ts\":\n{\"load\"\n");
  folder_.write("binary", std::string("\x7F"
                                      "ELF\0\1\0\n\0\2\n",
                                      11));
  for (const char* file : {"cut.jsonl", "binary"}) {
    Command command{{"-c", fmt::format("\"$RETIMU_PROGRAM\" run - < {}", file)}, folder_.path(".")};
    command.program = "/bin/sh";
    const Outcome outcome = run_program(command);
    EXPECT_EQ(outcome.code, 3) << file << ": " << outcome.errors;
    EXPECT_NE(outcome.errors.find("could not be read"), std::string::npos) << outcome.errors;
  }
}

// An entity that falls silent with everything else is told while nothing comes.
TEST_F(Live, TimeGoesOnWhileNothingComes) {
  write_pipeline(http_source(), "[[rule]]\nname = \"hot\"\nexpr = \"load > 40\"\nfor = \"2s\"\n");
  const auto process = start();
  for (int i = 0; i < 20; ++i) post(record_of("a", i));
  post("{\"ts\":1700000020,\"host\":\"a\",\"load\":50}\n");
  EXPECT_TRUE(comes_true([&] {
    return folder_.read("alerts.jsonl").find("\"hot\"") != std::string::npos;
  })) << folder_.read("alerts.jsonl");
  process->signal(SIGTERM);
  ASSERT_TRUE(process->ends_within(5s));
  (void)process->wait();
  EXPECT_EQ(digest_of_replay(), digest_of_state());
}

// Who asks what is known does not wait for what comes next. Ticks alone would bring a snapshot of
// one group of 64 each second.
TEST_F(Live, WhatIsKnownIsSavedWhileNothingComes) {
  write_pipeline(http_source());
  const auto process = start();
  std::string body;
  for (int i = 0; i < 1'000; ++i) body += record_of(fmt::format("e{}", i), 1);
  post(body);
  EXPECT_TRUE(comes_within(40s, [&] {
    return program({"inspect", "state"}).output.find("entities        1000 ") != std::string::npos;
  }));
  process->signal(SIGTERM);
  ASSERT_TRUE(process->ends_within(std::chrono::seconds(10)));
  EXPECT_EQ(process->wait().code, 0);
}

TEST_F(Live, ReplaysCompareTwoPipelines) {
  write_pipeline(http_source());
  const auto process = start();
  for (int i = 0; i < 2'000; i += 100) {
    std::string body;
    for (int k = i; k < i + 100; ++k) body += record_of("a", k);
    post(body);
  }
  std::this_thread::sleep_for(500ms);
  process->signal(SIGTERM);
  ASSERT_TRUE(process->ends_within(5s));
  (void)process->wait();
  write_pipeline(http_source(), "[alerts]\nthreshold = 50\n");
  std::filesystem::rename(folder_.path("pipeline.toml"), folder_.path("deaf.toml"));
  write_pipeline(http_source());
  const Outcome same = program({"replay", "state", "--compare", "pipeline.toml", "pipeline.toml"});
  EXPECT_NE(same.output.find("B gained 0, lost 0, told 0 earlier, 0 later"), std::string::npos)
      << same.output << same.errors;
  const Outcome deaf = program({"replay", "state", "--compare", "pipeline.toml", "deaf.toml"});
  EXPECT_NE(deaf.output.find("\nB gained 0, lost "), std::string::npos) << deaf.output;
  EXPECT_EQ(deaf.output.find("lost 0,"), std::string::npos) << deaf.output;
}

// What people ask of a live pipeline is asked again by a replay.
TEST_F(Live, ControlsAreReplayed) {
  write_pipeline(http_source());
  const auto process = start();
  int next = 0;
  const auto post_more = [&](int records) {
    std::string body;
    for (const int end = next + records; next < end; ++next) {
      body += record_of("a", next) + record_of("b", next);
    }
    post(body);
  };
  for (int i = 0; i < 10; ++i) post_more(100);
  const auto alert_of = [&](std::string_view entity) -> std::string {
    std::istringstream lines(folder_.read("alerts.jsonl"));
    for (std::string line; std::getline(lines, line);) {
      const bool is_its = line.find(fmt::format("\"entity\":\"{}\"", entity)) != std::string::npos;
      if (is_its && line.find("\"raised\"") != std::string::npos) return line.substr(7, 32);
    }
    return {};
  };
  ASSERT_TRUE(comes_true([&] { return !alert_of("a").empty(); })) << folder_.read("alerts.jsonl");
  const auto ask = [&](std::vector<std::string> what) {
    what.insert(what.begin(), {"control", "state"});
    const Outcome outcome = program(what);
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
  };
  const auto applied = [&](std::string_view what) {
    return comes_true([&] {
      post_more(2);
      const std::string list = program({"control", "state", "--list"}).output;
      return list.find(fmt::format("  {}", what)) != std::string::npos &&
             list.find("waits") == std::string::npos;
    });
  };
  ask({"--false-alarm", alert_of("a")});
  EXPECT_TRUE(applied("false alarm of a"));
  ask({"--maintenance", "b", "--for", "10m", "--reason", "seal", "--no-learn"});
  EXPECT_TRUE(applied("maintenance of b"));
  EXPECT_TRUE(comes_true([&] {
    post_more(2);  // a snapshot of all takes as many rounds as there are groups
    const std::string found = program({"inspect", "state"}).output;
    return found.find("maintenance     b from 20") != std::string::npos &&
           found.find("false alarm     a: ") != std::string::npos;
  }));
  ask({"--pause"});
  EXPECT_TRUE(
      comes_true([&] { return folder_.read(".errors").find("paused") != std::string::npos; }));
  for (int i = 0; i < 10; ++i) post_more(100);
  ask({"--resume"});
  for (int i = 0; i < 10; ++i) post_more(100);
  EXPECT_TRUE(applied("resume"));
  ask({"--confirmed", alert_of("a")});
  EXPECT_TRUE(applied("fault of a"));
  EXPECT_TRUE(comes_true([&] {
    post_more(2);
    return program({"inspect", "state"}).output.find("false alarm     a: ") == std::string::npos;
  }));
  process->signal(SIGTERM);
  ASSERT_TRUE(process->ends_within(10s));
  (void)process->wait();
  judge_as_recorded();
  EXPECT_EQ(digest_of_replay(), digest_of_state());
  EXPECT_EQ(events().at("a"), next);
}

// Receivers keep their connections while another engine takes over.
TEST_F(Live, AReloadLosesNothingAndRefusesWhatLosesState) {
  write_pipeline(http_source());
  const auto process = start();
  const auto errors = [&] { return folder_.read(".errors"); };
  const auto says = [&](std::string_view what) {
    return comes_true([&] { return errors().find(what) != std::string::npos; });
  };
  std::atomic<bool> is_done{false};
  int posted = 0;
  std::thread poster([&] {
    while (!is_done) {
      std::string body;
      for (const int end = posted + 20; posted < end; ++posted) body += record_of("a", posted);
      post(body);
      std::this_thread::sleep_for(5ms);
    }
  });
  EXPECT_TRUE(comes_true([&] { return std::filesystem::exists(folder_.path("state")); }));
  write_pipeline(http_source(), "[[sink]]\ntype = \"jsonl\"\npath = \"more.jsonl\"\n");
  process->signal(SIGHUP);
  EXPECT_TRUE(says("reloaded, asked by SIGHUP; changed: sinks")) << errors();
  EXPECT_TRUE(comes_true([&] { return std::filesystem::exists(folder_.path("more.jsonl")); }));
  write_pipeline(http_source(), "[alerts]\nthreshold = 6\n");
  process->signal(SIGHUP);
  EXPECT_TRUE(says("[alerts] threshold was not given and is 6")) << errors();
  EXPECT_TRUE(says("goes on as it was")) << errors();
  folder_.write("pipeline.toml", "[pipelin]\n");
  process->signal(SIGHUP);
  EXPECT_TRUE(says("did you mean")) << errors();
  write_pipeline(http_source(), "[detectors]\nuse = [\"gap_novelty\", \"moving_average\"]\n");
  EXPECT_EQ(program({"control", "state", "--reload", "--accept-other-pipeline"}).code, 0);
  EXPECT_TRUE(says("moving_average has no state that it could go on with")) << errors();
  std::this_thread::sleep_for(500ms);
  is_done = true;
  poster.join();
  EXPECT_TRUE(comes_true([&] {
    post(record_of("a", posted++));
    const std::string list = program({"control", "state", "--list"}).output;
    return list.find("waits") == std::string::npos && list.find("[detectors]") != std::string::npos;
  }));
  process->signal(SIGTERM);
  ASSERT_TRUE(process->ends_within(10s));
  const Outcome outcome = process->wait();
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  judge_the_rest();
  const std::string inspected = program({"inspect", "state", "--json"}).output;
  EXPECT_NE(inspected.find(fmt::format("\"records\":{},\"columns\"", posted)), std::string::npos)
      << inspected.substr(0, 600) << " of " << posted;
}

// What cannot be opened is no reload: nothing says that it was one, and it serves what it served.
TEST_F(Live, AReloadThatCannotBeOpenedIsNone) {
  const std::uint16_t port = free_port();
  const std::string server = fmt::format("[server]\nlisten = \"127.0.0.1:{}\"\n", port);
  write_pipeline(http_source(), server);
  const auto process = start();
  post(record_of("a", 0));
  const Result<Descriptor> taken = open_listener(SocketKind::stream, "127.0.0.1", 0);
  ASSERT_TRUE(taken);
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {server + "[[sink]]\ntype = \"jsonl\"\npath = \"missing/more.jsonl\"\n", "missing"},
      {fmt::format("[server]\nlisten = \"127.0.0.1:{}\"\n", port_of(*taken)), "in use"}};
  int posted = 1;
  for (std::size_t i = 0; i < wrong.size(); ++i) {
    write_pipeline(http_source(), wrong[i].first);
    process->signal(SIGHUP);
    const auto refused = [&] {
      post(record_of("a", posted++));
      return count_in(folder_.read(".errors"), "not reloaded") == static_cast<int>(i) + 1;
    };
    EXPECT_TRUE(comes_true(refused)) << folder_.read(".errors");
    EXPECT_NE(folder_.read(".errors").find(wrong[i].second), std::string::npos)
        << folder_.read(".errors");
  }
  EXPECT_TRUE(comes_true([&] { return TestClient(port).is_open(); }));
  EXPECT_EQ(
      program({"control", "state", "--maintenance", "b", "--for", "1h", "--reason", "x"}).code, 0);
  std::string list;
  EXPECT_TRUE(comes_true([&] {
    post(record_of("a", posted++));
    list = program({"control", "state", "--list"}).output;
    return list.find("applied") != std::string::npos;
  }));
  EXPECT_EQ(list.find("reload"), std::string::npos) << list;
  const Outcome outcome = end(*process);
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.errors.find("reloaded, asked by"), std::string::npos) << outcome.errors;
}

// A replay beside the pipeline takes neither its port nor its heartbeat.
TEST_F(Live, NobodyLooksAfterAReplay) {
  write_pipeline(
      http_source(),
      fmt::format("[server]\nlisten = \"127.0.0.1:{}\"\nheartbeat_file = \"beat\"\n", free_port()));
  const auto process = start();
  for (int i = 0; i < 100; ++i) post(record_of("a", i));
  const std::string beat = folder_.path("beat");
  EXPECT_TRUE(comes_true([&] { return std::filesystem::exists(beat); }));
  std::filesystem::remove(beat);  // the next one comes in a minute
  const Outcome one = program({"replay", "state", "--config", "pipeline.toml", "--digest"});
  EXPECT_EQ(one.code, 0) << one.errors;
  const Outcome two = program({"replay", "state", "--compare", "pipeline.toml", "pipeline.toml"});
  EXPECT_EQ(two.code, 0) << two.errors;
  EXPECT_FALSE(std::filesystem::exists(beat));
  EXPECT_FALSE(process->ends_within(0ms));
}

// What the run would refuse, the check does too, and takes no port.
TEST_F(Live, RefusesWhatCannotBeServed) {
  const auto expect_refused = [&](const std::string& source, const std::string& part) {
    write_pipeline("[[source]]\n" + source);
    for (const char* command : {"check", "run"}) {
      const Outcome outcome = program({command, "pipeline.toml"});
      EXPECT_EQ(outcome.code, 2) << command << " " << source << outcome.errors;
      EXPECT_NE(outcome.errors.find(part), std::string::npos) << command << outcome.errors;
    }
  };
  expect_refused("type = \"http\"\nlisten = \"0.0.0.0:8080\"\n", "token");
  expect_refused("type = \"http\"\ntoken_env = \"NOT_THERE\"\n", "NOT_THERE");
  expect_refused("type = \"http\"\nudp = \"127.0.0.1:1\"\n", "has no udp");
  expect_refused("type = \"syslog\"\nudp = \"0.0.0.0:5514\"\n", "allow");
  expect_refused(
      "type = \"syslog\"\ntls = \"127.0.0.1:6514\"\ntls_certificate = \"a.pem\"\n"
      "tls_key = \"b.pem\"\n",
      "a.pem");
}

TEST_F(Live, ACheckLooksAtTheState) {
  write_pipeline(http_source());
  const auto process = start();
  post(record_of("a", 1));
  process->signal(SIGTERM);
  ASSERT_TRUE(process->ends_within(std::chrono::seconds(10)));
  EXPECT_EQ(process->wait().code, 0);
  EXPECT_EQ(program({"check", "pipeline.toml"}).code, 0);
  write_pipeline(http_source(), "[alerts]\nthreshold = 9\n");
  const Outcome other = program({"check", "pipeline.toml"});
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.errors.find("threshold"), std::string::npos) << other.errors;
  std::filesystem::remove_all(folder_.path("state"));
  folder_.write("state", "precious");
  const Outcome file = program({"check", "pipeline.toml"});
  EXPECT_NE(file.errors.find("is a file"), std::string::npos) << file.errors;
}

}  // namespace
}  // namespace retimu
