// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace retimu {

namespace {

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

}  // namespace

ParameterValues::ParameterValues(std::span<const Parameter> parameters) : parameters_(parameters) {
  for (const Parameter& parameter : parameters) values_.push_back(parameter.standard);
}

Result<void> ParameterValues::set(std::string_view name, double value) {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    if (parameter.name != name) continue;
    const bool whole = parameter.kind == Parameter::Kind::number || std::floor(value) == value;
    if (!(value >= parameter.low && value <= parameter.high) || !whole) {
      return failure(Fault::usage, "{} = {} is out of range: {} from {} to {}", name, value,
                     parameter.kind == Parameter::Kind::number ? "a number" : "a whole number",
                     parameter.low, parameter.high);
    }
    values_[i] = value;
    return {};
  }
  std::vector<std::string_view> known;
  for (const Parameter& parameter : parameters_) known.push_back(parameter.name);
  const std::string_view near = nearest(name, known);
  return failure(Fault::usage, "unknown parameter \"{}\"{}", name,
                 near.empty() ? std::string() : fmt::format(", did you mean \"{}\"?", near));
}

double ParameterValues::number(std::string_view name) const {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    if (parameters_[i].name == name) return values_[i];
  }
  RETIMU_ASSERT(!"a parameter that the entry does not list");
  return 0;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t distance = std::max<std::size_t>(2, word.size() / 2);
  if (word.size() > 64) return best;
  for (const std::string_view candidate : known) {
    const std::size_t now = edit_distance(word, candidate);
    if (now < distance || (now == distance && best.empty())) {
      distance = now;
      best = candidate;
    }
  }
  return best;
}

}  // namespace retimu
