// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/template_count.hpp"

#include "retimu/text/template_text.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace retimu {

namespace {

using Counted = TemplateCount::Counted;
using Scale = TemplateCount::Scale;
using Shown = TemplateCount::Shown;

constexpr std::uint32_t windows_min = 16;  // before it judges
constexpr double rate_windows_min = 8;     // behind a rate that is judged
constexpr double rare = 0.02;              // lines a minute; such a template gives way to another
constexpr std::size_t text_bytes = 80, text_bytes_max = text_bytes + 4;
// Of the places in Scale::counted: all lines, the others, and from here on those that are tracked.
constexpr std::uint32_t all_place = 0, others_place = 1, named_place = 2;
constexpr std::string_view all_text = "all messages", others_text = "all other messages";

std::size_t place_of(const TemplateCount::State& state, TemplateId id) {
  return static_cast<std::size_t>(std::ranges::find(state.ids, id) - state.ids.begin());
}

double ratio_of(const Counted& one) { return one.now / one.usual.expected(1); }

// How many times its usual count half of the lines come in the open window; where half of them do
// not come at all, how many times all lines do.
double load_of(const Scale& scale, std::span<std::uint32_t> order) {
  double lines = 0;
  std::uint32_t place = others_place;
  for (std::uint32_t& one : order) {
    one = place++;
    lines += scale.counted[one].usual.mean();
  }
  std::ranges::sort(order, {},
                    [&](std::uint32_t at) { return std::pair(ratio_of(scale.counted[at]), at); });
  double below = 0;
  for (const std::uint32_t one : order) {
    below += scale.counted[one].usual.mean();
    if (2 * below < lines) continue;
    const double ratio = ratio_of(scale.counted[one]);
    if (ratio > 0) return ratio;
    break;
  }
  return ratio_of(scale.counted[all_place]);
}

// What the open window shows, and how strange it is: all lines, and the strangest template.
Shown judge(const Scale& scale, Duration length, double load, std::array<double, 2>& size) {
  std::array<std::uint32_t, 2> strangest = {all_place, others_place};
  for (std::uint32_t place = all_place; place < scale.counted.size(); ++place) {
    const Counted& one = scale.counted[place];
    const std::size_t part = place == all_place ? 0 : 1;
    const double expected = part == 0 ? 1 : load;
    if (one.usual.windows() < rate_windows_min || expected <= 0) continue;
    const double own = one.usual.surprise(one.now, expected);
    if (own <= size.at(part)) continue;
    size.at(part) = own;
    strangest.at(part) = place;
  }
  Shown shown;
  for (std::size_t part = 0; part < size.size(); ++part) {
    const double own = size.at(part);
    const double evidence = std::min(scale.sizes.at(part).evidence(own), own);
    if (evidence < shown.evidence) continue;
    const Counted& one = scale.counted[strangest.at(part)];
    const double a_minute = static_cast<double>(minute) / static_cast<double>(length);
    const double at_load = part == 0 ? 1 : load;
    const double usual = one.usual.expected(at_load);
    const double reach = 3 * one.usual.deviation(at_load);
    shown = {evidence, a_minute * one.now, a_minute * std::max(usual - reach, 0.0),
             a_minute * (usual + reach), strangest.at(part)};
  }
  return shown;
}

void close_window(Scale& scale, double load) {
  for (std::uint32_t place = 0; place < scale.counted.size(); ++place) {
    Counted& one = scale.counted[place];
    one.usual.learn(one.now, place == all_place ? 1 : load);
    one.now = 0;
  }
  if (scale.windows < UINT32_MAX) ++scale.windows;
}

}  // namespace

TemplateCount::State::State() {
  for (Scale& scale : scales) scale.counted.resize(named_place);
}

