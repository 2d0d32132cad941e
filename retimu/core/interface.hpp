// SPDX-License-Identifier: Apache-2.0
// What every interface is: deleted through its base, never copied.
#ifndef RETIMU_CORE_INTERFACE_HPP
#define RETIMU_CORE_INTERFACE_HPP

namespace retimu {

struct Interface {
  Interface() = default;
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;
  virtual ~Interface() = default;
};

}  // namespace retimu

#endif
