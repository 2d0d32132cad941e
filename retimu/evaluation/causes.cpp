// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/causes.hpp"

#include "retimu/evaluation/set_files.hpp"

#include <algorithm>
#include <charconv>

namespace retimu {

namespace {

// What stands before `end`, taken from the text; none if that is no number.
std::optional<std::size_t> take_number(std::string_view& text, char end) {
  std::size_t number = 0;
  const auto [behind, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(behind - text.data()));
  if (text.empty()) return end == ',' ? std::optional(number) : std::nullopt;
  if (text.front() != end) return std::nullopt;
  text.remove_prefix(1);
  return number;
}

std::optional<Cause> parse_cause(std::string_view line, std::size_t rows, std::size_t columns) {
  const std::optional<std::size_t> first = take_number(line, '-');
  const std::optional<std::size_t> last = first ? take_number(line, ':') : std::nullopt;
  if (!last || *last < *first || *first >= rows || line.empty()) return std::nullopt;
  Cause cause{{*first, std::min(*last + 1, rows)}, {}};
  while (!line.empty()) {
    const std::optional<std::size_t> column = take_number(line, ',');
    if (!column || *column < 1 || *column > columns) return std::nullopt;
    cause.columns.push_back(*column - 1);
  }
  return cause;
}

// Is the column that weighs most a cause? None if all weigh nothing.
bool is_hit(const ColumnWeights& weights, const Cause& cause) {
  const auto most = std::ranges::max_element(weights);
  if (most == weights.end() || !(*most > 0)) return false;
  const auto column = static_cast<std::size_t>(most - weights.begin());
  return std::ranges::find(cause.columns, column) != cause.columns.end();
}

// Of the `count` columns named first, is one a cause?
bool is_hit(const NamedColumns& named, const Cause& cause, std::size_t count) {
  const auto first = std::span(named.columns).first(std::min(count, named.columns.size()));
  return std::ranges::find_first_of(first, cause.columns) != first.end();
}

}  // namespace

Result<std::vector<Cause>> read_causes(const std::string& path, std::size_t rows,
                                       std::size_t columns) {
  const Result<std::string> text = read_unpacked(path);
  if (!text) return tl::unexpected(text.error());
  std::vector<Cause> causes;
  std::string_view rest = *text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    while (line.ends_with('\r') || line.ends_with(' ')) line.remove_suffix(1);
    if (line.empty()) continue;
    std::optional<Cause> cause = parse_cause(line, rows, columns);
    if (!cause) {
      return failure(Fault::input,
                     "{}: line {} is not FIRST-LAST:COLUMN,... within {} rows and {} columns", path,
                     number, rows, columns);
    }
    causes.push_back(std::move(*cause));
  }
  return causes;
}

std::vector<Figure> causes_figures(std::span<const Case> cases, std::span<const Scores> scores) {
  RETIMU_ASSERT(cases.size() == scores.size());
  double events = 0, told = 0, first = 0, first_three = 0, chance = 0;
  double explained = 0, of_event = 0, of_event_chance = 0;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    for (std::size_t k = 0; k < cases[i].truth.causes.size(); ++k) {
      const Cause& cause = cases[i].truth.causes[k];
      const double by_chance = static_cast<double>(cause.columns.size()) /
                               static_cast<double>(cases[i].series.columns.size());
      ++events;
      if (!scores[i].explained.empty()) {
        ++explained;
        of_event += is_hit(scores[i].explained[k], cause) ? 1 : 0;
        of_event_chance += by_chance;
      }
      const NamedColumns* last = nullptr;
      for (const NamedColumns& named : scores[i].named) {
        if (named.row >= cause.rows.begin && named.row < cause.rows.end) last = &named;
      }
      if (last == nullptr) continue;
      ++told;
      first += is_hit(*last, cause, 1) ? 1 : 0;
      first_three += is_hit(*last, cause, 3) ? 1 : 0;
      chance += by_chance;
    }
  }
  if (events == 0) return {};
  const auto share = [&](double count, double of) {
    return of > 0 ? std::optional(count / of) : std::nullopt;
  };
  return {{"told", share(told, events)},
          {"hit_at_1", share(first, told)},
          {"hit_at_3", share(first_three, told)},
          {"hit_at_1_by_chance", share(chance, told)},
          {"event_hit_at_1", share(of_event, explained)},
          {"event_hit_at_1_by_chance", share(of_event_chance, explained)}};
}

}  // namespace retimu
