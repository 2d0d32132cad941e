// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/judgement_json.hpp"

#include "retimu/connectors/json_reader.hpp"
#include "retimu/core/alert.hpp"

namespace retimu {

namespace {

constexpr std::array phases = {Phase::warming, Phase::usual, Phase::anomalous, Phase::shifted};
constexpr std::array grounds = {Ground::fused, Ground::own, Ground::lasting};
constexpr std::array holds = {Hold::none, Hold::warming, Hold::quiet, Hold::cooldown, Hold::open};

void read(JsonReader& from, Judgement& to) {
  to.entity = from.text("entity");
  to.time = from.time("time");
  to.sequence = from.get<std::uint64_t>("sequence");
  to.modality = from.named("modality", modalities);
  to.is_tick = from.get<bool>("tick");
  to.is_late = from.get<bool>("late");
  to.change = from.named("change", changes);
  if (from.has("held_back")) to.held_back = from.text("held_back");
  to.others = from.number("others");
  Decision& decision = to.decision;
  decision.phase = from.named("phase", phases);
  decision.severity = from.named("severity", severities);
  decision.is_open = from.get<bool>("open");
  decision.may_learn = from.get<bool>("learned");
  decision.evidence = from.number("evidence");
  decision.alone = from.number("alone");
  decision.threshold = from.number("threshold");
  decision.ground = from.named("ground", grounds);
  decision.hold = from.named("hold", holds);
  for (const simdjson::dom::element one : from.list("detectors")) {
    simdjson::dom::object fields;
    from.check(one.get(fields) == simdjson::SUCCESS);
    if (!from.is_good()) return;
    JsonReader detector(fields);
    DetectorJudgement& judged = to.detectors.emplace_back();
    judged.detector = detector.text("detector");
    judged.score = detector.number("score");
    judged.rating = {detector.number("log10_p"), detector.number("samples")};
    if (detector.has("own")) judged.own = detector.number("own");
    if (detector.has("tolerated")) {
      judged.tolerated = detector.number("tolerated");
      judged.tolerated_since = detector.time("tolerated_since");
    }
    from.check(detector.is_good());
  }
}

}  // namespace

Result<Judgement> parse_judgement(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::object fields;
  Judgement judgement;
  if (!json.empty() && parser.parse(json.data(), json.size()).get(fields) == simdjson::SUCCESS) {
    JsonReader reader(fields);
    read(reader, judgement);
    if (reader.is_good()) return judgement;
  }
  return failure(Fault::corrupt,
                 "a stored judgement cannot be read; judgements.sqlite is damaged "
                 "and may be deleted");
}

}  // namespace retimu
