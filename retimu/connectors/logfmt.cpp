// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/logfmt.hpp"

#include <algorithm>

namespace retimu {

namespace {

bool is_in_key(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_.-@/").find(c) != std::string_view::npos;
}

}  // namespace

bool next_pair(std::string_view line, std::size_t& at, LogPair& pair) {
  while (at < line.size()) {
    at = std::min(line.find_first_not_of(" \t", at), line.size());
    const std::size_t begin = at;
    while (at < line.size() && is_in_key(line[at])) ++at;
    if (at == begin || at >= line.size() || line[at] != '=') {
      at = std::min(line.find_first_of(" \t", at), line.size());
      continue;
    }
    pair.key = line.substr(begin, at - begin);
    ++at;
    if (at >= line.size() || line[at] != '"') {
      const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
      pair.value = line.substr(at, end - at);
      at = end;
      return true;
    }
    std::size_t end = at + 1;
    while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
    if (end >= line.size()) return false;
    pair.value = line.substr(at + 1, end - at - 1);
    at = end + 1;
    return true;
  }
  return false;
}

}  // namespace retimu
