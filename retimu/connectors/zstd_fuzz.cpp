// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"

namespace {

// What comes out, up to some bytes, with "!" where the data are damaged.
std::string unpack(const std::string& packed, std::size_t step, std::size_t at_once) {
  const auto reader =
      retimu::make_zstd_reader("x.zst", std::make_unique<retimu::MemoryReader>(packed, step));
  std::string text, chunk(at_once, '\0');
  while (text.size() < 200'000) {
    const retimu::Result<std::size_t> got = reader->read(chunk.data(), chunk.size());
    if (!got) return text + "!";
    if (*got == 0) return text;
    text += chunk.substr(0, *got);
  }
  return text.substr(0, 200'000);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const std::string all = unpack(bytes, SIZE_MAX, 1'000);
  RETIMU_ASSERT(unpack(bytes, 7, 1'000) == all);
  RETIMU_ASSERT(unpack(bytes, SIZE_MAX, 150'000) == all);
  const std::string packed = retimu::to_zstd(bytes);
  RETIMU_ASSERT(unpack(packed + packed, 13, 999) == bytes + bytes);
  return 0;
}
