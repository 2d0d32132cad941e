// SPDX-License-Identifier: Apache-2.0
// A pipeline that begins with a model: whether they fit, and how a store takes it in.
#ifndef RETIMU_ENGINE_MODEL_START_HPP
#define RETIMU_ENGINE_MODEL_START_HPP

#include "retimu/core/source.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/model.hpp"
#include "retimu/storage/sqlite_store.hpp"

#include <memory>
#include <string>
#include <vector>

namespace retimu {

// The model's own configuration, without files and sinks: for a command line that names none.
Result<Configuration> configuration_of(const Model& model);

// Whether what the model learned means the same to this pipeline. Fault::usage names in what they
// differ: detectors, their parameters, counters, time zone, whether there is a budget, units where
// both state one, or more entities than entities_max. Alerts, rules and the seed may be others.
Result<void> check_model(const Configuration& configuration, const Model& model,
                         std::string_view path);

// A store in which nothing was judged yet takes the model's state as its first snapshots, so that
// each restart goes on from them or later ones. One that began with this model stays as it is; of
// another, or that has judged without one, Fault::usage. A crash in between is mended by the same
// call. Some 65 synced writes, once.
Result<void> begin_with(SqliteStore& store, const Model& model, std::string_view path,
                        std::string_view data_dir);
// Without a model: Fault::usage if a crash left one half taken in.
Result<void> check_begun(SqliteStore& store, std::string_view data_dir);

// Which columns came, beside those of the model.
class SchemaWatch {
 public:
  SchemaWatch(const Model& model, const Columns& columns) : model_(model), columns_(columns) {}
  void add(const Batch& batch, std::size_t events_before);
  // "no record had the columns ...", "the model does not know ..."; none if all is as it was.
  std::vector<std::string> notes() const;

 private:
  const Model& model_;
  const Columns& columns_;
  std::vector<std::uint8_t> seen_;  // by ColumnId
};
// `watch` must outlive it.
std::unique_ptr<Source> watched(std::unique_ptr<Source> source, SchemaWatch& watch);

}  // namespace retimu

#endif
