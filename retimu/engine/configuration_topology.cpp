// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration_topology.hpp"

#include "retimu/connectors/csv_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <sstream>

namespace retimu {

namespace {

constexpr std::size_t edges_max = 1'000'000, name_bytes_max = 4'096, hops_max = 16;
constexpr std::streamoff file_bytes_max = 256 * 1024 * 1024;

std::string in_small_letters(std::string_view text) {
  std::string small(text);
  std::ranges::transform(small, small.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return small;
}

bool is_header(std::string_view from, std::string_view to) {
  constexpr std::array<std::string_view, 5> first = {"from", "source", "src", "upstream", "parent"};
  constexpr std::array<std::string_view, 7> second = {"to",   "target",     "destination", "dst",
                                                      "dest", "downstream", "child"};
  return std::ranges::find(first, in_small_letters(from)) != first.end() &&
         std::ranges::find(second, in_small_letters(to)) != second.end();
}

char delimiter_of(std::string_view line) {
  for (const char delimiter : {',', ';', '\t'}) {
    if (line.find(delimiter) != std::string_view::npos) return delimiter;
  }
  return ',';
}

Result<void> read_edges(const TomlReader& toml, const toml::node& node,
                        std::vector<TopologyEdge>& to) {
  if (!node.is_array()) {
    return toml.wrong(node, "edges must be a list of pairs: [[\"switch1\", \"server1\"]]");
  }
  for (const toml::node& pair : *node.as_array()) {
    const toml::array* ends = pair.as_array();
    const auto name = [&](std::size_t i) {
      const auto text = ends->get(i)->value_exact<std::string>();
      return text && text->size() <= name_bytes_max ? *text : std::string();
    };
    if (ends == nullptr || ends->size() != 2 || name(0).empty() || name(1).empty()) {
      return toml.wrong(pair, "an edge is two names: [\"switch1\", \"server1\"]");
    }
    if (to.size() == edges_max) return toml.wrong(pair, "at most {} edges", edges_max);
    to.push_back({name(0), name(1)});
  }
  return {};
}

Result<std::string> read_edge_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff bytes = file ? static_cast<std::streamoff>(file.tellg()) : -1;
  if (bytes > file_bytes_max) {
    return failure(Fault::usage, "{}: larger than 256 MiB, no file of edges", path);
  }
  std::string text(bytes > 0 ? static_cast<std::size_t>(bytes) : 0, '\0');
  file.seekg(0);
  if (bytes < 0 || !file.read(text.data(), bytes)) {
    return failure(Fault::usage, "{}: cannot be read: {}; [topology] file names a CSV of edges",
                   path, system_message(errno == 0 ? EISDIR : errno));
  }
  return text;
}

}  // namespace

Result<void> parse_edges(std::string_view text, std::string_view name,
                         std::vector<TopologyEdge>& to) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<std::string_view> fields;
  std::string memory;
  bool is_first = true;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), whole.size() + 1));
    const std::string_view line =
        trim(whole.ends_with('\r') ? whole.substr(0, whole.size() - 1) : whole);
    if (line.empty() || line.starts_with('#')) continue;
    fields.clear();
    memory.clear();
    const bool is_read = split_csv(line, delimiter_of(line), fields, memory);
    for (std::string_view& field : fields) field = trim(field);
    if (!is_read || fields.size() != 2 || fields[0].empty() || fields[1].empty() ||
        std::max(fields[0].size(), fields[1].size()) > name_bytes_max) {
      return failure(Fault::usage, "{}:{}: not an edge; a line is two names: switch1,server1", name,
                     number);
    }
    if (std::exchange(is_first, false) && is_header(fields[0], fields[1])) continue;
    if (to.size() == edges_max) {
      return failure(Fault::usage, "{}:{}: more than {} edges", name, number, edges_max);
    }
    to.push_back({std::string(fields[0]), std::string(fields[1])});
  }
  return {};
}

Result<void> read_topology(const TomlReader& toml, const toml::table& from,
                           TopologyConfiguration& to) {
  std::string path;
  Result<void> read = toml.check_keys(from, "topology");
  if (read) read = toml.whole(from, "hops", 1, hops_max, to.hops);
  if (read) read = toml.duration(from, "window", to.window);
  if (read && to.window <= 0) read = toml.wrong(*from.get("window"), "window must be above 0s");
  if (read && from.contains("edges")) read = read_edges(toml, *from.get("edges"), to.edges);
  if (read) read = toml.text(from, "file", path);
  if (!read || path.empty()) return read;
  const Result<std::string> text = read_edge_file(path);
  if (!text) return tl::unexpected(text.error());
  return parse_edges(*text, path, to.edges);
}

}  // namespace retimu
