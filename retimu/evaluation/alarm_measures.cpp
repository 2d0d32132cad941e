// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/alarm_measures.hpp"

#include "retimu/core/alert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace retimu {

namespace {

using Record = AlarmStream::Record;
using Phase = std::uint32_t Record::*;

PhasesFound phases_found(const AlarmStream& stream, const Telling& telling, Phase phase,
                         double share) {
  struct Count {
    std::size_t alarms = 0, told = 0;
  };
  std::map<std::uint32_t, Count> counts;
  for (std::size_t i = 0; i < stream.records.size(); ++i) {
    const std::uint32_t of = stream.records[i].*phase;
    if (of == AlarmStream::no_phase) continue;
    ++counts[of].alarms;
    counts[of].told += telling.is_told[i];
  }
  PhasesFound phases;
  phases.all = counts.size();
  for (const auto& [of, count] : counts) {
    phases.found += count.told > 0 ? 1 : 0;
    phases.by_chance += 1 - std::pow(1 - share, static_cast<double>(count.alarms));
  }
  return phases;
}

std::optional<double> mean_auc(const AlarmStream& stream, const Telling& telling) {
  std::vector<double> others;
  std::map<std::uint32_t, std::vector<double>> by_phase;
  for (std::size_t i = 0; i < stream.records.size(); ++i) {
    const std::uint32_t of = stream.records[i].phase_itself;
    (of == AlarmStream::no_phase ? others : by_phase[of]).push_back(telling.scores[i]);
  }
  if (others.empty() || by_phase.empty()) return std::nullopt;
  std::ranges::sort(others);
  double sum = 0;
  for (const auto& [of, scores] : by_phase) {
    double pairs = 0;  // won, ties by half
    for (const double score : scores) {
      const auto ties = std::ranges::equal_range(others, score);
      pairs +=
          static_cast<double>(ties.begin() - others.begin()) + static_cast<double>(ties.size()) / 2;
    }
    sum += pairs / (static_cast<double>(scores.size()) * static_cast<double>(others.size()));
  }
  return sum / static_cast<double>(by_phase.size());
}

void add(PhasesFound& to, const PhasesFound& one) {
  to.found += one.found;
  to.all += one.all;
  to.by_chance += one.by_chance;
}

std::string shown(std::optional<double> value) {
  return value ? fmt::format("{:.3f}", *value) : "-";
}
std::string shown(const PhasesFound& phases) {
  return fmt::format("{} of {}", phases.found, phases.all);
}

std::string json_of(const PhasesFound& phases) {
  return fmt::format("{{\"found\":{},\"all\":{},\"by_chance\":{}}}", phases.found, phases.all,
                     phases.by_chance);
}
std::string json_of(const JudgedAlarms& one) {
  return fmt::format(
      "{{\"alarms\":{},\"told\":{},\"told_a_day\":{},\"reduction\":{},\"phases_then\":{},"
      "\"phases_itself\":{},\"auc\":{}}}",
      one.alarms, one.told, one.told_a_day(), one.reduction(), json_of(one.then),
      json_of(one.itself), one.auc ? fmt::format("{}", *one.auc) : "null");
}

}  // namespace

double JudgedAlarms::reduction() const {
  return told == 0 ? 0 : static_cast<double>(alarms) / static_cast<double>(told);
}
double JudgedAlarms::told_a_day() const { return static_cast<double>(told) / days; }

JudgedAlarms judge_alarms(const AlarmStream& stream, const Telling& telling) {
  RETIMU_ASSERT(telling.is_told.size() == stream.records.size() &&
                telling.scores.size() == stream.records.size());
  JudgedAlarms judged;
  judged.alarms = stream.records.size();
  judged.told = static_cast<std::size_t>(std::ranges::count(telling.is_told, 1));
  judged.days = stream.days();
  const double share = static_cast<double>(judged.told) / static_cast<double>(judged.alarms);
  judged.then = phases_found(stream, telling, &Record::phase_then, share);
  judged.itself = phases_found(stream, telling, &Record::phase_itself, share);
  judged.auc = mean_auc(stream, telling);
  return judged;
}

JudgedAlarms sum_of(std::span<const JudgedAlarms> streams) {
  JudgedAlarms sum;
  double auc = 0;
  std::size_t count = 0;
  for (const JudgedAlarms& one : streams) {
    sum.alarms += one.alarms;
    sum.told += one.told;
    sum.days += one.days;
    add(sum.then, one.then);
    add(sum.itself, one.itself);
    auc += one.auc.value_or(0);
    count += one.auc ? 1 : 0;
  }
  if (count > 0) sum.auc = auc / static_cast<double>(count);
  return sum;
}

Result<std::vector<JudgedTeller>> judge_tellers(std::span<const AlarmStream> streams,
                                                std::span<const NamedTeller> tellers) {
  std::vector<JudgedTeller> judged;
  for (const NamedTeller& teller : tellers) {
    JudgedTeller& one = judged.emplace_back();
    one.name = teller.name;
    for (const AlarmStream& stream : streams) {
      const Result<Telling> telling = teller.tell(stream);
      if (!telling) return tl::unexpected(telling.error());
      one.streams.push_back(judge_alarms(stream, *telling));
    }
  }
  return judged;
}

std::vector<Grid> make_grids(std::span<const AlarmStream> streams,
                             std::span<const JudgedTeller> tellers) {
  Grid found{"Alarms told, and phases of attacks found",
             {"", "told", "a day", "factor", "by time", "by chance", "by event", "by chance"},
             {}};
  Grid ranking{"Mean phase AUC", {""}, {}};
  for (const AlarmStream& stream : streams) ranking.header.push_back(stream.name);
  ranking.header.emplace_back("mean");
  for (const JudgedTeller& teller : tellers) {
    const JudgedAlarms all = sum_of(teller.streams);
    found.rows.push_back({teller.name, fmt::format("{}", all.told),
                          fmt::format("{:.0f}", all.told_a_day()),
                          fmt::format("{:.1f}", all.reduction()), shown(all.then),
                          fmt::format("{:.1f}", all.then.by_chance), shown(all.itself),
                          fmt::format("{:.1f}", all.itself.by_chance)});
    std::vector<std::string> row = {teller.name};
    for (const JudgedAlarms& one : teller.streams) row.push_back(shown(one.auc));
    row.push_back(shown(all.auc));
    ranking.rows.push_back(std::move(row));
  }
  return {found, ranking};
}

std::string to_json(std::span<const AlarmStream> streams, std::span<const JudgedTeller> tellers) {
  std::string json = "{\"set\":\"ait-alerts\",\"tellers\":{";
  for (std::size_t i = 0; i < tellers.size(); ++i) {
    if (i > 0) json += ',';
    append_json_string(json, tellers[i].name);
    json += fmt::format(":{{\"all\":{},\"streams\":{{", json_of(sum_of(tellers[i].streams)));
    for (std::size_t k = 0; k < streams.size(); ++k) {
      if (k > 0) json += ',';
      append_json_string(json, streams[k].name);
      json += ':' + json_of(tellers[i].streams[k]);
    }
    json += "}}";
  }
  return json + "}}\n";
}

}  // namespace retimu
