// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/log_header.hpp"

#include "retimu/text/byte_class.hpp"
#include "retimu/text/header_field.hpp"
#include "retimu/text/known_words.hpp"

#include <algorithm>
#include <array>

namespace retimu {

namespace {

constexpr std::size_t fields_max = 16;
constexpr std::size_t time_fields_max = 9;  // a time stands among the first
constexpr std::size_t header_bytes_max = 512;
constexpr std::size_t priority_max = 191;

// Of syslog, by the last three bits (RFC 5424).
constexpr std::array<Severity, 8> priority_severities = {
    Severity::critical, Severity::critical,      Severity::critical,      Severity::major,
    Severity::warning,  Severity::indeterminate, Severity::indeterminate, Severity::indeterminate};

class HeaderReader {
 public:
  explicit HeaderReader(std::string_view line) : line_(line) {}

  LogHeader read() {
    take_priority();
    at_ = end_;
    for (std::size_t i = 0; !is_done_ && has_field(i); ++i) {
      if (!take(i)) break;
    }
    header_.content = line_.substr(std::min(end_, line_.size()));
    while (!header_.content.empty() && (class_of(header_.content[0]) & blank_byte) != 0) {
      header_.content.remove_prefix(1);
    }
    if (header_.content.empty()) header_.content = line_;  // a header alone is all that it says
    if (has_time_) header_.time = line_.substr(time_begin_, time_end_ - time_begin_);
    return header_;
  }

 private:
  const HeaderField& field(std::size_t i) const { return fields_[i]; }
  bool has_level() const { return level_at_ != fields_max; }

  // "<34>"
  void take_priority() {
    std::size_t at = 1, value = 0;
    if (!line_.starts_with('<')) return;
    for (; at < line_.size() && at < 4 && (class_of(line_[at]) & digit_byte) != 0; ++at) {
      value = 10 * value + static_cast<std::size_t>(line_[at] - '0');
    }
    if (at == 1 || at >= line_.size() || line_[at] != '>' || value > priority_max) return;
    end_ = at + 1;
    header_.severity = priority_severities[value % 8];
    if (line_.substr(end_).starts_with("1 ")) end_ += 2;  // the version of RFC 5424
  }

  // Fields are cut off when they are asked for.
  bool has_field(std::size_t i) {
    const std::string_view head = line_.substr(0, header_bytes_max);
    while (count_ <= i && count_ < fields_max && next_field(head, at_, fields_[count_])) ++count_;
    return i < count_;
  }

  // Whether the field belongs to the header.
  bool take(std::size_t i) {
    const HeaderField& one = field(i);
    if (take_level(i) || take_letter(i) || take_key(i)) return true;
    if (one.text == "-") return take_dash(i);
    if (one.text.starts_with('[')) {
      take_bracket(one);
      return true;
    }
    if (i < time_fields_max && !has_level() && resembles_time(one.text)) {
      note_time(one);
      seen_time_ = true;
      end_ = one.end;
      return true;
    }
    if ((kinds_of_word(one.bare) & date_word) != 0 || is_zone(one)) {
      note_time(one);
      seen_time_ = true;
      end_ = one.end;
      return true;
    }
    if (seen_time_ && !has_level() && i < time_fields_max && !one.text.ends_with(':') &&
        is_before_dash(i)) {
      end_ = one.end;  // "program *64 - message"
      return true;
    }
    return take_name(i);
  }

  // "INFO", "[error]", and behind a time also "error".
  bool take_level(std::size_t i) {
    const HeaderField& one = field(i);
    const std::optional<Severity> severity = severity_of_word(one.bare);
    if (!severity || has_level()) return false;
    const bool is_behind_time =
        i > 0 && (resembles_time(field(i - 1).text) || field(i - 1).text.starts_with('['));
    if (!is_marked_level(one) && !is_behind_time) return false;
    header_.severity = severity;
    level_at_ = i;
    end_ = one.end;
    return true;
  }

  // Android's "D WindowManager:", glog's "I0102 15:04:05".
  bool take_letter(std::size_t i) {
    const HeaderField& one = field(i);
    const std::optional<Severity> severity = severity_of_letter(one.text.front());
    if (!severity || has_level() || !has_field(i + 1)) return false;
    const bool is_alone =
        one.text.size() == 1 && seen_time_ && is_name_with_colon(field(i + 1).text);
    const bool has_date = i == 0 && one.text.size() == 5 && is_digits(one.text.substr(1)) &&
                          is_strong_time(field(i + 1).text);
    if (!is_alone && !has_date) return false;
    header_.severity = severity;
    if (is_alone) level_at_ = i;
    seen_time_ = true;
    end_ = one.end;
    return true;
  }

  // "time=...", "level=warn"
  bool take_key(std::size_t i) {
    const HeaderField& one = field(i);
    const std::size_t equals = one.text.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string_view key = one.text.substr(0, equals);
    std::string_view value = one.text.substr(equals + 1);
    if (key == "time" || key == "ts" || key == "timestamp") {
      if (!value.empty() && value[0] == '"') value.remove_prefix(1);
      note_time({value, value, one.end - value.size(), one.end});
      seen_time_ = true;
    } else if (key == "level" || key == "lvl" || key == "severity") {
      const std::optional<Severity> severity = severity_of_word(bare_of(value));
      if (!severity) return false;
      header_.severity = severity;
    } else {
      return false;
    }
    end_ = one.end;
    return true;
  }

