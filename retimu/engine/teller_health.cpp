// SPDX-License-Identifier: Apache-2.0
// What a pipeline says of itself enters with a tick, and is within no budget, no maintenance and no
// incident. What is open is remembered, so that another process can resolve it.
#include "retimu/engine/health_watch.hpp"
#include "retimu/engine/teller.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t json_bytes_max = 64UL * 1024;

}  // namespace

void Teller::tell_health(const Mark& mark, std::vector<Alert>& told) {
  if (!mark.request || mark.request->kind != Control::Kind::health) return;
  std::optional<Alert> alert = read_health(mark.request->body);
  if (!alert) return;
  alert->sequence = mark.sequence;
  std::erase_if(open_health_, [&](const Alert& open) { return open.id == alert->id; });
  if (alert->change == Change::raised) {
    if (open_health_.size() == open_health_max) open_health_.erase(open_health_.begin());
    open_health_.push_back(*alert);
  }
  told.push_back(std::move(*alert));
}

// As JSON, which other versions can read.
void Teller::visit_health(StateVisitor& visitor) {
  std::vector<std::string> texts;
  for (const Alert& alert : open_health_) texts.push_back(to_json(alert));
  texts.resize(visitor.count("open_health", texts.size(), open_health_max));
  for (std::string& text : texts) {
    text.resize(visitor.count("alert", text.size(), json_bytes_max));
    visitor.cells("alert", std::span<std::uint8_t>(reinterpret_cast<std::uint8_t*>(text.data()),
                                                   text.size()));
  }
  open_health_.clear();
  for (const std::string& text : texts) {
    if (Result<Alert> alert = parse_alert(text)) open_health_.push_back(std::move(*alert));
  }
}

}  // namespace retimu
