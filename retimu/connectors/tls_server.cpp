// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/tls_server.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <new>

namespace retimu {

namespace {

// The oldest error of the library, which says most: "no such file".
std::string reason() {
  const char* text = ::ERR_reason_error_string(::ERR_get_error());
  ::ERR_clear_error();
  return text == nullptr ? "no reason given" : text;
}

// The library would ask at the terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

}  // namespace

void TlsSession::Free::operator()(ssl_st* session) const { ::SSL_free(session); }
void TlsServer::Free::operator()(ssl_ctx_st* context) const { ::SSL_CTX_free(context); }

TlsSession::TlsSession(ssl_st* session) : session_(session) {}

TlsState TlsSession::state_of(int code) const {
  switch (::SSL_get_error(session_.get(), code)) {
    case SSL_ERROR_WANT_READ: return TlsState::wants_read;
    case SSL_ERROR_WANT_WRITE: return TlsState::wants_write;
    case SSL_ERROR_ZERO_RETURN: return TlsState::done;
    default: return TlsState::broken;
  }
}

TlsState TlsSession::shake_hands() {
  ::ERR_clear_error();
  const int code = ::SSL_accept(session_.get());
  return code == 1 ? TlsState::done : state_of(code);
}

TlsState TlsSession::read(char* to, std::size_t bytes_max, std::size_t& got) {
  ::ERR_clear_error();
  got = 0;
  const int code = ::SSL_read_ex(session_.get(), to, bytes_max, &got);
  return code == 1 ? TlsState::done : state_of(code);
}

TlsState TlsSession::write(const char* from, std::size_t bytes, std::size_t& put) {
  ::ERR_clear_error();
  put = 0;
  const int code = ::SSL_write_ex(session_.get(), from, bytes, &put);
  return code == 1 ? TlsState::done : state_of(code);
}

void TlsSession::say_goodbye() {
  ::ERR_clear_error();
  (void)::SSL_shutdown(session_.get());
  ::ERR_clear_error();
}

Result<std::unique_ptr<TlsServer>> TlsServer::open(const TlsFiles& files) {
  std::unique_ptr<TlsServer> server(new TlsServer(::SSL_CTX_new(::TLS_server_method())));
  SSL_CTX* const context = server->context_.get();
  if (context == nullptr) throw std::bad_alloc();
  ::SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  ::SSL_CTX_set_options(context,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
  ::SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_default_passwd_cb(context, no_passphrase);
  ::ERR_clear_error();
  if (::SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
    return failure(Fault::usage, "{}: no certificate in PEM can be read there: {}",
                   files.certificate, reason());
  }
  if (::SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    return failure(Fault::usage,
                   "{}: no private key in PEM, without a passphrase and of the certificate {}, can "
                   "be read there: {}",
                   files.key, files.certificate, reason());
  }
  if (files.client_ca.empty()) return server;
  if (::SSL_CTX_load_verify_locations(context, files.client_ca.c_str(), nullptr) != 1) {
    return failure(Fault::usage, "{}: no certificate in PEM can be read there: {}", files.client_ca,
                   reason());
  }
  ::SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return server;
}

std::unique_ptr<TlsSession> TlsServer::open_session(int socket) const {
  SSL* const session = ::SSL_new(context_.get());
  if (session == nullptr || ::SSL_set_fd(session, socket) != 1) {
    ::SSL_free(session);
    return nullptr;
  }
  return std::make_unique<TlsSession>(session);
}

}  // namespace retimu
