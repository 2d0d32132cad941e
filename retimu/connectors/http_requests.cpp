// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/http_requests.hpp"

#include "retimu/connectors/memory_reader.hpp"
#include "retimu/connectors/same_secret.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace retimu {

namespace {

using httplib::Request;
using httplib::Response;

constexpr std::size_t bodies_max = 16;  // how many of the largest bodies are held at a time

constexpr std::size_t framing_bytes = 64UL * 1024;

constexpr const char* how_to =
    "RETIMU takes records here:\n"
    "  POST / or /v1/records\n"
    "  Content-Type: application/x-ndjson   a JSON object a line\n"
    "                application/json       an object, or an array of objects\n"
    "                text/csv               a header, then records\n"
    "                text/plain             log lines\n"
    "  Content-Encoding: gzip               if they are packed\n"
    "  Authorization: Bearer TOKEN          if one is set\n"
    "What the answer says is accepted is on the disk.\n";

std::string lower(std::string_view text) {
  std::string to(text);
  for (char& c : to) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return to;
}

// "text/csv" of "Text/CSV; charset=utf-8".
std::string media_type(const Request& request) {
  const std::string value = lower(request.get_header_value("Content-Type"));
  const std::string_view type = std::string_view(value).substr(0, value.find(';'));
  return std::string(type.substr(0, type.find_last_not_of(" \t") + 1));
}

// Objects and lines are known as such. A body of CSV may lack its header, which only its sender
// says.
RecordFormat format_of(RecordFormat of_source, const std::string& type) {
  if (of_source == RecordFormat::jsonl || of_source == RecordFormat::log) return of_source;
  if (type == "text/csv") return RecordFormat::csv;
  if (type == "text/plain") return RecordFormat::log;
  for (const char* json : {"application/json", "application/x-ndjson", "application/ndjson",
                           "application/jsonl", "application/x-jsonlines"}) {
    if (type == json) return RecordFormat::jsonl;
  }
  return RecordFormat::automatic;
}

// `text` is ours and needs no escapes.
bool answer_error(Response& answer, int status, std::string_view text) {
  answer.status = status;
  answer.set_content(fmt::format("{{\"error\":\"{}\"}}\n", text), "application/json");
  return true;
}

// Counts the bytes of a body among those of all, until it is gone.
class Held {
 public:
  Held(std::atomic<std::size_t>& all, std::size_t all_max) : all_(all), all_max_(all_max) {}
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;
  ~Held() { all_ -= bytes_; }
  bool add(std::size_t bytes) {
    bytes_ += bytes;
    return (all_ += bytes) <= all_max_;
  }

 private:
  std::atomic<std::size_t>& all_;
  const std::size_t all_max_;
  std::size_t bytes_ = 0;
};

struct Body {
  std::string bytes;
  bool is_too_large = false;  // more than bytes_max
  bool is_too_much = false;   // together with those of other requests
  std::size_t bytes_max;
  Held held;

  bool add(const char* from, std::size_t count) {
    is_too_large = bytes.size() + count > bytes_max;
    if (is_too_large) return false;
    is_too_much = !held.add(count);
    if (is_too_much) return false;
    bytes.append(from, count);
    return true;
  }
};

// Unpacks into `to`; false: damaged, or too large as `to` says.
bool unpack(std::string packed, Body& to) {
  const auto reader = make_gzip_reader("", std::make_unique<MemoryReader>(std::move(packed)));
  std::string piece(64UL * 1024, '\0');
  for (;;) {
    const Result<std::size_t> got = reader->read(piece.data(), piece.size());
    if (!got) return false;
    if (*got == 0) return true;
    if (!to.add(piece.data(), *got)) return false;
  }
}

std::string answer_text(const CheckedRecords& checked) {
  std::string text = fmt::format("{{\"accepted\":{}", checked.accepted);
  if (checked.rejected > 0) {
    text += fmt::format(",\"rejected\":{},\"errors\":[", checked.rejected);
    for (const BadLine& bad : checked.errors) {
      text += fmt::format("{}{{\"line\":{},\"reason\":\"{}\"}}", text.back() == '[' ? "" : ",",
                          bad.line, bad.reason);
    }
    text += "]";
  }
  return text + "}\n";
}

}  // namespace