double TemplateCount::score(const State& state, const Observation& observation, Work& work) const {
  constexpr double abstains = std::numeric_limits<double>::quiet_NaN();
  const Payload& payload = observation.event.payload;
  if (!std::holds_alternative<LogLine>(payload) && !std::holds_alternative<Tick>(payload)) {
    return abstains;
  }
  bool speaks = false;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const Scale& scale = state.scales[i];
    work.shown[i] = scale.shown;
    work.size[i] = {};
    work.closes[i] = scale.window.is_over(observation.event.time);
    work.is_judged[i] = work.closes[i] && scale.windows >= windows_min;
    if (work.closes[i]) {
      std::array<std::uint32_t, others_place + tracked_limit> order;
      work.load[i] = load_of(scale, std::span(order).first(scale.counted.size() - others_place));
    }
    if (work.is_judged[i]) {
      work.shown[i] = judge(scale, lengths[i], work.load[i], work.size[i]);
    }
    speaks = speaks || work.is_judged[i] || scale.windows > windows_min;
    if (work.shown[i].evidence > work.shown[work.strangest].evidence) work.strangest = i;
  }
  return speaks ? work.shown[work.strangest].evidence : abstains;
}

// Windows come as time passes, however many lines come.
double TemplateCount::own_threshold(double /*events_a_day*/) const { return 3.5; }

void TemplateCount::learn(State& state, const Observation& observation, const Work& work) const {
  const Payload& payload = observation.event.payload;
  const auto* line = std::get_if<LogLine>(&payload);
  if (line == nullptr && !std::holds_alternative<Tick>(payload)) return;
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    Scale& scale = state.scales[i];
    if (work.closes[i]) {
      scale.shown = work.shown[i];
      for (std::size_t part = 0; part < scale.sizes.size() && work.is_judged[i]; ++part) {
        scale.sizes[part].learn(work.size[i][part]);
      }
      close_window(scale, work.load[i]);
    }
    if (scale.window.move_to(observation.event.time, lengths[i])) {
      for (Counted& one : scale.counted) one.now = 0;
    }
  }
  if (line == nullptr) return;
  std::size_t place = place_of(state, line->template_id);
  if (place == state.ids.size()) place = take_place(state, *line);
  const std::size_t counted = place < state.ids.size() ? named_place + place : others_place;
  for (Scale& scale : state.scales) {
    ++scale.counted[all_place].now;
    ++scale.counted[counted].now;
  }
}

// The place of a template that has none yet: a new one, or that of one that has become rare; else
// the number of places.
std::size_t TemplateCount::take_place(State& state, const LogLine& line) const {
  if (state.ids.size() < tracked_max) {
    state.ids.push_back(line.template_id);
    state.texts.push_back(template_text(line.text, text_bytes));
    for (Scale& scale : state.scales) scale.counted.push_back({CountRate(scale.windows)});
    return state.ids.size() - 1;
  }
  const auto begin = state.scales[0].counted.begin() + named_place;
  const auto free = std::find_if(begin, state.scales[0].counted.end(), [](const Counted& one) {
    return one.now == 0 && one.usual.mean() < rare;
  });
  const auto place = static_cast<std::size_t>(free - begin);
  if (place == state.ids.size()) return place;
  state.ids[place] = line.template_id;
  state.texts[place] = template_text(line.text, text_bytes);
  // It may have been among the others: nothing is known of it.
  for (Scale& scale : state.scales) scale.counted[named_place + place] = {};
  return place;
}

void TemplateCount::explain(const State& state, const Observation& /*observation*/,
                            const Work& work, std::vector<Reason>& to) const {
  const Shown& shown = work.shown[work.strangest];
  Reason reason;
  reason.kind = ReasonKind::message_count;
  if (shown.place == all_place) {
    reason.subject = all_text;
  } else {
    reason.subject =
        shown.place == others_place ? others_text : state.texts[shown.place - named_place];
  }
  reason.observed = shown.observed;
  reason.expected_low = shown.low;
  reason.expected_high = shown.high;
  reason.weight = shown.evidence;
  to.push_back(std::move(reason));
}

