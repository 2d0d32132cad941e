// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/nab.hpp"

#include "retimu/core/result.hpp"
#include "retimu/stats/elementary.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace retimu {

namespace {

constexpr std::size_t no_window = SIZE_MAX;

// -1 at the left edge of a window, 0 at its right, then positive; falls from 1 to -1.
double sigmoid(double position) {
  if (position >= 3) return -1;
  return 2 / (1 + elementary::exp(5 * position)) - 1;
}

// What a detection in a row is worth, before the profile's weight.
struct Row {
  double score = 0;
  double worth = 0;
  std::size_t window = no_window;  // of the corpus
};

// Adds the rows of the case that count; windows are numbered from `windows` on.
void add_rows(const Truth& truth, std::span<const double> score, std::size_t& windows,
              std::vector<Row>& rows) {
  const double best = sigmoid(-1);
  const Span* before = nullptr;  // the window behind which a row lies
  std::size_t next = 0;
  for (std::size_t i = 0; i < score.size(); ++i) {
    while (next < truth.windows.size() && truth.windows[next].end <= i) {
      before = &truth.windows[next++];
    }
    const bool is_within = next < truth.windows.size() && truth.windows[next].begin <= i;
    Row row{.score = score[i]};
    if (is_within) {
      const Span& window = truth.windows[next];
      row.worth =
          sigmoid(-static_cast<double>(window.end - i) / static_cast<double>(window.length())) /
          best;
      row.window = windows + next;
    } else {
      row.worth = before == nullptr ? -1
                                    : sigmoid(static_cast<double>(i + 1 - before->end) /
                                              (static_cast<double>(before->length()) - 1));
    }
    if (i >= truth.judged_from) rows.push_back(row);
  }
  windows += truth.windows.size();
}

// The score of the detections so far, before it is normalised.
class Total {
 public:
  Total(const NabProfile& profile, std::size_t windows, std::span<const Row> rows)
      : profile_(profile), found_(windows, 0.0), is_counted_(windows, false) {
    for (const Row& row : rows) {
      if (row.window != no_window) is_counted_[row.window] = true;
    }
    counted_ = static_cast<double>(std::ranges::count(is_counted_, true));
    windows_sum_ = -profile.false_negative * counted_;
  }

  void detect(const Row& row) {
    if (row.window == no_window) {
      false_sum_ += profile_.false_positive * row.worth;
      return;
    }
    const double worth = profile_.true_positive * row.worth;
    double& found = found_[row.window];
    if (found == 0) {
      windows_sum_ += profile_.false_negative + worth;
      found = worth;
    } else if (worth > found) {
      windows_sum_ += worth - found;
      found = worth;
    }
  }

  std::optional<double> normalised() const {
    if (counted_ == 0) return std::nullopt;
    const double null = -profile_.false_negative * counted_;
    const double perfect = profile_.true_positive * counted_;
    return 100 * (windows_sum_ + false_sum_ - null) / (perfect - null);
  }

 private:
  const NabProfile& profile_;
  std::vector<double> found_;  // by window: its best detection, positive once there is one
  std::vector<bool> is_counted_;
  double counted_ = 0, windows_sum_ = 0, false_sum_ = 0;
};

}  // namespace

std::span<const NabProfile> nab_profiles() {
  static constexpr std::array<NabProfile, 3> profiles = {{
      {"standard", 1, 0.11, 1},
      {"low_fp", 1, 0.22, 1},
      {"low_fn", 1, 0.11, 2},
  }};
  return profiles;
}

NabBest nab_best(std::span<const Case> cases, std::span<const Scores> scores,
                 const NabProfile& profile) {
  RETIMU_ASSERT(cases.size() == scores.size());
  std::vector<Row> rows;
  std::size_t windows = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    add_rows(cases[i].truth, scores[i].score, windows, rows);
  }
  std::ranges::stable_sort(rows, std::ranges::greater(), &Row::score);
  Total total(profile, windows, rows);
  NabBest best{std::numeric_limits<double>::infinity(), total.normalised()};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    total.detect(rows[i]);
    if (i + 1 < rows.size() && rows[i + 1].score == rows[i].score) continue;
    if (const auto now = total.normalised(); now > best.score) best = {rows[i].score, now};
  }
  return best;
}

std::optional<double> nab_at(std::span<const Case> cases,
                             std::span<const std::span<const std::uint8_t>> flags,
                             const NabProfile& profile) {
  RETIMU_ASSERT(cases.size() == flags.size());
  std::vector<Row> rows;
  std::size_t windows = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::vector<double> score(flags[i].begin(), flags[i].end());
    add_rows(cases[i].truth, score, windows, rows);
  }
  Total total(profile, windows, rows);
  for (const Row& row : rows) {
    if (row.score != 0) total.detect(row);
  }
  return total.normalised();
}

std::vector<Figure> nab_figures(std::span<const Case> cases, std::span<const Scores> scores) {
  std::vector<Figure> figures;
  for (const NabProfile& profile : nab_profiles()) {
    figures.push_back({"nab_" + std::string(profile.name), nab_best(cases, scores, profile).score});
  }
  const bool decides = std::ranges::all_of(scores, &Scores::has_decisions);
  for (const bool is_alert : {true, false}) {
    std::vector<std::span<const std::uint8_t>> flags;
    for (const Scores& one : scores) flags.emplace_back(is_alert ? one.alert : one.anomalous);
    for (const NabProfile& profile : nab_profiles()) {
      figures.push_back({(is_alert ? "nab_alert_" : "nab_anomalous_") + std::string(profile.name),
                         decides ? nab_at(cases, flags, profile) : std::nullopt});
    }
  }
  return figures;
}

}  // namespace retimu
