// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/file_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
  retimu::check_reading(text, retimu::choose_input(data[0], retimu::RecordFormat::log));
  return 0;
}
