// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/intake.hpp"

#include "retimu/connectors/follow_receiver.hpp"
#include "retimu/connectors/http_receiver.hpp"
#include "retimu/connectors/journal_source.hpp"
#include "retimu/connectors/pipe_receiver.hpp"
#include "retimu/connectors/syslog_receiver.hpp"
#include "retimu/core/memory_journal.hpp"
#include "retimu/engine/secret.hpp"
#include "retimu/storage/journal_file.hpp"

#include <unistd.h>

#include <filesystem>
#include <utility>

namespace retimu {

namespace {

Result<std::unique_ptr<Receiver>> make_http(const LiveSource& source) {
  HttpReceiverOptions options;
  options.name = source.name;
  options.address = source.listen.address;
  options.port = source.listen.port;
  options.tls_certificate = source.tls_certificate;
  options.tls_key = source.tls_key;
  Result<std::string> token = read_secret(source.token_env, source.token_file);
  if (!token) return tl::unexpected(token.error());
  options.token = std::move(*token);
  return std::make_unique<HttpReceiver>(std::move(options));
}

std::unique_ptr<Receiver> make_syslog(const LiveSource& source) {
  SyslogReceiverOptions options;
  options.name = source.name;
  const auto add = [&](SyslogTransport transport, const std::vector<Endpoint>& endpoints) {
    for (const Endpoint& at : endpoints) {
      options.listeners.push_back({transport, at.address, at.port});
    }
  };
  add(SyslogTransport::udp, source.udp);
  add(SyslogTransport::tcp, source.tcp);
  add(SyslogTransport::tls, source.tls);
  options.allow = source.allow;
  options.tls_certificate = source.tls_certificate;
  options.tls_key = source.tls_key;
  options.tls_client_ca = source.tls_client_ca;
  return std::make_unique<SyslogReceiver>(std::move(options));
}

Result<std::unique_ptr<Receiver>> make_receiver(const LiveSource& source) {
  if (source.type == "http") return make_http(source);
  if (source.type == "syslog") return make_syslog(source);
  if (source.type == "stdin") {
    return make_pipe_receiver(source.name, STDIN_FILENO, source.reading);
  }
  return make_follow_receiver(source.name, source.reading);
}

}  // namespace

Intake::~Intake() { stop(); }

Result<std::unique_ptr<Intake>> Intake::open(const Configuration& configuration) {
  std::unique_ptr<Intake> intake(new Intake());
  for (const LiveSource& source : configuration.live) {
    Result<std::unique_ptr<Receiver>> receiver = make_receiver(source);
    if (!receiver) return tl::unexpected(receiver.error());
    intake->receivers_.push_back(std::move(*receiver));
  }
  if (configuration.data_dir.empty()) {
    intake->journal_ = std::make_unique<MemoryJournal>();
    return intake;
  }
  JournalOptions options;
  options.folder = configuration.data_dir + "/journal";
  options.held_bytes_max = configuration.journal_bytes;
  Result<std::unique_ptr<JournalFile>> journal = JournalFile::open(std::move(options));
  if (!journal) return tl::unexpected(journal.error());
  intake->journal_ = std::move(*journal);
  return intake;
}

Result<std::unique_ptr<Intake>> Intake::open_recording(const std::string& data_dir) {
  JournalOptions options;
  options.folder = data_dir + "/journal";
  options.read_only = true;
  if (!std::filesystem::is_directory(options.folder)) {
    return failure(Fault::usage,
                   "{}: holds no journal; a data_dir of a pipeline with live sources does, or name "
                   "the files that are to be read",
                   data_dir);
  }
  std::unique_ptr<Intake> intake(new Intake());
  Result<std::unique_ptr<JournalFile>> journal = JournalFile::open(std::move(options));
  if (!journal) return tl::unexpected(journal.error());
  intake->journal_ = std::move(*journal);
  return intake;
}

std::unique_ptr<Source> Intake::source(const Configuration& configuration, Columns& columns) {
  std::vector<JournalInput> inputs;
  for (std::size_t i = 0; i < configuration.live.size(); ++i) {
    const LiveSource& source = configuration.live[i];
    Receiver* receiver = receivers_.empty() ? nullptr : receivers_[i].get();
    inputs.push_back({source.name, source.reading, receiver});
  }
  return open_journal(*journal_, std::move(inputs), columns);
}

Result<void> Intake::start() {
  for (const auto& receiver : receivers_) {
    if (Result<void> started = receiver->start(*journal_); !started) return started;
  }
  return {};
}

void Intake::stop() {
  for (const auto& receiver : receivers_) receiver->stop();
}

}  // namespace retimu