  bool take_dash(std::size_t i) {
    end_ = field(i).end;
    if (seen_time_ && !has_level_within(i + 1, 5)) is_done_ = true;
    return true;
  }

  void take_bracket(const HeaderField& one) {
    end_ = one.end;
    if (one.text.find(':') == std::string_view::npos) return;
    seen_time_ = true;
    if (has_time_ || !holds_time(one.text)) return;
    time_begin_ = one.begin + 1;
    time_end_ = one.begin + one.text.rfind(']');
    has_time_ = is_time_closed_ = true;
  }

  bool take_name(std::size_t i) {
    const HeaderField& one = field(i);
    const bool is_barred = one.end > one.begin + one.text.size();
    if (seen_time_ && is_barred) {
      if (header_.source.empty()) header_.source = one.text;
      end_ = one.end;
      return true;
    }
    if (!header_.source.empty()) return false;
    if (seen_time_ && is_name_with_colon(one.text)) {
      header_.source = name_of_source(one.text);
      end_ = one.end;
      is_done_ = true;
      return true;
    }
    if (seen_time_ && one.text.ends_with(']') && one.text.find(':') != std::string_view::npos) {
      header_.source = one.text.substr(0, one.text.find(':'));  // glog's "file.cc:12]"
      end_ = one.end;
      is_done_ = true;
      return true;
    }
    if (has_level()) {
      if (i != level_at_ + 1 || !is_component(one.text)) return false;
      header_.source = name_of_source(one.text);
      end_ = one.end;
      return true;
    }
    if ((seen_time_ && (is_before_name(i) || has_level_within(i + 1, 6))) || is_before_epoch(i)) {
      end_ = one.end;
      return true;
    }
    return false;
  }

  // "host program[12]:", also where the program's name has a blank or two.
  bool is_before_name(std::size_t i) {
    for (std::size_t k = i + 1; k < i + 4 && has_field(k); ++k) {
      if (!is_name_with_colon(field(k).text)) continue;
      if (k == i + 1 || field(k).text.ends_with("]:")) return true;
    }
    return false;
  }
  bool is_before_dash(std::size_t i) {
    for (std::size_t k = i + 1; k < i + 3 && has_field(k); ++k) {
      if (field(k).text == "-") return true;
    }
    return false;
  }
  bool has_level_within(std::size_t from, std::size_t fields) {
    for (std::size_t k = from; k < from + fields && has_field(k); ++k) {
      const HeaderField& one = field(k);
      const bool is_level = is_capitals(one.bare) || one.text.starts_with('[');
      if (is_level && severity_of_word(one.bare)) return true;
    }
    return false;
  }
  // Names between numbers, as a table of a database is written: "134 node-2 unix.hw 1077804742".
  bool is_before_epoch(std::size_t i) {
    if (i == 0 && !field(0).text.ends_with(':') && has_field(1) && is_strong_time(field(1).text)) {
      return true;  // "plant 2024-03-04"
    }
    if (!seen_time_) return false;
    for (std::size_t k = i + 1; k < i + 4 && has_field(k); ++k) {
      if (is_epoch(field(k).text)) return true;
    }
    return false;
  }

  // "UTC", behind a time.
  bool is_zone(const HeaderField& one) const {
    return is_time_open_ && has_time_ && one.text.size() <= 4 && is_capitals(one.text) &&
           (kinds_of_word(one.text) & unit_word) != 0;
  }

  // The first run of fields that make a time: "Jun 14 15:16:01", "2017-05-16 00:00:00.008".
  void note_time(const HeaderField& one) {
    if (is_time_closed_) return;
    const bool is_word = (kinds_of_word(one.bare) & date_word) != 0;
    const bool is_number = is_digits(one.bare) && is_time_open_ && has_date_word_ &&
                           (one.bare.size() <= 2 || one.bare.size() == 4);
    const bool is_strong = is_strong_time(one.text);
    if (!is_word && !is_number && !is_strong && !is_zone(one)) {
      is_time_open_ = has_date_word_ = false;
      is_time_closed_ = has_time_;
      return;
    }
    if (!is_time_open_) time_begin_ = one.begin;
    is_time_open_ = true;
    has_date_word_ = has_date_word_ || is_word;
    has_time_ = has_time_ || is_strong;
    is_time_closed_ = is_epoch(one.text);
    time_end_ = one.begin + one.text.size();
    while (line_[time_end_ - 1] == ',' || line_[time_end_ - 1] == ':') --time_end_;
  }

  std::string_view line_;
  LogHeader header_;
  std::array<HeaderField, fields_max> fields_{};
  std::size_t count_ = 0, at_ = 0;  // fields cut off so far, and where the next one may begin
  std::size_t end_ = 0;
  std::size_t level_at_ = fields_max;
  bool seen_time_ = false, is_done_ = false;
  bool has_time_ = false, is_time_open_ = false, is_time_closed_ = false, has_date_word_ = false;
  std::size_t time_begin_ = 0, time_end_ = 0;
};

}  // namespace

LogHeader read_log_header(std::string_view line) { return HeaderReader(line).read(); }

}  // namespace retimu
