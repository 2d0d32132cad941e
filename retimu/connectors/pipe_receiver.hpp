// SPDX-License-Identifier: Apache-2.0
// A pipe, such as standard input: what another program writes, until it ends. A full journal lets
// the other program wait.
#ifndef RETIMU_CONNECTORS_PIPE_RECEIVER_HPP
#define RETIMU_CONNECTORS_PIPE_RECEIVER_HPP

#include "retimu/connectors/file_source.hpp"
#include "retimu/connectors/receiver.hpp"

#include <memory>

namespace retimu {

// `descriptor` is read, and neither changed nor closed: 0 is standard input. At its end a last
// record without a line end is taken as it is.
std::unique_ptr<Receiver> make_pipe_receiver(std::string name, int descriptor, FileInput reading);

}  // namespace retimu

#endif
