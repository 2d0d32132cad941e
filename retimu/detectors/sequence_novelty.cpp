// SPDX-License-Identifier: Apache-2.0
#include "retimu/detectors/sequence_novelty.hpp"

#include "retimu/text/template_text.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <numeric>
#include <string_view>

namespace retimu {

namespace {

using Context = SequenceNovelty::Context;

constexpr std::uint32_t lines_min = 100;      // of a template whose next line is judged
constexpr std::uint32_t lines_max = 100'000;  // then what is known of it is halved
constexpr std::uint32_t lines_rare = 4;       // such a template gives way to another
constexpr double threshold_min = 4, threshold_max = 5;

std::size_t place_of(const std::vector<TemplateId>& ids, TemplateId id) {
  return static_cast<std::size_t>(std::ranges::find(ids, id) - ids.begin());
}

// Steps that are as rare as this one or rarer, this one counted.
double as_rare(const Context& context, std::size_t step) {
  std::uint64_t sum = 0;
  if (step < context.next.size()) {
    const std::uint32_t count = context.counts[step];
    for (const std::uint32_t other : context.counts) sum += other <= count ? other : 0;
    return static_cast<double>(sum);
  }
  for (const std::uint32_t other : context.counts) sum += other == 1 ? 1 : 0;
  return static_cast<double>(sum + context.others) + 0.5;
}

void halve(Context& context) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < context.next.size(); ++i) {
    const std::uint32_t half = context.counts[i] / 2;
    if (half == 0) continue;
    context.next[kept] = context.next[i];
    context.counts[kept++] = half;
  }
  context.next.resize(kept);
  context.counts.resize(kept);
  context.others /= 2;
  context.lines = std::accumulate(context.counts.begin(), context.counts.end(), context.others);
}

void take(Context& context, TemplateId next, std::uint32_t count) {
  const std::size_t step = place_of(context.next, next);
  if (step < context.next.size()) {
    context.counts[step] += count;
  } else if (step < SequenceNovelty::steps_max) {
    context.next.push_back(next);
    context.counts.push_back(count);
  } else {
    context.others += count;
  }
  context.lines += count;
  if (context.lines >= lines_max) halve(context);
}

void rename(Context& context, TemplateId from, TemplateId to) {
  const std::size_t old = place_of(context.next, from);
  if (old == context.next.size()) return;
  const std::size_t known = place_of(context.next, to);
  if (known == context.next.size()) {
    context.next[old] = to;
    return;
  }
  context.counts[known] += context.counts[old];
  context.next.erase(context.next.begin() + static_cast<std::ptrdiff_t>(old));
  context.counts.erase(context.counts.begin() + static_cast<std::ptrdiff_t>(old));
}

}  // namespace

double SequenceNovelty::score(const State& state, const Observation& observation,
                              Work& work) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  work.context = state.ids.size();
  if (line == nullptr || !state.has_last) return std::numeric_limits<double>::quiet_NaN();
  work.context = place_of(state.ids, state.last);
  if (work.context == state.ids.size()) return std::numeric_limits<double>::quiet_NaN();
  const Context& context = state.contexts[work.context];
  work.step = place_of(context.next, line->template_id);
  if (context.lines < lines_min) return std::numeric_limits<double>::quiet_NaN();
  work.is_judged = true;
  work.share = as_rare(context, work.step) / (static_cast<double>(context.lines) + 1);
  work.size = std::max(-elementary::log10(work.share), 0.0);
  const std::size_t bin = RankHistogram<std::uint16_t>::bin_of(work.size);
  work.evidence = std::clamp(state.sizes.evidence(work.size, bin, 1), 0.0, work.size);
  return work.evidence;
}

double SequenceNovelty::own_threshold(double events_a_day) const {
  return std::clamp(elementary::log10(std::max(events_a_day, 1.0)), threshold_min, threshold_max);
}

void SequenceNovelty::learn(State& state, const Observation& observation, const Work& work) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  if (line == nullptr) return;
  if (work.is_judged) state.sizes.learn(RankHistogram<std::uint16_t>::bin_of(work.size));
  if (state.has_last && work.context == state.ids.size()) add_context(state);
  const std::size_t context = state.has_last ? place_of(state.ids, state.last) : state.ids.size();
  if (context < state.ids.size()) take(state.contexts[context], line->template_id, 1);
  state.last = line->template_id;
  state.has_last = true;
}

// One for the last template; where there is no place left, one that has hardly come gives way.
void SequenceNovelty::add_context(State& state) const {
  std::size_t place = state.ids.size();
  if (place < contexts_max) {
    state.ids.emplace_back();
    state.contexts.emplace_back();
  } else {
    const auto free = std::ranges::find_if(
        state.contexts, [](const Context& one) { return one.lines < lines_rare; });
    place = static_cast<std::size_t>(free - state.contexts.begin());
    if (place == state.contexts.size()) return;
  }
  state.ids[place] = state.last;
  Context& context = state.contexts[place];
  context.next.clear();
  context.counts.clear();
  context.lines = context.others = 0;
}

