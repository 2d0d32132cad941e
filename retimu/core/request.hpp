// SPDX-License-Identifier: Apache-2.0
// What a person asks of a pipeline, whether or not it runs. It waits in the data_dir until it
// enters the admitted order as a control.
#ifndef RETIMU_CORE_REQUEST_HPP
#define RETIMU_CORE_REQUEST_HPP

#include "retimu/core/event.hpp"
#include "retimu/core/interface.hpp"
#include "retimu/core/result.hpp"
#include "retimu/core/time.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retimu {

// An alert was right: what the entity did in [from, to] was a fault, and must not pass for usual.
struct Confirmation {
  std::string entity;
  Time from = 0, to = 0;
};

// As it is logged and waits: from and to, 8 bytes each, little-endian, then the entity's name.
std::vector<std::byte> to_bytes(const Confirmation& confirmation);
std::optional<Confirmation> read_confirmation(std::span<const std::byte> bytes);

struct Request {
  std::string name;  // unique among those that wait
  Control::Kind kind = Control::Kind::confirmation;
  std::vector<std::byte> body;  // of its kind, as it is logged
};

struct Requests : Interface {
  // Those that wait, ordered by name. Called by the reading thread.
  virtual Result<std::vector<Request>> waiting() = 0;
  // It was logged and need not wait any more. Called by the committing thread while it runs.
  virtual Result<void> done(const std::string& name) = 0;
};

}  // namespace retimu

#endif
