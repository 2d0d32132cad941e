// SPDX-License-Identifier: Apache-2.0
// What others see of a running pipeline: /metrics, /healthz and /readyz, and a heartbeat that ends
// when it does.
#ifndef RETIMU_ENGINE_STATUS_HPP
#define RETIMU_ENGINE_STATUS_HPP

#include "retimu/connectors/status_server.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/metrics.hpp"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

namespace retimu {

class Status {
 public:
  // Null where [server] asks for nothing. `note`: a heartbeat that fails, once until it succeeds
  // again. Everything named in the facts outlives it.
  static Result<std::unique_ptr<Status>> open(const StatusFacts& facts,
                                              std::function<void(const Error&)> note);
  ~Status();
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;

  std::uint16_t port() const { return server_ == nullptr ? 0 : server_->port(); }

 private:
  Status(const StatusFacts& facts, std::function<void(const Error&)> note);
  StatusPage page(const std::string& path) const;
  void beat_all();
  Result<void> beat() const;

  const StatusFacts facts_;
  std::function<void(const Error&)> note_;
  std::mutex mutex_;
  std::condition_variable stopping_;
  bool is_stopping_ = false;
  std::thread beating_;
  std::unique_ptr<StatusServer> server_;
};

}  // namespace retimu

#endif
