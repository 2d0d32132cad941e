// SPDX-License-Identifier: Apache-2.0
// A server that takes records by HTTP/1.1: `POST /` or `POST /v1/records`. What its answer says is
// accepted is on the disk. docs/formats.md, "What HTTP and syslog sources take", has the requests
// and answers.
//
// A connection has a thread while it is open, at most connections_max; a request has a time for all
// of it, and where all places are taken, connections that have waited for a request or a slow body
// for a quarter of a second make room, the longest first. So those who are slow or silent do not
// keep others out.
#ifndef RETIMU_CONNECTORS_HTTP_RECEIVER_HPP
#define RETIMU_CONNECTORS_HTTP_RECEIVER_HPP

#include "retimu/connectors/receiver.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace retimu {

class TlsServer;

struct HttpReceiverOptions {
  std::string name = "http";
  RecordFormat format = RecordFormat::automatic;  // of all bodies, whatever their senders state
  std::string address = "127.0.0.1";              // numbers; beyond loopback only with a token
  std::uint16_t port = 8080;                      // 0: any that is free, see bound_port()
  // What a sender must know (Authorization: Bearer ...), visible ASCII; empty: anyone may send.
  // Never shown.
  std::string token;
  std::string tls_certificate, tls_key;  // PEM files, both or neither; neither: sent in clear
  // Of a request, packed and unpacked; 1 to frame_bytes_max / 2. All requests together hold at most
  // sixteen times as much.
  std::size_t body_bytes_max = 16UL << 20U;
  std::size_t line_bytes_max = 1UL << 20U;  // longer ones are refused
  std::size_t connections_max = 256;        // 1 to 10,000; a thread each
  // For the head of a request and a TLS handshake; for its body as much, and again for each MiB.
  std::chrono::milliseconds read_time_max{10'000};
  std::chrono::milliseconds idle_time_max{60'000};  // between two requests of a connection
  std::chrono::milliseconds full_wait_max{500};     // for room in the journal; then it answers 429
};

class HttpReceiver final : public Receiver {
 public:
  explicit HttpReceiver(HttpReceiverOptions options);
  ~HttpReceiver() override;  // stops

  Result<void> check() const override;
  Result<void> start(Journal& journal) override;
  void stop() override;
  // refused: lines that were bad, requests, and connections that got no place or failed in TLS.
  ReceiverReport report() const override;
  const std::string& name() const override { return options_.name; }

  std::uint16_t bound_port() const;  // once started

 private:
  class Server;
  Result<void> check_options() const;
  Result<std::unique_ptr<TlsServer>> open_tls() const;  // none: it speaks none

  const HttpReceiverOptions options_;
  std::unique_ptr<Server> server_;
};

}  // namespace retimu

#endif
