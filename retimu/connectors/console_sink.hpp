// SPDX-License-Identifier: Apache-2.0
#ifndef RETIMU_CONNECTORS_CONSOLE_SINK_HPP
#define RETIMU_CONNECTORS_CONSOLE_SINK_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/sink.hpp"

#include <memory>

namespace retimu {

// One line an alert on standard output: time, severity, entity, sentence. Colours on a terminal unless NO_COLOR is set.
std::unique_ptr<Sink> make_console_sink();

// The line without its end; names and texts from outside lose their control characters.
std::string console_line(const Alert& alert, bool has_colours);

}  // namespace retimu

#endif
