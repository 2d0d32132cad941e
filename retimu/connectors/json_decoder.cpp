// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/json_decoder.hpp"

#include "retimu/connectors/alarm_fields.hpp"
#include "retimu/connectors/csv_text.hpp"
#include "retimu/connectors/json_fields.hpp"
#include "retimu/connectors/json_layout.hpp"
#include "retimu/connectors/time_reader.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

namespace retimu {

namespace {

namespace ondemand = simdjson::ondemand;
using ondemand::json_type;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();  // missing

// The text of a value that is no string, list or object.
std::string_view token_of(ondemand::value& value) {
  const std::string_view text = value.raw_json_token();
  return text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
}

// What Python writes for them, and numbers beyond the range of double.
bool is_infinite_or_none(std::string_view token) {
  if (token == "NaN" || token == "Infinity" || token == "-Infinity") return true;
  double number = 0;
  const auto [at, error] = std::from_chars(token.data(), token.data() + token.size(), number);
  return error == std::errc::result_out_of_range && at == token.data() + token.size();
}

bool is_null(ondemand::value& value) {
  bool is_null = false;
  return value.is_null().get(is_null) == simdjson::SUCCESS && is_null;
}

// Readings of a record by the names of their columns.
class Items {
 public:
  struct Item {
    JsonField* field;
    double number;
  };

  void clear() { items_.clear(); }
  std::size_t count() const { return items_.size(); }
  void push(JsonField& field, double number) { items_.push_back({&field, number}); }
  void set(std::size_t item, double number) { items_[item].number = number; }

  // The order of the record before is tried first. has_column(field) is asked where it is another
  // one, so that no column is made for what is no reading; without a column it is left out.
  template <class HasColumn>
  void sort(std::vector<ColumnId>& ids, std::vector<double>& numbers, const HasColumn& has_column) {
    if (!std::ranges::equal(items_, fields_, {}, &Item::field)) {
      std::erase_if(items_, [&](const Item& item) { return !has_column(*item.field); });
      find_order();
    }
    ids.clear();
    numbers.clear();
    for (const std::uint32_t at : order_) {
      ids.push_back(*items_[at].field->column);
      numbers.push_back(items_[at].number);
    }
  }

 private:
  void find_order() {
    fields_.clear();
    order_.clear();
    for (const Item& item : items_) {
      order_.push_back(static_cast<std::uint32_t>(fields_.size()));
      fields_.push_back(item.field);
    }
    std::ranges::sort(order_, {},
                      [this](std::uint32_t at) -> const std::string& { return fields_[at]->path; });
  }

  std::vector<Item> items_;
  std::vector<const JsonField*> fields_;  // that order_ is for
  std::vector<std::uint32_t> order_;
};

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(const DecoderOptions& options, const JsonLayout& layout, Columns& columns)
      : columns_(columns),
        fields_(options, layout),
        is_row_time_(layout.time.empty()),
        has_log_lines_(layout.has_log_lines),
        has_alarms_(!layout.alarm.empty()),
        severities_(options.severity_order),
        notes_(layout.notes),
        parts_(options.entity.size()) {
    if (is_row_time_ && options.time.empty()) notes_.emplace_back(no_time_note);
  }

  void decode(const Record& record, Position position, std::uint64_t row, Batch& into) override {
    begin();
    std::string_view reason = reason_of(record.state);
    if (reason.empty()) reason = read(record.text);
    if (is_row_time_) time_ = static_cast<Time>(row) * second;
    if (reason.empty() && !time_) {
      wrong_time_ = times_.reason(time_text_);
      reason = time_text_.empty() ? std::string_view("no time in the record") : wrong_time_;
    }
    if (reason.empty() && !read_entity()) reason = "no entity in the record, or one too long";
    const bool is_alarm = has_alarms_ && holds_alarm(alarm_);
    const bool is_log_line = !is_alarm && holds_log_line();
    if (reason.empty() && is_log_line) reason = reason_of_message(message_);
    if (reason.empty() && is_alarm) reason = reason_of_alarm(alarm_, message_.value_or(""));
    if (!reason.empty()) {
      reject(into, record, position, row, time_text_, reason);
      return;
    }
    if (is_alarm) {
      append_event(into, entity_, *time_, position, severities_.read(severity_, state_, notes_),
                   alarm_, message_.value_or(""));
    } else if (is_log_line) {
      append_event(into, entity_, *time_, position, severity_of(level_, *message_),
                   cut_message(*message_));
    } else {
      append_readings(position, into);
    }
    if (into.keep_origins) into.origins.push_back({row, into.arena.copy(time_text_)});
  }
  bool is_one_record(std::string_view) const override { return true; }
  const std::vector<std::string>& notes() const override { return notes_; }
  bool uses_rows() const override { return is_row_time_; }

 private:
  // One that has no message may be of readings; of neither, it is a log line that lacks one.
  bool holds_log_line() const {
    if (!has_log_lines_) return false;
    if (message_ && !(has_alarms_ && message_->empty())) return true;
    return !has_alarms_ && items_.count() == 0;
  }
  void append_readings(Position position, Batch& into) {
    items_.sort(ids_, numbers_, [this](JsonField& field) {
      if (!field.column) field.column = columns_.intern(field.path);
      field.is_refused = !field.column;
      if (field.is_refused) leave_out(field, "one too many");
      return !field.is_refused;
    });
    append_event(into, entity_, *time_, position, ids_, numbers_);
  }
  void begin() {
    ++record_;
    fields_.begin_record();
    items_.clear();
    time_.reset();
    time_text_ = level_ = alarm_ = severity_ = state_ = {};
    message_.reset();
    std::ranges::fill(parts_, std::string_view());
  }

