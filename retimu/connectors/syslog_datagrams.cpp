// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_datagrams.hpp"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

namespace retimu {

namespace {

constexpr std::size_t messages_max = 64;  // that are asked for at once

}  // namespace

// Room for what one call of recvmmsg gives.
struct SyslogDatagrams::Messages {
  explicit Messages(std::size_t bytes_max)
      : bytes_each(bytes_max + 1), bytes(messages_max * bytes_each) {
    for (std::size_t i = 0; i < messages_max; ++i) {
      parts[i] = {bytes.data() + i * bytes_each, bytes_each};
      headers[i].msg_hdr = {};
      headers[i].msg_hdr.msg_name = &senders[i];
      headers[i].msg_hdr.msg_iov = &parts[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
  }
  std::size_t receive(int socket) {
    for (mmsghdr& header : headers) header.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    const int got = ::recvmmsg(socket, headers.data(), messages_max, MSG_DONTWAIT, nullptr);
    return got < 0 ? 0 : static_cast<std::size_t>(got);
  }

  const std::size_t bytes_each;  // one more than is kept, so that what is longer is seen
  std::vector<char> bytes;
  std::array<sockaddr_storage, messages_max> senders{};
  std::array<iovec, messages_max> parts{};
  std::array<mmsghdr, messages_max> headers{};
};

SyslogDatagrams::SyslogDatagrams(SyslogTarget& target, std::vector<Descriptor> sockets)
    : target_(target) {
  for (Descriptor& socket : sockets) sockets_.push_back({std::move(socket)});
  enlarge_buffers();
  thread_ = std::thread([this] { receive_all(); });
}

void SyslogDatagrams::enlarge_buffers() {
  const int wanted = target_.options.receive_buffer_bytes;
  for (const Socket& socket : sockets_) {
    const int number = socket.descriptor.number();
    // With the right to it beyond net.core.rmem_max; else up to there.
    if (::setsockopt(number, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof wanted) != 0) {
      (void)::setsockopt(number, SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
    }
    int given = 0;
    socklen_t bytes = sizeof given;
    (void)::getsockopt(number, SOL_SOCKET, SO_RCVBUF, &given, &bytes);
    given /= 2;  // the kernel doubles it for its own part
    if (given < wanted) {
      target_.counts.note(
          fmt::format("the kernel holds {} KiB of datagrams and not {}: a burst may be lost; set "
                      "net.core.rmem_max to {}",
                      given / 1024, wanted / 1024, wanted));
    }
  }
}

std::uint64_t SyslogDatagrams::dropped() const {
  const std::lock_guard lock(mutex_);
  std::uint64_t all = 0;
  for (const Socket& socket : sockets_) {
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t bytes = sizeof info;
    if (socket.descriptor.is_open() && ::getsockopt(socket.descriptor.number(), SOL_SOCKET,
                                                    SO_MEMINFO, info.data(), &bytes) == 0) {
      const std::uint32_t now = info[SK_MEMINFO_DROPS];
      socket.dropped +=
          static_cast<std::uint32_t>(now - static_cast<std::uint32_t>(socket.dropped));
    }
    all += socket.dropped;
  }
  return all;
}

// False: nothing was there.
bool SyslogDatagrams::receive(const Descriptor& socket, Messages& messages, SyslogBatch& batch) {
  const std::size_t count = messages.receive(socket.number());
  for (std::size_t i = 0; i < count; ++i) {
    const auto& sender = reinterpret_cast<const sockaddr&>(messages.senders[i]);
    const IpAddress ip = ip_of(sender);
    if (!target_.is_allowed(ip)) {
      target_.counts.refused(1);
      continue;
    }
    append_syslog(
        {static_cast<const char*>(messages.parts[i].iov_base), messages.headers[i].msg_len},
        target_.options.message_bytes_max, target_.named(ip), batch.records, batch.counts);
  }
  return count > 0;
}

void SyslogDatagrams::receive_all() {
  using Clock = std::chrono::steady_clock;
  Messages messages(target_.options.message_bytes_max);
  SyslogBatch batch(target_);
  std::vector<pollfd> waited;
  for (const Socket& socket : sockets_) waited.push_back({socket.descriptor.number(), POLLIN, 0});
  waited.push_back({stopping_.number(), POLLIN, 0});
  Clock::time_point end = Clock::time_point::max();
  for (bool has_more = false; has_more || end == Clock::time_point::max();) {
    if (!has_more) (void)::poll(waited.data(), waited.size(), -1);
    if (end == Clock::time_point::max() && !stopping_.sleep(std::chrono::milliseconds(0))) {
      end = Clock::now() + syslog_drain_time;
    }
    has_more = false;
    for (const Socket& socket : sockets_) {
      while (!batch.is_due() && receive(socket.descriptor, messages, batch)) has_more = true;
    }
    if (!batch.append()) batch.lose();
    if (Clock::now() > end) return;
  }
}

void SyslogDatagrams::stop() {
  stopping_.wake();
  if (thread_.joinable()) thread_.join();
  (void)dropped();
  const std::lock_guard lock(mutex_);
  for (Socket& socket : sockets_) socket.descriptor.close();
}

}  // namespace retimu
