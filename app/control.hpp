// SPDX-License-Identifier: Apache-2.0
// What `retimu control` asks for, one function an action; each gives an exit code.
#ifndef APP_CONTROL_HPP
#define APP_CONTROL_HPP

#include "retimu/core/request.hpp"

#include <string>
#include <vector>

namespace retimu::app {

struct ControlArguments {
  std::string data_dir;
  std::string confirmed, false_alarm, forget_false_alarm, model;
  std::vector<std::string> maintenance, end_maintenance;
  std::string from = "now", to, lasts, reason;
  bool no_learn = false;
  bool pause = false, resume = false, reload = false, accept = false, list = false;
};

// The name of the user who asks.
std::string user_name();

int confirm(const ControlArguments& arguments);
int call_false(const ControlArguments& arguments);
int forget_false(const ControlArguments& arguments);
int maintain(const ControlArguments& arguments);
int end_maintenance(const ControlArguments& arguments);
int operate(const ControlArguments& arguments, Operation::Action action);
int give_model(const ControlArguments& arguments);
int list_requests(const ControlArguments& arguments);

}  // namespace retimu::app

#endif
