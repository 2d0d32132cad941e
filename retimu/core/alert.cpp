// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/alert.hpp"

#include "retimu/core/incident.hpp"
#include "retimu/core/json_fields.hpp"
#include "retimu/core/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace retimu {

namespace {

constexpr std::string_view hexadecimal = "0123456789abcdef";
constexpr std::size_t id_digits = 32;
constexpr int p_value_digits = 6;  // of to_json; log10_p beside it is exact

void append_escaped(std::string& to, char control) {
  switch (control) {
    case '"': to += "\\\""; return;
    case '\\': to += "\\\\"; return;
    case '\n': to += "\\n"; return;
    case '\r': to += "\\r"; return;
    case '\t': to += "\\t"; return;
    default:
      to += "\\u00";
      to += hexadecimal[static_cast<unsigned char>(control) >> 4U];
      to += hexadecimal[static_cast<unsigned char>(control) & 15U];
  }
}

// 10^x for x in [0, 1), within some ulp: a Taylor series, since libm's differs between processors.
double power_of_ten(double x) {
  const double exponent = x * 2.302585092994045684;
  double sum = 1;
  for (int term = 32; term >= 1; --term) sum = 1 + sum * exponent / term;
  return sum;
}

void append_p_value(std::string& to, const std::optional<double>& log10_p) {
  append_key(to, "p_value");
  to += log10_p && std::isfinite(*log10_p) ? format_p_value(*log10_p, p_value_digits) : "null";
  append_key(to, "log10_p");
  if (log10_p) {
    append_json_number(to, *log10_p);
  } else {
    to += "null";
  }
}

void append_reasons(std::string& to, const std::vector<AlertReason>& reasons) {
  append_key(to, "reasons");
  to += '[';
  for (const AlertReason& reason : reasons) {
    if (&reason != reasons.data()) to += ',';
    to += '{';
    append_reason(to, reason);
    to += '}';
  }
  to += ']';
}

}  // namespace

std::string to_text(AlertId id) {
  std::string text;
  text.reserve(id_digits);
  for (const std::uint64_t half : {id.high, id.low}) {
    for (unsigned shift = 64; shift > 0; shift -= 4) {
      text += hexadecimal[(half >> (shift - 4)) & 15U];
    }
  }
  return text;
}

std::optional<AlertId> parse_alert_id(std::string_view text) {
  if (text.size() != id_digits) return std::nullopt;
  AlertId id;
  for (std::size_t i = 0; i < id_digits; ++i) {
    const std::size_t digit = hexadecimal.find(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    std::uint64_t& half = i < id_digits / 2 ? id.high : id.low;
    half = half << 4U | digit;
  }
  return id;
}

void append_json_string(std::string& to, std::string_view text) {
  to += '"';
  while (!text.empty()) {
    const char first = text.front();
    const std::size_t length = utf8_length(text);
    if (static_cast<unsigned char>(first) < 0x20 || first == '"' || first == '\\') {
      append_escaped(to, first);
    } else if (length == 0) {
      to += "\xEF\xBF\xBD";
    } else {
      to += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  to += '"';
}

void append_json_number(std::string& to, double value) {
  if (!std::isfinite(value)) {
    to += "null";
    return;
  }
  if (value == 0) {
    to += std::signbit(value) ? "-0.0" : "0";  // -0 would be read as a whole number
    return;
  }
  std::array<char, 32> digits{};
  // Parsers of JSON refuse whole numbers of more than 64 bits, so those get an exponent.
  const auto [end, error] = std::fabs(value) < 0x1p63
                                ? std::to_chars(digits.data(), digits.data() + digits.size(), value)
                                : std::to_chars(digits.data(), digits.data() + digits.size(), value,
                                                std::chars_format::scientific);
  RETIMU_ASSERT(error == std::errc());
  to.append(digits.data(), end);
}

std::string format_p_value(double log10_p, int digits) {
  if (std::isnan(log10_p)) return "nan";
  if (std::isinf(log10_p)) return log10_p < 0 ? "0" : "1";
  const double kept = std::min(log10_p, 0.0);
  const double whole = std::floor(kept);
  // "d.dddde+00", or 1 at e+01 where it rounded up to ten.
  std::string text =
      fmt::format("{:.{}e}", power_of_ten(kept - whole), std::clamp(digits, 1, 17) - 1);
  const bool is_ten = text.ends_with("1");
  text.resize(text.find('e'));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  const double exponent = whole + (is_ten ? 1 : 0);
  if (exponent == 0) return text;
  if (exponent < -4) return fmt::format("{}e{:.0f}", text, exponent);
  std::erase(text, '.');
  return "0." + std::string(static_cast<std::size_t>(-exponent) - 1, '0') + text;
}

void append_parts(std::string& to, const std::vector<AlertPart>& parts) {
  append_key(to, "modalities");
  to += '[';
  for (const AlertPart& part : parts) {
    if (&part != parts.data()) to += ',';
    to += '{';
    append_field(to, "modality", name_of(part.modality));
    append_field(to, "time", format_time(part.time));
    append_field(to, "evidence", part.evidence);
    append_field(to, "weight", part.weight);
    to += '}';
  }
  to += ']';
}

void append_reason(std::string& to, const AlertReason& reason) {
  if (reason.kind == ReasonKind::value) {
    append_field(to, "column", reason.subject);
  } else {
    append_field(to, "kind", name_of(reason.kind));
    append_field(to, "subject", reason.subject);
  }
  append_field(to, "unit", reason.unit);
  append_field(to, "observed", reason.observed);
  append_field(to, "expected_low", reason.expected_low);
  append_field(to, "expected_high", reason.expected_high);
  append_field(to, "weight", reason.weight);
  if (reason.peers > 0) append_field(to, "peers", std::uint64_t{reason.peers});
  if (reason.time) append_field(to, "time", format_time(*reason.time));
}

std::string to_json(const Alert& alert) {
  std::string json = "{";
  append_field(json, "id", to_text(alert.id));
  append_field(json, "revision", std::uint64_t{alert.revision});
  if (alert.incident != nullptr) append_field(json, "kind", incident_kind);
  append_field(json, "change", name_of(alert.change));
  append_field(json, "entity", alert.entity);
  append_field(json, "time", format_time(alert.time));
  append_field(json, "onset", format_time(alert.onset));
  if (alert.ended) append_field(json, "ended", format_time(*alert.ended));
  append_field(json, "severity", name_of(alert.severity));
  if (alert.incident != nullptr) {
    append_field(json, "lead", alert.lead);
    append_incident(json, *alert.incident);
    append_field(json, "reason", alert.sentence);
    append_field(json, "sequence", alert.sequence);
    if (alert.is_stale) json += ",\"stale\":true";
    json += '}';
    return json;
  }
  append_p_value(json, alert.log10_p);
  append_field(json, "samples", alert.samples);
  append_key(json, "shift");
  json += alert.is_shift ? "true" : "false";
  append_field(json, "lead", alert.lead);
  append_key(json, "detectors");
  json += '[';
  for (const std::string& detector : alert.detectors) {
    if (&detector != alert.detectors.data()) json += ',';
    append_json_string(json, detector);
  }
  json += ']';
  append_reasons(json, alert.reasons);
  if (!alert.parts.empty()) append_parts(json, alert.parts);
  append_field(json, "reason", alert.sentence);
  append_field(json, "sequence", alert.sequence);
  if (alert.is_stale) json += ",\"stale\":true";
  if (alert.told_by) append_field(json, "told_by", to_text(*alert.told_by));
  json += '}';
  return json;
}

}  // namespace retimu
