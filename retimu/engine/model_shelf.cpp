// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/model_shelf.hpp"

#include "retimu/engine/model_file.hpp"
#include "retimu/engine/model_start.hpp"
#include "retimu/storage/file.hpp"
#include "retimu/storage/owner.hpp"

#include <algorithm>
#include <filesystem>

namespace retimu {

namespace {

Result<void> check_columns(const Model& model, std::string_view path, const Columns& columns) {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < columns.count(); ++i) {
    known.emplace_back(columns.name(static_cast<ColumnId>(i)));
  }
  for (const ModelColumn& column : model.header.columns) {
    if (std::ranges::count(known, column.name) > 0) continue;
    return failure(
        Fault::usage,
        "{} has learned column \"{}\", which no record of this pipeline had; train it on "
        "records of this pipeline",
        path, column.name);
  }
  return {};
}

}  // namespace

Result<void> check_takeover(const Configuration& configuration, const Model& model,
                            std::string_view path) {
  if (Result<void> fits = check_model(configuration, model, path); !fits) return fits;
  const bool has_readings = std::ranges::any_of(model.header.detectors, [](const auto& detector) {
    return detector.modality == "metrics" && detector.entities > 0;
  });
  if (has_readings) return {};
  return failure(
      Fault::usage,
      "{} has learned nothing of readings: only of these does a pipeline that runs go on "
      "with a model",
      path);
}

Result<ModelRequest> ModelShelf::add(const std::string& data_dir, Model& model) {
  const std::string folder = data_dir + "/models";
  Result<void> given = create_folder(folder);
  if (given) given = give_to_owner_of(data_dir, folder);
  if (!given) return tl::unexpected(given.error());
  const Result<std::vector<std::string>> names = list_folder(folder);
  if (!names) return tl::unexpected(names.error());
  const auto is_model = [](const std::string& name) { return name.ends_with(model_suffix); };
  const auto is_same = [&](const std::string& name) {
    return name.find(model.id) != std::string::npos;
  };
  const auto there = static_cast<std::size_t>(std::ranges::count_if(*names, is_model));
  if (there >= models_max && std::ranges::none_of(*names, is_same)) {
    return failure(Fault::usage,
                   "{} holds {} models, as many as it may: remove those that no replay needs any "
                   "more, the oldest first",
                   folder, there);
  }
  const Result<std::string> path = write_model(model, folder);
  if (!path) return tl::unexpected(path.error());
  given = give_to_owner_of(data_dir, *path);
  if (!given) return tl::unexpected(given.error());
  ModelRequest request;
  request.id = model.id;
  request.file = std::filesystem::path(*path).filename().string();
  return request;
}

Result<std::shared_ptr<const Model>> ModelShelf::find(const ModelRequest& request) {
  const std::string path = folder_ + "/" + request.file;
  if (last_ == nullptr || last_->id != request.id) {
    const Result<bool> is_there = file_exists(path);
    if (!is_there) return tl::unexpected(is_there.error());
    if (!*is_there) {
      return failure(Fault::corrupt,
                     "{}: is missing, and was gone on with: nothing that was judged since can be "
                     "judged again without it; put it back",
                     path);
    }
    Result<Model> model = read_model(path);
    if (!model) return tl::unexpected(model.error());
    if (model->id != request.id) {
      return failure(Fault::corrupt, "{} is the model {}, and {} was asked for", path, model->id,
                     request.id);
    }
    last_ = std::make_shared<const Model>(std::move(*model));
  }
  if (Result<void> fits = check_takeover(configuration_, *last_, path); !fits) {
    return tl::unexpected(fits.error());
  }
  return last_;
}

Result<void> ModelShelf::check(const ModelRequest& request, const Columns& columns) {
  const auto model = find(request);
  if (!model) return tl::unexpected(model.error());
  return check_columns(**model, folder_ + "/" + request.file, columns);
}

std::string takeover_text(const TakenOver& count, const ModelHeader& header) {
  std::string text = fmt::format(
      "{} with what it learned of readings",
      count.entities == 1 ? "1 entity goes on" : fmt::format("{} entities go on", count.entities));
  if (count.kept > 0) {
    text += fmt::format("; {} with what they learned themselves, as their columns are others",
                        count.kept);
  }
  if (count.added > 0) text += fmt::format("; {} of it were not known yet", count.added);
  if (count.unknown > 0) {
    text += fmt::format("; {} it does not know {} as before", count.unknown,
                        count.unknown == 1 ? "goes on" : "go on");
  }
  for (const ModelDetector& detector : header.detectors) {
    if (detector.modality != "metrics" || detector.warm >= detector.entities) continue;
    text += fmt::format("; {} warms up again in {} of {}", detector.name,
                        detector.entities - detector.warm, detector.entities);
  }
  return text;
}

}  // namespace retimu
