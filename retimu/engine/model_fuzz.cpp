// SPDX-License-Identifier: Apache-2.0
// Any bytes as a model: refused, or written again as the same. The first byte says whether the
// checksum is set right, so that what lies behind it is reached.
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/model_start.hpp"

#include <cstring>

namespace {

using namespace retimu;

// The 16 bytes at the end of a model are its id, each half as a number.
void set_checksum(std::vector<std::byte>& bytes) {
  if (bytes.size() < 16) return;
  const ModelId id = model_id_of(Bytes(bytes).first(bytes.size() - 16));
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t number = std::stoull(id.substr(16 * half, 16), nullptr, 16);
    std::memcpy(bytes.data() + bytes.size() - 16 + 8 * half, &number, sizeof number);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto all = std::as_bytes(std::span(data + 1, size - 1));
  std::vector<std::byte> bytes(all.begin(), all.end());
  if (data[0] % 2 == 1) set_checksum(bytes);
  Result<Model> model = decode_model(bytes, "x");
  if (!model) {
    RETIMU_ASSERT(model.error().fault == Fault::corrupt);
    return 0;
  }
  (void)check_model({}, *model, "x");
  const auto written = encode_model(*model);
  RETIMU_ASSERT(written && std::ranges::equal(*written, bytes));
  return 0;
}
