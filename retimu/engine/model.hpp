// SPDX-License-Identifier: Apache-2.0
// What was learned from training files, with what one must know to use it elsewhere. Its bytes
// depend on the data, the configuration and the program alone, and their hash is its id. The byte
// drawing is in docs/formats.md.
#ifndef RETIMU_ENGINE_MODEL_HPP
#define RETIMU_ENGINE_MODEL_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/store.hpp"
#include "retimu/engine/learned_state.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

// 128 bits of the model's bytes; 32 hexadecimal digits.
using ModelId = std::string;

struct ModelColumn {
  std::string name, unit;       // the unit as configured; empty: none stated
  std::uint8_t is_counter = 0;  // judged by its rate
};

// A file that it was trained on.
struct ModelSource {
  std::string name;          // without its folder
  std::uint64_t bytes = 0;   // as they lie on the disk
  std::uint64_t digest = 0;  // of them, see digest_of_file(); 0 of what is no regular file
};

// How far a detector came: its scores mean something once they are calibrated.
struct ModelDetector {
  std::string name, modality;
  std::uint64_t entities = 0;  // that it judges
  std::uint64_t warm = 0;      // of them, calibrated by warm_samples scores or more
  double samples_middle = 0;   // median over entities of scores behind the calibration
};

struct ModelHeader {
  std::string program;  // version that wrote it
  std::string judging;  // judging_text() of the configuration, the seed included
  std::uint64_t records = 0, rejected = 0, entities = 0;  // counts
  Time first = time_none, last = time_none;               // of the training records, event time
  std::uint8_t has_row_times = 0;                         // they are numbers of records
  std::vector<ModelSource> sources;                       // ordered by name
  std::vector<ModelColumn> columns;                       // that some entity has; ordered by name
  std::vector<ModelDetector> detectors;                   // in the pipeline's order
};

struct Model {
  ModelId id;
  std::uint64_t bytes = 0;  // of the file
  ModelHeader header;
  LearnedState state;
};

// The file's bytes; sets id and bytes. Fault::usage if a part is too large for the format (4 GiB).
Result<std::vector<std::byte>> encode_model(Model& model);

// `name` is that of the file, for messages. Fault::corrupt: no model, cut short, changed, or of a
// newer version. The states within are not looked at.
Result<Model> decode_model(Bytes bytes, std::string_view name);

// The first bytes say that it is one.
bool is_model(Bytes first);

// Of any bytes.
ModelId model_id_of(Bytes bytes);

}  // namespace retimu

#endif
