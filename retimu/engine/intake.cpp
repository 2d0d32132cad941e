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

#include <algorithm>
#include <filesystem>
#include <utility>

namespace retimu {

namespace {

Result<std::unique_ptr<Receiver>> make_http(const LiveSource& source, std::string token) {
  HttpReceiverOptions options;
  options.name = source.name;
  options.format = source.reading.format;
  options.address = source.listen.address;
  options.port = source.listen.port;
  options.tls_certificate = source.tls_certificate;
  options.tls_key = source.tls_key;
  options.token = std::move(token);
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
  options.completes = source.reading.is_syslog;
  options.tls_certificate = source.tls_certificate;
  options.tls_key = source.tls_key;
  options.tls_client_ca = source.tls_client_ca;
  return std::make_unique<SyslogReceiver>(std::move(options));
}

Result<std::unique_ptr<Receiver>> make_receiver(const LiveSource& source, std::string secret) {
  if (source.type == "http") return make_http(source, std::move(secret));
  if (source.type == "syslog") return make_syslog(source);
  if (source.type == "stdin") {
    return make_pipe_receiver(source.name, STDIN_FILENO, source.reading);
  }
  return make_follow_receiver(source.name, source.reading);
}

// How records are read concerns receivers of files only, and what syslog messages are given; and a
// pipe cannot be opened again.
bool is_served_as(const LiveSource& before, LiveSource now) {
  if (now.type == "stdin") return before.type == now.type && before.name == now.name;
  now.silent_after = before.silent_after;
  if (before.reading.is_syslog != now.reading.is_syslog) return false;
  if (now.type != "file") now.reading = before.reading;
  return before == now;
}

}  // namespace

Intake::~Intake() { stop(); }

Result<std::unique_ptr<Intake>> Intake::open(const Configuration& configuration) {
  std::unique_ptr<Intake> intake(new Intake());
  if (Result<void> made = intake->change(configuration); !made) return tl::unexpected(made.error());
  if (configuration.data_dir.empty()) {
    intake->journal_ = std::make_unique<MemoryJournal>();
    return intake;
  }
  JournalOptions options;
  options.folder = configuration.data_dir + "/journal";
  options.held_bytes_max = configuration.journal_bytes;
  intake->unread_bytes_max_ = std::min(options.unread_bytes_max, configuration.journal_bytes);
  Result<std::unique_ptr<JournalFile>> journal = JournalFile::open(std::move(options));
  if (!journal) return tl::unexpected(journal.error());
  intake->journal_ = std::move(*journal);
  intake->begin_ = intake->journal_->offset();
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

Result<void> Intake::check(const LiveSource& source) {
  Result<std::string> secret = read_secret(source.token_env, source.token_file);
  if (!secret) return tl::unexpected(secret.error());
  if (source.type == "stdin") return {};
  const auto receiver = make_receiver(source, std::move(*secret));
  return receiver ? (*receiver)->check() : tl::unexpected(receiver.error());
}

Result<void> Intake::change(const Configuration& configuration) {
  // The next engine begins where its snapshots are; one without any, where the last one began. What
  // has gone from the journal is in snapshots.
  if (journal_ != nullptr) (void)journal_->seek(begin_);
  std::vector<Made> wanted;
  std::vector<std::unique_ptr<Receiver>> receivers;
  Result<void> done;
  for (const LiveSource& source : configuration.live) {
    Result<std::string> secret = read_secret(source.token_env, source.token_file);
    if (!secret) return tl::unexpected(secret.error());
    wanted.push_back({source, std::move(*secret)});
    receivers.emplace_back();
    for (std::size_t i = 0; i < made_.size(); ++i) {
      const bool is_kept = receivers_[i] != nullptr && made_[i].secret == wanted.back().secret &&
                           is_served_as(made_[i].source, source);
      if (!is_kept) continue;
      receivers.back() = std::move(receivers_[i]);
      wanted.back().is_started = made_[i].is_started;
      break;
    }
  }
  // They may have what new ones need: a port.
  for (auto& receiver : receivers_) {
    if (receiver != nullptr) receiver->stop();
  }
  receivers_.clear();
  made_.clear();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (receivers[i] == nullptr) {
      auto receiver = make_receiver(wanted[i].source, wanted[i].secret);
      if (!receiver) {
        done = tl::unexpected(receiver.error());
        continue;
      }
      receivers[i] = std::move(*receiver);
    }
    receivers_.push_back(std::move(receivers[i]));
    made_.push_back(std::move(wanted[i]));
  }
  return done;
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
  for (std::size_t i = 0; i < receivers_.size(); ++i) {
    if (made_[i].is_started) continue;
    if (Result<void> started = receivers_[i]->start(*journal_); !started) return started;
    made_[i].is_started = true;
  }
  return {};
}

void Intake::stop() {
  for (const auto& receiver : receivers_) receiver->stop();
}

}  // namespace retimu
