// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/status_server.hpp"

#include "retimu/connectors/network_list.hpp"
#include "retimu/connectors/same_secret.hpp"
#include "retimu/connectors/sockets.hpp"

#include <httplib.h>

#include <atomic>
#include <cerrno>
#include <exception>
#include <thread>

namespace retimu {

namespace {

constexpr time_t seconds_max = 5;  // of reading a request, and of writing its answer
constexpr std::size_t threads = 4;

bool is_known(const httplib::Request& request, const std::string& token) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string value = request.get_header_value("Authorization");
  return value.starts_with(scheme) && is_same_secret(value.substr(scheme.size()), token);
}

}  // namespace

struct StatusServer::Parts {
  StatusServerOptions options;
  httplib::Server server;
  int port = 0;
  std::atomic<bool> has_ended = false;
  std::thread thread;

  void prepare();
};

void StatusServer::Parts::prepare() {
  server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  server.set_read_timeout(seconds_max);
  server.set_write_timeout(seconds_max);
  server.set_keep_alive_max_count(1);  // who keeps a connection open would keep a thread
  server.set_payload_max_length(1'024);
  // Another process must not share the port unseen.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.Get(".*", [this](const httplib::Request& request, httplib::Response& answer) {
    if (!options.token.empty() && !is_known(request, options.token)) {
      answer.status = 401;
      answer.set_header("WWW-Authenticate", "Bearer");
      answer.set_content("a token is needed\n", "text/plain");
      return;
    }
    StatusPage page = options.page(request.path);
    answer.status = page.code;
    answer.set_header("Cache-Control", "no-store");
    answer.set_content(std::move(page.text), page.type.c_str());
  });
  server.set_exception_handler([](const httplib::Request&, httplib::Response& answer,
                                  std::exception_ptr) { answer.status = 500; });
}

StatusServer::StatusServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

StatusServer::~StatusServer() {
  parts_->server.stop();
  if (parts_->thread.joinable()) parts_->thread.join();
}

std::uint16_t StatusServer::port() const { return static_cast<std::uint16_t>(parts_->port); }

Result<std::unique_ptr<StatusServer>> StatusServer::open(StatusServerOptions options) {
  const std::string where = endpoint_text(options.address, options.port);
  const Result<IpAddress> ip = parse_listen_address(options.address);
  if (!ip) return tl::unexpected(ip.error());
  if (!is_loopback(*ip) && options.token.empty()) {
    return failure(Fault::usage,
                   "[server] would listen on {}, beyond this machine, for anyone: set token_env or "
                   "token_file, or listen on 127.0.0.1",
                   where);
  }
  auto parts = std::make_unique<Parts>();
  parts->options = std::move(options);
  parts->prepare();
  const std::string& address = parts->options.address;
  const int wanted = parts->options.port;
  errno = 0;
  parts->port = wanted == 0 ? parts->server.bind_to_any_port(address)
                : parts->server.bind_to_port(address, wanted) ? wanted
                                                              : -1;
  if (parts->port <= 0) {
    return failure(Fault::system, "[server]: cannot listen on {}: {}", where,
                   errno == 0 ? "it is taken or not of this machine" : system_message(errno));
  }
  Parts* const running = parts.get();
  parts->thread = std::thread([running] {
    (void)running->server.listen_after_bind();
    running->has_ended = true;
  });
  // One that does not run yet would not hear that it is to stop.
  while (!running->server.is_running() && !running->has_ended) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return std::unique_ptr<StatusServer>(new StatusServer(std::move(parts)));
}

Result<void> fetch(const std::string& url, std::chrono::milliseconds time_max) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = scheme == std::string::npos ? scheme : url.find('/', scheme + 3);
  const std::string host = url.substr(0, path);
  try {
    httplib::Client client(host);
    client.set_connection_timeout(time_max);
    client.set_read_timeout(time_max);
    client.set_write_timeout(time_max);
    client.set_keep_alive(false);
    const auto answer = client.Get(path == std::string::npos ? "/" : url.substr(path));
    if (!answer) {
      return failure(Fault::system, "{}: no answer ({})", host, httplib::to_string(answer.error()));
    }
    if (answer->status < 300) return {};
    return failure(Fault::system, "{}: answers {}", host, answer->status);
  } catch (const std::exception& error) {
    return failure(Fault::system, "{}: {}", host, error.what());
  }
}

}  // namespace retimu
