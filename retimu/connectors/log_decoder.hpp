// SPDX-License-Identifier: Apache-2.0
// Logs: a record is a line with those that go on with it, an event its message with a severity.
// The message is {message} of the layout's pattern, or what read_log_header finds, with the lines
// that follow; at most 64 KiB of it. Its severity is the word in {level}, or what the header says;
// without either it is indeterminate.
//
// Where times have no year, the file's first record is of the last year in which it was not later
// than the file was written, and a year begins where months run backwards by two or more; a step
// back of one month, or from January to December, is a line that came late. Blind to: files that
// span more than a year without years, where the first year is taken too late; pauses of eleven
// months.
//
// Cost: about 0.8 us a line of 90 bytes; nothing is allocated once warm.
#ifndef RETIMU_CONNECTORS_LOG_DECODER_HPP
#define RETIMU_CONNECTORS_LOG_DECODER_HPP

#include "retimu/connectors/log_layout.hpp"

namespace retimu {

// `written`: when the file was last written. `sample`: its first lines.
std::unique_ptr<Decoder> make_log_decoder(LogLayout layout, Time written,
                                          const std::vector<std::string>& sample);

}  // namespace retimu

#endif
