// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/json_decoder.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <simdjson.h>
#include <unordered_map>

namespace retimu {

namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::size_t depth_max = 8;
constexpr std::size_t columns_of_record_max = 4'096;
constexpr std::size_t entries_max = 65'536;

// "/meta/host" and "host" are the path "meta/host" and "host".
std::string path_of(std::string_view name) {
  return std::string(name.starts_with('/') ? name.substr(1) : name);
}

// What a key of a known path is.
struct Entry {
  std::string path;
  std::optional<ColumnId> column;
  std::uint32_t entity_part = UINT32_MAX;
  bool is_time = false, is_ignored = false;
  bool is_noted = false;     // as text, or as one column too many
  std::uint64_t seen_in = 0;  // the record that set `item` last
  std::size_t item = 0;
};

struct Item {
  const Entry* entry;
  double value;
};

class JsonDecoder final : public Decoder {
 public:
  JsonDecoder(const DecoderOptions& options, std::string time, Columns& columns)
      : columns_(columns), time_path_(std::move(time)), is_row_time_(options.time == "row") {
    for (const std::string& name : options.entity) entity_paths_.push_back(path_of(name));
    for (const std::string& name : options.ignore) ignored_.insert(path_of(name));
    entity_parts_.resize(entity_paths_.size());
    surplus_.is_ignored = true;
  }

  void decode(const Record& record, Position position, std::uint64_t row, Batch& into) override {
    ++record_;
    items_.clear();
    in_plan_ = 0;
    follows_plan_ = true;
    time_.reset();
    time_text_ = {};
    for (std::string_view& part : entity_parts_) part = {};
    const char* reason = nullptr;
    if (record.is_too_long) {
      reason = "longer than record_bytes_max";
    } else {
      reason = read(record.text);
    }
    if (is_row_time_) time_ = static_cast<Time>(row) * second;
    if (reason == nullptr && !time_) {
      reason = time_text_.empty() ? "no time in the record" : "its time cannot be read";
    }
    if (reason == nullptr && !join_entity()) reason = "no entity in the record";
    if (reason != nullptr) {
      plan_.clear();
      reject(into, record, position, row, time_text_, reason);
      return;
    }
    order_items();
    append_event(into, entity_, *time_, position, ids_, values_);
    if (into.keep_origins) into.origins.push_back({row, into.arena.copy(time_text_)});
  }
  const std::vector<std::string>& notes() const override { return notes_; }
  bool uses_rows() const override { return is_row_time_; }

 private:
  // Null, or why the record is malformed.
  const char* read(std::string_view text) {
    ondemand::document document;
    const auto error = parser_
                           .iterate(text.data(), text.size(), text.size() + RecordReader::padding)
                           .get(document);
    if (error != simdjson::SUCCESS) return "not a JSON object";
    ondemand::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) return "not a JSON object";
    path_.clear();
    if (!read_object(object, 0)) return "malformed JSON";
    const char* rest = nullptr;
    if (document.current_location().get(rest) == simdjson::SUCCESS) {
      return "more than one JSON value in the line";
    }
    return nullptr;
  }

  bool read_object(ondemand::object& object, std::size_t depth) {
    for (auto field : object) {
      ondemand::raw_json_string key;
      if (field.key().get(key) != simdjson::SUCCESS) return false;
      Entry* entry = depth == 0 ? planned(key) : nullptr;
      if (entry == nullptr) {
        std::string_view name;
        if (field.unescaped_key().get(name) != simdjson::SUCCESS) return false;
        entry = look_up(name, depth == 0);
      }
      ondemand::value value;
      if (field.value().get(value) != simdjson::SUCCESS) return false;
      if (!read_value(*entry, value, depth)) return false;
    }
    return true;
  }

  // The entry if the key is the one that stood here in the record before.
  Entry* planned(const ondemand::raw_json_string& key) {
    if (!follows_plan_ || in_plan_ >= plan_.size()) return nullptr;
    Entry* entry = plan_[in_plan_];
    const std::string& path = entry->path;
    if (std::memcmp(key.raw(), path.data(), path.size()) != 0 || key.raw()[path.size()] != '"') {
      return nullptr;
    }
    ++in_plan_;
    return entry;
  }

  Entry* look_up(std::string_view name, bool is_top) {
    const std::size_t before = path_.size();
    if (!path_.empty()) path_ += '/';
    path_ += name;
    auto at = entries_.find(path_);
    if (at == entries_.end()) {
      if (entries_.size() >= entries_max) {
        path_.resize(before);
        return &surplus_;
      }
      at = entries_.emplace(path_, make_entry(path_)).first;
    }
    Entry* entry = &at->second;
    path_.resize(before);
    // A path with a quote or escape in it is not compared byte by byte, so it ends the plan.
    if (is_top) {
      if (in_plan_ < plan_.size()) plan_.resize(in_plan_);
      const bool is_plain = name.find_first_of("\"\\") == std::string_view::npos;
      if (is_plain && follows_plan_) {
        plan_.push_back(entry);
        ++in_plan_;
      } else {
        follows_plan_ = false;
      }
    }
    return entry;
  }

