// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/lateness.hpp"

#include <cstring>

namespace retimu {

Request wall_request(Time now) {
  Request request;
  request.kind = Control::Kind::wall;
  request.body.resize(sizeof now);
  std::memcpy(request.body.data(), &now, sizeof now);
  return request;
}

std::optional<Time> read_wall(const Request& request) {
  Time now = 0;
  if (request.kind != Control::Kind::wall || request.body.size() != sizeof now) return std::nullopt;
  std::memcpy(&now, request.body.data(), sizeof now);
  return now;
}

}  // namespace retimu
