// SPDX-License-Identifier: Apache-2.0
// Takes records from a source that cannot be asked again, as they come, and puts them into the
// journal. What a sender was told is taken is on the disk.
#ifndef RETIMU_CONNECTORS_RECEIVER_HPP
#define RETIMU_CONNECTORS_RECEIVER_HPP

#include "retimu/core/hash.hpp"
#include "retimu/core/interface.hpp"
#include "retimu/core/journal.hpp"
#include "retimu/core/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

struct ReceiverReport {
  std::uint64_t bytes = 0;    // taken
  std::uint64_t records = 0;  // taken, without headers; unreadable ones, too
  std::uint64_t lost = 0;     // of what cannot be slowed down: datagrams for which was no room
  std::uint64_t refused = 0;  // requests, connections or records, told to their sender or dead
  Time last = 0;              // wall clock of the newest; 0: none yet
  std::string trouble;        // why nothing comes now: "logs/app.log: is not there"; empty: none
  std::vector<std::string> notes;  // what a person should know, once each: a file was truncated
};

struct Receiver : Interface {
  // What start() would refuse whoever listens and writes elsewhere: an address for anyone, a
  // certificate that is not there. Takes nothing.
  virtual Result<void> check() const { return {}; }
  // Opens what it needs; threads begin to append. Fault::usage or Fault::system: it cannot listen
  // there. The journal outlives it.
  virtual Result<void> start(Journal& journal) = 0;
  // Takes nothing more; what was taken is in the journal when it returns, within two seconds.
  virtual void stop() = 0;
  // Nothing can come any more: the end of a pipe.
  virtual bool is_ended() const { return false; }
  // From any thread.
  virtual ReceiverReport report() const = 0;

  // For people, and its number in the journal's frames is made from it: "http 127.0.0.1:8080".
  virtual const std::string& name() const = 0;
  // Of a part of it, such as a file of several; empty: it has no such part.
  virtual std::string part_name(std::uint32_t) const { return {}; }
};

inline std::uint32_t source_number(std::string_view name) {
  return static_cast<std::uint32_t>(hash(name) >> 32U);
}

}  // namespace retimu

#endif
