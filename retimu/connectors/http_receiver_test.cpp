// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/http_receiver.hpp"

#include "retimu/connectors/receivers_test_tools.hpp"

namespace retimu {
namespace {

std::string request(std::string_view body, const std::string& headers = "",
                    const std::string& line = "POST / HTTP/1.1") {
  return fmt::format("{}\r\nHost: x\r\n{}Content-Length: {}\r\n\r\n{}", line, headers, body.size(),
                     body);
}

const std::string json = "Content-Type: application/json\r\n";

class HttpReceiverTest : public testing::Test {
 protected:
  void start() {
    options_.port = 0;
    receiver_ = std::make_unique<HttpReceiver>(options_);
    const Result<void> started = receiver_->start(journal_);
    ASSERT_TRUE(started.has_value()) << started.error().message;
  }
  // What a new connection gets for it.
  std::string answer_to(const std::string& bytes) {
    TestClient client(receiver_->bound_port());
    EXPECT_TRUE(client.send(bytes));
    return client.read_answer();
  }
  // "200 {...}".
  std::string short_answer_to(const std::string& bytes) {
    const std::string answer = answer_to(bytes);
    const std::size_t body = answer.find("\r\n\r\n");
    if (body == std::string::npos) return "none: " + answer;
    return answer.substr(9, 4) + answer.substr(body + 4);
  }
  std::string status_of(const std::string& bytes) { return short_answer_to(bytes).substr(0, 3); }
  std::vector<std::string> lines() { return journal_lines(journal_); }

  HttpReceiverOptions options_;
  MemoryJournal journal_;
  std::unique_ptr<HttpReceiver> receiver_;
};

using Lines = std::vector<std::string>;

TEST_F(HttpReceiverTest, TakesRecordsAndSaysSo) {
  start();
  EXPECT_EQ(short_answer_to(request("{\"a\":1}\n{\"a\":2}", json)), "200 {\"accepted\":2}\n");
  auto frame = journal_.next({});
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->bytes, "{\"a\":1}\n{\"a\":2}\n");
  EXPECT_EQ((*frame)->format, RecordFormat::jsonl);
  EXPECT_EQ((*frame)->source, source_number("http"));
  EXPECT_EQ(short_answer_to(request("t,a\n1,2\n", "Content-Type: Text/CSV; header=present\r\n")),
            "200 {\"accepted\":1}\n");
  frame = journal_.next({});
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->bytes, "t,a\n1,2\n");
  EXPECT_EQ((*frame)->format, RecordFormat::csv);
  EXPECT_EQ(
      short_answer_to(request("a\nb", "Content-Type: text/plain\r\n", "POST /v1/records HTTP/1.1")),
      "200 {\"accepted\":2}\n");
  EXPECT_EQ(short_answer_to(request("{\"b\":\n1}",
                                    "Content-Type: application/x-www-form-urlencoded"
                                    "\r\n")),
            "200 {\"accepted\":1}\n");
  EXPECT_EQ(short_answer_to(request("")), "200 {\"accepted\":0}\n");
  EXPECT_EQ(lines(), (Lines{"a", "b", "{\"b\":1}"}));
  const ReceiverReport report = receiver_->report();
  EXPECT_EQ(report.records, 6U);
  EXPECT_EQ(report.bytes, 16U + 8U + 4U + 8U);
  EXPECT_EQ(report.refused, 0U);
  EXPECT_GT(report.last, 0);
}