  Entry make_entry(const std::string& path) {
    Entry entry;
    entry.path = path;
    entry.is_time = !is_row_time_ && path == time_path_;
    entry.is_ignored = ignored_.contains(path);
    const auto part = std::ranges::find(entity_paths_, path);
    if (part != entity_paths_.end()) {
      entry.entity_part = static_cast<std::uint32_t>(part - entity_paths_.begin());
    }
    return entry;
  }

  bool read_value(Entry& entry, ondemand::value& value, std::size_t depth) {
    ondemand::json_type type{};
    if (value.type().get(type) != simdjson::SUCCESS) return false;
    if (entry.is_time || entry.entity_part != UINT32_MAX) return read_role(entry, value, type);
    if (type == ondemand::json_type::object) {
      ondemand::object object;
      if (value.get_object().get(object) != simdjson::SUCCESS) return false;
      if (entry.is_ignored || depth + 1 >= depth_max || &entry == &surplus_) return true;
      const std::size_t before = path_.size();
      path_ = entry.path;
      const bool is_read = read_object(object, depth + 1);
      path_.resize(before);
      return is_read;
    }
    double number = std::numeric_limits<double>::quiet_NaN();
    if (type == ondemand::json_type::number) {
      if (value.get_double().get(number) != simdjson::SUCCESS) return false;
    } else if (type == ondemand::json_type::boolean) {
      bool flag = false;
      if (value.get_bool().get(flag) != simdjson::SUCCESS) return false;
      number = flag ? 1 : 0;
    } else if (type == ondemand::json_type::null) {
      bool is_null = false;
      if (value.is_null().get(is_null) != simdjson::SUCCESS || !is_null) return false;
    } else {
      return leave_out(entry, value, type);
    }
    if (!entry.is_ignored) add(entry, number);
    return true;
  }

  bool leave_out(Entry& entry, ondemand::value& value, ondemand::json_type type) {
    std::string_view text;
    ondemand::array list;
    ondemand::object object;
    bool flag = false;
    switch (type) {
      case ondemand::json_type::string:
        if (value.get_string().get(text) != simdjson::SUCCESS) return false;
        break;
      case ondemand::json_type::array:
        if (value.get_array().get(list) != simdjson::SUCCESS) return false;
        break;
      case ondemand::json_type::object:
        return value.get_object().get(object) == simdjson::SUCCESS;
      default: return value.is_null().get(flag) == simdjson::SUCCESS && flag;
    }
    if (!entry.is_noted && !entry.is_ignored && entry.column == std::nullopt) {
      const char* what = type == ondemand::json_type::string ? "text" : "a list";
      note(fmt::format("column \"{}\" is {} and left out", entry.path, what));
      entry.is_noted = true;
    }
    return true;
  }

  bool read_role(Entry& entry, ondemand::value& value, ondemand::json_type type) {
    std::string_view text;
    if (type == ondemand::json_type::string) {
      if (value.get_string().get(text) != simdjson::SUCCESS) return false;
    } else if (type == ondemand::json_type::number || type == ondemand::json_type::boolean) {
      if (simdjson::to_json_string(value).get(text) != simdjson::SUCCESS) return false;
      while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    } else {
      return leave_out(entry, value, type);
    }
    if (entry.is_time) {
      time_text_ = text;
      time_ = parse_time(text);
    }
    if (entry.entity_part != UINT32_MAX) entity_parts_[entry.entity_part] = text;
    return true;
  }

  void add(Entry& entry, double number) {
    if (entry.seen_in == record_) {
      items_[entry.item].value = number;
      return;
    }
    if (!entry.column) {
      if (!entry.is_noted) entry.column = columns_.intern(entry.path);
      if (!entry.column) {
        if (!entry.is_noted) {
          note(fmt::format("column \"{}\" is one too many and left out", entry.path));
        }
        entry.is_noted = true;
        return;
      }
    }
    if (items_.size() >= columns_of_record_max) return;
    entry.seen_in = record_;
    entry.item = items_.size();
    items_.push_back({&entry, number});
  }

  // Columns and values by name. The order of the record before is tried first.
  void order_items() {
    ids_.clear();
    values_.clear();
    const bool is_known =
        items_.size() == last_.size() &&
        std::ranges::equal(items_, last_, {}, [](const Item& item) { return item.entry; });
    if (!is_known) {
      last_.clear();
      order_.clear();
      for (const Item& item : items_) {
        order_.push_back(static_cast<std::uint32_t>(last_.size()));
        last_.push_back(item.entry);
      }
      std::ranges::sort(order_, [this](std::uint32_t a, std::uint32_t b) {
        return last_[a]->path < last_[b]->path;
      });
    }
    for (const std::uint32_t at : order_) {
      ids_.push_back(*items_[at].entry->column);
      values_.push_back(items_[at].value);
    }
  }

