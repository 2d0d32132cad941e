// SPDX-License-Identifier: Apache-2.0
// What a pipeline has stored, with bytes changed as the input says: refused, or taken and harmless.
// The state of a group, of the teller, of the reader and of what is known of logs.
#include "retimu/engine/admission.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/group.hpp"
#include "retimu/engine/teller.hpp"

#include <array>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace retimu;
using State = std::vector<std::byte>;

constexpr Time start = 1'700'000'000 * second;

// A pipeline of few detectors with a rule, a counter and a budget.
constexpr std::string_view pipeline_text = R"(
[[source]]
type = "file"
path = "x.csv"
[columns]
packets = { kind = "counter" }
[detectors]
use = ["range_learned", "new_template", "alarm_burst"]
[alerts]
budget = "100 per day"
[[rule]]
name = "hot"
expr = "load > 40 && stuck(packets) > 5s"
for = "3s"
)";

struct Parts {
  Columns columns;
  std::unique_ptr<Pipeline> pipeline;
  Topology topology;

  Parts() : topology(std::vector<TopologyEdge>{{"a", "b"}, {"b", "c"}}) {
    pipeline = std::move(*build_pipeline(*parse_configuration(pipeline_text, "p"), columns));
  }
  static Parts& all() {
    static auto* parts = new Parts;
    return *parts;
  }
};

// A group and all that it needs.
struct Judged {
  EntityFactory factory{*Parts::all().pipeline};
  Judge judge{*Parts::all().pipeline};
  EntityCount count;
  Group group{GroupId{0}, *Parts::all().pipeline, factory, judge, nullptr, count};
  Time time = start;
  std::vector<Alert> alerts;

  void send(std::string_view entity, const Payload& payload, std::uint64_t sequence) {
    Event event;
    event.entity = make_name(entity);
    event.time = time += second;
    event.sequence = sequence;
    event.payload = payload;
    RETIMU_ASSERT(group.judge(event, time, alerts));
  }
  // Rows, lines and alarms of three entities, with a spike; the names need not be of this group.
  void run(std::uint64_t steps) {
    Columns& columns = Parts::all().columns;
    const std::array ids{*columns.intern("load"), *columns.intern("packets")};
    for (std::uint64_t i = 0; i < steps; ++i) {
      const std::array values{i % 50 == 49 ? 60.0 : 10 + static_cast<double>(i % 7),
                              static_cast<double>(i)};
      const std::string_view entity = i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c";
      send(entity, Readings{ids, values}, i);
      if (i % 4 == 0) send(entity, LogLine{Severity::warning, "x", i % 5, i % 40 == 0, {}}, i);
      if (i % 9 == 0) send(entity, Alarm{Severity::major, "E7", "broken"}, i);
      if (i % 20 == 0) group.tick(time, i, alerts);
    }
    group.tick(time + hour, steps, alerts);
    (void)group.report({.era = 1, .time = floor_to(time, control_interval)});
  }
};

TellerOptions teller_options() {
  return {.budget_per_day = 3, .incidents = CorrelatorOptions{.topology = &Parts::all().topology}};
}

Alert alert_of(std::string_view entity, Time time, Change change, std::uint64_t episode) {
  Alert alert;
  alert.entity = entity;
  alert.id = {hash(entity), episode};
  alert.time = alert.onset = time;
  alert.change = change;
  alert.severity = Severity::major;
  alert.log10_p = -6;
  alert.sequence = static_cast<std::uint64_t>((time - start) / second);
  alert.reasons = {{"latency", "ms", 10, 1, 3, 1}};
  return alert;
}