  // Empty, or why the record is malformed.
  std::string_view read(std::string_view text) {
    end_ = text.data() + text.size();
    ondemand::document document;
    ondemand::object object;
    const std::size_t readable = text.size() + RecordReader::padding;
    if (parser_.iterate(text.data(), text.size(), readable).get(document) != simdjson::SUCCESS ||
        document.get_object().get(object) != simdjson::SUCCESS) {
      return "not a JSON object";
    }
    if (!read_object(object, nullptr, 1)) return "malformed JSON";
    const char* rest = nullptr;
    if (document.current_location().get(rest) == simdjson::SUCCESS) {
      return "more than one JSON value in the line";
    }
    return {};
  }

  bool read_object(ondemand::object& object, const JsonField* parent, std::size_t depth) {
    for (auto member : object) {
      ondemand::raw_json_string key;
      if (member.key().get(key) != simdjson::SUCCESS) return false;
      JsonField* field = fields_.expected(parent, key.raw(), end_);
      if (field == nullptr) {
        std::string_view name;
        if (member.unescaped_key().get(name) != simdjson::SUCCESS) return false;
        field = fields_.find(parent, name);
      }
      ondemand::value value;
      if (member.value().get(value) != simdjson::SUCCESS) return false;
      if (!read_value(*field, value, depth)) return false;
    }
    return true;
  }

  // False: malformed. What is not read of a value is passed over when the next one is.
  bool read_value(JsonField& field, ondemand::value& value, std::size_t depth) {
    json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) {
      return is_infinite_or_none(token_of(value)) && add(field, not_a_number);
    }
    if (field.has_role() && type != json_type::object) return read_role(field, value, type);
    switch (type) {
      case json_type::number: {
        double number = 0;
        if (value.get_double().get(number) == simdjson::SUCCESS) return add(field, number);
        return is_infinite_or_none(token_of(value)) && add(field, not_a_number);
      }
      case json_type::boolean: {
        bool flag = false;
        return value.get_bool().get(flag) == simdjson::SUCCESS && add(field, flag ? 1 : 0);
      }
      case json_type::null: return is_null(value) && add(field, not_a_number);
      case json_type::string: return leave_out(field, "text");
      case json_type::array: return leave_out(field, "a list");
      case json_type::object: break;
    }
    ondemand::object inner;
    if (value.get_object().get(inner) != simdjson::SUCCESS) return false;
    if (depth == json_depth_max) return leave_out(field, "nested too deep");
    return read_object(inner, &field, depth + 1);
  }

  // A time, a part of the entity, a message, an alarm or how bad it is: a string's text, or a
  // number as it stands; of an alarm also true and false.
  bool read_role(const JsonField& field, ondemand::value& value, json_type type) {
    std::string_view text;
    if (type == json_type::string) {
      if (value.get_string().get(text) != simdjson::SUCCESS) return false;
    } else if (type == json_type::number) {
      double number = 0;
      text = token_of(value);
      const bool is_read_as_time = field.is_time;
      if (!is_read_as_time && value.get_double().get(number) != simdjson::SUCCESS) return false;
    } else if (type == json_type::boolean && (field.is_alarm || field.is_state)) {
      bool flag = false;
      if (value.get_bool().get(flag) != simdjson::SUCCESS) return false;
      text = flag ? "true" : "false";
    }
    if (field.is_time) {
      time_text_ = text;
      time_ = times_.read(text);
    }
    if (field.is_message) message_ = text;
    if (field.is_level) level_ = text;
    if (field.is_alarm) alarm_ = trim(text);
    if (field.is_severity) severity_ = text;
    if (field.is_state) state_ = text;
    if (field.entity_part != JsonField::no_part) parts_[field.entity_part] = text;
    return true;
  }

  // True: what is left out is well formed all the same.
  bool add(JsonField& field, double number) {
    if (field.is_ignored) return true;
    if (field.last_record == record_) {
      items_.set(field.item, number);
      return true;
    }
    if (field.is_refused || items_.count() == columns_of_record_max) {
      return leave_out(field, "one too many");
    }
    field.last_record = record_;
    field.item = items_.count();
    items_.push(field, number);
    return true;
  }

  bool leave_out(JsonField& field, std::string_view why) {
    // Of log lines nothing else is read.
    if (has_log_lines_ && !has_alarms_) return true;
    if (std::exchange(field.is_noted, true) || field.is_ignored || field.column) return true;
    if (notes_.size() < notes_max) {
      notes_.push_back(fmt::format("column \"{}\" is {} and left out", field.path, why));
    }
    return true;
  }

  bool read_entity() {
    if (!parts_.empty()) return join_entity(parts_, entity_);
    entity_ = entity_of_all;
    return true;
  }

  Columns& columns_;
  JsonFields fields_;
  bool is_row_time_;
  bool has_log_lines_, has_alarms_;
  AlarmSeverities severities_;
  TimeReader times_;
  std::string wrong_time_;
  ondemand::parser parser_;
  std::uint64_t record_ = 0;  // count, from 1
  std::vector<std::string> notes_;
  // Of the record that is read; texts stand in the record or in the parser.
  const char* end_ = nullptr;
  Items items_;
  std::optional<Time> time_;
  std::string_view time_text_, level_, alarm_, severity_, state_;
  std::optional<std::string_view> message_;
  std::vector<std::string_view> parts_;
  std::string entity_;
  std::vector<ColumnId> ids_;
  std::vector<double> numbers_;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_json_decoder(const DecoderOptions& options,
                                                   std::string_view path,
                                                   const std::vector<std::string>& sample,
                                                   Columns& columns) {
  const Result<JsonLayout> layout = find_json_layout(options, path, sample);
  if (!layout) return tl::unexpected(layout.error());
  return std::make_unique<JsonDecoder>(options, *layout, columns);
}

}  // namespace retimu
