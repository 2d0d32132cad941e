// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/alarm_telling.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace retimu {

Telling tell_all(const AlarmStream& stream) {
  const std::size_t count = stream.records.size();
  return {std::vector<std::uint8_t>(count, 1), std::vector<double>(count, 0)};
}

Telling tell_rare(const AlarmStream& stream) {
  Telling telling = tell_all(stream);
  std::vector<std::size_t> counts(stream.codes.size());
  for (std::size_t i = 0; i < stream.records.size(); ++i) {
    const auto count = static_cast<double>(++counts[stream.records[i].code]);
    telling.scores[i] = -std::log(count / static_cast<double>(i + 1));
  }
  return telling;
}

Telling tell_folded(const AlarmStream& stream, const Fold& fold) {
  struct Told {
    std::int64_t last, wait;
  };
  std::map<std::pair<std::uint32_t, std::uint32_t>, Told> known;
  Telling telling;
  for (const AlarmStream::Record& record : stream.records) {
    const auto [at, is_new] =
        known.try_emplace({record.code, record.host}, Told{record.seconds, fold.first});
    Told& told = at->second;
    const std::int64_t past = record.seconds - told.last;
    const bool is_told = is_new || past >= told.wait;
    if (is_told && !is_new) {
      told.wait = past > 2 * told.wait ? fold.first : std::min(2 * told.wait, fold.most);
      told.last = record.seconds;
    }
    telling.is_told.push_back(is_told ? 1 : 0);
    telling.scores.push_back(is_told ? 1 : 0);
  }
  return telling;
}

std::vector<NamedTeller> reference_tellers() {
  return {{"all", tell_all}, {"rare code", tell_rare}, {"fold", [](const AlarmStream& stream) {
                                                          return tell_folded(stream, {});
                                                        }}};
}

}  // namespace retimu
