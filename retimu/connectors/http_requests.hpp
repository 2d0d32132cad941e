// SPDX-License-Identifier: Apache-2.0
// What is asked over HTTP and how it is answered; it knows nothing of sockets and threads.
#ifndef RETIMU_CONNECTORS_HTTP_REQUESTS_HPP
#define RETIMU_CONNECTORS_HTTP_REQUESTS_HPP

#include "retimu/connectors/http_connection.hpp"
#include "retimu/connectors/http_receiver.hpp"
#include "retimu/connectors/receiver_counts.hpp"
#include "retimu/connectors/record_check.hpp"

#include <atomic>
#include <string>

namespace retimu {

// From many threads, each with a connection and a check of its own.
class HttpRequests : private httplib::Server {
 public:
  HttpRequests(const HttpReceiverOptions& options, Journal& journal, ReceiverCounts& counts);

  // Reads one request, takes what it brings and answers. False: no other one can follow.
  bool serve(HttpConnection& connection, RecordCheck& check);

 private:
  struct Asked;
  bool refuse(const httplib::Request& request, httplib::Response& answer) const;
  bool refuse_framing(const httplib::Request& request, httplib::Response& answer) const;
  bool is_known(const httplib::Request& request) const;
  void take(const httplib::Request& request, httplib::Response& answer,
            const httplib::ContentReader& reader);
  void append(const CheckedRecords& checked, httplib::Response& answer);

  const HttpReceiverOptions& options_;
  const std::uint32_t source_;
  Journal& journal_;
  ReceiverCounts& counts_;
  std::atomic<std::size_t> held_bytes_ = 0;  // of all bodies that are being read or looked at
  static thread_local Asked* asked_;
};

}  // namespace retimu

#endif
