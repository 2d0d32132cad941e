// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/row_times.hpp"

#include "retimu/engine/sentence.hpp"

#include <utility>

namespace retimu {

namespace {

class RowSink final : public Sink {
 public:
  explicit RowSink(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}

  Result<void> deliver(std::span<const Alert> alerts) override {
    alerts_.assign(alerts.begin(), alerts.end());
    for (Alert& alert : alerts_) {
      if (alert.change == Change::summary || alert.incident != nullptr) continue;
      alert.sentence = make_sentence(alert, TimeTold::row);
    }
    return sink_->deliver(alerts_);
  }
  Result<std::optional<std::pair<AlertId, std::uint32_t>>> last_delivered() override {
    return sink_->last_delivered();
  }

 private:
  std::unique_ptr<Sink> sink_;
  std::vector<Alert> alerts_;
};

}  // namespace

std::unique_ptr<Sink> telling_rows(std::unique_ptr<Sink> sink) {
  return std::make_unique<RowSink>(std::move(sink));
}

}  // namespace retimu
