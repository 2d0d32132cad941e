// SPDX-License-Identifier: Apache-2.0
// No detector is silently dead: each is tried on copies of entities that it watches, with what it
// has learned of them. All columns leap far away and stay there, which is a spike, a new level and
// a stuck value in one.
#ifndef RETIMU_ENGINE_PROBE_HPP
#define RETIMU_ENGINE_PROBE_HPP

#include "retimu/engine/entity.hpp"

#include <string>
#include <vector>

namespace retimu {

struct Tried {
  std::string detector;
  std::size_t entities = 0;  // past their warm-up
  std::size_t seen = 0;      // of them, those in which it called the leap unusual
};

class Probe {
 public:
  explicit Probe(const Pipeline& pipeline);

  // The saved state of an entity; one that is warming, or in an episode, is passed over.
  void try_on(std::span<const std::byte> entity);
  const std::vector<Tried>& results() const { return results_; }  // by detector

 private:
  bool judges(std::size_t index, std::size_t columns) const;
  bool sees(std::size_t detector, EntityParts entity);

  const Pipeline& pipeline_;
  LocalClock clock_;
  EntityFactory factory_;
  Slab slab_;
  std::vector<std::size_t> tried_;  // detectors, by result
  std::vector<Tried> results_;
  std::vector<std::byte> scratch_;
};

}  // namespace retimu

#endif
