// SPDX-License-Identifier: Apache-2.0
// One line an alert on standard output; of an incident one more for each other likely cause.
#ifndef RETIMU_CONNECTORS_CONSOLE_SINK_HPP
#define RETIMU_CONNECTORS_CONSOLE_SINK_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/sink.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace retimu {

// Colours on a terminal unless NO_COLOR is set. `tells_rows`: "row 512" for the time. Each delivery
// is flushed; it cannot tell what arrived.
std::unique_ptr<Sink> make_console_sink(bool tells_rows = false);

// What a terminal could take for a command (control characters, turns of direction, what is not
// UTF-8) becomes '?'.
std::string printable(std::string_view text);

// The line without its end: time, severity or "resolved" or "summary", sentence; printable. Of an
// incident the next two of its causes follow on lines of their own.
std::string console_line(const Alert& alert, bool has_colours, bool tells_rows = false);

}  // namespace retimu

#endif
