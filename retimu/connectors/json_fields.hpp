// SPDX-License-Identifier: Apache-2.0
// The fields that the objects of a file have had so far, and what each stands for.
#ifndef RETIMU_CONNECTORS_JSON_FIELDS_HPP
#define RETIMU_CONNECTORS_JSON_FIELDS_HPP

#include "retimu/connectors/json_layout.hpp"

#include <cstring>
#include <set>
#include <unordered_map>

namespace retimu {

// "/meta/host" (a JSON pointer, RFC 6901, with ~0 and ~1) and "meta/host" are the path "meta/host".
std::string json_path(std::string_view name);

struct JsonField {
  static constexpr std::uint32_t no_part = UINT32_MAX;

  std::string path;                   // "meta/load"; the column's name
  std::string_view key;               // the last part of the path
  const JsonField* parent = nullptr;  // the object that it stands in; null: the record itself
  bool is_plain = true;               // the key stands in the text as it is, without escapes
  bool is_time = false, is_message = false, is_level = false, is_ignored = false;
  bool is_alarm = false, is_severity = false, is_state = false;
  std::uint32_t entity_part = no_part;
  bool has_role() const {
    return is_time || is_message || is_level || is_alarm || is_severity || is_state ||
           entity_part != no_part;
  }

  std::optional<ColumnId> column;  // from its first number on
  bool is_refused = false;         // no column could be had
  bool is_noted = false;           // a note says that something was left out
  std::uint64_t last_record = 0;   // that had a number here, from 1
  std::size_t item = 0;            // place of that number
};

// Fields by path and, since records of a file mostly have the same ones in the same order, by what
// came next in the record before: then finding one is a comparison. Bounded; fields beyond the
// bound are ignored.
class JsonFields {
 public:
  JsonFields(const DecoderOptions& options, const JsonLayout& layout);

  void begin_record() { next_ = 0; }
  // The field that stood here in the record before, if the text at `key`, which ends before `end`,
  // is its name and a quote.
  JsonField* expected(const JsonField* parent, const char* key, const char* end) {
    if (next_ == order_.size()) return nullptr;
    JsonField* field = order_[next_];
    const std::size_t bytes = field->key.size();
    if (field->parent != parent || !field->is_plain || end - key <= std::ptrdiff_t(bytes) ||
        key[bytes] != '"' || std::memcmp(key, field->key.data(), bytes) != 0) {
      return nullptr;
    }
    ++next_;
    return field;
  }
  // By its unescaped name; new ones are added. Never null; valid as long as this object.
  JsonField* find(const JsonField* parent, std::string_view key);

 private:
  bool is_ignored(std::string_view path) const;
  JsonField make(const JsonField* parent, std::string_view key) const;

  JsonLayout layout_;
  std::vector<std::string> entity_paths_;
  std::set<std::string, std::less<>> ignored_;
  std::unordered_map<std::string, JsonField> by_path_;  // addresses are stable
  JsonField surplus_;
  std::vector<JsonField*> order_;  // of the record before, as far as this one agrees
  std::size_t next_ = 0;           // in order_
  std::string path_;
};

}  // namespace retimu

#endif
