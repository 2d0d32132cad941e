// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_receiver.hpp"

#include "retimu/connectors/receivers_test_tools.hpp"

#include <random>

namespace retimu {
namespace {

using Clock = std::chrono::steady_clock;
using Lines = std::vector<std::string>;
using std::chrono::milliseconds;
using enum SyslogTransport;

const std::string old_line = "<34>Oct 11 22:14:15 mymachine su: 'su root' failed on /dev/pts/8";
const std::string new_line =
    "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [x@32473 a=\"b\"] text";

class SyslogReceiverTest : public testing::Test {
 protected:
  void start(Journal& journal, const std::vector<SyslogTransport>& transports) {
    for (const SyslogTransport transport : transports) {
      options_.listeners.push_back({.transport = transport, .port = 0});
      if (transport != tls) continue;
      write_certificate(folder_, "server");
      options_.tls_certificate = folder_.path("server.pem");
      options_.tls_key = folder_.path("server.key");
    }
    receiver_ = std::make_unique<SyslogReceiver>(options_);
    const Result<void> started = receiver_->start(journal);
    ASSERT_TRUE(started.has_value()) << started.error().message;
  }
  bool has(std::uint64_t records) {
    return comes_true([&] { return receiver_->report().records == records; });
  }
  std::string start_error() {
    SyslogReceiver receiver(options_);
    const Result<void> started = receiver.start(journal_);
    if (started) return "";
    EXPECT_EQ(started.error().fault, Fault::usage);
    return started.error().message;
  }

  TemporaryFolder folder_;
  SyslogReceiverOptions options_;
  MemoryJournal journal_;
  std::unique_ptr<SyslogReceiver> receiver_;
};

TEST_F(SyslogReceiverTest, EveryTransportGivesWholeLines) {
  start(journal_, {udp, tcp, tls});
  TestClient datagrams(receiver_->bound_port(0), SOCK_DGRAM);
  ASSERT_TRUE(datagrams.send(old_line));
  ASSERT_TRUE(datagrams.send(new_line + "\n"));
  ASSERT_TRUE(datagrams.send("<1>two\nlines"));
  ASSERT_TRUE(has(3));
  TestClient stream(receiver_->bound_port(1));
  ASSERT_TRUE(stream.send(old_line + "\n" + std::to_string(new_line.size()) + " " + new_line));
  ASSERT_TRUE(has(5));
  TestClient secret(receiver_->bound_port(2));
  ASSERT_TRUE(secret.shake_hands());
  ASSERT_TRUE(secret.send(old_line + "\n" + std::to_string(new_line.size()) + " " + new_line));
  ASSERT_TRUE(has(7));
  const auto frame = journal_.next({});
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->format, RecordFormat::log);
  EXPECT_EQ((*frame)->source, source_number("syslog"));
  receiver_->stop();
  EXPECT_EQ(receiver_->report().lost + receiver_->report().refused, 0U);
}

TEST_F(SyslogReceiverTest, LinesInTheirOrder) {
  start(journal_, {udp, tcp});
  TestClient datagrams(receiver_->bound_port(0), SOCK_DGRAM);
  ASSERT_TRUE(datagrams.send(old_line));
  ASSERT_TRUE(datagrams.send("<1>two\nlines"));
  ASSERT_TRUE(has(2));
  EXPECT_EQ(journal_lines(journal_), (Lines{old_line, "<1>two lines"}));
  Lines expected;
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) {
    expected.push_back(fmt::format("{} number {}", old_line, i));
    bytes += i % 2 == 0 ? expected.back() + "\n"
                        : std::to_string(expected.back().size()) + " " + expected.back();
  }
  TestClient stream(receiver_->bound_port(1));
  ASSERT_TRUE(stream.send(bytes));
  ASSERT_TRUE(has(20'002));
  EXPECT_EQ(journal_lines(journal_), expected);
}

TEST_F(SyslogReceiverTest, HoweverAStreamIsCut) {
  start(journal_, {tcp, tls});
  const std::string bytes = old_line + "\n" + std::to_string(new_line.size()) + " " + new_line;
  std::uint64_t records = 0;
  for (std::size_t cut = 0; cut <= bytes.size(); cut += 7) {
    for (const std::size_t listener : {0, 1}) {
      TestClient client(receiver_->bound_port(listener));
      if (listener == 1) {
        ASSERT_TRUE(client.shake_hands());
      }
      ASSERT_TRUE(client.send(bytes.substr(0, cut)));
      ASSERT_TRUE(client.send(bytes.substr(cut)));
      ASSERT_TRUE(has(records += 2));
      EXPECT_EQ(journal_lines(journal_), (Lines{old_line, new_line}));
    }
  }
  TestClient client(receiver_->bound_port());
  for (const char c : bytes) ASSERT_TRUE(client.send(std::string_view(&c, 1)));
  ASSERT_TRUE(has(records + 2));
  EXPECT_EQ(journal_lines(journal_), (Lines{old_line, new_line}));
}

TEST_F(SyslogReceiverTest, TheEndOfAConnection) {
  start(journal_, {tcp});
  {
    TestClient client(receiver_->bound_port());
    ASSERT_TRUE(client.send("<1>no line end"));
  }
  ASSERT_TRUE(has(1));
  {
    TestClient client(receiver_->bound_port());
    ASSERT_TRUE(client.send("100 <1>half"));
  }
  EXPECT_TRUE(comes_true([&] { return receiver_->report().refused == 1; }));
  EXPECT_EQ(journal_lines(journal_), Lines{"<1>no line end"});
}

TEST_F(SyslogReceiverTest, ManyConnectionsAndNoMore) {
  options_.connections_max = 200;
  start(journal_, {tcp});
  std::vector<std::unique_ptr<TestClient>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<TestClient>(receiver_->bound_port()));
    ASSERT_TRUE(clients.back()->send(fmt::format("<1>half of {}", i)));
  }
  for (const auto& client : clients) ASSERT_TRUE(client->send(", whole\n"));
  ASSERT_TRUE(has(200));
  TestClient another(receiver_->bound_port());
  EXPECT_EQ(another.read_all(), "");
  EXPECT_EQ(receiver_->report().refused, 1U);
  clients.pop_back();
  EXPECT_TRUE(comes_true([&] {
    TestClient client(receiver_->bound_port());
    return client.send("<1>again\n") && receiver_->report().records > 200;
  }));
}

