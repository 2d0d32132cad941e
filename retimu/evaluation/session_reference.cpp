// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/session_reference.hpp"

#include "retimu/core/random.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <numeric>

namespace retimu {

namespace {

constexpr double seen_share = 0.01, called = 0.02;
constexpr std::size_t warm_sessions = 30, kept_scores = 1'000, kept_counts = 256;

using Counts = std::map<std::uint32_t, double>;  // lines of a session by template

Counts counts_of(const LogSessions::Session& session) {
  Counts counts;
  for (const std::uint32_t line : session.lines) counts[line] += 1;
  return counts;
}

// The last scores, and how a new one ranks.
class Ranks {
 public:
  double p(double score) const {
    if (!(score > 0)) return 1;
    const auto above = std::ranges::count_if(scores_, [&](double x) { return x >= score; });
    return (1 + static_cast<double>(above)) / (1 + static_cast<double>(scores_.size()));
  }
  void add(double score) {
    scores_.push_back(score);
    if (scores_.size() > kept_scores) scores_.pop_front();
  }

 private:
  std::deque<double> scores_;
};

class Judge {
 public:
  // The first `used` of the scores.
  explicit Judge(std::size_t used) : used_(used) {}

  double judge(const LogSessions::Session& session) {
    const Counts counts = counts_of(session);
    const auto length = static_cast<double>(session.lines.size());
    std::array<double, 3> scores = {rarity(counts), 0, 0};
    if (used_ > 1) scores = {scores[0], excess(length), distance(counts)};
    double p = 1;
    for (std::size_t i = 0; i < used_; ++i) p = std::min(p, ranks_.at(i).p(scores.at(i)));
    p = std::min(1.0, p * static_cast<double>(used_));
    const bool is_warm = sessions_ >= warm_sessions, is_called = is_warm && p <= called;
    learn(counts, length);
    if (!is_called) {
      for (std::size_t i = 0; i < used_; ++i) ranks_.at(i).add(scores.at(i));
    }
    if (!is_warm) return std::numeric_limits<double>::lowest();
    constexpr double least = 1e-6;  // decades
    const double sum = std::accumulate(scores.begin(), scores.end(), 0.0);
    return std::log10(called / p) + least * sum / (1 + sum);
  }

 private:
  struct Known {
    Counts counts;
    std::size_t sessions = 0, last = 0;
  };

  double needed() const { return std::max(1.0, seen_share * static_cast<double>(sessions_)); }
  double rarity_of(std::uint32_t line) const {
    const auto with = with_.find(line);
    const double count = with == with_.end() ? 0 : with->second;
    return std::log((1 + static_cast<double>(sessions_)) / (1 + count));
  }

  double rarity(const Counts& counts) const {
    double sum = 0;
    for (const auto& [line, count] : counts) {
      const auto with = with_.find(line);
      if (with == with_.end() || with->second < needed()) sum += rarity_of(line);
    }
    return sum;
  }

  double excess(double length) const {
    if (lengths_.empty() || length == 0) return 0;
    const double cut = seen_share / 2 * static_cast<double>(sessions_);
    const auto beyond = [&](auto at) {
      for (double sum = at->second; sum <= cut; sum += at->second) ++at;
      return at->first;
    };
    return std::max(
        {0.0, beyond(lengths_.begin()) / length - 1, length / beyond(lengths_.rbegin()) - 1});
  }

  double distance_between(const Counts& one, const Counts& other) const {
    double apart = 0, all = 0;
    const auto add = [&](std::uint32_t line, double a, double b) {
      const double weight = 1 + rarity_of(line);
      apart += weight * std::fabs(a - b);
      all += weight * std::max(a, b);
    };
    for (const auto& [line, count] : one) {
      const auto same = other.find(line);
      add(line, count, same == other.end() ? 0 : same->second);
    }
    for (const auto& [line, count] : other) {
      if (!one.contains(line)) add(line, 0, count);
    }
    return all > 0 ? apart / all : 0;
  }

  double distance(const Counts& counts) const {
    double least = std::numeric_limits<double>::infinity();
    for (const Known& one : known_) {
      if (static_cast<double>(one.sessions) < needed()) continue;
      least = std::min(least, distance_between(counts, one.counts));
    }
    return std::isfinite(least) ? least : 0;
  }

  void learn(const Counts& counts, double length) {
    ++sessions_;
    for (const auto& [line, count] : counts) with_[line] += 1;
    lengths_[length] += 1;
    const auto same = std::ranges::find(known_, counts, &Known::counts);
    if (same != known_.end()) {
      ++same->sessions;
      same->last = sessions_;
      return;
    }
    known_.push_back({counts, 1, sessions_});
    if (known_.size() <= kept_counts) return;
    // Of the 32 that did not come for longest the rarest goes.
    std::ranges::stable_sort(known_, {}, &Known::last);
    known_.erase(
        std::ranges::min_element(known_.begin(), known_.begin() + 32, {}, &Known::sessions));
  }

  std::size_t used_;
  std::size_t sessions_ = 0;
  std::map<std::uint32_t, double> with_;  // sessions by template
  std::map<double, double> lengths_;      // sessions by length
  std::vector<Known> known_;
  std::array<Ranks, 3> ranks_;
};

std::vector<double> score(const LogSessions& sessions, std::size_t used) {
  Judge judge(used);
  std::vector<double> scores;
  for (const LogSessions::Session& session : sessions.sessions) {
    scores.push_back(judge.judge(session));
  }
  return scores;
}

}  // namespace

std::vector<double> score_by_sessions(const LogSessions& sessions) { return score(sessions, 3); }
std::vector<double> score_by_rarity(const LogSessions& sessions) { return score(sessions, 1); }

std::vector<double> score_at_random(const LogSessions& sessions) {
  constexpr std::uint64_t steps = 1U << 30U;
  const auto abnormal =
      std::ranges::count(sessions.sessions, true, &LogSessions::Session::is_abnormal);
  const double share = static_cast<double>(abnormal) /
                       static_cast<double>(std::max<std::size_t>(sessions.sessions.size(), 1));
  Random random(1);
  std::vector<double> scores(sessions.sessions.size());
  for (double& one : scores) {
    one = share - static_cast<double>(random.below(steps) + 1) / static_cast<double>(steps);
  }
  return scores;
}

}  // namespace retimu