void run(Teller& teller) {
  Round round;
  round.outputs.resize(1);
  std::vector<Alert> told;
  for (std::uint64_t i = 0; i < 40; ++i) {
    const Time time = start + static_cast<Time>(i) * 20 * second;
    const std::string entity(1, static_cast<char>('a' + i % 7));
    const Change change = i % 9 == 8 ? Change::resolved : Change::raised;
    round.clear();
    round.outputs[0].alerts = {alert_of(entity, time, change, i / 10)};
    round.outputs[0].departures = {
        {entity, time, time, round.outputs[0].alerts[0].sequence, 3, {{"errors", "", 1, 9, 9}}}};
    round.sequence_next = round.outputs[0].alerts[0].sequence + 1;
    round.marks.resize(1);
    round.marks[0].sequence = round.outputs[0].alerts[0].sequence;
    round.marks[0].time = time;
    round.marks[0].is_tick = true;
    teller.tell(round, told);
  }
  teller.finish(told);
}

void run(LogEncoder& encoder) {
  Arena arena;
  for (int i = 0; i < 30; ++i) {
    const std::string text = fmt::format("pump {} {} at {} bar", i, i % 2 == 0 ? "on" : "off", i);
    LogLine line;
    line.text = text;
    encoder.encode(line, arena);
    if (i % 10 == 9) (void)encoder.learn();
  }
}

template <class Part>
State saved(Part& part) {
  State state;
  StateWriter writer(state);
  part.visit(writer);
  return state;
}

// Loads it; true if it was taken. What was taken is saved and loaded again as the same.
template <class Part>
bool takes(Part& part, Part& twin, const State& state) {
  StateReader reader(state);
  part.visit(reader);
  if (!reader.finished()) return false;
  const State once = saved(part);
  StateReader again(once);
  twin.visit(again);
  RETIMU_ASSERT(again.finished() && saved(twin) == once);
  return true;
}

// Pairs of place and byte are written over it; an odd byte at the end cuts it.
State changed(State state, std::span<const std::uint8_t> input) {
  for (; input.size() >= 3; input = input.subspan(3)) {
    const std::size_t place = (std::size_t{input[0]} << 8U | input[1]) % state.size();
    state[place] = std::byte{input[2]};
  }
  if (!input.empty()) state.resize(state.size() * input[0] / 256);
  return state;
}

void try_group(std::span<const std::uint8_t> input) {
  static const State whole = [] {
    Judged judged;
    judged.run(120);
    State state;
    judged.group.save(state);
    return state;
  }();
  Judged judged, twin;
  if (!judged.group.load(changed(whole, input))) return;
  State once, again;
  judged.group.save(once);
  RETIMU_ASSERT(twin.group.load(once));
  RETIMU_ASSERT(judged.group.describe().size() == twin.group.describe().size());
  judged.time = start + hour;
  judged.run(60);
}

void try_teller(std::span<const std::uint8_t> input) {
  static const State whole = [] {
    Teller teller(teller_options());
    run(teller);
    return saved(teller);
  }();
  Teller teller(teller_options()), twin(teller_options());
  if (takes(teller, twin, changed(whole, input))) run(teller);
}

void try_encoder(std::span<const std::uint8_t> input) {
  static const State whole = [] {
    LogEncoder encoder;
    run(encoder);
    return saved(encoder);
  }();
  LogEncoder encoder, twin;
  if (takes(encoder, twin, changed(whole, input))) run(encoder);
}

void try_admission(std::span<const std::uint8_t> input) {
  static const State whole = [] {
    Admission admission({.budget_per_day = 2});
    return saved(admission);
  }();
  Admission admission({.budget_per_day = 2}), twin({.budget_per_day = 2});
  if (!takes(admission, twin, changed(whole, input))) return;
  SharedBatch shared;
  shared.batch.events.resize(5);
  for (std::size_t i = 0; i < shared.batch.events.size(); ++i) {
    shared.batch.events[i].time = start + static_cast<Time>(i) * hour;
    shared.batch.events[i].entity = make_name(i % 2 == 0 ? "a" : "b");
  }
  Round round;
  round.shared = &shared;
  round.work.resize(1);
  for (std::size_t first = 0; first < shared.batch.events.size();) {
    const std::size_t last = admission.admit(round, first, false);
    if (last == first) admission.give_report({});
    first = last;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr std::array attempts = {try_group, try_teller, try_encoder, try_admission};
  attempts[data[0] % attempts.size()](std::span(data + 1, size - 1));
  return 0;
}
