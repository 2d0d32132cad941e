// SPDX-License-Identifier: Apache-2.0
// Senders that are slow, silent, broken or many: others are served, nothing is lost or taken twice.
#include "retimu/connectors/http_receiver.hpp"
#include "retimu/connectors/receivers_test_tools.hpp"

#include <random>
#include <set>

namespace retimu {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

std::string request(std::string_view body) {
  return fmt::format(
      "POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
      body.size(), body);
}

std::unique_ptr<HttpReceiver> started(HttpReceiverOptions options, Journal& journal) {
  options.port = 0;
  auto receiver = std::make_unique<HttpReceiver>(options);
  const Result<void> result = receiver->start(journal);
  EXPECT_TRUE(result.has_value()) << result.error().message;
  return receiver;
}

// How long a connection of its own takes for one record; fails if it is not taken.
milliseconds time_of_request(const HttpReceiver& receiver) {
  const Clock::time_point begin = Clock::now();
  TestClient client(receiver.bound_port());
  EXPECT_TRUE(client.send(request("{\"honest\":1}")));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 200"));
  return std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
}

TEST(HttpHostile, SlowSendersKeepNobodyOut) {
  MemoryJournal journal;
  for (const std::size_t places : {256, 100}) {
    HttpReceiverOptions options;
    options.connections_max = places;
    const auto receiver = started(options, journal);
    std::vector<std::unique_ptr<TestClient>> slow;
    std::atomic<bool> is_over = false;
    for (int i = 0; i < 200; ++i) {
      slow.push_back(std::make_unique<TestClient>(receiver->bound_port()));
      ASSERT_TRUE(slow.back()->is_open());
    }
    // A third is silent, a third is in its head, a third in its body.
    std::thread trickling([&] {
      const std::string head = request(std::string(1'000, ' '));
      for (std::size_t at = 0; !is_over; ++at) {
        for (std::size_t i = 0; i < slow.size(); ++i) {
          const std::string_view first = i % 3 == 1 ? "P" : std::string_view(head).substr(0, 90);
          if (i % 3 != 0) (void)slow[i]->send(at == 0 ? first : " ");
        }
        for (int i = 0; i < 100 && !is_over; ++i) std::this_thread::sleep_for(milliseconds(10));
      }
    });
    milliseconds longest{0};
    for (int i = 0; i < 50; ++i) longest = std::max(longest, time_of_request(*receiver));
    is_over = true;
    trickling.join();
    EXPECT_LT(longest, prompt);
    RecordProperty(fmt::format("longest_ms_{}", places), static_cast<int>(longest.count()));
    const Clock::time_point begin = Clock::now();
    receiver->stop();
    EXPECT_LT(Clock::now() - begin, prompt);
  }
}

TEST(HttpHostile, ARequestHasATimeForAllOfIt) {
  MemoryJournal journal;
  HttpReceiverOptions options;
  options.read_time_max = milliseconds(200);
  const auto receiver = started(options, journal);
  const std::string whole = request(std::string(1'000, ' '));
  for (const std::size_t begun : {std::size_t{0}, std::size_t{10}, whole.size() - 500}) {
    TestClient client(receiver->bound_port());
    ASSERT_TRUE(client.send(whole.substr(0, begun)));
    std::atomic<bool> is_over = false;
    const Clock::time_point begin = Clock::now();
    std::thread trickling([&] {  // often enough that no single wait is long
      while (!is_over && begun > 0 && client.send(" ")) {
        std::this_thread::sleep_for(milliseconds(20));
      }
    });
    (void)client.read_all();
    is_over = true;
    trickling.join();
    EXPECT_LT(Clock::now() - begin, prompt) << begun;
  }
  EXPECT_EQ(journal.report().frames, 0U);
}

TEST(HttpHostile, RandomBytes) {
  constexpr std::uint64_t seed = 20'260'101;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  MemoryJournal journal;
  HttpReceiverOptions options;
  options.read_time_max = milliseconds(50);
  options.body_bytes_max = 10'000;
  const auto receiver = started(options, journal);
  const std::vector<std::string> pieces = {"POST ",
                                           "GET ",
                                           "/",
                                           " HTTP/1.1",
                                           "\r\n",
                                           "\r\n\r\n",
                                           "Content-Length: ",
                                           "5",
                                           "99999",
                                           "Transfer-Encoding: chunked",
                                           "Content-Encoding: gzip",
                                           "Range: bytes=1-,,2",
                                           "{\"a\":1}",
                                           "0\r\n\r\n",
                                           "Expect: 100-continue",
                                           "%2e%2e/",
                                           "?a=%zz",
                                           "ffffffffffffffff\r\n",
                                           ":"};
  for (int i = 0; i < 300; ++i) {
    std::string bytes = i % 2 == 0 ? "POST / HTTP/1.1\r\n" : "";
    for (std::uint64_t parts = random() % 12; parts > 0; --parts) {
      if (random() % 3 == 0) {
        for (std::uint64_t j = random() % 40; j > 0; --j) bytes += static_cast<char>(random());
      } else {
        bytes += pieces[random() % pieces.size()];
      }
    }
    TestClient client(receiver->bound_port());
    (void)client.send(bytes);
    if (random() % 2 == 0) client.end_writing();
    if (random() % 2 == 0) (void)client.read_some();
  }
  EXPECT_LT(time_of_request(*receiver), prompt);
}

TEST(HttpHostile, SendersAtTheSameTimeAreAllTakenOnce) {
  MemoryJournal journal;
  const auto receiver = started({}, journal);
  constexpr int senders = 8, requests = 100, records = 10;
  std::atomic<int> refused = 0;
  std::vector<std::thread> threads;
  for (int sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&, sender] {
      TestClient client(receiver->bound_port());
      for (int i = 0; i < requests; ++i) {
        std::string body;
        for (int j = 0; j < records; ++j) {
          body += fmt::format("{{\"sender\":{},\"number\":{}}}\n", sender, i * records + j);
        }
        (void)client.send(request(body));
        if (!client.read_answer().starts_with("HTTP/1.1 200")) ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
  const std::vector<std::string> lines = journal_lines(journal);
  EXPECT_EQ(lines.size(), static_cast<std::size_t>(senders * requests * records));
  EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), lines.size());
  EXPECT_EQ(receiver->report().records, lines.size());
}

TEST(HttpHostile, WhatWasAnsweredBeforeAStopIsInTheJournal) {
  MemoryJournal journal;
  const auto receiver = started({}, journal);
  std::atomic<std::uint64_t> answered = 0;
  std::vector<std::thread> threads;
  for (int sender = 0; sender < 4; ++sender) {
    threads.emplace_back([&] {
      TestClient client(receiver->bound_port());
      while (client.send(request("{}")) && client.read_answer().starts_with("HTTP/1.1 200")) {
        ++answered;
      }
    });
  }
  const TestClient silent(receiver->bound_port());
  EXPECT_TRUE(comes_true([&] { return answered > 100; }));
  const Clock::time_point begin = Clock::now();
  receiver->stop();
  EXPECT_LT(Clock::now() - begin, prompt);
  for (std::thread& thread : threads) thread.join();
  const std::uint64_t taken = journal_lines(journal).size();
  EXPECT_LE(answered, taken);
  EXPECT_LE(taken, answered + 4);  // an answer may be on its way
  EXPECT_FALSE(TestClient(receiver->bound_port()).is_open());
}

class HttpTls : public testing::Test {
 protected:
  void SetUp() override {
    write_certificate(folder_, "server");
    options_.tls_certificate = folder_.path("server.pem");
    options_.tls_key = folder_.path("server.key");
  }
  TemporaryFolder folder_;
  HttpReceiverOptions options_;
  MemoryJournal journal_;
};

TEST_F(HttpTls, TakesRecords) {
  const auto receiver = started(options_, journal_);
  TestClient client(receiver->bound_port());
  ASSERT_TRUE(client.shake_hands());
  std::string body;
  for (int i = 0; i < 10'000; ++i) body += fmt::format("{{\"number\":{}}}\n", i);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(request(body)));
    EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 200"));
  }
  EXPECT_EQ(journal_lines(journal_).size(), 30'000U);
}

TEST_F(HttpTls, WhatIsNoTlsIsRefused) {
  options_.read_time_max = milliseconds(300);
  const auto receiver = started(options_, journal_);
  for (const std::string& bytes :
       {request("{}"), std::string("\x16\x03\x01\x00\x05hello", 10), std::string(5'000, 'x'),
        std::string("\x16\x03", 2), std::string()}) {
    TestClient client(receiver->bound_port());
    ASSERT_TRUE(client.send(bytes));
    EXPECT_EQ(client.read_all().find("HTTP/"), std::string::npos);
  }
  EXPECT_TRUE(comes_true([&] { return receiver->report().refused == 5; }));
  EXPECT_EQ(journal_.report().frames, 0U);
  TestClient client(receiver->bound_port());
  ASSERT_TRUE(client.shake_hands());
  ASSERT_TRUE(client.send(request("{}")));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 200"));
}

TEST_F(HttpTls, WrongFilesAreNamed) {
  write_certificate(folder_, "other");
  options_.tls_key = folder_.path("other.key");
  HttpReceiver receiver(options_);
  const Result<void> result = receiver.start(journal_);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().fault, Fault::usage);
  EXPECT_NE(result.error().message.find("other.key"), std::string::npos);
}

}  // namespace
}  // namespace retimu
