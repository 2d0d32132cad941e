// SPDX-License-Identifier: Apache-2.0
// What a syslog message must say of itself before it can be judged, when it was sent and by which
// host, and many devices leave out. What is missing is written into the message when it is taken,
// as RFC 3164, 4.3 has relays do, so that the journal holds it and a replay reads the same: the
// time of receipt, and the sender's address.
//
// Missing is a time or host that is "-" in RFC 5424; in RFC 3164 a time that does not stand behind
// the priority, and a host where what follows the time is no name or ends with ':', as a program's
// does. Of Cisco's "42: router1: *Mar  1 00:00:00.123: %LINK-3-UPDOWN: text" sequence number and
// clock are left out; that clock counts where it has a date, no '*' or '.' before it, which say
// that it is not set, and no zone but UTC. Blind to: a message without a host whose text begins
// with a name.
#ifndef RETIMU_CONNECTORS_SYSLOG_HEADER_HPP
#define RETIMU_CONNECTORS_SYSLOG_HEADER_HPP

#include "retimu/connectors/network_list.hpp"
#include "retimu/core/time.hpp"

#include <string>
#include <string_view>

namespace retimu {

// Appends the message, one line without its end, with what it lacks; false: it lacks nothing, and
// nothing is appended. `now`: of the clock on the wall. About 150 ns, 1 us where it lacks some.
bool complete_syslog(std::string_view message, const IpAddress& sender, Time now, std::string& to);

}  // namespace retimu

#endif