// One request, in the thread that answers it: the library's handlers are not told whose it is.
struct HttpRequests::Asked {
  HttpConnection& connection;
  RecordCheck& check;
  std::string encoding, type;
  bool is_counted = false;  // its lines were, so that the request itself is not
};

thread_local HttpRequests::Asked* HttpRequests::asked_ = nullptr;

HttpRequests::HttpRequests(const HttpReceiverOptions& options, Journal& journal,
                           ReceiverCounts& counts)
    : options_(options), source_(source_number(options.name)), journal_(journal), counts_(counts) {
  set_pre_routing_handler([this](const Request& request, Response& answer) {
    return refuse(request, answer) ? HandlerResponse::Handled : HandlerResponse::Unhandled;
  });
  set_expect_100_continue_handler([this](const Request& request, Response& answer) {
    return refuse(request, answer) ? answer.status : 100;
  });
  Get("/|/v1/records", [](const Request&, Response& answer) {
    asked_->connection.is_last = false;
    answer.set_content(how_to, "text/plain; charset=utf-8");
  });
  Post("/|/v1/records",
       [this](const Request& asked, Response& answer, const httplib::ContentReader& reader) {
         take(asked, answer, reader);
       });
  set_exception_handler([](const Request&, Response& answer, std::exception_ptr) {
    answer_error(answer, 500, "the request could not be handled");
  });
  set_post_routing_handler([this](const Request&, Response& answer) {
    asked_->connection.begin_answer();
    if (!asked_->is_counted && answer.status >= 400) counts_.refused(1);
    if (!asked_->connection.is_last) return;
    answer.headers.erase("Keep-Alive");
    answer.headers.erase("Connection");
    answer.set_header("Connection", "close");
  });
}

bool HttpRequests::serve(HttpConnection& connection, RecordCheck& check) {
  Asked asked{connection, check, {}, {}, false};
  asked_ = &asked;
  bool is_closed = false;
  const bool is_answered =
      process_request(connection, false, is_closed, [&](httplib::Request& request) {
        // The library would unpack without a limit, pack the answer and send parts of it.
        asked.encoding = lower(request.get_header_value("Content-Encoding"));
        asked.type = media_type(request);
        for (const char* name : {"Content-Encoding", "Accept-Encoding"})
          request.headers.erase(name);
        request.ranges.clear();
      });
  asked_ = nullptr;
  return connection.flush() && is_answered && !is_closed && !connection.is_last;
}

bool HttpRequests::is_known(const Request& request) const {
  if (options_.token.empty()) return true;
  const std::string value = request.get_header_value("Authorization");
  constexpr std::string_view scheme = "bearer ";
  return lower(value.substr(0, scheme.size())) == scheme &&
         is_same_secret(std::string_view(value).substr(scheme.size()), options_.token);
}

bool HttpRequests::refuse(const Request& request, Response& answer) const {
  if (request.path != "/" && request.path != "/v1/records") {
    return answer_error(answer, 404, "records are taken at / and /v1/records");
  }
  const bool has_body =
      request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
  if ((request.method == "GET" || request.method == "HEAD") && !has_body) return false;
  if (request.method != "POST") {
    answer.set_header("Allow", "GET, HEAD, POST");
    return answer_error(answer, 405, "records are taken by POST");
  }
  if (!is_known(request)) {
    answer.set_header("WWW-Authenticate", "Bearer");
    return answer_error(answer, 401, "send the token of this source: Authorization: Bearer TOKEN");
  }
  // Any page that a browser of this machine shows could send to loopback.
  if (options_.token.empty() && request.has_header("Origin")) {
    return answer_error(answer, 403, "a web page may send only where the source has a token");
  }
  if (asked_->encoding != "gzip" && asked_->encoding != "identity" && !asked_->encoding.empty()) {
    return answer_error(answer, 415, "Content-Encoding is gzip, or none");
  }
  if (asked_->type.starts_with("multipart/")) {
    return answer_error(answer, 415, "send the records themselves, not as a form");
  }
  if (refuse_framing(request, answer)) return true;
  // Of chunks of a few bytes each, more is framing than body.
  asked_->connection.begin_body(options_.read_time_max,
                                2 * options_.body_bytes_max + framing_bytes);
  return false;
}

