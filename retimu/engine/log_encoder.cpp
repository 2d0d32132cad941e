// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/log_encoder.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::uint32_t encoder_version = 1;

}  // namespace

void LogEncoder::encode(LogLine& line, Arena& arena) {
  const Signature signature = scanner_.scan(line.text);
  const std::span<const LineNumber> found = scanner_.numbers();
  const std::span<double> numbers = arena.make<double>(std::min(found.size(), numbers_max));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = found[i].value;
  line.numbers = numbers;
  if (const std::optional<TemplateId> known = miner_.find(signature)) {
    line.template_id = *known;
    line.is_new = false;
    miner_.count(*known, 1);
    return;
  }
  const std::optional<TemplateId> fitting = miner_.fit(signature);
  line.template_id = fitting.value_or(signature.hash);
  line.is_new = !fitting;
  const auto at = pending_.find(signature.hash);
  if (at != pending_.end()) {
    ++at->second.lines;
  } else if (!is_full()) {
    pending_.emplace(signature.hash, Pending{make_sample(signature), 1});
  }
}

std::vector<TemplateMerge> LogEncoder::learn() {
  if (pending_.empty()) return {};
  std::vector<Sample> samples;
  samples.reserve(pending_.size());
  for (const auto& [hash, pending] : pending_) samples.push_back(pending.sample);
  miner_.learn(std::move(samples));
  for (const auto& [hash, pending] : pending_) {
    const std::optional<TemplateId> id = miner_.find(pending.sample.view());
    if (id) miner_.count(*id, pending.lines);
  }
  pending_.clear();
  const std::span<const TemplateMerge> merges = miner_.merges();
  std::vector<TemplateMerge> told(merges.begin(), merges.end());
  miner_.clear_merges();
  return told;
}

void LogEncoder::visit(StateVisitor& visitor) {
  (void)visitor.version(encoder_version);
  miner_.visit(visitor);
  std::size_t count = visitor.count("pending", pending_.size(), pending_max);
  if (visitor.failed()) return;
  std::vector<Pending> list;
  for (auto& [hash, pending] : pending_) list.push_back(std::move(pending));
  list.resize(count);
  pending_.clear();
  for (Pending& pending : list) {
    visit_sample(visitor, pending.sample);
    visitor.cell("lines", pending.lines);
    if (visitor.failed()) return;
    const std::uint64_t hash = pending.sample.hash;
    pending_.emplace(hash, std::move(pending));
  }
}

}  // namespace retimu
