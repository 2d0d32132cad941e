// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/output_file.hpp"

#include <array>
#include <cerrno>
#include <filesystem>

namespace retimu {

Result<OutputFile> OutputFile::create(std::string path) {
  OutputFile made(std::move(path));
  made.file_.reset(std::fopen(made.partial_.c_str(), "wb"));
  if (!made.file_) return made.failed("create");
  return made;
}

OutputFile::~OutputFile() {
  if (file_) std::remove(partial_.c_str());
}

tl::unexpected<Error> OutputFile::failed(std::string_view action) const {
  const int error_number = errno;
  return failure(Fault::system, "cannot {} {}: {}", action, path_, system_message(error_number));
}

Result<void> OutputFile::append(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size()) return failed("write");
  return {};
}

Result<void> OutputFile::finish() {
  if (std::fclose(file_.release()) != 0) {
    const tl::unexpected<Error> error = failed("write");
    std::remove(partial_.c_str());
    return error;
  }
  if (std::rename(partial_.c_str(), path_.c_str()) != 0) {
    const tl::unexpected<Error> error = failed("create");
    std::remove(partial_.c_str());
    return error;
  }
  return {};
}

Result<void> write_file(std::string path, std::string_view text) {
  Result<OutputFile> file = OutputFile::create(std::move(path));
  if (!file) return tl::unexpected(file.error());
  return file->append(text).and_then([&] { return file->finish(); });
}

Result<std::string> read_whole(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    const int error_number = errno;
    return failure(Fault::system, "cannot read {}: {}", path, system_message(error_number));
  }
  std::string text;
  std::array<char, 65'536> part{};
  std::size_t bytes = 0;
  while ((bytes = std::fread(part.data(), 1, part.size(), file)) > 0) {
    text.append(part.data(), bytes);
  }
  const bool has_failed = std::ferror(file) != 0;
  const int error_number = errno;
  std::fclose(file);
  if (has_failed) {
    return failure(Fault::system, "cannot read {}: {}", path, system_message(error_number));
  }
  return text;
}

Result<void> make_folder(const std::string& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) {
    return failure(Fault::system, "cannot create the folder {}: {}", path, error.message());
  }
  return {};
}

}  // namespace retimu
