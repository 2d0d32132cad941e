// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/judgement.hpp"

#include "retimu/core/alert.hpp"

namespace retimu {

namespace {

void append(std::string& to, std::string_view key, std::string_view text) {
  to += fmt::format("{}\"{}\":", to.back() == '{' ? "" : ",", key);
  append_json_string(to, text);
}

void append(std::string& to, std::string_view key, double value) {
  to += fmt::format("{}\"{}\":", to.back() == '{' ? "" : ",", key);
  append_json_number(to, value);
}

void append(std::string& to, std::string_view key, bool value) {
  to += fmt::format(",\"{}\":{}", key, value);
}

}  // namespace

std::string to_json(const Judgement& judgement) {
  const Decision& decision = judgement.decision;
  std::string json = "{";
  append(json, "entity", judgement.entity);
  append(json, "time", format_time(judgement.time));
  json += fmt::format(",\"sequence\":{}", judgement.sequence);
  append(json, "modality", name_of(judgement.modality));
  append(json, "tick", judgement.is_tick);
  append(json, "late", judgement.is_late);
  append(json, "change", name_of(judgement.change));
  if (!judgement.held_back.empty()) append(json, "held_back", judgement.held_back);
  append(json, "phase", name_of(decision.phase));
  append(json, "severity", name_of(decision.severity));
  append(json, "open", decision.is_open);
  append(json, "learned", decision.may_learn);
  append(json, "evidence", decision.evidence);
  append(json, "alone", decision.alone);
  append(json, "others", judgement.others);
  append(json, "threshold", decision.threshold);
  append(json, "ground", name_of(decision.ground));
  append(json, "hold", name_of(decision.hold));
  json += ",\"detectors\":[";
  for (const DetectorJudgement& one : judgement.detectors) {
    if (&one != judgement.detectors.data()) json += ',';
    json += '{';
    append(json, "detector", one.detector);
    append(json, "score", one.score);
    append(json, "log10_p", one.rating.log10_p);
    append(json, "samples", one.rating.samples);
    if (one.own) append(json, "own", *one.own);
    if (one.tolerated > 0) {
      append(json, "tolerated", one.tolerated);
      append(json, "tolerated_since", format_time(one.tolerated_since));
    }
    json += '}';
  }
  return json + "]}";
}

}  // namespace retimu
