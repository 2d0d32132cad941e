// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/parameter_value.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/detectors/specimen.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/text/template_text.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <string>

namespace retimu {

namespace {

constexpr std::size_t window = 1'024;        // values, of the usual level
constexpr std::uint32_t values_min = 100;    // before a number is judged
constexpr std::array size_min = {6.0, 2.0};  // usual deviations, by view
constexpr std::uint32_t block = 8;           // values of a mean
constexpr double deviation_min = 0.05;       // of the logarithmic scale: a change by 3.5 %
constexpr double identity_share = 1.0 / 64;  // of a value in Number::identity
constexpr double identity_most = 0.9;
constexpr double identity_digits = 10'000;
constexpr std::uint64_t unused_lines = 10'000;  // such a number gives way to another
constexpr double threshold_min = 5, threshold_max = 8, decades_beyond_a_day = 2;

using Number = ParameterValue::Number;

// Of which number of how many.
std::uint64_t key_of(TemplateId id, std::size_t ordinal, std::size_t count) {
  return mix(id, static_cast<std::uint64_t>((count - 1) * ParameterValue::numbers_max + ordinal));
}

double to_scale(double value) {
  const double scaled = elementary::log1p(std::fabs(value)) / std::numbers::ln2;
  return value < 0 ? -scaled : scaled;
}

double from_scale(double scaled) {
  const double value = elementary::expm1(std::fabs(scaled) * std::numbers::ln2);
  return finite(scaled < 0 ? -value : value);
}

double deviation_of(const Number& number) {
  return std::max(number.usual.deviation(), deviation_min);
}

bool is_identity(const Number& number, double value) {
  return value == std::floor(value) && value != number.last &&
         (std::fabs(value) >= identity_digits || value > number.last);
}

// Ends with this value.
bool ends_block(const Number& number) { return number.in_block + 1 == block; }

double evidence_of(const Number& number, const std::array<double, ParameterValue::views>& size) {
  double most = 0;
  for (std::size_t j = 0; j < size.size(); ++j) {
    if (size[j] < size_min.at(j)) continue;
    most = std::max(most, number.sizes[j].evidence(size[j]));
  }
  return most;
}

void learn_value(Number& number, double value,
                 const std::array<double, ParameterValue::views>& size) {
  if (number.usual.is_known()) {
    number.sizes[0].learn(size[0]);
    if (ends_block(number)) number.sizes[1].learn(size[1]);
  }
  const double scaled = to_scale(value);
  number.sum = ends_block(number) ? 0 : number.sum + scaled;
  number.in_block = ends_block(number) ? 0 : number.in_block + 1;
  if (number.values > 0) {
    const double share = std::max(identity_share, 1.0 / number.values);
    number.identity += share * ((is_identity(number, value) ? 1 : 0) - number.identity);
  }
  number.usual.learn(scaled, window);
  number.last = value;
  if (number.values < UINT32_MAX) ++number.values;
}

}  // namespace

double ParameterValue::score(const State& state, const Observation& observation, Work& work) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  if (line == nullptr) return std::numeric_limits<double>::quiet_NaN();
  work.count = static_cast<std::uint32_t>(std::min(line->numbers.size(), numbers_max));
  bool is_judged = false;
  for (std::uint32_t i = 0; i < work.count; ++i) {
    const auto at = std::ranges::find(state.keys, key_of(line->template_id, i, work.count));
    work.place[i] = static_cast<std::uint32_t>(at - state.keys.begin());
    work.size[i] = {};
    if (at == state.keys.end()) continue;
    const Number& number = state.tracked[work.place[i]];
    if (!number.usual.is_known()) continue;
    const double scaled = to_scale(line->numbers[i]), centre = number.usual.centre();
    const double deviation = deviation_of(number);
    work.size[i][0] = distance(scaled, centre) / deviation;
    if (ends_block(number)) {
      work.size[i][1] = distance((number.sum + scaled) / block, centre) / deviation;
    }
    if (number.values < values_min) continue;
    is_judged = true;
    if (number.identity > identity_most) continue;
    const double evidence = evidence_of(number, work.size[i]) - elementary::log10(work.count);
    if (evidence <= work.evidence) continue;
    work.evidence = evidence;
    work.strangest = i;
  }
  return is_judged ? work.evidence : std::numeric_limits<double>::quiet_NaN();
}

double ParameterValue::own_threshold(double events_a_day) const {
  const double a_day = elementary::log10(std::max(events_a_day, 1.0));
  return std::clamp(a_day + decades_beyond_a_day, threshold_min, threshold_max);
}

