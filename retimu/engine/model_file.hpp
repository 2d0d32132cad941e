// SPDX-License-Identifier: Apache-2.0
// Models as files: DIR/NAME-ID.model, where the id is that of the bytes.
#ifndef RETIMU_ENGINE_MODEL_FILE_HPP
#define RETIMU_ENGINE_MODEL_FILE_HPP

#include "retimu/engine/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace retimu {

inline constexpr std::string_view model_suffix = ".model";

// Writes it into the folder, which is created if missing, and gives the path. A file of that name
// has the same bytes, and stays; a crash leaves no half of one. NAME is that of the only detector,
// or "model".
Result<std::string> write_model(Model& model, const std::string& folder);

// Fault::system: it cannot be read; otherwise as decode_model.
Result<Model> read_model(const std::string& path);

// A file of a folder that ends as models do.
struct FoundModel {
  std::string path;
  std::uint64_t bytes = 0;
  std::optional<Model> model;  // without its state; none: `problem` says why
  std::string problem;
};
// Ordered by name. One model is in memory at a time.
Result<std::vector<FoundModel>> find_models(const std::string& folder);

// hash() of the file's bytes, a MiB after the other with the last result as seed. Nothing of what
// is no regular file is read.
Result<ModelSource> digest_of_file(const std::string& path);

}  // namespace retimu

#endif
