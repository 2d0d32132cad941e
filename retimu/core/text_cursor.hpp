// SPDX-License-Identifier: Apache-2.0
// Reads a short text from the left, piece by piece: characters, and digits as exact whole numbers.
#ifndef RETIMU_CORE_TEXT_CURSOR_HPP
#define RETIMU_CORE_TEXT_CURSOR_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace retimu {

class TextCursor {
 public:
  static constexpr std::uint64_t fraction_unit = 1'000'000'000'000'000'000;

  explicit TextCursor(std::string_view text) : left_(text) {}

  bool is_at_end() const { return left_.empty(); }
  bool is_at_digit() const { return !left_.empty() && is_digit(left_.front()); }
  bool take(char c) {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }
  bool take_any(std::string_view characters) {
    if (left_.empty() || characters.find(left_.front()) == std::string_view::npos) return false;
    left_.remove_prefix(1);
    return true;
  }
  bool take_text(std::string_view text) {
    if (!left_.starts_with(text)) return false;
    left_.remove_prefix(text.size());
    return true;
  }
  // Exactly `count` digits.
  std::optional<int> digits(std::size_t count) {
    if (left_.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(left_[i])) return std::nullopt;
      value = value * 10 + (left_[i] - '0');
    }
    left_.remove_prefix(count);
    return value;
  }
  // As many digits as there are, at least one and at most `count_max`.
  std::optional<int> digits_up_to(std::size_t count_max) {
    std::size_t count = 0;
    while (count < std::min(count_max, left_.size()) && is_digit(left_[count])) ++count;
    return count == 0 ? std::nullopt : digits(count);
  }
  // One or more digits, as many as there are; none beyond 10^19 - 1.
  std::optional<std::uint64_t> whole() {
    const std::size_t before = left_.size();
    while (take('0')) continue;
    std::uint64_t value = 0;
    std::size_t count = 0;
    for (; count < left_.size() && is_digit(left_[count]); ++count) {
      if (count == 19) return std::nullopt;
      value = value * 10 + static_cast<std::uint64_t>(left_[count] - '0');
    }
    left_.remove_prefix(count);
    return left_.size() < before ? std::optional(value) : std::nullopt;
  }
  // One or more digits of a fraction, in units of 1 / fraction_unit; what is finer is cut off.
  std::optional<std::uint64_t> fraction() {
    std::size_t count = 0;
    std::uint64_t value = 0, unit = fraction_unit / 10;
    for (; count < left_.size() && is_digit(left_[count]); ++count) {
      value += unit * static_cast<std::uint64_t>(left_[count] - '0');
      unit /= 10;
    }
    if (count == 0) return std::nullopt;
    left_.remove_prefix(count);
    return value;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  std::string_view left_;
};

}  // namespace retimu

#endif
