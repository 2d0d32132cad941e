// SPDX-License-Identifier: Apache-2.0
// Log lines of a system by session (a block of HDFS, a machine of OpenStack), of which it is known
// whether it failed, as deep-loglizer and anomaly-detection-log-datasets publish them (Chen et al.,
// "Experience report: deep learning-based system log analysis for anomaly detection", 2021;
// Landauer, Skopik, Wurzenberger, "A critical review of common log data sets", FSE 2024).
#ifndef RETIMU_EVALUATION_LOG_SESSIONS_HPP
#define RETIMU_EVALUATION_LOG_SESSIONS_HPP

#include "retimu/core/batch.hpp"
#include "retimu/core/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace retimu {

struct LogSessions {
  struct Session {
    std::vector<std::uint32_t> lines;  // places in `templates`
    bool is_abnormal = false;
  };
  std::string name;                    // "HDFS"
  std::vector<std::string> templates;  // text of a line, with <*> for what varies
  std::vector<Session> sessions;       // as published; OpenStack's shuffled, seed 1
};

// Adds the sessions one behind the other as lines of one entity, a line a second: the lines of a
// session have no times of their own.
void append_events(const LogSessions& sessions, Batch& to);

// hdfs_100k/ and openstack_loghub/ in the folder, or in log-sessions in it; files plain or packed
// by gzip. Fault::input: neither is there, or one of its files is not what it should be.
Result<std::vector<LogSessions>> read_log_sessions(const std::string& folder);

}  // namespace retimu

#endif