bool HttpRequests::refuse_framing(const Request& request, Response& answer) const {
  const std::size_t lengths = request.get_header_value_count("Content-Length");
  const std::size_t codings = request.get_header_value_count("Transfer-Encoding");
  if (lengths + codings == 0) {
    return answer_error(answer, 411, "say how long the body is: Content-Length, or chunks");
  }
  if (lengths + codings > 1) {
    return answer_error(answer, 400, "the length of the body is said twice");
  }
  if (codings == 1) {
    if (lower(request.get_header_value("Transfer-Encoding")) == "chunked") return false;
    return answer_error(answer, 501, "Transfer-Encoding is chunked, or none");
  }
  const std::string text = request.get_header_value("Content-Length");
  std::uint64_t length = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, length);
  if (at != end || error == std::errc::invalid_argument) {
    return answer_error(answer, 400, "Content-Length is no number");
  }
  if (error == std::errc() && length <= options_.body_bytes_max) return false;
  return answer_error(answer, 413, "the body is too large: send fewer records at once");
}

void HttpRequests::take(const Request& request, Response& answer,
                        const httplib::ContentReader& reader) {
  const auto new_body = [&] {
    return Body{{},
                false,
                false,
                options_.body_bytes_max,
                {held_bytes_, bodies_max * options_.body_bytes_max}};
  };
  Body packed = new_body(), unpacked = new_body();
  Body* body = &packed;
  bool is_good =
      reader([&](const char* from, std::size_t count) { return packed.add(from, count); });
  if (request.has_header("Transfer-Encoding")) {
    is_good = is_good && asked_->connection.has_ended_chunks();
  }
  asked_->connection.is_last = !is_good;
  asked_->connection.begin_answer();
  if (is_good && asked_->encoding == "gzip") {
    body = &unpacked;
    is_good = unpack(std::move(packed.bytes), unpacked);
  }
  if (body->is_too_large) {
    answer_error(answer, 413, "the body is too large: send fewer records at once");
  } else if (body->is_too_much) {
    answer.set_header("Retry-After", "1");
    answer_error(answer, 429, "other requests are being read: nothing was taken, send it again");
  } else if (!is_good) {
    answer_error(answer, 400, "the body cannot be read to its end: nothing was taken");
  } else {
    append(asked_->check.check(format_of(options_.format, asked_->type), std::move(body->bytes)),
           answer);
  }
}

void HttpRequests::append(const CheckedRecords& checked, Response& answer) {
  if (!checked.bytes.empty()) {
    const Result<Appended> appended = journal_.append(
        {.source = source_, .format = checked.format, .bytes = checked.bytes, .cursor = {}},
        options_.full_wait_max);
    if (!appended) {
      counts_.trouble(appended.error().message);
      answer.set_header("Retry-After", "5");
      answer_error(answer, 503, "the disk takes nothing now: nothing was taken, send it again");
      return;
    }
    if (*appended == Appended::full) {
      counts_.trouble("the journal is full: what comes waits until more of it is read");
      answer.set_header("Retry-After", "1");
      answer_error(answer, 429, "too much waits to be read: nothing was taken, send it again");
      return;
    }
    counts_.took(checked.bytes.size(), checked.accepted);
  }
  asked_->is_counted = true;
  counts_.refused(checked.rejected);
  answer.status = checked.rejected == 0 ? 200 : 400;
  answer.set_content(answer_text(checked), "application/json");
}

}  // namespace retimu
