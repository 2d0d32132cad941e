// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/session_measures.hpp"

#include "retimu/core/alert.hpp"
#include "retimu/evaluation/event_run.hpp"
#include "retimu/evaluation/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <set>
#include <utility>

namespace retimu {

namespace {

double ratio(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double best_f1(std::span<const double> scores, std::span<const std::uint8_t> labels) {
  std::vector<std::pair<double, std::uint8_t>> order;
  for (std::size_t i = 0; i < scores.size(); ++i) order.emplace_back(scores[i], labels[i]);
  std::ranges::sort(order, std::greater());
  const auto abnormal = static_cast<std::size_t>(std::ranges::count(labels, 1));
  double best = 0;
  std::size_t both = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    both += order[i].second;
    const bool is_tied = i + 1 < order.size() && order[i + 1].first == order[i].first;
    if (!is_tied) best = std::max(best, ratio(2 * both, i + 1 + abnormal));
  }
  return best;
}

std::vector<std::uint32_t> sorted_lines(const LogSessions::Session& session) {
  std::vector<std::uint32_t> lines = session.lines;
  std::ranges::sort(lines);
  return lines;
}

}  // namespace

double JudgedSessions::precision() const { return ratio(both, called); }
double JudgedSessions::recall() const { return ratio(both, abnormal); }
double JudgedSessions::f1() const { return ratio(2 * both, called + abnormal); }
double JudgedSessions::f1_distinct() const {
  return ratio(2 * both_distinct, called - both + both_distinct + distinct);
}

JudgedSessions judge_sessions(const LogSessions& sessions, std::span<const double> scores) {
  JudgedSessions judged;
  std::vector<std::uint8_t> labels;
  std::set<std::vector<std::uint32_t>> usual;
  for (const LogSessions::Session& session : sessions.sessions) {
    if (!session.is_abnormal) usual.insert(sorted_lines(session));
  }
  for (std::size_t i = 0; i < sessions.sessions.size(); ++i) {
    const bool is_abnormal = sessions.sessions[i].is_abnormal, is_called = scores[i] >= 0;
    labels.push_back(is_abnormal ? 1 : 0);
    judged.abnormal += is_abnormal ? 1 : 0;
    judged.called += is_called ? 1 : 0;
    judged.both += is_abnormal && is_called ? 1 : 0;
    const bool is_distinct = is_abnormal && !usual.contains(sorted_lines(sessions.sessions[i]));
    judged.distinct += is_distinct ? 1 : 0;
    judged.both_distinct += is_distinct && is_called ? 1 : 0;
  }
  judged.auc = auc_roc(scores, labels);
  judged.best_f1 = best_f1(scores, labels);
  return judged;
}

Result<std::vector<double>> score_sessions(const Configuration& configuration,
                                           const LogSessions& sessions) {
  Batch batch;
  append_events(sessions, batch);
  Columns columns;
  const Result<EventRun> run = run_events(configuration, columns, batch);
  if (!run) return tl::unexpected(run.error());
  constexpr double least = std::numeric_limits<double>::lowest();
  std::vector<double> scores;
  std::size_t line = 0;
  for (const LogSessions::Session& session : sessions.sessions) {
    double score = least;
    for (std::size_t i = 0; i < session.lines.size(); ++i, ++line) {
      const Verdict& verdict = run->verdicts[line];
      if (verdict.has_p) score = std::max(score, verdict.excess);
    }
    scores.push_back(score);
  }
  return scores;
}

Grid make_grid(const LogSessions& sessions, std::span<const NamedSessions> rows) {
  const JudgedSessions first = rows.empty() ? JudgedSessions() : rows.front().judged;
  Grid grid{fmt::format("{}: {} sessions, {} abnormal, {} of them distinct", sessions.name,
                        sessions.sessions.size(), first.abnormal, first.distinct),
            {"", "precision", "recall", "F1", "F1 distinct", "best F1", "AUC"},
            {}};
  for (const NamedSessions& row : rows) {
    const JudgedSessions& one = row.judged;
    grid.rows.push_back(
        {row.name, fmt::format("{:.3f}", one.precision()), fmt::format("{:.3f}", one.recall()),
         fmt::format("{:.3f}", one.f1()), fmt::format("{:.3f}", one.f1_distinct()),
         fmt::format("{:.3f}", one.best_f1), one.auc ? fmt::format("{:.3f}", *one.auc) : "-"});
  }
  return grid;
}

std::string to_json(std::span<const NamedSessions> rows) {
  std::string json;
  for (const NamedSessions& row : rows) {
    json += json.empty() ? "" : ",";
    append_json_string(json, row.name);
    json += fmt::format(
        ":{{\"precision\":{},\"recall\":{},\"f1\":{},\"f1_distinct\":{},\"best_f1\":{},\"auc\":{}}"
        "}",
        row.judged.precision(), row.judged.recall(), row.judged.f1(), row.judged.f1_distinct(),
        row.judged.best_f1, row.judged.auc ? fmt::format("{}", *row.judged.auc) : "null");
  }
  return json;
}

}  // namespace retimu
