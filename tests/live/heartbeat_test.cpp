// SPDX-License-Identifier: Apache-2.0
// The heartbeat goes to a server that proves who it is, and to no other.
#include "retimu/connectors/tls_server.hpp"
#include "tests/support/live_pipeline.hpp"

namespace retimu {
namespace {

using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

// Answers every request over TLS with 200.
class TlsPage {
 public:
  TlsPage(const std::string& certificate, const std::string& key)
      : server_(TlsServer::open({certificate, key, ""})),
        listener_(open_listener(SocketKind::stream, "127.0.0.1", 0)),
        thread_([this] { serve(); }) {}
  ~TlsPage() {
    stop_ = true;
    thread_.join();
  }
  TlsPage(const TlsPage&) = delete;
  TlsPage& operator=(const TlsPage&) = delete;

  std::uint16_t port() const { return port_of(*listener_); }
  int connections() const { return connections_; }
  int answered() const { return answered_; }

 private:
  // A step of TLS, until it is done; false: broken, or too slow.
  template <class Step>
  static bool drive(int socket, const Step& step) {
    const auto until = Steady::now() + 5s;
    for (;;) {
      const TlsState state = step();
      if (state == TlsState::done) return true;
      if (state == TlsState::broken) return false;
      if (!wait_for_socket(socket, state == TlsState::wants_write, until)) return false;
    }
  }
  void serve() {
    ignore_broken_pipes();
    while (!stop_) {
      if (!wait_for_socket(listener_->number(), false, Steady::now() + 50ms)) continue;
      const Accepted accepted = accept_next(*listener_);
      if (!accepted.socket.is_open()) continue;
      ++connections_;
      const int socket = accepted.socket.number();
      const auto session = (*server_)->open_session(socket);
      std::string request(4'096, '\0');
      std::size_t got = 0, put = 0;
      constexpr std::string_view answer =
          "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
      const bool is_answered =
          drive(socket, [&] { return session->shake_hands(); }) &&
          drive(socket, [&] { return session->read(request.data(), request.size(), got); }) &&
          request.starts_with("GET /beat?of=pipeline HTTP/1.1") &&
          drive(socket, [&] { return session->write(answer.data(), answer.size(), put); });
      session->say_goodbye();
      answered_ += is_answered ? 1 : 0;
    }
  }

  Result<std::unique_ptr<TlsServer>> server_;
  Result<Descriptor> listener_;
  std::atomic<bool> stop_{false};
  std::atomic<int> connections_{0}, answered_{0};
  std::thread thread_;
};

class Heartbeat : public Live {
 protected:
  Heartbeat() {
    write_certificate(folder_, "localhost");
    write_certificate(folder_, "stranger");
  }
  void write_pipeline_to(const std::string& host, std::uint16_t port) {
    write_pipeline(http_source(),
                   fmt::format("[server]\nheartbeat_url = \"https://{}:{}/beat?of=pipeline\"\n"
                               "heartbeat_every = \"1s\"\n",
                               host, port));
  }
  std::unique_ptr<Process> start_trusting(const std::string& file) const {
    return start({}, {{"SSL_CERT_FILE", folder_.path(file)}, {"SSL_CERT_DIR", "/nonexistent"}});
  }
  bool says(std::string_view what) const {
    return comes_true([&] { return folder_.read(".errors").find(what) != std::string::npos; });
  }
  void end(Process& process) const {
    process.signal(SIGTERM);
    EXPECT_TRUE(process.ends_within(10s));
  }
};

TEST_F(Heartbeat, ReachesAServerThatIsTrusted) {
  const TlsPage page(folder_.path("localhost.pem"), folder_.path("localhost.key"));
  write_pipeline_to("localhost", page.port());
  const auto process = start_trusting("localhost.pem");
  EXPECT_TRUE(comes_true([&] { return page.answered() >= 2; })) << folder_.read(".errors");
  end(*process);
  EXPECT_EQ(folder_.read(".errors").find("heartbeat"), std::string::npos)
      << folder_.read(".errors");
}

TEST_F(Heartbeat, IsNotSentToAServerThatNobodyTrusts) {
  const TlsPage page(folder_.path("localhost.pem"), folder_.path("localhost.key"));
  write_pipeline_to("localhost", page.port());
  const auto process = start_trusting("stranger.pem");
  EXPECT_TRUE(says(fmt::format("heartbeat: https://localhost:{}: no answer (SSL", page.port())))
      << folder_.read(".errors");
  EXPECT_TRUE(comes_true([&] { return page.connections() >= 2; }));  // it is tried again
  end(*process);
  EXPECT_EQ(page.answered(), 0);
  EXPECT_EQ(folder_.read(".errors").find("of=pipeline"), std::string::npos);
}

// Trusted, and of another name.
TEST_F(Heartbeat, IsNotSentToAnotherHost) {
  const TlsPage page(folder_.path("stranger.pem"), folder_.path("stranger.key"));
  write_pipeline_to("localhost", page.port());
  const auto process = start_trusting("stranger.pem");
  EXPECT_TRUE(says("heartbeat: https://localhost")) << folder_.read(".errors");
  end(*process);
  EXPECT_EQ(page.answered(), 0);
}

}  // namespace
}  // namespace retimu
