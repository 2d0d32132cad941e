// SPDX-License-Identifier: Apache-2.0
// What the tests of receivers share: clients that do as they like, certificates, journals.
#ifndef RETIMU_CONNECTORS_RECEIVERS_TEST_TOOLS_HPP
#define RETIMU_CONNECTORS_RECEIVERS_TEST_TOOLS_HPP

#include "retimu/connectors/connectors_test_tools.hpp"
#include "retimu/connectors/sockets.hpp"
#include "retimu/core/memory_journal.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace retimu {

// Far above what a busy machine takes, far below the time that a slow sender is given.
constexpr std::chrono::seconds prompt{5};

// Waits for what another thread does, ten seconds at most.
inline bool comes_true(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::yield();
  }
  return true;
}

inline sockaddr_in loopback_at(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// A connection to a port of this machine; reads give up after ten seconds.
class TestClient {
 public:
  explicit TestClient(std::uint16_t port, int kind = SOCK_STREAM)
      : socket_(::socket(AF_INET, kind | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = loopback_at(port);
    const timeval patience{10, 0};
    const int on = 1;
    if (kind == SOCK_STREAM) {
      (void)::setsockopt(socket_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
    (void)::setsockopt(socket_.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    is_open_ = ::connect(socket_.number(), reinterpret_cast<const sockaddr*>(&address),
                         sizeof address) == 0;
  }
  bool is_open() const { return is_open_; }

  // False: the other side has closed, or TLS says no. `certificate` of the client may be empty.
  bool shake_hands(const std::string& certificate = "", const std::string& key = "") {
    context_.reset(::SSL_CTX_new(::TLS_client_method()));
    if (!certificate.empty()) {
      (void)::SSL_CTX_use_certificate_chain_file(context_.get(), certificate.c_str());
      (void)::SSL_CTX_use_PrivateKey_file(context_.get(), key.c_str(), SSL_FILETYPE_PEM);
    }
    tls_.reset(::SSL_new(context_.get()));
    (void)::SSL_set_fd(tls_.get(), socket_.number());
    return ::SSL_connect(tls_.get()) == 1;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent =
          tls_ != nullptr ? ::SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                          : ::send(socket_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // At least a byte, or nothing: closed, or silent for ten seconds.
  std::string read_some() {
    std::string bytes(64UL * 1024, '\0');
    const ssize_t got = tls_ != nullptr
                            ? ::SSL_read(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                            : ::recv(socket_.number(), bytes.data(), bytes.size(), 0);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
  }
  std::string read_all() {
    for (std::string more = read_some(); !more.empty(); more = read_some()) read_ += more;
    return std::exchange(read_, {});
  }
  // One answer of HTTP, with its head; what follows it is kept.
  std::string read_answer() {
    for (;;) {
      const std::size_t head = read_.find("\r\n\r\n");
      if (head != std::string::npos) {
        std::size_t length = 0;
        const std::size_t at = read_.find("Content-Length: ");
        if (at < head) {
          std::from_chars(read_.data() + at + 16, read_.data() + read_.size(), length);
        }
        if (read_.size() >= head + 4 + length) {
          std::string answer = read_.substr(0, head + 4 + length);
          read_.erase(0, answer.size());
          return answer;
        }
      }
      const std::string more = read_some();
      if (more.empty()) return std::exchange(read_, {});
      read_ += more;
    }
  }
  void end_writing() { (void)::shutdown(socket_.number(), SHUT_WR); }
  // The other side learns of it with the next thing that it does.
  void reset() {
    const linger now{1, 0};
    (void)::setsockopt(socket_.number(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    socket_.close();
  }

 private:
  struct Free {
    void operator()(SSL* session) const { ::SSL_free(session); }
    void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  };
  Descriptor socket_;
  bool is_open_ = false;
  std::unique_ptr<SSL_CTX, Free> context_;
  std::unique_ptr<SSL, Free> tls_;
  std::string read_;
};

// NAME.pem and NAME.key in the folder: a certificate that has signed itself.
inline void write_certificate(const TemporaryFolder& folder, const std::string& name) {
  EVP_PKEY* const key = ::EVP_EC_gen("P-256");
  X509* const certificate = ::X509_new();
  (void)::X509_set_version(certificate, 2);
  (void)::ASN1_INTEGER_set(::X509_get_serialNumber(certificate), 1);
  (void)::X509_gmtime_adj(::X509_getm_notBefore(certificate), -3'600);
  (void)::X509_gmtime_adj(::X509_getm_notAfter(certificate), 36'000);
  (void)::X509_set_pubkey(certificate, key);
  X509_NAME* const subject = ::X509_get_subject_name(certificate);
  (void)::X509_NAME_add_entry_by_txt(
      subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  (void)::X509_set_issuer_name(certificate, subject);
  (void)::X509_sign(certificate, key, ::EVP_sha256());
  std::FILE* file = std::fopen(folder.path(name + ".pem").c_str(), "w");
  (void)::PEM_write_X509(file, certificate);
  (void)std::fclose(file);
  file = std::fopen(folder.path(name + ".key").c_str(), "w");
  (void)::PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  (void)std::fclose(file);
  ::X509_free(certificate);
  ::EVP_PKEY_free(key);
}

// A disk that is full while it is told to be.
class BrokenJournal final : public Journal {
 public:
  std::atomic<bool> is_broken = true;
  MemoryJournal whole;

  Result<Appended> append(const NewFrame& frame, std::chrono::milliseconds wait) override {
    if (is_broken) return failure(Fault::system, "journal/0001: no space left on the device");
    return whole.append(frame, wait);
  }
  std::map<std::uint32_t, std::string> cursors(std::uint32_t source) override {
    return whole.cursors(source);
  }
  Result<std::optional<Frame>> next(std::chrono::milliseconds wait) override {
    return whole.next(wait);
  }
  Result<void> seek(std::uint64_t offset) override { return whole.seek(offset); }
  std::uint64_t offset() const override { return whole.offset(); }
  Result<void> forget(std::uint64_t offset) override { return whole.forget(offset); }
  JournalReport report() const override { return whole.report(); }
};

// All lines that are there now; every frame ends with a line end.
inline std::vector<std::string> journal_lines(Journal& journal) {
  std::vector<std::string> lines;
  for (;;) {
    const auto frame = journal.next(std::chrono::milliseconds(0));
    if (!frame || !*frame) return lines;
    std::string_view bytes = (*frame)->bytes;
    EXPECT_TRUE(bytes.ends_with('\n'));
    while (!bytes.empty()) {
      const std::size_t end = std::min(bytes.find('\n'), bytes.size() - 1);
      lines.emplace_back(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
    }
  }
}

// The lines that come until there are so many, and a moment longer, so that none is too many.
inline std::vector<std::string> take_lines(MemoryJournal& journal, std::size_t count) {
  std::vector<std::string> lines;
  for (int tries = 0; tries < 400; ++tries) {
    const auto frame = journal.next(std::chrono::milliseconds(lines.size() < count ? 25 : 450));
    if (!frame || !*frame) {
      if (lines.size() >= count) break;
      continue;
    }
    std::string_view left = (*frame)->bytes;
    while (!left.empty()) {
      lines.emplace_back(left.substr(0, left.find('\n')));
      left.remove_prefix(lines.back().size() + 1);
    }
  }
  return lines;
}

}  // namespace retimu

#endif
