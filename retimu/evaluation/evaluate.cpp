// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/evaluate.hpp"

#include "retimu/detectors/catalogue.hpp"
#include "retimu/evaluation/engine_scorer.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <mutex>
#include <thread>

namespace retimu {

namespace {

// Only once the rows are scored is it told where the events are.
Result<void> explain(const Scorer& scorer, const Case& one, Scores& scores) {
  if (one.truth.causes.empty()) return {};
  std::vector<Span> spans;
  for (const Cause& cause : one.truth.causes) spans.push_back(cause.rows);
  Result<std::vector<ColumnWeights>> explained = scorer.explain(one.series, spans);
  if (!explained) return tl::unexpected(explained.error());
  scores.explained = std::move(*explained);
  return {};
}

// The work of one (scorer, series) after another, taken by several threads.
class Work {
 public:
  Work(std::span<const Case> cases, std::span<const NamedScorer> scorers,
       const EvaluateOptions& options, std::vector<JudgedSet>& to)
      : cases_(cases), scorers_(scorers), options_(options), to_(to) {}

  void run() {
    const std::size_t all = cases_.size() * scorers_.size();
    for (std::size_t i = next_++; i < all && !is_ended(); i = next_++) {
      do_one(i / cases_.size(), i % cases_.size());
      const std::lock_guard lock(mutex_);
      ++done_;
      if (options_.progress) options_.progress(done_, all);
    }
  }
  Result<void> result() const {
    if (!failure_) return failure_;
    if (is_stopped()) return failure(Fault::system, "stopped before the end");
    return {};
  }

 private:
  bool is_stopped() const { return options_.stop != nullptr && *options_.stop; }
  bool is_ended() const { return has_failed_ || is_stopped(); }

  void do_one(std::size_t scorer, std::size_t index) {
    const Case& one = cases_[index];
    const auto began = std::chrono::steady_clock::now();
    Result<Scores> scores = scorers_[scorer].scorer->score(one.series);
    const std::chrono::duration<double> lasted = std::chrono::steady_clock::now() - began;
    if (scores) {
      if (Result<void> told = explain(*scorers_[scorer].scorer, one, *scores); !told) {
        scores = tl::unexpected(told.error());
      }
    }
    if (!scores) {
      fail(scores.error(), one.series.name);
      return;
    }
    JudgedSet& row = to_[scorer];
    row.series[index] = judge_series(one, *scores);
    row.scores[index] = std::move(*scores);
    const std::lock_guard lock(mutex_);
    row.seconds += lasted.count();
  }
  void fail(const Error& error, const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (!has_failed_) {
      failure_ = tl::unexpected(Error{error.fault, fmt::format("{}: {}", name, error.message)});
    }
    has_failed_ = true;
  }

  std::span<const Case> cases_;
  std::span<const NamedScorer> scorers_;
  const EvaluateOptions& options_;
  std::vector<JudgedSet>& to_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> has_failed_{false};
  std::mutex mutex_;
  std::size_t done_ = 0;
  Result<void> failure_;
};

}  // namespace

Result<std::vector<JudgedSet>> evaluate(const SetEntry* set, std::span<const Case> cases,
                                        std::span<const NamedScorer> scorers,
                                        const EvaluateOptions& options) {
  RETIMU_ASSERT(options.jobs >= 1);
  std::vector<JudgedSet> rows(scorers.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    rows[i].scorer = scorers[i].name;
    rows[i].series.resize(cases.size());
    rows[i].scores.resize(cases.size());
  }
  Work work(cases, scorers, options, rows);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < options.jobs; ++i) threads.emplace_back([&] { work.run(); });
    work.run();
  }
  if (Result<void> done = work.result(); !done) return tl::unexpected(done.error());
  if (set != nullptr && set->figures != nullptr) {
    for (JudgedSet& row : rows) row.figures = set->figures(cases, row.scores);
  }
  return rows;
}

Configuration alone(const Configuration& configuration, std::string_view detector) {
  Configuration one = configuration;
  one.detectors.clear();
  std::ranges::copy_if(configuration.detectors, std::back_inserter(one.detectors),
                       [&](const DetectorConfiguration& of) { return of.name == detector; });
  if (one.detectors.empty()) one.detectors.push_back({std::string(detector), {}});
  return one;
}

std::vector<NamedScorer> retimu_scorers(const Configuration& configuration) {
  std::vector<NamedScorer> list;
  list.push_back({"RETIMU", make_engine_scorer(configuration)});
  if (configuration.detectors.empty() && configuration.profile != Profile::light) {
    Configuration light = configuration;
    light.profile = Profile::light;
    list.push_back({"RETIMU light", make_engine_scorer(light)});
  }
  for (const DetectorEntry& entry : detector_catalogue()) {
    if (entry.modality != Modality::metrics || entry.is_of_each_modality) continue;
    list.push_back({std::string(entry.name), make_engine_scorer(alone(configuration, entry.name))});
  }
  return list;
}

}  // namespace retimu
