// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/status_server.hpp"

#include "retimu/connectors/receivers_test_tools.hpp"

namespace retimu {
namespace {

StatusPage page(const std::string& path) {
  if (path == "/healthz") return {503, "the disk is full\n"};
  return path == "/metrics" ? StatusPage{200, "a 1\n", "text/plain; version=0.0.4"}
                            : StatusPage{404, "no\n"};
}

std::string ask(const StatusServer& server, const std::string& path, const std::string& more = "",
                const std::string& method = "GET") {
  TestClient client(server.port());
  EXPECT_TRUE(client.is_open());
  EXPECT_TRUE(client.send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n" + more + "\r\n"));
  return client.read_answer();
}

TEST(StatusServer, AnswersItsPages) {
  const auto server = StatusServer::open({.port = 0, .token = {}, .page = page});
  ASSERT_TRUE(server) << server.error().message;
  const std::string answer = ask(**server, "/metrics");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200")) << answer;
  EXPECT_NE(answer.find("version=0.0.4"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("a 1\n")) << answer;
  EXPECT_TRUE(ask(**server, "/healthz").starts_with("HTTP/1.1 503"));
  EXPECT_TRUE(ask(**server, "/other").starts_with("HTTP/1.1 404"));
  EXPECT_TRUE(
      ask(**server, "/metrics", "Content-Length: 0\r\n", "POST").starts_with("HTTP/1.1 404"));
}

TEST(StatusServer, AsksForATokenBeyondThisMachine) {
  const auto open =
      StatusServer::open({.address = "0.0.0.0", .port = 0, .token = {}, .page = page});
  ASSERT_FALSE(open);
  EXPECT_EQ(open.error().fault, Fault::usage);
  const auto server =
      StatusServer::open({.address = "0.0.0.0", .port = 0, .token = "s3", .page = page});
  ASSERT_TRUE(server) << server.error().message;
  EXPECT_TRUE(ask(**server, "/metrics").starts_with("HTTP/1.1 401"));
  EXPECT_TRUE(
      ask(**server, "/metrics", "Authorization: Bearer s4\r\n").starts_with("HTTP/1.1 401"));
  EXPECT_TRUE(
      ask(**server, "/metrics", "Authorization: Bearer s3\r\n").starts_with("HTTP/1.1 200"));
}

TEST(StatusServer, SharesItsPortWithNobody) {
  const auto server = StatusServer::open({.port = 0, .token = {}, .page = page});
  ASSERT_TRUE(server);
  const auto other = StatusServer::open({.port = (*server)->port(), .token = {}, .page = page});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().fault, Fault::system);
}

TEST(Fetch, SaysWhatFailedWithoutTheWholeUrl) {
  const auto server = StatusServer::open({.port = 0, .token = {}, .page = page});
  ASSERT_TRUE(server);
  const std::string host = fmt::format("http://127.0.0.1:{}", (*server)->port());
  EXPECT_TRUE(fetch(host + "/metrics", std::chrono::milliseconds(2'000)));
  const Result<void> refused = fetch(host + "/secret", std::chrono::milliseconds(2'000));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("404"), std::string::npos);
  EXPECT_EQ(refused.error().message.find("secret"), std::string::npos);
  EXPECT_FALSE(fetch("http://127.0.0.1:1/", std::chrono::milliseconds(500)));
}

}  // namespace
}  // namespace retimu
