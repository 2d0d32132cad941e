// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of which nothing is said, not even its format.
#include "retimu/connectors/file_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  retimu::FileInput input;
  input.record_bytes_max = 4'096;
  retimu::check_reading(std::string(reinterpret_cast<const char*>(data), size), input);
  return 0;
}
