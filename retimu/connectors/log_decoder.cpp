// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/log_decoder.hpp"

#include "retimu/connectors/log_years.hpp"
#include "retimu/connectors/logfmt.hpp"
#include "retimu/connectors/time_reader.hpp"
#include "retimu/text/known_words.hpp"
#include "retimu/text/log_header.hpp"

#include <algorithm>

namespace retimu {

namespace {

constexpr std::size_t no_field = SIZE_MAX;
constexpr std::size_t source_of_header = SIZE_MAX - 1;

// Names under which pairs of logfmt say how bad a line is, and what happened.
bool is_level_key(std::string_view key) { return std::ranges::count(usual_level_names(), key) > 0; }
bool is_message_key(std::string_view key) { return key == "msg" || key == "message"; }

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

class LogDecoder final : public Decoder {
 public:
  LogDecoder(LogLayout layout, Time written, const std::vector<std::string>& sample)
      : layout_(std::move(layout)), years_(written), parts_(layout_.entity.size()) {
    for (const LogPattern& pattern : layout_.patterns) {
      Slots& slots = slots_.emplace_back();
      for (const std::string& name : layout_.entity)
        slots.entity.push_back(field_of(pattern, name));
      slots.level = field_of(pattern, "level");
    }
    for (std::size_t i = 0; layout_.has_no_year && i < sample.size() && years_.first() == 0; ++i) {
      if (layout_.begins_record(sample[i], found_) && found_.time) years_.find_first(*found_.time);
    }
  }

  void decode(const Record& record, Position position, std::uint64_t row, Batch& into) override {
    time_text_ = message_ = level_ = source_ = {};
    std::string_view reason = reason_of(record.state);
    const std::string_view text = without_blanks_behind(cut_message(record.text));
    if (reason.empty()) reason = read(text, row);
    if (reason.empty() && !read_entity()) reason = "no entity in the record, or one too long";
    if (!reason.empty()) {
      reject(into, record, position, row, time_text_, reason);
      return;
    }
    if (layout_.has_no_year && found_.time) years_.keep(found_.time->month());
    append_event(into, entity_, time_, position, severity_, message_);
    if (into.keep_origins) into.origins.push_back({row, into.arena.copy(time_text_)});
  }
  bool is_one_record(std::string_view) const override { return true; }
  const std::vector<std::string>& notes() const override { return layout_.notes; }
  bool uses_rows() const override { return layout_.is_row_time; }
  bool needs_past() const override { return layout_.is_row_time || layout_.has_no_year; }
  void begin() override { years_.begin(); }
  bool joins_lines() const override { return true; }
  bool goes_on(std::string_view line) override { return !layout_.begins_record(line, asked_); }
  int first_year() const override { return years_.first(); }
  void set_first_year(int year) override { years_.set_first(year); }

 private:
  // Of a pattern: places of the fields in its matches.
  struct Slots {
    std::vector<std::size_t> entity;
    std::size_t level = no_field;
  };

  static std::size_t field_of(const LogPattern& pattern, std::string_view name) {
    const auto& names = pattern.names();
    const auto at = std::ranges::find_if(names, [&](const std::string& known) {
      return known == name || (is_source_name(name) && is_source_name(known));
    });
    if (at != names.end()) return static_cast<std::size_t>(at - names.begin());
    return is_source_name(name) ? source_of_header : no_field;
  }