void SequenceNovelty::explain(const State& state, const Observation& observation, const Work& work,
                              std::vector<Reason>& to) const {
  const auto* line = std::get_if<LogLine>(&observation.event.payload);
  if (line == nullptr || !work.is_judged) return;
  const Context& context = state.contexts[work.context];
  Reason reason;
  reason.kind = ReasonKind::message_order;
  reason.subject = template_text(line->text);
  reason.observed = work.step < context.next.size()
                        ? static_cast<double>(context.counts[work.step]) / context.lines
                        : 0.0;
  reason.expected_low = reason.observed;
  reason.expected_high = 1;
  reason.weight = work.evidence;
  to.push_back(std::move(reason));
}

void SequenceNovelty::merge(State& state, TemplateId from, TemplateId to) const {
  if (state.has_last && state.last == from) state.last = to;
  for (Context& context : state.contexts) rename(context, from, to);
  const std::size_t old = place_of(state.ids, from);
  if (old == state.ids.size()) return;
  const std::size_t known = place_of(state.ids, to);
  if (known == state.ids.size()) {
    state.ids[old] = to;
    return;
  }
  const Context gone = std::move(state.contexts[old]);
  Context& into = state.contexts[known];
  for (std::size_t i = 0; i < gone.next.size(); ++i) take(into, gone.next[i], gone.counts[i]);
  into.others += gone.others;
  into.lines += gone.others;
  state.ids.erase(state.ids.begin() + static_cast<std::ptrdiff_t>(old));
  state.contexts.erase(state.contexts.begin() + static_cast<std::ptrdiff_t>(old));
}

void SequenceNovelty::visit(State& state, StateVisitor& visitor) const {
  std::uint8_t has_last = state.has_last ? 1 : 0;
  visitor.cell("last", state.last);
  visitor.cell("has_last", has_last);
  state.has_last = has_last != 0;
  visit_list(visitor, "templates", state.ids, contexts_limit,
             [&](TemplateId& id) { visitor.cell("id", id); });
  visit_list(visitor, "contexts", state.contexts, contexts_limit, [&](Context& one) {
    visitor.cell("lines", one.lines);
    visitor.cell("others", one.others);
    visit_list(visitor, "next", one.next, steps_max,
               [&](TemplateId& id) { visitor.cell("id", id); });
    visit_list(visitor, "counts", one.counts, steps_max,
               [&](std::uint32_t& count) { visitor.cell("count", count); });
  });
  state.sizes.visit(visitor);
  const auto is_sound = [](const Context& one) {
    const auto sum = std::accumulate(one.counts.begin(), one.counts.end(),
                                     static_cast<std::uint64_t>(one.others));
    return one.next.size() == one.counts.size() && sum == one.lines &&
           std::ranges::count(one.counts, 0U) == 0;
  };
  const bool is_valid = has_last <= 1 && state.ids.size() == state.contexts.size() &&
                        std::ranges::all_of(state.contexts, is_sound);
  if (is_valid) return;
  state = State();
  visitor.refuse();
}

namespace {

constexpr std::array parameters{
    Parameter{"templates", "templates of an entity whose next line it knows, at most",
              Parameter::Kind::whole, 256, 4, SequenceNovelty::contexts_limit},
};

Result<std::unique_ptr<Detector>> make(const ParameterValues& values, std::uint64_t /*seed*/) {
  SequenceNovelty algorithm;
  algorithm.contexts_max = values.whole("templates");
  return std::make_unique<EventDetector<SequenceNovelty>>(algorithm);
}

// Sessions of four messages in order; in the last the third is left out.
void specimen(SpecimenWriter& to) {
  constexpr std::array<std::string_view, 4> texts = {"session opened", "user was found",
                                                     "password was checked", "access granted"};
  for (std::size_t i = 0; i < 40'000; ++i) {
    to.usual(LogLine{Severity::indeterminate, texts.at(i % texts.size())});
  }
  for (std::size_t i = 0; i < 2; ++i) to.usual(LogLine{Severity::indeterminate, texts.at(i)});
  to.anomaly(LogLine{Severity::indeterminate, texts[3]});
}

}  // namespace

DetectorEntry sequence_novelty_entry() {
  return {.name = "sequence_novelty",
          .summary = "a log message that rarely comes after the one before it",
          .modality = Modality::logs,
          .parameters = parameters,
          .make = make,
          .specimen = specimen};
}

}  // namespace retimu
