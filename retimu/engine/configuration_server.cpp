// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration_server.hpp"

#include "retimu/engine/configuration_sources.hpp"

namespace retimu {

Result<void> read_server(const TomlReader& toml, const toml::table& from, ServerConfiguration& to) {
  std::string listen;
  Result<void> read = toml.check_keys(from, "server");
  if (read) read = toml.text(from, "listen", listen);
  if (read) read = toml.text(from, "token_env", to.token_env);
  if (read) read = toml.text(from, "token_file", to.token_file);
  if (read) read = toml.text(from, "heartbeat_url", to.heartbeat_url);
  if (read) read = toml.text(from, "heartbeat_file", to.heartbeat_file);
  if (read) read = toml.duration(from, "heartbeat_every", to.heartbeat_every);
  if (!read) return read;
  if (!to.token_env.empty() && !to.token_file.empty()) {
    return toml.wrong(*from.get("token_file"), "token_env or token_file, not both");
  }
  const bool is_url =
      to.heartbeat_url.starts_with("https://") || to.heartbeat_url.starts_with("http://");
  if (!to.heartbeat_url.empty() && !is_url) {
    return toml.wrong(*from.get("heartbeat_url"), "it must begin with https:// or http://");
  }
  if (to.heartbeat_every < second) {
    return toml.wrong(*from.get("heartbeat_every"), "at least 1s");
  }
  if (listen.empty()) return {};
  const Result<Endpoint> endpoint = read_endpoint(toml, *from.get("listen"), listen);
  if (!endpoint) return tl::unexpected(endpoint.error());
  to.is_listening = true;
  to.listen = *endpoint;
  return {};
}

}  // namespace retimu