TEST_F(SyslogReceiverTest, BrokenTls) {
  options_.handshake_time_max = milliseconds(100);
  start(journal_, {tls});
  for (const std::string& bytes : {old_line + "\n", std::string("\x16\x03\x01\x00\x05hello", 10)}) {
    TestClient client(receiver_->bound_port());
    ASSERT_TRUE(client.send(bytes));
    EXPECT_EQ(client.read_all().find(old_line), std::string::npos);
  }
  TestClient silent(receiver_->bound_port());
  EXPECT_EQ(silent.read_all(), "");
  EXPECT_TRUE(comes_true([&] { return receiver_->report().refused == 3; }));
  EXPECT_EQ(journal_.report().frames, 0U);
}

TEST_F(SyslogReceiverTest, TlsClientsNeedACertificateWhereACaIsSet) {
  write_certificate(folder_, "known");
  write_certificate(folder_, "stranger");
  options_.tls_client_ca = folder_.path("known.pem");
  start(journal_, {tls});
  const auto send = [&](const std::string& name) {
    TestClient client(receiver_->bound_port());
    const bool is_in =
        name.empty() ? client.shake_hands()
                     : client.shake_hands(folder_.path(name + ".pem"), folder_.path(name + ".key"));
    if (is_in) (void)client.send("<1>of " + name + "\n");
    client.end_writing();
    (void)client.read_all();
  };
  send("");
  send("stranger");
  send("known");
  ASSERT_TRUE(has(1));
  EXPECT_EQ(journal_lines(journal_), Lines{"<1>of known"});
  EXPECT_EQ(receiver_->report().refused, 2U);
}

