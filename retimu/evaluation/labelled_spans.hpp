// SPDX-License-Identifier: Apache-2.0
// The truth of a recording as spans in which something was wrong, and what was told of them.
//
// A span is found by the first episode that names one of its entities (or any, if it has none)
// while it lasts. One that does so up to five minutes after its end tells of the recovery: it finds
// nothing and is not false. Every episode that tells of no span is false.
#ifndef RETIMU_EVALUATION_LABELLED_SPANS_HPP
#define RETIMU_EVALUATION_LABELLED_SPANS_HPP

#include "retimu/core/result.hpp"
#include "retimu/evaluation/episode_difference.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

struct LabelledSpan {
  std::string name;                   // of what was wrong; may be empty
  std::vector<std::string> entities;  // none: whoever
  Time begin = 0, end = 0;            // `end` is the first moment after
};

// CSV with a header: columns begin and end (times as parse_iso_time() reads them), and where they
// are there entity or entities (several joined by +) and fault or name. Other columns are passed
// over. `path` names the file in errors, with the line.
Result<std::vector<LabelledSpan>> parse_labelled_spans(std::string_view text,
                                                       std::string_view path);

struct SpansTold {
  // By span: from its begin until it was told; none: missed. Not negative.
  std::vector<std::optional<Duration>> delays;
  std::vector<const ToldEpisode*> false_episodes;  // in the order in which they were told
  std::size_t found = 0;
  std::optional<Duration> delay;  // median of those found
};

// The result points into `episodes`. Cost: spans times episodes.
SpansTold find_told(std::span<const LabelledSpan> spans, std::span<const ToldEpisode> episodes);

}  // namespace retimu

#endif