  bool join_entity() {
    entity_.clear();
    if (entity_parts_.empty()) {
      entity_ = entity_of_all;
      return true;
    }
    for (const std::string_view part : entity_parts_) {
      if (part.empty()) return false;
      if (!entity_.empty()) entity_ += '/';
      entity_ += part;
    }
    constexpr std::size_t entity_bytes_max = 1'024;
    return entity_.size() <= entity_bytes_max;
  }

  void note(std::string text) {
    if (notes_.size() < notes_max) notes_.push_back(std::move(text));
  }

  Columns& columns_;
  std::string time_path_;
  bool is_row_time_;
  std::vector<std::string> entity_paths_;
  std::set<std::string> ignored_;
  ondemand::parser parser_;
  std::unordered_map<std::string, Entry> entries_;  // addresses are stable
  Entry surplus_;                 // of paths beyond entries_max: left out
  std::vector<Entry*> plan_;      // of the record before: its top-level keys in order
  std::size_t in_plan_ = 0;
  bool follows_plan_ = true;
  std::uint64_t record_ = 0;
  std::string path_;
  std::vector<Item> items_;
  std::vector<const Entry*> last_;   // entries of the last items, and how they are ordered by name
  std::vector<std::uint32_t> order_;
  std::vector<ColumnId> ids_;
  std::vector<double> values_;
  std::optional<Time> time_;
  std::string_view time_text_;
  std::vector<std::string_view> entity_parts_;
  std::string entity_;
  std::vector<std::string> notes_;
};

// Paths of texts and numbers in the sample, for finding the time and for messages.
void collect(ondemand::object object, const std::string& prefix, std::size_t depth,
             std::vector<std::pair<std::string, std::string>>& to) {
  for (auto field : object) {
    std::string_view name;
    ondemand::value value;
    ondemand::json_type type{};
    if (field.unescaped_key().get(name) != simdjson::SUCCESS) return;
    const std::string path = prefix.empty() ? std::string(name) : fmt::format("{}/{}", prefix, name);
    if (field.value().get(value) != simdjson::SUCCESS) return;
    if (value.type().get(type) != simdjson::SUCCESS) return;
    std::string_view text;
    if (type == ondemand::json_type::object && depth < depth_max) {
      ondemand::object inner;
      if (value.get_object().get(inner) != simdjson::SUCCESS) return;
      collect(inner, path, depth + 1, to);
      continue;
    }
    if (type == ondemand::json_type::string) {
      if (value.get_string().get(text) != simdjson::SUCCESS) return;
    } else if (simdjson::to_json_string(value).get(text) != simdjson::SUCCESS) {
      return;
    }
    to.emplace_back(path, std::string(text.substr(0, text.find_last_not_of(" \t") + 1)));
  }
}

}  // namespace

Result<std::unique_ptr<Decoder>> make_json_decoder(const DecoderOptions& options,
    const std::vector<std::string>& ignore_if_present,
                                                   std::string_view path,
                                                   const std::vector<std::string>& sample,
                                                   Columns& columns) {
  ondemand::parser parser;
  std::vector<std::pair<std::string, std::string>> found, first;
  for (const std::string& text : sample) {
    const simdjson::padded_string padded(text);
    ondemand::document document;
    ondemand::object object;
    if (parser.iterate(padded).get(document) != simdjson::SUCCESS) continue;
    if (document.get_object().get(object) != simdjson::SUCCESS) continue;
    collect(object, "", 0, found);
    if (first.empty()) first = found;
  }
  std::vector<std::string> names;
  for (const auto& [name, text] : found) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  const auto missing = [&](const std::string& name) {
    return !names.empty() && std::ranges::find(names, path_of(name)) == names.end();
  };
  std::string time = path_of(options.time);
  if (options.time.empty()) {
    for (const std::string_view usual : usual_time_names()) {
      const auto at = std::ranges::find_if(first, [&](const auto& one) {
        return equals_ignoring_case(one.first, usual) && parse_time(one.second).has_value();
      });
      if (at == first.end()) continue;
      time = at->first;
      break;
    }
  } else if (options.time != "row" && missing(options.time)) {
    return tl::unexpected(unknown_column(path, options.time, "time", names));
  }
  for (const std::string& name : options.entity) {
    if (missing(name)) return tl::unexpected(unknown_column(path, name, "entity", names));
  }
  for (const std::string& name : options.ignore) {
    if (missing(name)) return tl::unexpected(unknown_column(path, name, "ignore", names));
  }
  DecoderOptions chosen = options;
  chosen.ignore.insert(chosen.ignore.end(), ignore_if_present.begin(), ignore_if_present.end());
  if (time.empty()) chosen.time = "row";
  return std::make_unique<JsonDecoder>(chosen, time, columns);
}

}  // namespace retimu
