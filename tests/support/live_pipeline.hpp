// SPDX-License-Identifier: Apache-2.0
// A pipeline of live sources in a folder of its own, run as the built program.
#ifndef TESTS_SUPPORT_LIVE_PIPELINE_HPP
#define TESTS_SUPPORT_LIVE_PIPELINE_HPP

#include "retimu/connectors/receivers_test_tools.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace retimu {

inline std::uint16_t free_port() {
  const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = loopback_at(0);
  socklen_t bytes = sizeof address;
  (void)::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), bytes);
  (void)::getsockname(socket.number(), reinterpret_cast<sockaddr*>(&address), &bytes);
  return ntohs(address.sin_port);
}

// A reading every second of an entity; now and then far off.
inline std::string record_of(const std::string& entity, int number) {
  const std::uint64_t dice = mix(hash(entity), static_cast<std::uint64_t>(number));
  const double noise = static_cast<double>(dice % 1'000) / 1'000;
  const double value = 10 + noise + (number % 400 == 399 ? 50 : 0);
  return fmt::format("{{\"ts\":{},\"host\":\"{}\",\"load\":{:.3f}}}\n", 1'700'000'000 + number,
                     entity, value);
}

class Live : public ::testing::Test {
 protected:
  Live() : http_(free_port()), syslog_(free_port()) {}

  void write_pipeline(const std::string& sources, const std::string& more = "") {
    folder_.write("pipeline.toml",
                  "[pipeline]\ndata_dir = \"state\"\nsnapshot_interval = "
                  "\"100ms\"\n" +
                      sources + "\n[[sink]]\ntype = \"jsonl\"\npath = \"alerts.jsonl\"\n" + more);
  }
  std::string http_source() const {
    return fmt::format(
        "[[source]]\ntype = \"http\"\nlisten = \"127.0.0.1:{}\"\nentity = \"host\"\n", http_);
  }
  Outcome program(std::vector<std::string> arguments) const {
    return run_program({std::move(arguments), folder_.path(".")});
  }
  std::unique_ptr<Process> start(std::vector<std::string> more = {},
                                 std::map<std::string, std::string> environment = {}) const {
    std::vector<std::string> arguments = {"run", "pipeline.toml"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return std::make_unique<Process>(
        Command{std::move(arguments), folder_.path("."), std::move(environment)});
  }
  // Posts until it is accepted, whoever is killed meanwhile. What had no answer may have been
  // taken.
  void post(const std::string& body) const {
    for (int tries = 0; tries < 2'000; ++tries) {
      TestClient client(http_);
      if (client.is_open() &&
          client.send(fmt::format("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                  "application/x-ndjson\r\nContent-Length: {}\r\n\r\n{}",
                                  body.size(), body)) &&
          client.read_answer().starts_with("HTTP/1.1 200")) {
        return;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL() << "nobody takes it";
  }
  std::string digest_of_state() const {
    const Outcome outcome = program({"inspect", "state", "--json"});
    const std::size_t at = outcome.output.find("\"digest\":\"");
    return at == std::string::npos ? outcome.errors : outcome.output.substr(at + 10, 16);
  }
  std::string digest_of_replay(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"replay", "state", "--config", "pipeline.toml",
                                          "--digest"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = program(arguments);
    const std::string text = outcome.output.substr(0, outcome.output.find_last_not_of('\n') + 1);
    return outcome.code != 0 ? outcome.errors : text.substr(text.rfind('\n') + 1);
  }
  // Recorded of each entity.
  std::map<std::string, int> events() const {
    const Outcome outcome = program({"replay", "state", "--config", "pipeline.toml", "--digest"});
    std::istringstream lines(outcome.output);
    std::map<std::string, int> found;
    std::string digest, entity;
    for (int count = 0; lines >> digest >> count >> entity;) found[entity] = count;
    return found;
  }

  // Events judged of all entities, as of the last snapshot.
  int judged() const {
    const std::string found =
        program({"inspect", "state", "--json", "--entities", "1000000"}).output;
    constexpr std::string_view key = "\",\"records\":";
    int sum = 0;
    for (std::size_t at = found.find(key); at != std::string::npos; at = found.find(key, at + 1)) {
      sum += std::atoi(found.c_str() + at + key.size());
    }
    return sum;
  }
  // A process that is stopped leaves what it has taken but not read to the next ones: records,
  void judge_the_rest() const {
    int recorded = 0;
    for (const auto& [entity, count] : events()) recorded += count;
    run_until([&] { return judged() == recorded; });
  }
  // or that time went on.
  void judge_as_recorded() const {
    judge_the_rest();
    run_until([&] { return digest_of_replay() == digest_of_state(); });
  }
  void run_until(const std::function<bool()>& is_judged) const {
    for (int tries = 0; !is_judged(); ++tries) {
      ASSERT_LT(tries, 30) << judged() << " records are judged";
      const auto process = start();
      EXPECT_FALSE(process->ends_within(std::chrono::seconds(1)));
      process->signal(SIGTERM);
      ASSERT_TRUE(process->ends_within(std::chrono::seconds(10)));
      EXPECT_EQ(process->wait().code, 0);
    }
  }

  // Those of `text` in alerts.jsonl.
  int count(const std::string& text) const { return count_in(folder_.read("alerts.jsonl"), text); }
  static int count_in(const std::string& all, const std::string& text) {
    int found = 0;
    for (std::size_t at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) {
      ++found;
    }
    return found;
  }
  static bool comes_within(std::chrono::seconds limit, const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }
  // The disk is full as long as the file "full" is there, for what has `only` in its path.
  std::map<std::string, std::string> full_disk(const std::string& only) const {
    std::filesystem::create_directory(folder_.path("state"));
    return {{"LD_PRELOAD", RETIMU_FULL_DISK},
            {"ASAN_OPTIONS", "verify_asan_link_order=0"},
            {"RETIMU_FULL_DISK_DIR", folder_.path("state")},
            {"RETIMU_FULL_DISK_WHILE", folder_.path("full")},
            {"RETIMU_FULL_DISK_ONLY", only}};
  }
  // What stands in alerts.jsonl more than once under one id and revision.
  std::vector<std::string> told_twice() const {
    std::set<std::string> told;
    std::vector<std::string> again;
    std::istringstream alerts(folder_.read("alerts.jsonl"));
    for (std::string line; std::getline(alerts, line);) {
      if (!told.insert(line.substr(0, line.find(",\"change\""))).second) again.push_back(line);
    }
    return again;
  }
  void expect_told_once() const { EXPECT_EQ(told_twice(), std::vector<std::string>()); }
  void expect_replay_says_the_same() const {
    judge_as_recorded();
    EXPECT_EQ(digest_of_replay(), digest_of_state());
    const Outcome replay =
        program({"replay", "state", "--config", "pipeline.toml", "--alerts", "replayed.jsonl"});
    EXPECT_EQ(replay.code, 0) << replay.errors;
    std::istringstream lines(folder_.read("alerts.jsonl"));
    std::string expected;
    for (std::string line; std::getline(lines, line);) {
      if (line.find("\"lead\":\"storage\"") == std::string::npos) expected += line + "\n";
    }
    EXPECT_EQ(folder_.read("replayed.jsonl"), expected);
  }
  Outcome end(Process& process) const {
    process.signal(SIGTERM);
    EXPECT_TRUE(process.ends_within(std::chrono::seconds(10)));
    return process.wait();
  }

  TemporaryFolder folder_;
  std::uint16_t http_, syslog_;
};

}  // namespace retimu

#endif
