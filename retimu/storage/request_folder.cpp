// SPDX-License-Identifier: Apache-2.0
#include "retimu/storage/request_folder.hpp"

#include "retimu/storage/file.hpp"
#include "retimu/storage/owner.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t bytes_max = 1024 * 1024;  // of a file
constexpr std::size_t waiting_max = 1'000;      // at once; the others come later

// By the name's ending.
constexpr std::array endings = {
    std::pair{std::string_view(".confirmed"), Control::Kind::confirmation},
    std::pair{std::string_view(".false_alarm"), Control::Kind::false_alarm},
    std::pair{std::string_view(".maintenance"), Control::Kind::maintenance},
    std::pair{std::string_view(".operation"), Control::Kind::operation},
    std::pair{std::string_view(".model"), Control::Kind::model}};

std::optional<Control::Kind> kind_of(std::string_view name) {
  for (const auto& [ending, kind] : endings) {
    if (name.ends_with(ending)) return kind;
  }
  return std::nullopt;
}

}  // namespace

Asked RequestFolder::asked(std::string by) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::nanoseconds>(now).count(),
          static_cast<std::uint64_t>(::getpid()), std::move(by)};
}

Result<void> RequestFolder::add(const Confirmation& confirmation) {
  return add(confirmation.asked, Control::Kind::confirmation, to_bytes(confirmation));
}
Result<void> RequestFolder::add(const FalseAlarm& alarm) {
  return add(alarm.asked, Control::Kind::false_alarm, to_bytes(alarm));
}
Result<void> RequestFolder::add(const MaintenanceRequest& request) {
  return add(request.asked, Control::Kind::maintenance, to_bytes(request));
}
Result<void> RequestFolder::add(const Operation& operation) {
  return add(operation.asked, Control::Kind::operation, to_bytes(operation));
}

Result<void> RequestFolder::add(const ModelRequest& request) {
  return add(request.asked, Control::Kind::model, to_bytes(request));
}

// Names sort by time.
Result<void> RequestFolder::add(const Asked& asked, Control::Kind kind,
                                const std::vector<std::byte>& body) {
  const auto* const ending =
      std::ranges::find(endings, kind, [](const auto& one) { return one.second; });
  const std::string name = fmt::format("{:020}-{}{}", asked.at, asked.number, ending->first);
  const std::string unfinished = path(name + ".new");
  Result<void> given = create_folder(folder_);
  if (given) given = give_to_owner_of(data_dir_, folder_);
  if (!given) return given;
  {
    Result<File> file = File::open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW);
    if (!file) return tl::unexpected(file.error());
    Result<void> written = file->append(body);
    if (written) written = file->sync();
    if (written) written = give_to_owner_of(data_dir_, unfinished);
    if (!written) {
      (void)remove_file(unfinished);
      return written;
    }
  }
  if (Result<void> renamed = rename_file(unfinished, path(name)); !renamed) return renamed;
  return sync_folder(folder_);
}

Result<std::vector<Request>> RequestFolder::waiting() {
  const Result<std::vector<std::string>> names = list_folder(folder_);
  if (!names) return tl::unexpected(names.error());
  std::vector<Request> requests;
  for (const std::string& name : *names) {
    const std::optional<Control::Kind> kind = kind_of(name);
    if (!kind || requests.size() == waiting_max) continue;
    const Result<File> file = File::open(path(name), O_RDONLY);
    auto bytes = file ? file->read(0, bytes_max) : tl::unexpected(file.error());
    if (!bytes) {
      // Done meanwhile.
      if (const Result<bool> exists = file_exists(path(name)); exists && !*exists) continue;
      return tl::unexpected(bytes.error());
    }
    if (!is_request(*kind, *bytes)) {
      if (Result<void> aside = rename_file(path(name), path(name + ".refused")); !aside) {
        return tl::unexpected(aside.error());
      }
      return failure(Fault::corrupt, "{} is no request and was put aside as {}.refused", path(name),
                     name);
    }
    requests.push_back({name, *kind, std::move(*bytes)});
  }
  return requests;
}

Result<void> RequestFolder::done(const std::string& name) { return remove_file(path(name)); }

}  // namespace retimu
