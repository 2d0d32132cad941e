// SPDX-License-Identifier: Apache-2.0
// What live sources send that says little of itself or cannot be read, and sources that stop: it is
// counted, dated and told, and a replay says the same.
#include "tests/support/live_pipeline.hpp"

namespace retimu {
namespace {

using namespace std::chrono_literals;

class Sources : public Live {
 protected:
  std::string server() const {
    return fmt::format("[server]\nlisten = \"127.0.0.1:{}\"\n", server_);
  }
  // Of a line of /metrics.
  std::string metric(const std::string& name) const {
    TestClient client(server_);
    if (!client.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")) return {};
    const std::string page = client.read_answer();
    const std::size_t at = page.find("\n" + name + " ");
    if (at == std::string::npos) return {};
    const std::size_t begin = at + name.size() + 2;
    return page.substr(begin, page.find('\n', begin) - begin);
  }
  bool is_metric(const std::string& name, const std::string& value) const {
    return comes_within(20s, [&] { return metric(name) == value; });
  }
  std::string dead_letters() const { return folder_.read("state/dead_letters.jsonl"); }

  std::uint16_t server_ = free_port();
};

TEST_F(Sources, SyslogWithoutATimeIsDatedByItsReceipt) {
  write_pipeline(fmt::format("[[source]]\ntype = \"syslog\"\nudp = \"127.0.0.1:{0}\"\n"
                             "tcp = \"127.0.0.1:{0}\"\nentity = \"host\"\nname = \"syslog\"\n",
                             syslog_),
                 server());
  const auto process = start();
  ASSERT_TRUE(comes_within(20s, [&] { return TestClient(syslog_).is_open(); }));
  TestClient datagrams(syslog_, SOCK_DGRAM), stream(syslog_);
  const std::vector<std::string> messages = {
      "<189>: %LINK-3-UPDOWN: Interface Gi0/1, changed state to down",
      "<189>42: *Mar  1 00:00:00.123: %LINK-3-UPDOWN: Interface Gi0/1, changed state to up",
      "<13>su: 'su root' failed",
      "<165>1 - web1 nginx - - - it runs",
      "\xEF\xBB\xBF<13>it runs",
      std::string("\xFF\xFE<\0001\0003\0>\0x\0", 12)};  // UTF-16
  for (int i = 0; i < 20; ++i) {
    for (const std::string& message : messages) {
      ASSERT_TRUE(datagrams.send(message));
      ASSERT_TRUE(stream.send(message + "\n"));
    }
  }
  EXPECT_TRUE(is_metric("retimu_source_records_total{source=\"syslog\"}", "240"))
      << metric("retimu_source_records_total{source=\"syslog\"}");
  EXPECT_EQ(end(*process).code, 0);
  const auto found = events();
  EXPECT_EQ(found, (std::map<std::string, int>{{"127.0.0.1", 200}, {"web1", 40}}));
  EXPECT_EQ(dead_letters(), "");
  expect_replay_says_the_same();
}

TEST_F(Sources, RecordsOfFollowedFilesAreCounted) {
  write_pipeline("[[source]]\ntype = \"file\"\npath = \"a.csv\"\nfollow = true\nname = \"log\"\n",
                 server());
  folder_.write("a.csv", "ts,load\n1700000000,1\n1700000001,2\n");
  const auto process = start();
  EXPECT_TRUE(is_metric("retimu_source_records_total{source=\"log\"}", "2"));
  std::ofstream(folder_.path("a.csv"), std::ios::app) << "1700000002,3\n1700000003,x\n";
  EXPECT_TRUE(is_metric("retimu_source_records_total{source=\"log\"}", "4"));
  EXPECT_EQ(end(*process).code, 0);
}

TEST_F(Sources, ASourceOfWhichNothingCanBeReadIsToldUntilSomethingCan) {
  write_pipeline(http_source() + "name = \"web\"\n");
  const auto process = start();
  for (int i = 0; i < 20; ++i) post("{\"load\":1}\n");  // no host
  ASSERT_TRUE(comes_within(20s, [&] {
    return count("nothing that web gives can be read: 20") == 1;
  })) << folder_.read("alerts.jsonl");
  for (int i = 0; i < 20; ++i) post(record_of("a", i));
  ASSERT_TRUE(
      comes_within(60s, [&] { return count("over: nothing that web gives can be read") == 1; }));
  EXPECT_EQ(end(*process).code, 0);
  expect_told_once();
  expect_replay_says_the_same();
}

// Two that stop, of which one is to be told.
TEST_F(Sources, ASourceThatStopsIsToldUntilItReturns) {
  write_pipeline(http_source() + "name = \"web\"\nsilent_after = \"1s\"\n" +
                 "[[source]]\ntype = \"file\"\npath = \"a.jsonl\"\nfollow = true\n"
                 "entity = \"host\"\nname = \"log\"\nsilent_after = \"0s\"\n");
  folder_.write("a.jsonl", "");
  const auto process = start();
  const auto send = [&](int number) {
    post(record_of("a", number));
    std::ofstream(folder_.path("a.jsonl"), std::ios::app) << record_of("b", number);
  };
  for (int i = 0; i < 30; ++i) {
    send(i);
    std::this_thread::sleep_for(500ms);
  }
  EXPECT_EQ(count("has fallen silent"), 0);
  ASSERT_TRUE(comes_within(60s, [&] { return count("web has fallen silent") == 1; }));
  for (int i = 30; i < 300 && count("over: web has fallen silent") == 0; ++i) {
    send(i);
    std::this_thread::sleep_for(500ms);
  }
  EXPECT_EQ(count("over: web has fallen silent"), 1);
  EXPECT_EQ(count("log has fallen silent"), 0);
  EXPECT_EQ(end(*process).code, 0);
  expect_told_once();
  expect_replay_says_the_same();
}

}  // namespace
}  // namespace retimu
