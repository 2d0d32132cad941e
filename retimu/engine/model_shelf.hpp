// SPDX-License-Identifier: Apache-2.0
// Models that a pipeline was given while it ran: data_dir/models. A restart and a replay that come
// to where one entered find it there.
#ifndef RETIMU_ENGINE_MODEL_SHELF_HPP
#define RETIMU_ENGINE_MODEL_SHELF_HPP

#include "retimu/core/request.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/model.hpp"

#include <memory>
#include <string>

namespace retimu {

class ModelShelf {
 public:
  static constexpr std::size_t models_max = 64;

  // Nothing is looked at before it is asked for.
  ModelShelf(const Configuration& configuration, const std::string& data_dir)
      : configuration_(configuration), folder_(data_dir + "/models") {}

  // Puts a model there, under the name that the request gets with its id; where root does, it is
  // the data_dir's owner's. Fault::usage: there are models_max already.
  static Result<ModelRequest> add(const std::string& data_dir, Model& model);

  // Whether entities of the pipeline may go on with it. Fault::usage: it was trained for another
  // pipeline, has learned nothing of readings, or knows a column that no record had. Fault::corrupt
  // and Fault::system: it is not to be read. The last one that was read is kept.
  Result<void> check(const ModelRequest& request, const Columns& columns);
  // The same but for the columns.
  Result<std::shared_ptr<const Model>> find(const ModelRequest& request);
  // It is not needed any more.
  void drop() { last_.reset(); }

 private:
  const Configuration& configuration_;
  std::string folder_;
  std::shared_ptr<const Model> last_;
};

// Whether it may enter a pipeline that runs, but for columns: see ModelShelf::check.
Result<void> check_takeover(const Configuration& configuration, const Model& model,
                            std::string_view path);

// "12 entities go on with what it learned of their readings, 1 ..."; ends with what is not warm.
std::string takeover_text(const TakenOver& count, const ModelHeader& header);

}  // namespace retimu

#endif
