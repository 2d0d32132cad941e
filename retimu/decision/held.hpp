// SPDX-License-Identifier: Apache-2.0
// For tests and benchmarks: the state of a component in memory of its own, as an entity's block
// would hold it.
#ifndef RETIMU_DECISION_HELD_HPP
#define RETIMU_DECISION_HELD_HPP

#include "retimu/core/state.hpp"

#include <memory>
#include <vector>

namespace retimu {

class Held {
 public:
  explicit Held(const Stateful& component)
      : component_(component),
        memory_(
            static_cast<std::byte*>(::operator new (component.bytes(1), std::align_val_t{16}))) {
    component_.create(memory_.get(), 1, 0);
  }
  ~Held() { component_.destroy(memory_.get(), 1); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  void* get() { return memory_.get(); }
  std::vector<std::byte> save() {
    std::vector<std::byte> bytes;
    StateWriter writer(bytes);
    component_.visit(get(), 1, writer);
    return bytes;
  }
  // False: the bytes were refused or did not fit.
  bool load(std::span<const std::byte> bytes) {
    StateReader reader(bytes);
    component_.visit(get(), 1, reader);
    return reader.finished();
  }

 private:
  struct Release {
    void operator()(std::byte* memory) const { ::operator delete (memory, std::align_val_t{16}); }
  };
  const Stateful& component_;
  std::unique_ptr<std::byte, Release> memory_;
};

}  // namespace retimu

#endif
