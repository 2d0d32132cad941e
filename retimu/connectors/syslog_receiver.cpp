// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/syslog_receiver.hpp"

#include "retimu/connectors/syslog_datagrams.hpp"
#include "retimu/connectors/syslog_streams.hpp"

#include <algorithm>

namespace retimu {

class SyslogReceiver::Threads {
 public:
  Threads(const SyslogReceiverOptions& options, NetworkList allowed, Journal& journal)
      : target_{options, journal, counts_, std::move(allowed)} {}

  Result<void> start(std::unique_ptr<TlsServer> tls);
  void stop() {
    if (streams_ != nullptr) streams_->stop();
    if (datagrams_ != nullptr) datagrams_->stop();
  }
  ReceiverReport report() const {
    ReceiverReport report = counts_.report();
    if (datagrams_ != nullptr) report.lost += datagrams_->dropped();
    return report;
  }
  const std::vector<std::uint16_t>& ports() const { return ports_; }

 private:
  ReceiverCounts counts_;
  SyslogTarget target_;
  std::vector<std::uint16_t> ports_;
  std::unique_ptr<SyslogDatagrams> datagrams_;
  std::unique_ptr<SyslogStreams> streams_;
};

// All listeners are open before the first message is taken.
Result<void> SyslogReceiver::Threads::start(std::unique_ptr<TlsServer> tls) {
  std::vector<Descriptor> datagrams;
  std::vector<SyslogStreamListener> streams;
  for (const SyslogListener& listener : target_.options.listeners) {
    const bool is_udp = listener.transport == SyslogTransport::udp;
    auto socket = open_listener(is_udp ? SocketKind::datagram : SocketKind::stream,
                                listener.address, listener.port);
    if (!socket) return tl::unexpected(socket.error());
    ports_.push_back(port_of(*socket));
    if (is_udp) {
      datagrams.push_back(std::move(*socket));
    } else {
      streams.push_back({std::move(*socket), listener.transport == SyslogTransport::tls});
    }
  }
  if (!datagrams.empty()) {
    datagrams_ = std::make_unique<SyslogDatagrams>(target_, std::move(datagrams));
  }
  if (!streams.empty()) {
    streams_ = std::make_unique<SyslogStreams>(target_, std::move(streams), std::move(tls));
  }
  return {};
}

SyslogReceiver::SyslogReceiver(SyslogReceiverOptions options) : options_(std::move(options)) {}

SyslogReceiver::~SyslogReceiver() = default;

Result<void> SyslogReceiver::check_options() const {
  if (options_.listeners.empty() || options_.listeners.size() > 64) {
    return failure(Fault::usage, "{}: it listens nowhere: name 1 to 64 listeners", name());
  }
  for (const SyslogListener& listener : options_.listeners) {
    const bool has_tls = listener.transport == SyslogTransport::tls;
    if (has_tls && (options_.tls_certificate.empty() || options_.tls_key.empty())) {
      return failure(Fault::usage, "{}: TLS needs both a certificate and its key", name());
    }
    const Result<IpAddress> ip = parse_listen_address(listener.address);
    if (!ip) return tl::unexpected(ip.error());
    const bool is_guarded = !options_.allow.empty() || (has_tls && !options_.tls_client_ca.empty());
    if (is_loopback(*ip) || is_guarded) continue;
    return failure(Fault::usage,
                   "{}: it would listen on {}, beyond this machine, for anyone: set allow to the "
                   "networks whose senders may come in, as [\"10.0.0.0/8\"]{}; or listen on "
                   "127.0.0.1",
                   name(), endpoint_text(listener.address, listener.port),
                   has_tls ? ", or a CA whose certificates TLS clients must have" : "");
  }
  const bool has_limits = options_.message_bytes_max >= 480 &&
                          options_.message_bytes_max <= 1U << 20U &&
                          options_.connections_max >= 1 && options_.connections_max <= 10'000;
  if (has_limits) return {};
  return failure(Fault::usage,
                 "{}: a message has 480 to 1048576 bytes at most, and there are 1 to 10,000 "
                 "connections",
                 name());
}

Result<void> SyslogReceiver::start(Journal& journal) {
  RETIMU_ASSERT(threads_ == nullptr);
  if (Result<void> checked = check_options(); !checked) return checked;
  Result<NetworkList> allowed = NetworkList::parse(options_.allow);
  if (!allowed) return tl::unexpected(allowed.error());
  Result<std::unique_ptr<TlsServer>> tls = open_tls();
  if (!tls) return tl::unexpected(tls.error());
  auto threads = std::make_unique<Threads>(options_, std::move(*allowed), journal);
  if (Result<void> started = threads->start(std::move(*tls)); !started) return started;
  threads_ = std::move(threads);
  return {};
}

Result<void> SyslogReceiver::check() const {
  if (Result<void> checked = check_options(); !checked) return checked;
  if (const auto allowed = NetworkList::parse(options_.allow); !allowed) {
    return tl::unexpected(allowed.error());
  }
  return open_tls().map([](const auto&) {});
}

Result<std::unique_ptr<TlsServer>> SyslogReceiver::open_tls() const {
  const auto has_tls = [](const SyslogListener& listener) {
    return listener.transport == SyslogTransport::tls;
  };
  if (std::ranges::none_of(options_.listeners, has_tls)) return nullptr;
  return TlsServer::open({options_.tls_certificate, options_.tls_key, options_.tls_client_ca});
}

void SyslogReceiver::stop() {
  if (threads_ != nullptr) threads_->stop();
}

ReceiverReport SyslogReceiver::report() const {
  return threads_ == nullptr ? ReceiverReport() : threads_->report();
}

std::uint16_t SyslogReceiver::bound_port(std::size_t listener) const {
  return threads_ == nullptr ? 0 : threads_->ports().at(listener);
}

}  // namespace retimu
