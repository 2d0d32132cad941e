// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/request_folder.hpp"

#include "retimu/storage/file.hpp"

#include <fcntl.h>

namespace retimu {

namespace {
constexpr std::string_view ending = ".confirmed";
constexpr std::size_t bytes_max = 1024 * 1024;  // of a file; an entity's name is shorter
constexpr std::size_t waiting_max = 1'000;      // at once; the others come later
}  // namespace

Result<void> RequestFolder::add(AlertId alert, const Confirmation& confirmation) {
  const std::string name = to_text(alert) + std::string(ending);
  const std::string unfinished = path(name + ".new");
  if (Result<void> made = create_folder(folder_); !made) return made;
  {
    Result<File> file = File::open(unfinished, O_WRONLY | O_CREAT | O_TRUNC);
    if (!file) return tl::unexpected(file.error());
    Result<void> written = file->append(to_bytes(confirmation));
    if (written) written = file->sync();
    if (!written) return written;
  }
  if (Result<void> renamed = rename_file(unfinished, path(name)); !renamed) return renamed;
  return sync_folder(folder_);
}

Result<std::vector<Request>> RequestFolder::waiting() {
  const Result<std::vector<std::string>> names = list_folder(folder_);
  if (!names) return tl::unexpected(names.error());
  std::vector<Request> requests;
  for (const std::string& name : *names) {
    if (!name.ends_with(ending) || requests.size() == waiting_max) continue;
    const Result<File> file = File::open(path(name), O_RDONLY);
    const auto bytes = file ? file->read(0, bytes_max) : tl::unexpected(file.error());
    if (!bytes) return tl::unexpected(bytes.error());
    std::optional<Confirmation> confirmation = read_confirmation(*bytes);
    if (!confirmation) {
      if (Result<void> aside = rename_file(path(name), path(name + ".refused")); !aside) {
        return tl::unexpected(aside.error());
      }
      return failure(Fault::corrupt, "{} is no request and was put aside as {}.refused", path(name),
                     name);
    }
    requests.push_back({name, Control::Kind::confirmation, to_bytes(*confirmation)});
  }
  return requests;
}

Result<void> RequestFolder::done(const std::string& name) { return remove_file(path(name)); }

}  // namespace retimu
