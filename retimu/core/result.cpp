// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/result.hpp"

#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace retimu {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "retimu: a bug in RETIMU: %s does not hold (%s:%d)\n", condition, file,
               line);
  std::abort();
}

std::string system_message(int error_number) {
  return std::generic_category().message(error_number);
}

}  // namespace retimu
