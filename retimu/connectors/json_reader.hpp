// SPDX-License-Identifier: Apache-2.0
// Reads the JSON that this program has written: alerts and judgements.
#ifndef RETIMU_CONNECTORS_JSON_READER_HPP
#define RETIMU_CONNECTORS_JSON_READER_HPP

#include "retimu/core/decision.hpp"

#include <simdjson.h>

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

inline constexpr std::array changes = {Change::none, Change::raised, Change::updated,
                                       Change::resolved, Change::summary};
inline constexpr std::array severities = {Severity::cleared, Severity::indeterminate,
                                          Severity::warning, Severity::minor,
                                          Severity::major,   Severity::critical};
inline constexpr std::array modalities = {Modality::metrics, Modality::logs, Modality::alarms,
                                          Modality::sound, Modality::pictures};

// Takes keys out of an object and remembers whether all were what they must be.
class JsonReader {
 public:
  explicit JsonReader(const simdjson::dom::object& from) : from_(from) {}
  bool is_good() const { return is_good_; }
  void check(bool condition) { is_good_ = is_good_ && condition; }
  bool has(std::string_view key) const {
    simdjson::dom::element value;
    return from_[key].get(value) == simdjson::SUCCESS && !value.is_null();
  }

  template <class T>
  T get(std::string_view key) {
    T value{};
    check(from_[key].get(value) == simdjson::SUCCESS);
    return value;
  }
  std::string text(std::string_view key) { return std::string(get<std::string_view>(key)); }
  double number(std::string_view key, double null = std::numeric_limits<double>::infinity()) {
    return has(key) ? get<double>(key) : null;
  }
  std::vector<simdjson::dom::element> list(std::string_view key) {
    simdjson::dom::array found;
    check(from_[key].get(found) == simdjson::SUCCESS);
    return is_good_ ? std::vector<simdjson::dom::element>(found.begin(), found.end())
                    : std::vector<simdjson::dom::element>();
  }
  Time time(std::string_view key) {
    const std::optional<Time> read = parse_iso_time(get<std::string_view>(key));
    check(read.has_value());
    return read.value_or(0);
  }
  // That of `values` whose name stands there.
  template <class T, std::size_t count>
  T named(std::string_view key, const std::array<T, count>& values) {
    const std::string_view name = get<std::string_view>(key);
    for (const T value : values) {
      if (name_of(value) == name) return value;
    }
    check(false);
    return values[0];
  }

 private:
  simdjson::dom::object from_;
  bool is_good_ = true;
};

}  // namespace retimu

#endif
