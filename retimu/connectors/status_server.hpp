// SPDX-License-Identifier: Apache-2.0
// A small HTTP server for who looks after the pipeline: it answers GET of known pages, and nothing
// else. Four requests at a time, five seconds each.
#ifndef RETIMU_CONNECTORS_STATUS_SERVER_HPP
#define RETIMU_CONNECTORS_STATUS_SERVER_HPP

#include "retimu/core/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace retimu {

struct StatusPage {
  int code = 200;
  std::string text;
  std::string type = "text/plain; charset=utf-8";
};

struct StatusServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 9464;  // 0: any that is free
  std::string token;          // Authorization: Bearer ...; empty: none is asked for; never shown
  // From several threads; code 404 where there is no such page.
  std::function<StatusPage(const std::string& path)> page;
};

class StatusServer {
 public:
  // Fault::usage: beyond loopback without a token. Fault::system: it cannot listen there.
  static Result<std::unique_ptr<StatusServer>> open(StatusServerOptions options);
  ~StatusServer();
  StatusServer(const StatusServer&) = delete;
  StatusServer& operator=(const StatusServer&) = delete;

  std::uint16_t port() const;

 private:
  struct Parts;
  explicit StatusServer(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

// Fetches a page and forgets it; certificates are checked against those that the machine trusts.
// Fault::system names the host, and no more of the URL, which may be a secret.
Result<void> fetch(const std::string& url, std::chrono::milliseconds time_max);

}  // namespace retimu

#endif
