// SPDX-License-Identifier: Apache-2.0
// The server's side of TLS 1.2 and 1.3 on sockets that do not block.
#ifndef RETIMU_CONNECTORS_TLS_SERVER_HPP
#define RETIMU_CONNECTORS_TLS_SERVER_HPP

#include "retimu/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

struct ssl_st;
struct ssl_ctx_st;

namespace retimu {

struct TlsFiles {
  std::string certificate;  // PEM, with what stands between it and a root
  std::string key;          // PEM, without a passphrase
  std::string client_ca;    // PEM; not empty: only clients that it has signed come in
};

enum class TlsState : std::uint8_t { done, wants_read, wants_write, broken };

// One connection. What any call says goes for the socket: wait for what is wanted, call again.
class TlsSession {
 public:
  explicit TlsSession(ssl_st* session);
  TlsState shake_hands();
  // `got` > 0 where it is done; 0 then: the peer has ended. At most one TLS record (16 KiB) where
  // there is room for it, so that nothing read stays behind where a wait would not see it.
  TlsState read(char* to, std::size_t bytes_max, std::size_t& got);
  TlsState write(const char* from, std::size_t bytes, std::size_t& put);
  void say_goodbye();  // without waiting

 private:
  TlsState state_of(int code) const;
  struct Free {
    void operator()(ssl_st* session) const;
  };
  std::unique_ptr<ssl_st, Free> session_;
};

class TlsServer {
 public:
  // Fault::usage names the file that cannot be used and why.
  static Result<std::unique_ptr<TlsServer>> open(const TlsFiles& files);
  // Null: no memory.
  std::unique_ptr<TlsSession> open_session(int socket) const;

 private:
  struct Free {
    void operator()(ssl_ctx_st* context) const;
  };
  explicit TlsServer(ssl_ctx_st* context) : context_(context) {}
  std::unique_ptr<ssl_ctx_st, Free> context_;
};

}  // namespace retimu

#endif
