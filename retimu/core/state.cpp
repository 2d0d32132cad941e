// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/state.hpp"

#include <bit>
#include <cstring>

namespace retimu {

static_assert(std::endian::native == std::endian::little, "stored formats are little-endian");

namespace {

void append(std::vector<std::byte>& to, const void* from, std::size_t bytes) {
  if (bytes == 0) return;
  const auto* first = static_cast<const std::byte*>(from);
  to.insert(to.end(), first, first + bytes);
}

}  // namespace

std::uint32_t StateWriter::version(std::uint32_t current) {
  append(to_, &current, sizeof current);
  return current;
}

std::size_t StateWriter::count(std::string_view /*name*/, std::size_t now, std::size_t max) {
  RETIMU_ASSERT(now <= max && now <= UINT32_MAX);
  const auto stored = static_cast<std::uint32_t>(now);
  append(to_, &stored, sizeof stored);
  return now;
}

void StateWriter::visit(std::string_view /*name*/, Cells cells) {
  std::visit([this](auto span) { append(to_, span.data(), span.size_bytes()); }, cells);
}

bool StateReader::take(void* to, std::size_t bytes) {
  if (failed_ || bytes > from_.size()) {
    failed_ = true;
    return false;
  }
  if (bytes > 0) std::memcpy(to, from_.data(), bytes);
  from_ = from_.subspan(bytes);
  return true;
}

std::optional<std::span<const std::byte>> StateReader::take_bytes(std::size_t bytes) {
  if (failed_ || bytes > from_.size()) {
    failed_ = true;
    return std::nullopt;
  }
  const std::span<const std::byte> taken = from_.first(bytes);
  from_ = from_.subspan(bytes);
  return taken;
}

std::uint32_t StateReader::version(std::uint32_t current) {
  std::uint32_t stored = current;
  if (!take(&stored, sizeof stored)) return current;
  if (stored > current || stored == 0) failed_ = true;
  return stored;
}

std::size_t StateReader::count(std::string_view /*name*/, std::size_t /*now*/, std::size_t max) {
  std::uint32_t stored = 0;
  if (!take(&stored, sizeof stored)) return 0;
  if (stored > max) {
    failed_ = true;
    return 0;
  }
  return stored;
}

void StateReader::visit(std::string_view /*name*/, Cells cells) {
  std::visit([this](auto span) { (void)take(span.data(), span.size_bytes()); }, cells);
}

}  // namespace retimu
