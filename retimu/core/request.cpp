// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/request.hpp"

#include "retimu/core/state.hpp"

#include <array>
#include <cstring>

namespace retimu {

std::vector<std::byte> to_bytes(const Confirmation& confirmation) {
  const std::array times{confirmation.from, confirmation.to};
  std::vector<std::byte> bytes(sizeof times + confirmation.entity.size());
  std::memcpy(bytes.data(), times.data(), sizeof times);
  std::memcpy(bytes.data() + sizeof times, confirmation.entity.data(), confirmation.entity.size());
  return bytes;
}

std::optional<Confirmation> read_confirmation(std::span<const std::byte> bytes) {
  std::array<Time, 2> times{};
  if (bytes.size() < sizeof times) return std::nullopt;
  std::memcpy(times.data(), bytes.data(), sizeof times);
  if (times[0] > times[1]) return std::nullopt;
  const std::span<const std::byte> name = bytes.subspan(sizeof times);
  return Confirmation{
      {reinterpret_cast<const char*>(name.data()), name.size()}, times[0], times[1]};
}

}  // namespace retimu
