// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/session_measures.hpp"

#include "retimu/core/alert.hpp"
#include "retimu/evaluation/event_run.hpp"
#include "retimu/evaluation/ranking.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <utility>

namespace retimu {

namespace {

struct Reference {
  std::string_view set, name, precision, recall, f1, auc;
};
// Per session, with the lines' true templates: rarity and length of a session, its counts; p-values
// by rank. Measured on the same sessions in the same order, online and without labels.
constexpr std::array references = {
    Reference{"HDFS", "session detector", ".966", ".460", ".623", ".733"},
    Reference{"HDFS", "rare events only", ".952", ".256", ".403", ".627"},
    Reference{"HDFS", "rare pairs only", ".591", ".457", ".515", ".731"},
    Reference{"OpenStack", "session detector", "-", "-", ".036", ".50"},
};

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

}  // namespace

double JudgedSessions::precision() const { return ratio(both, called); }
double JudgedSessions::recall() const { return ratio(both, abnormal); }
double JudgedSessions::f1() const { return ratio(2 * both, called + abnormal); }

JudgedSessions judge_sessions(const LogSessions& sessions, std::span<const double> scores) {
  JudgedSessions judged;
  std::vector<std::uint8_t> labels;
  for (std::size_t i = 0; i < sessions.sessions.size(); ++i) {
    const bool is_abnormal = sessions.sessions[i].is_abnormal, is_called = scores[i] >= 0;
    labels.push_back(is_abnormal ? 1 : 0);
    judged.abnormal += is_abnormal ? 1 : 0;
    judged.called += is_called ? 1 : 0;
    judged.both += is_abnormal && is_called ? 1 : 0;
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
  const std::size_t abnormal = rows.empty() ? 0 : rows.front().judged.abnormal;
  Grid grid{fmt::format("{}: {} sessions, {} abnormal", sessions.name, sessions.sessions.size(),
                        abnormal),
            {"", "precision", "recall", "F1", "best F1", "AUC"},
            {}};
  for (const NamedSessions& row : rows) {
    const JudgedSessions& one = row.judged;
    grid.rows.push_back({row.name, fmt::format("{:.3f}", one.precision()),
                         fmt::format("{:.3f}", one.recall()), fmt::format("{:.3f}", one.f1()),
                         fmt::format("{:.3f}", one.best_f1),
                         one.auc ? fmt::format("{:.3f}", *one.auc) : "-"});
  }
  for (const Reference& one : references) {
    if (one.set != sessions.name) continue;
    grid.rows.push_back({fmt::format("{} *", one.name), std::string(one.precision),
                         std::string(one.recall), std::string(one.f1), "-", std::string(one.auc)});
  }
  return grid;
}

std::string to_json(std::span<const NamedSessions> rows) {
  std::string json;
  for (const NamedSessions& row : rows) {
    json += json.empty() ? "" : ",";
    append_json_string(json, row.name);
    json += fmt::format(":{{\"precision\":{},\"recall\":{},\"f1\":{},\"best_f1\":{},\"auc\":{}}}",
                        row.judged.precision(), row.judged.recall(), row.judged.f1(),
                        row.judged.best_f1,
                        row.judged.auc ? fmt::format("{}", *row.judged.auc) : "null");
  }
  return json;
}

}  // namespace retimu
