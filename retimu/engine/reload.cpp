// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/reload.hpp"

#include "retimu/engine/judging_difference.hpp"

namespace retimu {

Result<std::string> plan_reload(const Configuration& before, const Configuration& after,
                                bool accepts_other_pipeline) {
  if (after.data_dir != before.data_dir) {
    return failure(Fault::usage,
                   "{}: data_dir was \"{}\" and is \"{}\"; stop the pipeline and run it again",
                   after.file, before.data_dir, after.data_dir);
  }
  if (after.source_count() == 0) {
    return failure(Fault::usage, "{}: no [[source]]; a pipeline needs at least one", after.file);
  }
  Columns columns;
  const auto pipeline = build_pipeline(after, columns);
  if (!pipeline) return tl::unexpected(pipeline.error());
  const std::string was = judging_text(before), is = judging_text(after);
  std::string changes = judging_difference(was, is);
  if (was != is && !accepts_other_pipeline) {
    return failure(Fault::usage,
                   "{}: {}. What detectors have learned may be lost by that: put it back, or ask "
                   "for it by --reload --accept-other-pipeline",
                   after.file, changes);
  }
  const auto add = [&](bool has_changed, std::string_view what) {
    if (has_changed) changes += fmt::format("{}{}", changes.empty() ? "" : "; ", what);
  };
  add(before.files != after.files || before.live != after.live ||
          before.simulator != after.simulator,
      "sources");
  add(before.sinks != after.sinks, "sinks");
  add(before.maintenance != after.maintenance, "maintenance");
  add(before.topology != after.topology || before.tells_incidents != after.tells_incidents,
      "incidents");
  add(before.server != after.server, "[server]");
  add(before.journal_bytes != after.journal_bytes,
      "[limits] journal_bytes, which waits for the next start");
  return changes.empty() ? "nothing that is judged, read or told" : changes;
}

}  // namespace retimu