// What is known of both is too different to be added; the one that comes more often stays.
void TemplateCount::merge(State& state, TemplateId from, TemplateId to) const {
  const std::size_t old = place_of(state, from);
  if (old == state.ids.size()) return;
  const std::size_t known = place_of(state, to);
  if (known == state.ids.size()) {
    state.ids[old] = to;
    return;
  }
  const auto mean_of = [&](std::size_t place) {
    return state.scales[0].counted[named_place + place].usual.mean();
  };
  const bool is_more = mean_of(old) > mean_of(known);
  const std::size_t stays = is_more ? old : known, goes = is_more ? known : old;
  state.ids[stays] = to;
  for (Scale& scale : state.scales) {
    scale.counted[named_place + stays].now += scale.counted[named_place + goes].now;
    scale.counted.erase(scale.counted.begin() + static_cast<std::ptrdiff_t>(named_place + goes));
    scale.shown = {};
  }
  state.ids.erase(state.ids.begin() + static_cast<std::ptrdiff_t>(goes));
  state.texts.erase(state.texts.begin() + static_cast<std::ptrdiff_t>(goes));
}

// Of an entity that has long been silent no silence is strange.
std::optional<Time> TemplateCount::wake_time(const State& state) const {
  std::optional<Time> first;
  for (const Scale& scale : state.scales) {
    const Counted& all = scale.counted[all_place];
    const bool is_asleep = scale.windows > windows_min && all.now == 0 && all.usual.mean() < rare;
    const std::optional<Time> end = scale.window.end();
    if (!is_asleep && end && (!first || *end < *first)) first = end;
  }
  return first;
}

void TemplateCount::visit(State& state, StateVisitor& visitor) const {
  visit_list(visitor, "templates", state.ids, tracked_limit,
             [&](TemplateId& id) { visitor.cell("id", id); });
  visit_list(visitor, "texts", state.texts, tracked_limit,
             [&](std::string& text) { visit_text(visitor, "text", text, text_bytes_max); });
  bool is_valid = state.texts.size() == state.ids.size();
  for (Scale& scale : state.scales) {
    scale.window.visit(visitor);
    visitor.cell("windows", scale.windows);
    visit_list(visitor, "counts", scale.counted, named_place + tracked_limit, [&](Counted& one) {
      one.usual.visit(visitor);
      visitor.cell("now", one.now);
    });
    Shown& shown = scale.shown;
    for (double* const one : {&shown.evidence, &shown.observed, &shown.low, &shown.high}) {
      visitor.cell("shown", *one);
      is_valid = is_valid && std::isfinite(*one);
    }
    visitor.cell("shown_place", shown.place);
    for (RareSize& sizes : scale.sizes) sizes.visit(visitor);
    is_valid = is_valid && scale.counted.size() == named_place + state.ids.size() &&
               shown.place < scale.counted.size() && shown.low <= shown.high;
  }
  if (is_valid) return;
  state = State();
  visitor.refuse();
}

namespace {

constexpr std::array parameters{
    Parameter{"templates", "templates of an entity that it counts one by one, at most",
              Parameter::Kind::whole, 64, 4, TemplateCount::tracked_limit},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  TemplateCount algorithm;
  algorithm.tracked_max = values.whole("templates");
  return std::make_unique<EventDetector<TemplateCount>>(algorithm);
}

// Three messages in turn for three hours; in the last minute one of them comes all the time.
void specimen(SpecimenWriter& to) {
  constexpr std::array<std::string_view, 3> texts = {"request was served", "cache was hit",
                                                     "connection from peer accepted"};
  constexpr std::size_t seconds = 180 * 60, last_minute = seconds - 60;
  for (std::size_t i = 0; i < seconds; ++i) {
    const std::size_t usual = (i + i / 7) % texts.size();
    to.usual(LogLine{Severity::indeterminate, texts.at(i < last_minute ? usual : 0)});
  }
  to.anomaly(LogLine{Severity::indeterminate, texts[0]});
}

}  // namespace

DetectorEntry template_count_entry() {
  return {.name = "template_count",
          .summary = "a log message that comes more or less often than usual",
          .modality = Modality::logs,
          .parameters = parameters,
          .in_auto = true,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
