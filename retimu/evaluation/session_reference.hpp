// SPDX-License-Identifier: Apache-2.0
// The references for sessions of log lines: one that is told where a session ends and what the true
// template of each line is, and a random one. Online and without labels, as the engine is.
//
// Seen is what was in at least 1 % of the sessions so far, so that a fault that comes again stays
// one. Three scores of a session: the rarity of its templates that were not seen, the sum of
// ln((1 + sessions) / (1 + sessions with it)); how far its length is beyond those of all but 1 % of
// the sessions; how far its counts are from the nearest counts that were seen, by rarity. Each gets
// the p-value of its place among the last 1,000 such scores of sessions that were not called; the
// least, times their number, calls a session from 2 % down, after 30 sessions.
// Cost: up to 256 remembered counts a session.
#ifndef RETIMU_EVALUATION_SESSION_REFERENCE_HPP
#define RETIMU_EVALUATION_SESSION_REFERENCE_HPP

#include "retimu/evaluation/log_sessions.hpp"

#include <vector>

namespace retimu {

// One a session: decades below 2 %, ties in the order of the sum of the scores; of the first 30 the
// lowest number.
std::vector<double> score_by_sessions(const LogSessions& sessions);
// The same with the first of the three scores alone.
std::vector<double> score_by_rarity(const LogSessions& sessions);

// At random, seed 1: calls as many as are abnormal, give or take.
std::vector<double> score_at_random(const LogSessions& sessions);

}  // namespace retimu

#endif
