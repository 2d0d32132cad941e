// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/connectors_test_tools.hpp"

namespace {

// What comes out, up to some bytes, with "!" where the data are damaged.
std::string unpack(const std::string& packed, std::size_t step) {
  const auto reader =
      retimu::make_gzip_reader("x.gz", std::make_unique<retimu::MemoryReader>(packed, step));
  std::string text, chunk(1'000, '\0');
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
  RETIMU_ASSERT(unpack(bytes, 7) == unpack(bytes, SIZE_MAX));
  const std::string packed = retimu::to_gzip(bytes);
  RETIMU_ASSERT(unpack(packed + packed, 13) == bytes + bytes);
  return 0;
}
