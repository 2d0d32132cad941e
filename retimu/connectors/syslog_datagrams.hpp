// SPDX-License-Identifier: Apache-2.0
// The UDP listeners of a syslog receiver: one thread that empties them as fast as it can.
#ifndef RETIMU_CONNECTORS_SYSLOG_DATAGRAMS_HPP
#define RETIMU_CONNECTORS_SYSLOG_DATAGRAMS_HPP

#include "retimu/connectors/sockets.hpp"
#include "retimu/connectors/syslog_target.hpp"

#include <mutex>
#include <thread>
#include <vector>

namespace retimu {

class SyslogDatagrams {
 public:
  // Sockets that are bound. Their receive buffers are made as large as the kernel lets them be.
  SyslogDatagrams(SyslogTarget& target, std::vector<Descriptor> sockets);
  ~SyslogDatagrams() { stop(); }
  SyslogDatagrams(const SyslogDatagrams&) = delete;
  SyslogDatagrams& operator=(const SyslogDatagrams&) = delete;

  void stop();
  // By the kernel, for want of room. From any thread.
  std::uint64_t dropped() const;

 private:
  struct Messages;
  struct Socket {
    Descriptor descriptor;
    mutable std::uint64_t dropped = 0;  // the kernel's count has 32 bits
  };
  void enlarge_buffers();
  void receive_all();
  bool receive(const Descriptor& socket, Messages& messages, SyslogBatch& batch);

  SyslogTarget& target_;
  std::vector<Socket> sockets_;
  mutable std::mutex mutex_;  // of what was dropped, and of closing
  WakeUp stopping_;
  std::thread thread_;
};

}  // namespace retimu

#endif
