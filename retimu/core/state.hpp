// SPDX-License-Identifier: Apache-2.0
// State is described once and visited: saving, loading, hashing and measuring are visitors of one
// description.
#ifndef RETIMU_CORE_STATE_HPP
#define RETIMU_CORE_STATE_HPP

#include "retimu/core/interface.hpp"
#include "retimu/core/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace retimu {

// Whole spans rather than fields: few virtual calls. Written little-endian; the bytes are
// positional.
using Cells = std::variant<std::span<double>, std::span<float>, std::span<std::int64_t>,
                           std::span<std::uint64_t>, std::span<std::uint32_t>,
                           std::span<std::uint16_t>, std::span<std::uint8_t>>;

// Names serve inspection only. A visitor that reads fills the cells; one that writes leaves them
// alone.
struct StateVisitor : Interface {
  // Writing: stores `current` and returns it. Reading: returns the stored version, so that old
  // files load; one newer than `current` fails the visit.
  virtual std::uint32_t version(std::uint32_t current) = 0;
  // Length of what follows: writing returns `now`; reading returns the stored one, never more than
  // `max` (then the visit fails and 0 is returned).
  virtual std::size_t count(std::string_view name, std::size_t now, std::size_t max) = 0;
  virtual void visit(std::string_view name, Cells cells) = 0;
  // A reading visitor found the bytes too short, too new or out of bounds: what was filled is to be
  // thrown away.
  virtual bool failed() const = 0;
  // What was filled can't be a state: a reading visitor fails. To be called only for what no own
  // state can hold.
  virtual void refuse() {}

  template <class T>
  void cell(std::string_view name, T& value) {
    visit(name, Cells(std::span<T>(&value, 1)));
  }
  template <class T>
  void cells(std::string_view name, std::span<T> values) {
    visit(name, Cells(values));
  }
};

class StateWriter final : public StateVisitor {
 public:
  explicit StateWriter(std::vector<std::byte>& to) : to_(to) {}
  std::uint32_t version(std::uint32_t current) override;
  std::size_t count(std::string_view name, std::size_t now, std::size_t max) override;
  void visit(std::string_view name, Cells cells) override;
  bool failed() const override { return false; }

 private:
  std::vector<std::byte>& to_;
};

class StateReader final : public StateVisitor {
 public:
  explicit StateReader(std::span<const std::byte> from) : from_(from) {}
  std::uint32_t version(std::uint32_t current) override;
  std::size_t count(std::string_view name, std::size_t now, std::size_t max) override;
  void visit(std::string_view name, Cells cells) override;
  bool failed() const override { return failed_; }
  void refuse() override { failed_ = true; }
  // The next bytes as they stand; none if so many are not left.
  std::optional<std::span<const std::byte>> take_bytes(std::size_t bytes);
  // All bytes were taken and none were missing.
  bool finished() const { return !failed_ && from_.empty(); }

 private:
  bool take(void* to, std::size_t bytes);
  std::span<const std::byte> from_;
  bool failed_ = false;
};

// A component of an entity: its memory is a place in the entity's block (see engine/entity.hpp).
// `columns` is the number of columns that the entity has had so far; a component that does not
// depend on it ignores it.
struct Stateful : Interface {
  virtual std::size_t bytes(std::size_t columns) const = 0;  // 0 is allowed; aligned to 16
  // seed = hash of (pipeline's seed, entity's name, own name)
  virtual void create(void* at, std::size_t columns, std::uint64_t seed) const = 0;
  virtual void destroy(void* at, std::size_t columns) const = 0;
  // Moves a state to a new place for more columns, the old ones keep their slots; `from` is
  // destroyed by it.
  virtual void grow(void* to, std::size_t columns_to, void* from,
                    std::size_t columns_from) const = 0;
  virtual void visit(void* at, std::size_t columns, StateVisitor& visitor) const = 0;
};

}  // namespace retimu

#endif
