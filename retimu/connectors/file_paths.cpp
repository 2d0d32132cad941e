// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/file_paths.hpp"

#include "retimu/connectors/byte_reader.hpp"

#include <glob.h>

#include <algorithm>
#include <set>

namespace retimu {

namespace {

Result<void> add_matches(const std::string& pattern, std::vector<std::string>& to) {
  glob_t found{};
  const int code = ::glob(pattern.c_str(), GLOB_MARK, nullptr, &found);
  const std::size_t before = to.size();
  for (std::size_t i = 0; code == 0 && i < found.gl_pathc; ++i) {
    const std::string path = found.gl_pathv[i];
    if (!path.ends_with('/')) to.push_back(path);
  }
  ::globfree(&found);
  if (to.size() == before) return failure(Fault::input, "{}: no file matches", pattern);
  return {};
}

}  // namespace

Result<std::vector<std::string>> find_paths(const std::vector<std::string>& wanted) {
  std::vector<std::string> paths;
  for (const std::string& path : wanted) {
    const bool is_glob = path.find_first_of("*?[") != std::string::npos;
    // A file may be named with such characters.
    if (!is_glob || identify(path)) {
      paths.push_back(path);
    } else if (Result<void> added = add_matches(path, paths); !added) {
      return tl::unexpected(added.error());
    }
  }
  std::ranges::sort(paths);
  std::set<FileIdentity> seen;
  std::vector<std::string> kept;
  for (std::string& path : paths) {
    const Result<FileIdentity> identity = identify(path);
    if (!identity) return tl::unexpected(identity.error());
    if (seen.insert(*identity).second) kept.push_back(std::move(path));
  }
  return kept;
}

}  // namespace retimu
