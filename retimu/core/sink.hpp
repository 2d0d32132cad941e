// SPDX-License-Identifier: Apache-2.0
#ifndef RETIMU_CORE_SINK_HPP
#define RETIMU_CORE_SINK_HPP

#include "retimu/core/alert.hpp"
#include "retimu/core/interface.hpp"

#include <optional>
#include <span>
#include <utility>

namespace retimu {

// Where alerts are told. Called by one thread, in the order of the outbox.
struct Sink : Interface {
  // All or an error that says what to do; after an error the same alerts are offered again.
  virtual Result<void> deliver(std::span<const Alert> alerts) = 0;
  // The last alert that arrived for sure, if the sink itself can tell (a file can, a console
  // can't).
  virtual Result<std::optional<std::pair<AlertId, std::uint32_t>>> last_delivered() = 0;
};

}  // namespace retimu

#endif
