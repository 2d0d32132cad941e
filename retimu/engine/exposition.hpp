// SPDX-License-Identifier: Apache-2.0
// The text format 0.0.4 of Prometheus: families of samples, each family with its help and type.
// What is no UTF-8 or a control character becomes '?'.
// https://prometheus.io/docs/instrumenting/exposition_formats/
#ifndef RETIMU_ENGINE_EXPOSITION_HPP
#define RETIMU_ENGINE_EXPOSITION_HPP

#include "retimu/core/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace retimu {

class Exposition {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Samples of the family follow; `type`: counter, gauge or summary.
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name,
                   escaped(help, false), name, type);
  }
  void sample(Labels labels, double value, std::string_view suffix = "") {
    text_ += name_;
    text_ += suffix;
    if (labels.size() > 0) {
      char separator = '{';
      for (const auto& [label, of] : labels) {
        fmt::format_to(std::back_inserter(text_), "{}{}=\"{}\"", separator, label,
                       escaped(of, true));
        separator = ',';
      }
      text_ += '}';
    }
    text_ += ' ';
    text_ += std::isnan(value)   ? "NaN"
             : std::isinf(value) ? (value > 0 ? "+Inf" : "-Inf")
                                 : fmt::format("{}", value);
    text_ += '\n';
  }
  // A family of one sample.
  void one(std::string_view name, std::string_view type, std::string_view help, double value) {
    family(name, type, help);
    sample({}, value);
  }
  const std::string& text() const { return text_; }

 private:
  static std::string escaped(std::string_view text, bool is_label) {
    std::string to;
    while (!text.empty()) {
      const char first = text.front();
      const std::size_t length = utf8_length(text);
      const bool is_control = static_cast<unsigned char>(first) < 0x20 || first == 0x7F;
      if (first == '\n') {
        to += "\\n";
      } else if (length == 0 || is_control) {
        to += '?';
      } else {
        if (first == '\\' || (first == '"' && is_label)) to += '\\';
        to += text.substr(0, length);
      }
      text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return to;
  }

  std::string name_, text_;
};

}  // namespace retimu

#endif
