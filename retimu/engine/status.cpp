// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/status.hpp"

#include "retimu/engine/health_facts.hpp"
#include "retimu/engine/secret.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace retimu {

namespace {

constexpr auto beat_time_max = std::chrono::milliseconds(5'000);

// Made where it is missing.
Result<void> touch(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  const bool is_set = file >= 0 && ::futimens(file, nullptr) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (is_set) return {};
  return failure(Fault::system, "{}: the heartbeat cannot be left there: {}", path,
                 system_message(error));
}

}  // namespace

Status::Status(const StatusFacts& facts, std::function<void(const Error&)> note)
    : facts_(facts), note_(std::move(note)) {}

Result<std::unique_ptr<Status>> Status::open(const StatusFacts& facts,
                                             std::function<void(const Error&)> note) {
  const ServerConfiguration& wanted = facts.configuration.server;
  const bool beats = !wanted.heartbeat_url.empty() || !wanted.heartbeat_file.empty();
  if (!wanted.is_listening && !beats) return std::unique_ptr<Status>();
  std::unique_ptr<Status> status(new Status(facts, std::move(note)));
  if (wanted.is_listening) {
    StatusServerOptions options;
    options.address = wanted.listen.address;
    options.port = wanted.listen.port;
    Result<std::string> token = read_secret(wanted.token_env, wanted.token_file);
    if (!token) return tl::unexpected(token.error());
    options.token = std::move(*token);
    options.page = [self = status.get()](const std::string& path) { return self->page(path); };
    Result<std::unique_ptr<StatusServer>> server = StatusServer::open(std::move(options));
    if (!server) return tl::unexpected(server.error());
    status->server_ = std::move(*server);
  }
  if (beats) status->beating_ = std::thread([self = status.get()] { self->beat_all(); });
  return status;
}

Status::~Status() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  stopping_.notify_all();
  if (beating_.joinable()) beating_.join();
}

StatusPage Status::page(const std::string& path) const {
  if (path == "/metrics") return {200, metrics_text(facts_), metrics_type};
  if (path != "/healthz" && path != "/readyz") {
    return {404, "there are /metrics, /healthz and /readyz\n"};
  }
  std::string why = why_not_alive(facts_.vitals, steady_now());
  if (why.empty() && path == "/readyz") why = why_not_ready(facts_.vitals);
  if (why.empty()) return {200, "ok\n"};
  return {503, why + "\n"};
}

void Status::beat_all() {
  const std::chrono::nanoseconds every(facts_.configuration.server.heartbeat_every);
  bool is_failing = false;
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    const bool is_alive =
        why_not_alive(facts_.vitals, steady_now()).empty() && why_not_ready(facts_.vitals).empty();
    const Result<void> done = is_alive ? beat() : Result<void>();
    if (!done && !is_failing && note_) {
      note_({done.error().fault, "heartbeat: " + done.error().message});
    }
    is_failing = !done;
    lock.lock();
    const auto wait = is_alive ? every : std::chrono::nanoseconds(std::min(every.count(), second));
    stopping_.wait_for(lock, wait, [this] { return is_stopping_; });
  } while (!is_stopping_);
}

Result<void> Status::beat() const {
  const ServerConfiguration& to = facts_.configuration.server;
  Result<void> done;
  if (!to.heartbeat_file.empty()) done = touch(to.heartbeat_file);
  if (to.heartbeat_url.empty()) return done;
  const Result<void> fetched = fetch(to.heartbeat_url, beat_time_max);
  return done ? fetched : done;
}

}  // namespace retimu
