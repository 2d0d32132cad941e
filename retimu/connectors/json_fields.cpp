// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/json_fields.hpp"

#include <algorithm>

namespace retimu {

namespace {
constexpr std::size_t fields_max = 65'536;
constexpr std::size_t path_bytes_max = 4'096;  // of a column's name, too
}  // namespace

std::string json_path(std::string_view name) {
  if (!name.starts_with('/')) return std::string(name);
  std::string path;
  for (std::size_t i = 1; i < name.size(); ++i) {
    const std::string_view escape = name.substr(i, 2);
    if (escape == "~0" || escape == "~1") {
      path += escape == "~0" ? '~' : '/';
      ++i;
    } else {
      path += name[i];
    }
  }
  return path;
}

JsonFields::JsonFields(const DecoderOptions& options, const JsonLayout& layout) : layout_(layout) {
  for (const std::string& name : options.entity) entity_paths_.push_back(json_path(name));
  for (const std::string& name : options.ignore) ignored_.insert(json_path(name));
  for (const std::string& name : options.ignore_if_present) ignored_.insert(json_path(name));
  surplus_.is_plain = false;
  surplus_.is_ignored = true;
}

JsonField* JsonFields::find(const JsonField* parent, std::string_view key) {
  if (parent == &surplus_) return &surplus_;
  path_.clear();
  if (parent != nullptr) path_.append(parent->path).append("/");
  path_ += key;
  auto at = by_path_.find(path_);
  if (at == by_path_.end()) {
    if (by_path_.size() >= fields_max || path_.size() > path_bytes_max) return &surplus_;
    at = by_path_.emplace(path_, make(parent, key)).first;
    JsonField& field = at->second;
    field.path = path_;
    field.key = std::string_view(field.path).substr(field.path.size() - key.size());
  }
  order_.resize(next_);
  if (order_.size() < fields_max) {
    order_.push_back(&at->second);
    ++next_;
  }
  return &at->second;
}

// The path itself or an object around it. By the path alone, so that nothing depends on what came
// before.
bool JsonFields::is_ignored(std::string_view path) const {
  if (ignored_.empty()) return false;
  for (std::size_t end = path.find('/'); end != std::string_view::npos;
       end = path.find('/', end + 1)) {
    if (ignored_.contains(path.substr(0, end))) return true;
  }
  return ignored_.contains(path);
}

JsonField JsonFields::make(const JsonField* parent, std::string_view key) const {
  JsonField field;
  field.parent = parent;
  field.is_plain = key.find_first_of("\"\\") == std::string_view::npos;
  const auto has = [this](const std::string& role) { return !role.empty() && path_ == role; };
  field.is_time = has(layout_.time);
  field.is_message = has(layout_.message);
  field.is_level = has(layout_.level);
  field.is_alarm = has(layout_.alarm);
  field.is_severity = has(layout_.severity);
  field.is_state = has(layout_.state);
  field.is_ignored = is_ignored(path_);
  const auto part = std::ranges::find(entity_paths_, path_);
  if (part != entity_paths_.end()) {
    field.entity_part = static_cast<std::uint32_t>(part - entity_paths_.begin());
  }
  return field;
}

}  // namespace retimu
