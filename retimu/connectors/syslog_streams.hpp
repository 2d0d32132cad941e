// SPDX-License-Identifier: Apache-2.0
// The TCP and TLS listeners of a syslog receiver: one thread for all connections. While the journal
// is full it does not read, and senders are slowed down.
#ifndef RETIMU_CONNECTORS_SYSLOG_STREAMS_HPP
#define RETIMU_CONNECTORS_SYSLOG_STREAMS_HPP

#include "retimu/connectors/sockets.hpp"
#include "retimu/connectors/syslog_target.hpp"
#include "retimu/connectors/tls_server.hpp"

#include <map>
#include <memory>
#include <thread>
#include <vector>

namespace retimu {

struct SyslogStreamListener {
  Descriptor socket;
  bool has_tls = false;
};

class SyslogStreams {
 public:
  // Sockets that listen; `tls` where one has it.
  SyslogStreams(SyslogTarget& target, std::vector<SyslogStreamListener> listeners,
                std::unique_ptr<TlsServer> tls);
  ~SyslogStreams() { stop(); }
  SyslogStreams(const SyslogStreams&) = delete;
  SyslogStreams& operator=(const SyslogStreams&) = delete;

  void stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection {
    Descriptor socket;
    std::unique_ptr<TlsSession> tls;
    SyslogFramer framer;
    Clock::time_point since;  // of its last byte
    bool is_shaking_hands = false;
    bool waits_to_write = false;
  };

  void serve_all();
  void watch(int socket);
  bool serve_once(std::chrono::milliseconds wait, SyslogBatch& batch);
  void accept_some(const SyslogStreamListener& listener);
  bool serve(Connection& connection, SyslogBatch& batch);
  bool goes_on(Connection& connection, TlsState state);
  void append(SyslogBatch& batch);
  void close_silent();

  SyslogTarget& target_;
  std::vector<SyslogStreamListener> listeners_;
  const std::unique_ptr<TlsServer> tls_;
  const Descriptor events_;
  std::map<int, Connection> connections_;  // by their socket
  std::string bytes_;                      // what was read just now
  WakeUp stopping_;
  std::thread thread_;
};

}  // namespace retimu

#endif
