// SPDX-License-Identifier: Apache-2.0
// judgements.sqlite: what was thought of the unusual events, for `retimu why`. Nothing is decided
// by it, so it is written without waiting for the disk, and what a crash takes comes again with the
// replay. The newest count_max are kept.
#ifndef RETIMU_STORAGE_JUDGEMENTS_HPP
#define RETIMU_STORAGE_JUDGEMENTS_HPP

#include "retimu/core/judgement.hpp"
#include "retimu/storage/sqlite.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace retimu {

class JudgementLog final : public Judgements {
 public:
  static constexpr std::int64_t count_max = 1'000'000;

  // Reading only, null if there is no such file.
  static Result<std::unique_ptr<JudgementLog>> open(const std::string& folder, bool read_only);

  Result<void> add(std::span<const Judgement> judgements) override;
  // As JSON, the nearest to `time` of an entity, before and after, in order of time; at most so
  // many of each.
  Result<std::vector<std::string>> near(std::string_view entity, Time time, std::size_t count);

 private:
  explicit JudgementLog(Database database) : database_(std::move(database)) {}
  Result<void> prepare(bool read_only);

  Database database_;
  Statement insert_, prune_, before_, after_;
  std::int64_t since_pruned_ = 0;
};

}  // namespace retimu

#endif