// As with the header, where the content begins like JSON or the source's format is set.
TEST_F(HttpReceiverTest, BadJsonIsToldWithoutAContentType) {
  start();
  const std::string bad = "{\"a\":1}\n{\"a\":\n";
  const std::string told =
      "400 {\"accepted\":1,\"rejected\":1,\"errors\":[{\"line\":2,\"reason\":\"it is no JSON "
      "object\"}]}\n";
  EXPECT_EQ(short_answer_to(request(bad)), told);
  EXPECT_EQ(short_answer_to(request(bad, json)), told);
  EXPECT_EQ(status_of(request("{\"a\":")), "400");
  EXPECT_EQ(status_of(request("a=1\n")), "200");
  EXPECT_EQ(receiver_->report().refused, 3U);
  receiver_.reset();
  options_.format = RecordFormat::jsonl;
  start();
  EXPECT_EQ(status_of(request("a=1\n")), "400");
  EXPECT_EQ(status_of(request("a=1\n", "Content-Type: text/plain\r\n")), "400");
  receiver_.reset();
  options_.format = RecordFormat::log;
  start();
  EXPECT_EQ(short_answer_to(request(bad)), "200 {\"accepted\":2}\n");
}

TEST_F(HttpReceiverTest, GoodLinesOfABadRequestAreTaken) {
  start();
  EXPECT_EQ(short_answer_to(request("{\"a\":1}\nx\n{\"a\":2}\n", json)),
            "400 {\"accepted\":2,\"rejected\":1,\"errors\":[{\"line\":2,\"reason\":\"it is no JSON "
            "object\"}]}\n");
  EXPECT_EQ(lines(), (Lines{"{\"a\":1}", "{\"a\":2}"}));
  EXPECT_EQ(receiver_->report().refused, 1U);
  EXPECT_EQ(receiver_->report().records, 2U);
}

TEST_F(HttpReceiverTest, OnlyWhoKnowsTheTokenMaySend) {
  options_.token = "s3cret-token";
  start();
  const auto with = [](const std::string& value) {
    return request("{}", "Authorization: " + value + "\r\n");
  };
  for (const char* wrong : {"Bearer s3cret-tokem", "Bearer s3cret-token2", "Bearer ", "Bearer",
                            "s3cret-token", "Basic s3cret-token", ""}) {
    const std::string answer = answer_to(with(wrong));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 401")) << answer;
    EXPECT_EQ(answer.find("s3cret"), std::string::npos);
  }
  EXPECT_EQ(status_of(request("{}")), "401");
  // Before its body has come.
  EXPECT_EQ(status_of("POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n"), "401");
  EXPECT_EQ(lines(), Lines{});
  EXPECT_EQ(receiver_->report().refused, 9U);
  EXPECT_EQ(status_of(with("Bearer s3cret-token")), "200");
  EXPECT_EQ(status_of(with("bearer s3cret-token")), "200");
  EXPECT_EQ(lines(), (Lines{"{}", "{}"}));
}

