// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/csv_decoder.hpp"

#include "retimu/connectors/alarm_fields.hpp"
#include "retimu/connectors/csv_text.hpp"
#include "retimu/connectors/time_reader.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace retimu {

namespace {

class CsvDecoder final : public Decoder {
 public:
  CsvDecoder(CsvLayout layout, Columns& columns)
      : layout_(std::move(layout)), severities_(layout_.severity_order) {
    parts_.resize(layout_.entity.size());
    std::vector<std::size_t> fields(layout_.names.size());
    std::iota(fields.begin(), fields.end(), std::size_t{0});
    std::ranges::sort(fields, {}, [&](std::size_t field) { return layout_.names[field]; });
    for (const std::size_t field : fields) {
      if (layout_.is_left_out[field]) continue;
      if (const std::optional<ColumnId> id = columns.intern(layout_.names[field])) {
        columns_.push_back({field, *id});
      } else if (layout_.notes.size() < notes_max) {
        layout_.notes.push_back(
            fmt::format("column \"{}\" is one too many, or its name too long, and left out",
                        layout_.names[field].substr(0, 100)));
      }
    }
  }

  void decode(const Record& record, Position position, std::uint64_t row, Batch& into) override {
    time_text_ = {};
    std::string_view reason = reason_of(record.state);
    if (reason.empty()) reason = read(record.text, row);
    if (!reason.empty()) {
      reject(into, record, position, row, time_text_, reason);
      return;
    }
    if (kind_ == Kind::alarm) {
      append_event(
          into, entity_, time_, position,
          severities_.read(text_of(layout_.severity), text_of(layout_.state), layout_.notes),
          text_of(layout_.alarm), text_of(layout_.message));
    } else if (kind_ == Kind::log_line) {
      append_event(into, entity_, time_, position, severity_of(text_of(layout_.level), message()),
                   cut_message(message()));
    } else {
      append_event(into, entity_, time_, position, ids_, values_);
    }
    if (into.keep_origins) into.origins.push_back({row, into.arena.copy(time_text_)});
  }
  bool is_one_record(std::string_view text) const override {
    std::vector<std::string_view> fields;
    std::string memory;
    return split_csv(text, layout_.delimiter, fields, memory) && has_shape(fields);
  }
  const std::vector<std::string>& notes() const override { return layout_.notes; }
  bool uses_rows() const override { return layout_.time == CsvLayout::no_field; }

 private:
  struct Column {
    std::size_t field;
    ColumnId id;
  };
  enum class Kind : std::uint8_t { readings, log_line, alarm };

  // Empty, or why the record is malformed.
  std::string_view read(std::string_view text, std::uint64_t row) {
    if (text.find('\0') != std::string_view::npos) return "has a zero byte";
    const bool is_split = split_csv(text, layout_.delimiter, fields_, memory_);
    if (layout_.time < fields_.size()) time_text_ = fields_[layout_.time];
    if (!is_split) return "a quote is misplaced or not closed";
    if (!has_shape(fields_)) {
      wrong_count_ = fmt::format("has {} fields, the first record has {}", fields_.size(),
                                 layout_.names.size());
      return wrong_count_;
    }
    if (!read_time(row)) return wrong_time_;
    if (!read_entity()) return "no entity in the record, or one too long";
    ids_.clear();
    values_.clear();
    kind_ = kind_of_record();
    if (kind_ != Kind::readings) return {};
    for (const Column& column : columns_) {
      double value = 0;
      if (read_csv_value(fields_[column.field], layout_.delimiter, value) != CsvValue::number) {
        continue;
      }
      ids_.push_back(column.id);
      values_.push_back(value);
    }
    return {};
  }

  std::string_view text_of(std::size_t field) const {
    return field == CsvLayout::no_field ? std::string_view() : trim(fields_[field]);
  }
  std::string_view message() const { return text_of(layout_.message); }
  Kind kind_of_record() const {
    const bool has_alarms = layout_.alarm != CsvLayout::no_field;
    if (has_alarms && holds_alarm(text_of(layout_.alarm))) return Kind::alarm;
    const bool is_log_line = layout_.has_log_lines && (!has_alarms || !message().empty());
    return is_log_line ? Kind::log_line : Kind::readings;
  }

  // As many fields as names; a line may end with delimiters.
  bool has_shape(const std::vector<std::string_view>& fields) const {
    if (fields.size() < layout_.names.size()) return false;
    return std::all_of(fields.begin() + static_cast<std::ptrdiff_t>(layout_.names.size()),
                       fields.end(), [](std::string_view field) { return field.empty(); });
  }

  bool read_time(std::uint64_t row) {
    if (layout_.time == CsvLayout::no_field) {
      time_ = static_cast<Time>(row) * second;
      return !has_unread_time();
    }
    const std::string_view text = trim(time_text_);
    const std::optional<Time> time = times_.read(text);
    if (!time) wrong_time_ = times_.reason(text);
    time_ = time.value_or(time_none);
    return time.has_value();
  }

  // A column that is called like a time, and that looks like dates which cannot be read, is not
  // passed over in silence: `time = "row"` says that it may be.
  bool has_unread_time() {
    if (layout_.unread_time == CsvLayout::no_field) return false;
    const std::string_view text = trim(fields_[layout_.unread_time]);
    if (!resembles_date(text)) return false;
    (void)times_.read(text);
    wrong_time_ = times_.reason(text) + "; or set time to row";
    return true;
  }

  bool read_entity() {
    if (parts_.empty()) {
      entity_ = entity_of_all;
      return true;
    }
    for (std::size_t i = 0; i < parts_.size(); ++i) parts_[i] = trim(fields_[layout_.entity[i]]);
    return join_entity(parts_, entity_);
  }

  CsvLayout layout_;
  AlarmSeverities severities_;
  std::vector<Column> columns_;  // in the order of names
  TimeReader times_;
  // Of the record that is read:
  Kind kind_ = Kind::readings;
  std::vector<std::string_view> fields_;
  std::string memory_;  // of fields in quotes
  std::string wrong_count_, wrong_time_;
  Time time_ = 0;
  std::string_view time_text_;
  std::vector<std::string_view> parts_;
  std::string entity_;
  std::vector<ColumnId> ids_;
  std::vector<double> values_;
};

}  // namespace

std::unique_ptr<Decoder> make_csv_decoder(CsvLayout layout, Columns& columns) {
  return std::make_unique<CsvDecoder>(std::move(layout), columns);
}

}  // namespace retimu
