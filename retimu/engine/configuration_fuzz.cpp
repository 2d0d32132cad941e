// SPDX-License-Identifier: Apache-2.0
// Any bytes as a pipeline file: refused with a sentence that names the place, or a pipeline can be
// built of it, and what its state depends on is read again as the same.
#include "retimu/engine/configuration.hpp"

#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace retimu;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Edges may come from a file, which is another decoder's.
  if (text.find("file") != std::string_view::npos && text.find("topology") != text.npos) return 0;
  const Result<Configuration> configuration = parse_configuration(text, "p.toml");
  if (!configuration) {
    RETIMU_ASSERT(configuration.error().fault == Fault::usage);
    RETIMU_ASSERT(configuration.error().message.starts_with("p.toml:"));
    return 0;
  }
  Columns columns;
  const auto pipeline = build_pipeline(*configuration, columns);
  RETIMU_ASSERT(pipeline || !pipeline.error().message.empty());
  const std::string judging = judging_text(*configuration);
  const Result<Configuration> again = parse_configuration(judging, "judging");
  RETIMU_ASSERT(again && judging_text(*again) == judging);
  return 0;
}
