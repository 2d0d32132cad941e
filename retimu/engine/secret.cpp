// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/secret.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>

namespace retimu {

Result<std::string> read_secret(const std::string& variable, const std::string& file) {
  constexpr std::size_t bytes_max = 4'096;
  if (!variable.empty()) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr || *value == '\0') {
      return failure(Fault::usage, "the environment has no {}: set it before the start", variable);
    }
    return std::string(value);
  }
  if (file.empty()) return std::string();
  std::ifstream stream(file, std::ios::binary);
  std::string line;
  if (!stream || !std::getline(stream, line)) {
    return failure(Fault::usage, "{}: no secret can be read from it: {}", file,
                   stream.is_open() ? "it is empty" : system_message(errno));
  }
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty() || line.size() > bytes_max) {
    return failure(Fault::usage, "{}: its first line must be the secret, of 1 to {} bytes", file,
                   bytes_max);
  }
  return line;
}

}  // namespace retimu
