// SPDX-License-Identifier: Apache-2.0
// What of a run can be drawn: readings with the range that was usual and the one that a detector
// expected, evidence, episodes, log lines and alarms, over equal stretches of time. Memory is
// bounded: a longer run has longer stretches.
#ifndef RETIMU_EVALUATION_DRAWN_SERIES_HPP
#define RETIMU_EVALUATION_DRAWN_SERIES_HPP

#include "retimu/engine/engine.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace retimu {

inline constexpr double no_value = std::numeric_limits<double>::quiet_NaN();

// Of a column in one stretch; NaN: nothing came.
struct DrawnReading {
  double low = no_value, high = no_value;
  double usual_low = no_value, usual_high = no_value;        // as it was at the last reading
  double expected_low = no_value, expected_high = no_value;  // as the last alert of it says
  double unusual = no_value;  // the reading of an open episode farthest from what is usual
};
struct DrawnColumn {
  std::string entity, column;
  double blame = 0;      // alerts that name it, 1 each, their later reasons less
  double strangest = 0;  // standard deviations from what was usual, at most
  std::vector<DrawnReading> stretches{};
};

// Of an entity in one stretch.
struct DrawnJudgement {
  double excess = no_value;  // decades above what raises an alert, at most
  bool is_anomalous = false;
  bool is_raised = false;
};
struct DrawnEntity {
  std::string name;
  std::uint64_t raised = 0;
  double excess = -std::numeric_limits<double>::infinity();  // at most
  std::vector<DrawnJudgement> stretches{};
};

// Of the whole pipeline in one stretch.
struct DrawnMessages {
  std::uint64_t lines = 0, bad_lines = 0;  // bad: warning or worse
  Severity alarm = Severity::cleared;      // the worst that was raised
};

class DrawnSeries {
 public:
  // Columns beyond `columns_max` are counted only, entities beyond it passed over. A column takes
  // 56 bytes a stretch, an entity 16. With a `fixed` stretch a longer run loses its older half, and
  // what was told then counts for half.
  DrawnSeries(std::size_t stretches_max, std::size_t columns_max,
              std::optional<Duration> fixed = std::nullopt)
      : stretches_max_(stretches_max),
        columns_max_(columns_max),
        is_sliding_(fixed.has_value()),
        stretch_(fixed.value_or(millisecond)) {}

  // On the committing thread, as Recorder::record.
  void take(const Round& round, std::span<const Alert> told, const Columns& columns);

  Time begin() const { return begin_; }
  Duration stretch() const { return stretch_; }
  Time end() const { return latest_; }
  const std::vector<DrawnColumn>& columns() const { return columns_; }
  const std::vector<DrawnEntity>& entities() const { return entities_; }
  const std::vector<DrawnMessages>& messages() const { return messages_; }
  bool has_lines() const { return has_lines_; }
  bool has_alarms() const { return has_alarms_; }
  std::uint64_t columns_left_out() const { return left_out_; }
  // The columns that alerts name most, then those that were farthest from what is usual; indices.
  std::vector<std::size_t> most_unusual(std::size_t count) const;

 private:
  // The readings of late, without those of episodes.
  struct Usual {
    double mean = 0, square = 0, count = 0;
    double deviation() const;
    void learn(double value);
  };
  struct Known {
    std::size_t index = 0;  // of entities_
    std::vector<std::pair<ColumnId, std::size_t>> columns{};
  };
  std::size_t stretch_of(Time time);
  void fold();
  void forget(std::size_t stretches);
  Known* known(std::string_view entity);  // null: there are too many
  void take_event(const Event& event, const Verdict& verdict, const Columns& columns);
  void take_judged(Known& entity, const Event& event, const Verdict& verdict,
                   const Columns& columns, std::size_t at);
  void take_readings(Known& entity, const Event& event, const Verdict& verdict,
                     const Columns& columns, std::size_t at);
  void blame(const Alert& alert);
  void take_expected(const Alert& alert);
  std::size_t column_of(Known& entity, ColumnId id, const Columns& columns);

  std::size_t stretches_max_, columns_max_;
  bool is_sliding_;
  Duration stretch_;
  Time begin_ = time_none, latest_ = time_none;
  std::vector<DrawnColumn> columns_;
  std::vector<Usual> usual_;  // by column
  std::vector<DrawnEntity> entities_;
  std::vector<DrawnMessages> messages_;
  std::unordered_map<std::string, Known> known_;
  std::map<std::pair<std::string, std::string>, std::size_t> by_name_;
  std::uint64_t left_out_ = 0;
  bool has_lines_ = false, has_alarms_ = false;
};

}  // namespace retimu

#endif