TEST_F(SyslogReceiverTest, DatagramsThatAreLostAreCounted) {
  MemoryJournal small(100'000);
  options_.receive_buffer_bytes = 100'000;
  start(small, {udp});
  TestClient client(receiver_->bound_port(), SOCK_DGRAM);
  constexpr std::uint64_t sent = 20'000;
  const std::string line = old_line + std::string(80, 'x');
  for (std::uint64_t i = 0; i < sent; ++i) ASSERT_TRUE(client.send(line));
  EXPECT_TRUE(comes_true([&] {
    const ReceiverReport report = receiver_->report();
    return report.records + report.lost == sent;
  }));
  receiver_->stop();
  const ReceiverReport report = receiver_->report();
  EXPECT_EQ(report.records + report.lost, sent);
  EXPECT_GT(report.lost, 0U);
  EXPECT_EQ(journal_lines(small).size(), report.records);
  EXPECT_NE(report.trouble, "");
}

TEST_F(SyslogReceiverTest, StreamsWaitWhileTheJournalIsFull) {
  MemoryJournal small(300'000);
  start(small, {tcp});
  constexpr std::size_t count = 200'000;
  std::thread sending([&] {
    TestClient client(receiver_->bound_port());
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += fmt::format("<1>number {}\n", i);
    EXPECT_TRUE(client.send(bytes));
  });
  EXPECT_TRUE(comes_true([&] { return !receiver_->report().trouble.empty(); }));
  Lines lines;
  EXPECT_TRUE(comes_true([&] {
    for (std::string& line : journal_lines(small)) lines.push_back(std::move(line));
    return lines.size() >= count;
  }));
  sending.join();
  ASSERT_EQ(lines.size(), count);
  for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(lines[i], fmt::format("<1>number {}", i));
  EXPECT_EQ(receiver_->report().lost, 0U);
}

TEST_F(SyslogReceiverTest, ABrokenDiskPasses) {
  BrokenJournal journal;
  start(journal, {tcp});
  TestClient client(receiver_->bound_port());
  ASSERT_TRUE(client.send("<1>a\n"));
  EXPECT_TRUE(comes_true(
      [&] { return receiver_->report().trouble == "journal/0001: no space left on the device"; }));
  journal.is_broken = false;
  ASSERT_TRUE(has(1));
  EXPECT_EQ(receiver_->report().trouble, "");
  EXPECT_EQ(journal_lines(journal), Lines{"<1>a"});
}

TEST_F(SyslogReceiverTest, AStopTakesWhatHasArrived) {
  for (const bool is_full : {false, true}) {
    MemoryJournal journal(is_full ? 1'000 : 64'000'000);
    options_.listeners.clear();
    start(journal, {udp, tcp});
    TestClient datagrams(receiver_->bound_port(0), SOCK_DGRAM), stream(receiver_->bound_port(1));
    std::string bytes;
    for (int i = 0; i < 1'000; ++i) {
      ASSERT_TRUE(datagrams.send(old_line));
      bytes += old_line + "\n";
    }
    ASSERT_TRUE(stream.send(bytes + "<1>half"));
    const Clock::time_point begin = Clock::now();
    receiver_->stop();
    EXPECT_LT(Clock::now() - begin, prompt);
    const ReceiverReport report = receiver_->report();
    EXPECT_EQ(report.records + report.lost, 2'001U);
    EXPECT_EQ(journal_lines(journal).size(), report.records);
    if (!is_full) {
      EXPECT_EQ(report.lost, 1U);
    }
    EXPECT_FALSE(TestClient(receiver_->bound_port(1)).is_open());
  }
}

TEST_F(SyslogReceiverTest, Garbage) {
  constexpr std::uint64_t seed = 20'260'102;
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  start(journal_, {udp, tcp, tls});
  for (int i = 0; i < 300; ++i) {
    std::string bytes;
    for (std::uint64_t j = random() % 3'000; j > 0; --j) {
      bytes += random() % 4 == 0 ? "0123 <\n"[random() % 7] : static_cast<char>(random());
    }
    const std::size_t listener = random() % 3;
    TestClient client(receiver_->bound_port(listener), listener == 0 ? SOCK_DGRAM : SOCK_STREAM);
    if (listener == 2 && i % 2 == 0) (void)client.shake_hands();
    (void)client.send(bytes);
    if (i % 5 == 0) client.reset();
  }
  receiver_->stop();
  EXPECT_EQ(journal_lines(journal_).size(), receiver_->report().records);
}

TEST_F(SyslogReceiverTest, WhatCannotBeStartedIsSaid) {
  EXPECT_NE(start_error().find("listens nowhere"), std::string::npos);
  for (const SyslogTransport transport : {udp, tcp, tls}) {
    options_ = {};
    options_.listeners = {{.transport = transport, .address = "0.0.0.0", .port = 0}};
    options_.tls_certificate = options_.tls_key = "/nowhere.pem";
    EXPECT_NE(start_error().find("set allow"), std::string::npos);
    options_.allow = {"10.0.0.1/8"};
    EXPECT_NE(start_error().find("write 10.0.0.0/8"), std::string::npos);
  }
  options_ = {};
  options_.listeners = {{.transport = tls, .port = 0}};
  EXPECT_NE(start_error().find("both a certificate"), std::string::npos);
  options_.listeners = {{.transport = udp, .address = "0.0.0.0", .port = 0}};
  options_.allow = {"10.0.0.0/8"};
  EXPECT_EQ(start_error(), "");
}

}  // namespace
}  // namespace retimu
