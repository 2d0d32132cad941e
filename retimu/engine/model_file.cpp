// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/model_file.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/storage/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace retimu {

namespace {

constexpr std::size_t chunk_bytes = 1024UL * 1024;

std::string file_name(const Model& model) {
  std::vector<std::string> names;
  for (const ModelDetector& detector : model.header.detectors) {
    if (!std::ranges::count(names, detector.name)) names.push_back(detector.name);
  }
  return fmt::format("{}-{}{}", names.size() == 1 ? names[0] : "model", model.id, model_suffix);
}

}  // namespace

Result<std::string> write_model(Model& model, const std::string& folder) {
  const Result<std::vector<std::byte>> bytes = encode_model(model);
  if (!bytes) return tl::unexpected(bytes.error());
  if (Result<void> made = create_folder(folder); !made) return tl::unexpected(made.error());
  const std::string path = folder + "/" + file_name(model);
  const std::string unfinished = fmt::format("{}.{}.unfinished", path, ::getpid());
  Result<void> done = remove_file(unfinished);  // of a killed process of this number
  if (!done) return tl::unexpected(done.error());
  {
    // Root may write into the folder of another user, who could lead it elsewhere by a link.
    Result<File> file = File::open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!file) return tl::unexpected(file.error());
    done = file->append(*bytes);
    if (done) done = file->sync();
  }
  if (done) done = rename_file(unfinished, path);
  if (done) done = sync_folder(folder);
  if (done) return path;
  (void)remove_file(unfinished);
  return tl::unexpected(done.error());
}

Result<Model> read_model(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return failure(Fault::usage,
                   "{}: is a folder; name a model in it, see `retimu list --models {}`", path,
                   path);
  }
  if (!std::filesystem::is_regular_file(path, error)) {
    return failure(Fault::usage, "{}: there is no such file; `retimu train` writes models", path);
  }
  const Result<File> file = File::open(path, O_RDONLY);
  if (!file) return tl::unexpected(file.error());
  const Result<std::uint64_t> size = file->size();
  if (!size) return tl::unexpected(size.error());
  // What is no model is not taken into memory, however large.
  const auto begin = file->read(0, std::min<std::uint64_t>(*size, 32));
  if (!begin) return tl::unexpected(begin.error());
  if (!is_model(*begin)) return decode_model(*begin, path);
  const auto bytes = file->read(0, *size);
  if (!bytes) return tl::unexpected(bytes.error());
  return decode_model(*bytes, path);
}

Result<std::vector<FoundModel>> find_models(const std::string& folder) {
  const Result<bool> exists = file_exists(folder);
  if (!exists) return tl::unexpected(exists.error());
  if (!*exists) return failure(Fault::usage, "{}: there is no such folder", folder);
  const Result<std::vector<std::string>> names = list_folder(folder);
  if (!names) return tl::unexpected(names.error());
  std::vector<FoundModel> list;
  for (const std::string& name : *names) {
    if (!name.ends_with(model_suffix)) continue;
    FoundModel found;
    found.path = folder + "/" + name;
    found.bytes = bytes_of_file(found.path);
    Result<Model> model = read_model(found.path);
    if (model) {
      model->state = {};
      found.model = std::move(*model);
    } else {
      found.problem = model.error().message;
    }
    list.push_back(std::move(found));
  }
  return list;
}

Result<ModelSource> digest_of_file(const std::string& path) {
  ModelSource source;
  source.name = std::filesystem::path(path).filename().string();
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return source;
  const Result<File> file = File::open(path, O_RDONLY);
  if (!file) return tl::unexpected(file.error());
  for (;;) {
    const auto chunk = file->read(source.bytes, chunk_bytes);
    if (!chunk) return tl::unexpected(chunk.error());
    if (chunk->empty()) return source;
    source.digest =
        hash({reinterpret_cast<const char*>(chunk->data()), chunk->size()}, source.digest);
    source.bytes += chunk->size();
  }
}

}  // namespace retimu
