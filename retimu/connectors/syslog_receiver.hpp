// SPDX-License-Identifier: Apache-2.0
// Takes syslog over UDP, TCP and TLS. A message becomes one line, as it came, without its line
// ends, and with the time of receipt and its sender's address where it names none; docs/formats.md,
// "What HTTP and syslog sources take", says how messages are found.
//
// Streams are slowed down while the journal is full, datagrams cannot be: those that the kernel had
// no room for and those that found the journal full are counted as lost. Nobody is told what was
// taken; what a sender still has on its way when the process ends is gone.
#ifndef RETIMU_CONNECTORS_SYSLOG_RECEIVER_HPP
#define RETIMU_CONNECTORS_SYSLOG_RECEIVER_HPP

#include "retimu/connectors/receiver.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace retimu {

class TlsServer;

enum class SyslogTransport : std::uint8_t { udp, tcp, tls };

struct SyslogListener {
  SyslogTransport transport = SyslogTransport::udp;
  std::string address = "127.0.0.1";  // numbers
  std::uint16_t port = 5514;          // 0: any that is free, see bound_port()
};

struct SyslogReceiverOptions {
  std::string name = "syslog";
  std::vector<SyslogListener> listeners;  // 1 to 64
  // Networks whose senders may come in, "10.0.0.0/8"; this machine always may. A listener beyond
  // loopback needs them, but for TLS with tls_client_ca.
  std::vector<std::string> allow;
  std::string tls_certificate, tls_key;    // PEM files, for TLS
  std::string tls_client_ca;               // PEM; not empty: TLS clients need a certificate of it
  std::size_t message_bytes_max = 65'536;  // 480 to 1 MiB; longer ones are cut
  bool completes = false;                  // messages that lack a time or a host are given one
  std::size_t connections_max = 1'000;     // 1 to 10,000
  std::chrono::milliseconds idle_time_max{600'000};      // of a connection that sends nothing
  std::chrono::milliseconds handshake_time_max{10'000};  // of TLS
  // What the kernel holds for a UDP listener while the journal is written; it may give less.
  int receive_buffer_bytes = 8 << 20;
};

class SyslogReceiver final : public Receiver {
 public:
  explicit SyslogReceiver(SyslogReceiverOptions options);
  ~SyslogReceiver() override;  // stops

  Result<void> check() const override;
  Result<void> start(Journal& journal) override;
  // What has arrived is still read, for half a second at most.
  void stop() override;
  // records: messages. lost: datagrams, and at stop() messages that were not whole or found no
  // room. refused: senders that may not come in, connections without a place or with broken TLS,
  // and counted messages whose connection ended within them.
  ReceiverReport report() const override;
  const std::string& name() const override { return options_.name; }

  std::uint16_t bound_port(std::size_t listener = 0) const;  // once started

 private:
  class Threads;
  Result<void> check_options() const;
  Result<std::unique_ptr<TlsServer>> open_tls() const;  // none: it speaks none

  const SyslogReceiverOptions options_;
  std::unique_ptr<Threads> threads_;
};

}  // namespace retimu

#endif
