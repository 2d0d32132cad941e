// SPDX-License-Identifier: Apache-2.0
// Where the messages of a syslog receiver go, and who may send them.
#ifndef RETIMU_CONNECTORS_SYSLOG_TARGET_HPP
#define RETIMU_CONNECTORS_SYSLOG_TARGET_HPP

#include "retimu/connectors/network_list.hpp"
#include "retimu/connectors/receiver_counts.hpp"
#include "retimu/connectors/syslog_framer.hpp"
#include "retimu/connectors/syslog_receiver.hpp"

namespace retimu {

inline constexpr std::size_t syslog_batch_bytes = 256UL * 1024;  // then it is appended
inline constexpr std::chrono::milliseconds syslog_append_wait{200};
inline constexpr std::chrono::milliseconds syslog_drain_time{500};  // of stop()

struct SyslogTarget {
  const SyslogReceiverOptions& options;
  Journal& journal;
  ReceiverCounts& counts;
  const NetworkList allowed;

  bool is_allowed(const IpAddress& sender) const {
    return allowed.is_empty() || allowed.holds(sender) || is_loopback(sender);
  }
  // For append_syslog.
  std::optional<IpAddress> named(const IpAddress& sender) const {
    return options.completes ? std::optional(sender) : std::nullopt;
  }
};

// Messages of one thread that go into the journal together.
class SyslogBatch {
 public:
  explicit SyslogBatch(SyslogTarget& target)
      : target_(target), source_(source_number(target.options.name)) {}

  std::string records;
  SyslogCounts counts;

  bool is_due() const { return records.size() >= syslog_batch_bytes; }

  // Waits for syslog_append_wait at most. True: it is in the journal, and the batch empty.
  bool append() {
    if (counts.torn > 0) target_.counts.refused(std::exchange(counts.torn, 0));
    if (counts.cut > 0 && !std::exchange(has_cut_, true)) {
      target_.counts.note(fmt::format("a message of more than {} bytes was cut; others may be, too",
                                      target_.options.message_bytes_max));
    }
    if (counts.completed > 0 && !std::exchange(has_completed_, true)) {
      target_.counts.note(
          "a message names no time or no host: it has that of its receipt, or its sender's "
          "address");
    }
    if (records.empty()) return true;
    const Result<Appended> appended = target_.journal.append(
        {.source = source_, .format = RecordFormat::log, .bytes = records, .cursor = {}},
        syslog_append_wait);
    if (!appended) {
      target_.counts.trouble(appended.error().message);
    } else if (*appended == Appended::full) {
      target_.counts.trouble("the journal is full: streams wait, datagrams are lost");
    } else {
      target_.counts.took(records.size(), counts.messages);
      clear();
    }
    return records.empty();
  }
  void lose() {
    target_.counts.lost(counts.messages);
    clear();
  }

 private:
  void clear() {
    records.clear();
    counts = {};
  }

  SyslogTarget& target_;
  const std::uint32_t source_;
  bool has_cut_ = false, has_completed_ = false;
};

}  // namespace retimu

#endif