TEST_F(HttpReceiverTest, WhatIsRefused) {
  options_.body_bytes_max = 1'000;
  start();
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"404", request("{}", "", "POST /other HTTP/1.1")},
      {"404", "GET /../../etc/passwd HTTP/1.1\r\n\r\n"},
      {"404", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n\r\n"},
      {"404", "GET //etc/passwd HTTP/1.1\r\n\r\n"},
      {"405", request("{}", "", "PUT / HTTP/1.1")},
      {"405", "DELETE / HTTP/1.1\r\n\r\n"},
      {"405", request("{}", "", "GET / HTTP/1.1")},
      {"403", request("{}", "Origin: http://evil.example\r\n")},
      {"415", request("{}", "Content-Encoding: br\r\n")},
      {"415", request("{}", "Content-Type: multipart/form-data; boundary=x\r\n")},
      {"411", "POST / HTTP/1.1\r\n\r\n"},
      {"400", "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}"},
      {"400", "POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}"},
      {"400", "POST / HTTP/1.1\r\nContent-Length: -2\r\n\r\n{}"},
      {"400", "POST / HTTP/1.1\r\nContent-Length: 2x\r\n\r\n{}"},
      {"501", "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"},
      {"413", "POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n"},
      {"413", "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n"},
      {"413", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" +
                  std::string(1'001, 'a') + "\r\n0\r\n\r\n"},
      {"400", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"},
      {"400", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n"},
      {"400", "hello\r\n\r\n"},
      {"400", "POST / HTTP/1.1\r\nx: " + std::string(10'000, 'a') + "\r\n\r\n"},
  };
  for (const auto& [status, bytes] : cases) {
    TestClient client(receiver_->bound_port());
    ASSERT_TRUE(client.send(bytes));
    const std::string answer = client.read_answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + status)) << bytes.substr(0, 100) << "\n" << answer;
    EXPECT_EQ(client.read_all(), "") << "closed: nobody knows where another request would begin";
  }
  EXPECT_EQ(lines(), Lines{});
  EXPECT_EQ(receiver_->report().refused, cases.size());
  EXPECT_EQ(status_of(request("{}")), "200");
}

TEST_F(HttpReceiverTest, PackedBodiesThatAreRefused) {
  options_.body_bytes_max = 1'000;
  start();
  TestClient client(receiver_->bound_port());
  const auto status = [&](const std::string& packed) {
    EXPECT_TRUE(client.send(request(packed, "Content-Encoding: gzip\r\n")));
    return client.read_answer().substr(9, 3);
  };
  EXPECT_EQ(status(to_gzip(std::string(1'000, 'a'))), "200");
  EXPECT_EQ(status(to_gzip(std::string(100'000, 'a'))), "413");
  EXPECT_EQ(status(to_gzip("{}").substr(0, 15)), "400");
  EXPECT_EQ(status("{}"), "400");
  EXPECT_EQ(status(to_gzip("{}") + to_gzip("\n{}")), "200");
  EXPECT_EQ(receiver_->report().refused, 3U);
  EXPECT_EQ(receiver_->report().records, 3U);
}

TEST_F(HttpReceiverTest, PackedAndChunked) {
  start();
  EXPECT_EQ(
      status_of(request(to_gzip("{\"a\":1}\n{\"a\":2}\n"), json + "Content-Encoding: gzip\r\n")),
      "200");
  const std::string chunked =
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n"
      "3;x=y\r\n:3}\r\n0\r\n\r\n";
  EXPECT_EQ(status_of(chunked), "200");
  // However few bytes come at once.
  TestClient client(receiver_->bound_port());
  for (const char c : chunked) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 200"));
  EXPECT_EQ(lines(), (Lines{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}", "{\"a\":3}"}));
}

TEST_F(HttpReceiverTest, ManyRequestsOfOneConnection) {
  start();
  TestClient client(receiver_->bound_port());
  std::string all;
  Lines expected;
  for (int i = 0; i < 100; ++i) {
    expected.push_back(fmt::format("{{\"a\":{}}}", i));
    all += request(expected.back(), json);
    if (i % 10 == 0) all += "GET / HTTP/1.1\r\n\r\n" + request("x\n", json);  // 400, and it goes on
  }
  ASSERT_TRUE(client.send(all));
  std::size_t taken = 0;
  for (int i = 0; i < 120; ++i) taken += client.read_answer().starts_with("HTTP/1.1 200") ? 1 : 0;
  EXPECT_EQ(taken, 110U);
  EXPECT_EQ(lines(), expected);
  ASSERT_TRUE(client.send(request("{}", "Connection: close\r\n")));
  EXPECT_TRUE(client.read_all().starts_with("HTTP/1.1 200"));
}

TEST_F(HttpReceiverTest, ExpectedContinue) {
  options_.token = "t";
  start();
  TestClient client(receiver_->bound_port());
  const std::string head = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n";
  ASSERT_TRUE(client.send(head + "Authorization: Bearer t\r\n\r\n"));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 100"));
  ASSERT_TRUE(client.send("{}"));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 200"));
  EXPECT_EQ(status_of(head + "\r\n"), "401");
}

TEST_F(HttpReceiverTest, SaysHowItIsUsed) {
  start();
  EXPECT_NE(answer_to("GET / HTTP/1.1\r\n\r\n").find("application/x-ndjson"), std::string::npos);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nRange: bytes=0-3\r\nAccept-Encoding: gzip, br\r\n\r\n"),
            "200");
}

TEST_F(HttpReceiverTest, ATornRequestLeavesNothing) {
  start();
  const std::string whole = request("{\"a\":1}\n{\"a\":2}\n", json);
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    TestClient client(receiver_->bound_port());
    ASSERT_TRUE(client.send(whole.substr(0, bytes)));
    bytes % 2 == 0 ? client.end_writing() : client.reset();
    if (bytes % 2 == 0) {
      const std::string answer = client.read_all();
      EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 400")) << answer;
    }
  }
  EXPECT_EQ(status_of(request("{}", json)), "200");
  EXPECT_EQ(lines(), Lines{"{}"});
}

TEST_F(HttpReceiverTest, AFullJournalIsSaidAndPasses) {
  MemoryJournal small(20);
  options_.port = 0;
  options_.full_wait_max = std::chrono::milliseconds(1);
  HttpReceiver receiver(options_);
  ASSERT_TRUE(receiver.start(small));
  TestClient client(receiver.bound_port());
  const auto status = [&](const std::string& body) {
    EXPECT_TRUE(client.send(request(body, json)));
    return client.read_answer();
  };
  EXPECT_TRUE(status("{\"first\":12345}").starts_with("HTTP/1.1 200"));
  for (int i = 0; i < 3; ++i) {
    const std::string answer = status("{\"a\":1}");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 429"));
    EXPECT_NE(answer.find("Retry-After: 1\r\n"), std::string::npos);
  }
  EXPECT_NE(receiver.report().trouble, "");
  EXPECT_EQ(journal_lines(small), Lines{"{\"first\":12345}"});
  EXPECT_TRUE(status("{\"a\":2}").starts_with("HTTP/1.1 200"));
  EXPECT_EQ(receiver.report().trouble, "");
  EXPECT_EQ(receiver.report().records, 2U);
  EXPECT_EQ(journal_lines(small), Lines{"{\"a\":2}"});
}

TEST_F(HttpReceiverTest, ABrokenDiskIsSaidAndPasses) {
  BrokenJournal journal;
  options_.port = 0;
  HttpReceiver receiver(options_);
  ASSERT_TRUE(receiver.start(journal));
  TestClient client(receiver.bound_port());
  ASSERT_TRUE(client.send(request("{}", json)));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 503"));
  EXPECT_EQ(receiver.report().trouble, "journal/0001: no space left on the device");
  journal.is_broken = false;
  ASSERT_TRUE(client.send(request("{}", json)));
  EXPECT_TRUE(client.read_answer().starts_with("HTTP/1.1 200"));
  EXPECT_EQ(receiver.report().trouble, "");
  EXPECT_EQ(journal_lines(journal), Lines{"{}"});
}

TEST_F(HttpReceiverTest, WhatCannotBeStartedIsSaid) {
  const auto error = [&](const HttpReceiverOptions& options) {
    HttpReceiver receiver(options);
    const Result<void> started = receiver.start(journal_);
    return started ? Error{Fault::internal, "none"} : started.error();
  };
  for (const char* address : {"0.0.0.0", "::", "192.168.1.1"}) {
    options_ = {};
    options_.address = address;
    EXPECT_EQ(error(options_).fault, Fault::usage);
    EXPECT_NE(error(options_).message.find("set a token"), std::string::npos);
  }
  options_ = {};
  options_.address = "host.example";
  EXPECT_NE(error(options_).message.find("as numbers"), std::string::npos);
  options_ = {};
  options_.token = "s3cret\n";
  EXPECT_EQ(error(options_).fault, Fault::usage);
  EXPECT_EQ(error(options_).message.find("s3cret"), std::string::npos);
  options_ = {};
  options_.tls_certificate = "/nowhere.pem";
  EXPECT_NE(error(options_).message.find("both"), std::string::npos);
  options_.tls_key = "/nowhere.key";
  EXPECT_NE(error(options_).message.find("/nowhere.pem"), std::string::npos);
  options_ = {};
  start();
  options_.port = receiver_->bound_port();
  EXPECT_EQ(error(options_).fault, Fault::system);
  EXPECT_NE(error(options_).message.find("another process has the port"), std::string::npos);
}

}  // namespace
}  // namespace retimu
