// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/jsonl_sink.hpp"

#include "retimu/connectors/alert_json.hpp"
#include "retimu/connectors/append_file.hpp"
#include "retimu/core/fail_point.hpp"

namespace retimu {

namespace {

class JsonlSink final : public Sink {
 public:
  JsonlSink(std::unique_ptr<AppendFile> file, std::optional<std::pair<AlertId, std::uint32_t>> last)
      : file_(std::move(file)), last_(last) {}

  Result<void> deliver(std::span<const Alert> alerts) override {
    if (alerts.empty()) return {};
    text_.clear();
    for (const Alert& alert : alerts) {
      text_ += to_json(alert);
      text_ += '\n';
    }
    fail_point("sink.before_write");
    if (Result<void> appended = file_->append(text_); !appended) return appended;
    fail_point("sink.after_write");
    for (const Alert& alert : alerts) {
      if (!is_past_outbox(alert)) last_ = {alert.id, alert.revision};
    }
    return {};
  }
  Result<std::optional<std::pair<AlertId, std::uint32_t>>> last_delivered() override {
    return last_;
  }

 private:
  std::unique_ptr<AppendFile> file_;
  std::optional<std::pair<AlertId, std::uint32_t>> last_;
  std::string text_;
};

// It says nothing of how far the outbox was delivered.
bool is_line_past_outbox(std::string_view line) {
  const Result<Alert> alert = parse_alert(line);
  return alert && is_past_outbox(*alert);
}

using Told = std::optional<std::pair<AlertId, std::uint32_t>>;

Result<Told> last_told(const AppendFile& file) {
  const Result<AppendFile::Tail> tail = file.tail(is_line_past_outbox);
  if (!tail) return tl::unexpected(tail.error());
  if (tail->last_line.empty()) return Told();
  const Result<Alert> alert = parse_alert(tail->last_line);
  if (alert) return Told({alert->id, alert->revision});
  return failure(Fault::usage,
                 "{}: its last line is not an alert of RETIMU; name another file or move this "
                 "one away",
                 file.path());
}

}  // namespace

Result<void> check_jsonl_sink(const std::string& path) {
  return AppendFile::open(path)
      .and_then([](const auto& file) { return last_told(*file); })
      .map([](const Told&) {});
}

Result<std::unique_ptr<Sink>> open_jsonl_sink(const std::string& path) {
  Result<std::unique_ptr<AppendFile>> file = AppendFile::open(path);
  if (!file) return tl::unexpected(file.error());
  const Result<Told> last = last_told(**file);
  if (!last) return tl::unexpected(last.error());
  if (Result<void> cut = (*file)->cut_torn_line(alert_json_begin); !cut) {
    return tl::unexpected(cut.error());
  }
  return std::make_unique<JsonlSink>(std::move(*file), *last);
}

}  // namespace retimu