void ParameterValue::learn(State& state, const Observation& observation, const Work& work) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  if (line == nullptr) return;
  ++state.lines;
  for (std::uint32_t i = 0; i < work.count; ++i) {
    if (work.place[i] == state.keys.size()) continue;
    Number& number = state.tracked[work.place[i]];
    number.used = state.lines;
    learn_value(number, line->numbers[i], work.size[i]);
  }
  const std::size_t known = state.keys.size();
  for (std::uint32_t i = 0; i < work.count; ++i) {
    if (work.place[i] < known) continue;
    std::size_t place = state.keys.size();
    if (place < tracked_max) {
      state.keys.emplace_back();
      state.tracked.emplace_back();
    } else {
      const auto unused = std::ranges::find_if(
          state.tracked, [&](const Number& one) { return state.lines - one.used >= unused_lines; });
      if (unused == state.tracked.end()) return;
      place = static_cast<std::size_t>(unused - state.tracked.begin());
    }
    state.keys[place] = key_of(line->template_id, i, work.count);
    state.tracked[place] = Number();
    state.tracked[place].used = state.lines;
    learn_value(state.tracked[place], line->numbers[i], {});
  }
}

void ParameterValue::explain(const State& state, const Observation& observation, const Work& work,
                             std::vector<Reason>& to) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  if (line == nullptr || work.evidence <= 0) return;
  const Number& number = state.tracked[work.place.at(work.strangest)];
  const double reach = 3 * number.usual.deviation();
  Reason reason;
  reason.kind = ReasonKind::message_value;
  reason.subject = template_text(line->text);
  reason.observed = line->numbers[work.strangest];
  reason.expected_low = from_scale(number.usual.centre() - reach);
  reason.expected_high = from_scale(number.usual.centre() + reach);
  reason.weight = work.evidence;
  to.push_back(std::move(reason));
}

// Where both are known that of the new name stays.
void ParameterValue::merge(State& state, TemplateId from, TemplateId to) const {
  for (std::size_t count = 1; count <= numbers_max; ++count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto old = std::ranges::find(state.keys, key_of(from, i, count));
      if (old == state.keys.end()) continue;
      if (std::ranges::find(state.keys, key_of(to, i, count)) == state.keys.end()) {
        *old = key_of(to, i, count);
        continue;
      }
      state.tracked.erase(state.tracked.begin() + (old - state.keys.begin()));
      state.keys.erase(old);
    }
  }
}

void ParameterValue::visit(State& state, StateVisitor& visitor) const {
  visitor.cell("lines", state.lines);
  visit_list(visitor, "keys", state.keys, tracked_limit,
             [&](std::uint64_t& key) { visitor.cell("key", key); });
  visit_list(visitor, "numbers", state.tracked, tracked_limit, [&](Number& one) {
    one.usual.visit(visitor, window);
    for (RareSize& sizes : one.sizes) sizes.visit(visitor);
    visitor.cell("last", one.last);
    visitor.cell("sum", one.sum);
    visitor.cell("in_block", one.in_block);
    visitor.cell("identity", one.identity);
    visitor.cell("used", one.used);
    visitor.cell("values", one.values);
  });
  const auto is_sound = [&](const Number& one) {
    return one.used <= state.lines && std::isfinite(one.last) && std::isfinite(one.sum) &&
           one.in_block < block && one.identity >= 0 && one.identity <= 1;
  };
  const bool is_valid =
      state.keys.size() == state.tracked.size() && std::ranges::all_of(state.tracked, is_sound);
  if (is_valid) return;
  state = State();
  visitor.refuse();
}

namespace {

constexpr std::array parameters{
    Parameter{"numbers", "numbers of an entity's messages that it knows, at most",
              Parameter::Kind::whole, 128, 4, ParameterValue::tracked_limit},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  ParameterValue algorithm;
  algorithm.tracked_max = values.whole("numbers");
  return std::make_unique<EventDetector<ParameterValue>>(algorithm);
}

// Answers in about 100 ms, then one in 20 s.
void specimen(SpecimenWriter& to) {
  Random random(5);
  std::string text;
  const auto answer = [&](double milliseconds) {
    text = "request was served in " + std::to_string(static_cast<int>(milliseconds)) + " ms";
    return LogLine{Severity::indeterminate, text};
  };
  for (int i = 0; i < 2'000; ++i) to.usual(answer(100 + 10 * bell(random)));
  to.anomaly(answer(20'000));
}

}  // namespace

DetectorEntry parameter_value_entry() {
  return {.name = "parameter_value",
          .summary = "a number in a log message that is far from what it usually is",
          .modality = Modality::logs,
          .parameters = parameters,
          .in_auto = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