  // Empty, or why the record is malformed.
  std::string_view read(std::string_view text, std::uint64_t row) {
    if (text.find('\0') != std::string_view::npos) return "has a zero byte";
    std::string_view line = text.substr(0, text.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const LogHeader header = read_log_header(line);
    source_ = header.source;
    severity_ = header.severity.value_or(Severity::indeterminate);
    message_ = header.content;
    const std::string_view reason = layout_.is_logfmt ? read_pairs(line) : read_fields(line);
    if (!reason.empty()) return reason;
    severity_ = severity_of_word(level_).value_or(severity_);
    if (line.size() < text.size()) add_rest(text);
    return read_time(row);
  }

  std::string_view read_fields(std::string_view line) {
    found_.time.reset();
    const std::string_view body = without_priority(line);
    const bool is_rfc_5424 = body.size() < line.size() && body.starts_with("1 ");
    for (std::size_t i = 0; i < layout_.patterns.size(); ++i) {
      const LogPattern& pattern = layout_.patterns[i];
      const bool has_priority = pattern.text().starts_with('<');
      // Its end would be looked for in all of the line.
      if (has_priority && layout_.is_syslog && !is_rfc_5424) continue;
      if (!pattern.match(has_priority ? line : body, found_)) continue;
      const Slots& slots = slots_[i];
      for (std::size_t k = 0; k < parts_.size(); ++k) parts_[k] = field(slots.entity[k]);
      if (slots.level != no_field) level_ = found_.fields[slots.level];
      if (pattern.has_message() && !found_.message.empty()) message_ = found_.message;
      time_text_ = found_.time_text;
      return {};
    }
    if (layout_.patterns.empty()) {
      std::ranges::fill(parts_, source_);
      return {};
    }
    return layout_.has_time && !layout_.reaches_time(line, found_) ? "no time where lines have one"
                                                                   : "does not fit the pattern";
  }
  std::string_view field(std::size_t slot) const {
    if (slot == no_field) return {};
    return slot == source_of_header ? source_ : name_of_program(found_.fields[slot]);
  }
  // "sshd[123]" is sshd; a process has another number each time.
  static std::string_view name_of_program(std::string_view text) {
    const std::size_t bracket = text.find('[');
    return bracket == 0 || !text.ends_with(']') ? text : text.substr(0, bracket);
  }

  std::string_view read_pairs(std::string_view line) {
    std::ranges::fill(parts_, std::string_view());
    std::size_t at = 0;
    for (LogPair pair; next_pair(line, at, pair);) {
      if (pair.key == layout_.time_key && time_text_.empty()) time_text_ = pair.value;
      if (is_level_key(pair.key)) level_ = pair.value;
      if (is_message_key(pair.key) && !pair.value.empty()) message_ = pair.value;
      for (std::size_t i = 0; i < parts_.size(); ++i) {
        if (pair.key == layout_.entity[i]) parts_[i] = pair.value;
      }
    }
    return time_text_.empty() && layout_.has_time ? "no time where lines have one"
                                                  : std::string_view();
  }

  // The lines behind the first one, which stand behind the message in memory, or behind what else
  // is in its line.
  void add_rest(std::string_view text) {
    if (layout_.is_logfmt) {
      joined_ = message_;
      joined_ += text.substr(text.find('\n'));
      message_ = joined_;
      return;
    }
    const auto from = static_cast<std::size_t>(message_.data() - text.data());
    message_ = text.substr(from);
  }

  std::string_view read_time(std::uint64_t row) {
    if (layout_.is_row_time) {
      time_ = static_cast<Time>(row) * second;
      return {};
    }
    std::optional<Time> time;
    if (layout_.is_logfmt) {
      time = times_.read(time_text_);
    } else if (found_.time->month() == 0) {
      time = times_.read(found_.time->written(0));
    } else if (layout_.is_syslog) {
      time = years_.last_of(*found_.time);
    } else if (layout_.has_no_year) {
      time = times_.read(found_.time->written(years_.year_of(found_.time->month())));
    } else {
      return "its time has no year, those before have one";
    }
    if (!time) {
      wrong_time_ = times_.reason(time_text_);
      return wrong_time_;
    }
    time_ = *time;
    return {};
  }

  bool read_entity() {
    if (!parts_.empty()) return join_entity(parts_, entity_);
    entity_ = entity_of_all;
    return true;
  }

  LogLayout layout_;
  std::vector<Slots> slots_;  // by pattern
  LogYears years_;
  TimeReader times_;
  LogMatch asked_;  // of a line that is only looked at
  std::string wrong_time_, joined_;
  // Of the record that is read:
  LogMatch found_;
  Time time_ = 0;
  Severity severity_ = Severity::indeterminate;
  std::string_view time_text_, message_, level_, source_;
  std::vector<std::string_view> parts_;
  std::string entity_;
};

}  // namespace

std::unique_ptr<Decoder> make_log_decoder(LogLayout layout, Time written,
                                          const std::vector<std::string>& sample) {
  return std::make_unique<LogDecoder>(std::move(layout), written, sample);
}

}  // namespace retimu
