// SPDX-License-Identifier: Apache-2.0
// Parameters of a catalogue entry: documentation, validation and schema at once.
#ifndef RETIMU_CORE_PARAMETERS_HPP
#define RETIMU_CORE_PARAMETERS_HPP

#include "retimu/core/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// A number with its bounds; whole numbers and switches (0 or 1) are marked.
struct Parameter {
  enum class Kind : std::uint8_t { number, whole, boolean };
  std::string_view name;
  std::string_view summary;
  Kind kind = Kind::number;
  double standard = 0;       // the default
  double low = 0, high = 0;  // inclusive
};

// Values of one entry's parameters, in the order of its list; starts with the defaults.
class ParameterValues {
 public:
  explicit ParameterValues(std::span<const Parameter> parameters);
  // An unknown name or a value out of bounds is a usage error that names the parameter and its
  // bounds.
  Result<void> set(std::string_view name, double value);
  double number(std::string_view name) const;  // the name must be in the list
  std::size_t whole(std::string_view name) const { return static_cast<std::size_t>(number(name)); }
  bool boolean(std::string_view name) const { return number(name) != 0; }
  std::span<const Parameter> parameters() const { return parameters_; }

 private:
  std::span<const Parameter> parameters_;
  std::vector<double> values_;
};

// The known word with the smallest edit distance to `word`, or empty if none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace retimu

#endif
