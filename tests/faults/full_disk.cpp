// SPDX-License-Identifier: Apache-2.0
// A full disk on demand, for any program: load it with LD_PRELOAD.
//
//   RETIMU_FULL_DISK_DIR=DIR       calls that need space below this folder are counted
//   RETIMU_FULL_DISK_AT=N          the N-th and all later ones fail with ENOSPC; 0 or unset: none
//   RETIMU_FULL_DISK_WHILE=FILE    all fail as long as this file exists; nothing is counted
//   RETIMU_FULL_DISK_ONLY=TEXT     only files with this in their path
//   RETIMU_FULL_DISK_ONCE=1        only the N-th fails, as if space became free again
//   RETIMU_FULL_DISK_COUNT=FILE    at its end the process writes how many such calls it made
//
// Where the disk stays full, the first write to fail first writes half of its bytes, or parts, as
// real ones do. Calls: write, pwrite, writev, ftruncate, fallocate, posix_fallocate, fsync,
// fdatasync, rename, mkdir, and open where it would create a file.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

struct Settings {
  std::string folder;
  std::string count_file, while_file, only;
  unsigned long at = 0;
  bool once = false;
};

std::string real_path(const char* path) {
  char resolved[PATH_MAX];
  return realpath(path, resolved) == nullptr ? std::string() : std::string(resolved);
}

const Settings& settings() {
  static const Settings* const read = [] {
    auto* now = new Settings;
    const auto variable = [](const char* name) {
      const char* value = std::getenv(name);
      return value == nullptr ? std::string() : std::string(value);
    };
    now->folder = real_path(variable("RETIMU_FULL_DISK_DIR").c_str());
    now->count_file = variable("RETIMU_FULL_DISK_COUNT");
    now->while_file = variable("RETIMU_FULL_DISK_WHILE");
    now->only = variable("RETIMU_FULL_DISK_ONLY");
    now->at = std::strtoul(variable("RETIMU_FULL_DISK_AT").c_str(), nullptr, 10);
    now->once = !variable("RETIMU_FULL_DISK_ONCE").empty();
    return now;
  }();
  return *read;
}

std::atomic<unsigned long> calls{0};

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

bool is_below(const std::string& path) {
  const std::string& folder = settings().folder;
  return !folder.empty() && path.size() > folder.size() && path.starts_with(folder) &&
         path[folder.size()] == '/' && path.find(settings().only) != std::string::npos;
}

bool is_below(int descriptor) {
  if (settings().folder.empty()) return false;
  const std::string link = "/proc/self/fd/" + std::to_string(descriptor);
  char target[PATH_MAX];
  const ssize_t length = readlink(link.c_str(), target, sizeof target);
  if (length <= 0) return false;
  const std::string path(target, static_cast<std::size_t>(length));
  return is_below(path) || (path == settings().folder && settings().only.empty());
}

// The folder that a new name would be in, with the name.
bool is_below_by_name(const char* path) {
  const std::string text = path;
  const std::size_t slash = text.rfind('/');
  const std::string parent = slash == std::string::npos ? "." : text.substr(0, slash + 1);
  return is_below(real_path(parent.c_str()) + "/" + text.substr(slash + 1));
}

enum class Fate { passes, fails, fails_first };

Fate fate() {
  if (!settings().while_file.empty()) {
    return access(settings().while_file.c_str(), F_OK) == 0 ? Fate::fails : Fate::passes;
  }
  const unsigned long call = ++calls;
  const unsigned long at = settings().at;
  if (at == 0 || call < at) return Fate::passes;
  if (settings().once) return call == at ? Fate::fails : Fate::passes;
  return call == at ? Fate::fails_first : Fate::fails;
}

int no_space() {
  errno = ENOSPC;
  return -1;
}

bool fails(int descriptor) { return is_below(descriptor) && fate() != Fate::passes; }

// How many of `bytes` a write may write, or -1 for no space.
ssize_t allowed(int descriptor, std::size_t bytes) {
  if (!is_below(descriptor)) return static_cast<ssize_t>(bytes);
  switch (fate()) {
    case Fate::passes: return static_cast<ssize_t>(bytes);
    case Fate::fails_first: return bytes > 1 ? static_cast<ssize_t>(bytes / 2) : no_space();
    case Fate::fails: break;
  }
  return no_space();
}

template <class Function>
int open_with(const char* name, const char* path, int flags, std::va_list rest) {
  const bool creates = (flags & O_CREAT) != 0;
  const mode_t mode = creates ? va_arg(rest, mode_t) : 0;
  if (creates && is_below_by_name(path) && access(path, F_OK) != 0 && fate() != Fate::passes) {
    return no_space();
  }
  return next<Function>(name)(path, flags, mode);
}

[[gnu::destructor]] void write_count() {
  if (settings().count_file.empty()) return;
  std::FILE* file = std::fopen(settings().count_file.c_str(), "w");
  if (file == nullptr) return;
  std::fprintf(file, "%lu\n", calls.load());
  std::fclose(file);
}

using Open = int(const char*, int, ...);
using Write = ssize_t(int, const void*, std::size_t);
using WriteAt = ssize_t(int, const void*, std::size_t, off64_t);
using WriteMany = ssize_t(int, const iovec*, int);
using Truncate = int(int, off64_t);
using Allocate = int(int, int, off64_t, off64_t);
using AllocatePosix = int(int, off64_t, off64_t);
using Sync = int(int);

}  // namespace

extern "C" {

ssize_t write(int descriptor, const void* from, std::size_t bytes) {
  const ssize_t count = allowed(descriptor, bytes);
  if (count < 0) return count;
  return next<Write>("write")(descriptor, from, static_cast<std::size_t>(count));
}

ssize_t pwrite(int descriptor, const void* from, std::size_t bytes, off_t offset) {
  const ssize_t count = allowed(descriptor, bytes);
  if (count < 0) return count;
  return next<WriteAt>("pwrite")(descriptor, from, static_cast<std::size_t>(count), offset);
}

ssize_t pwrite64(int descriptor, const void* from, std::size_t bytes, off64_t offset) {
  const ssize_t count = allowed(descriptor, bytes);
  if (count < 0) return count;
  return next<WriteAt>("pwrite64")(descriptor, from, static_cast<std::size_t>(count), offset);
}

ssize_t writev(int descriptor, const iovec* parts, int count) {
  const ssize_t some = allowed(descriptor, static_cast<std::size_t>(count));
  if (some < 0) return some;
  return next<WriteMany>("writev")(descriptor, parts, static_cast<int>(some));
}

int ftruncate(int descriptor, off_t bytes) noexcept {
  if (fails(descriptor)) return no_space();
  return next<Truncate>("ftruncate")(descriptor, bytes);
}

int ftruncate64(int descriptor, off64_t bytes) noexcept {
  if (fails(descriptor)) return no_space();
  return next<Truncate>("ftruncate64")(descriptor, bytes);
}

int fallocate(int descriptor, int mode, off_t offset, off_t bytes) {
  if (fails(descriptor)) return no_space();
  return next<Allocate>("fallocate")(descriptor, mode, offset, bytes);
}

int fallocate64(int descriptor, int mode, off64_t offset, off64_t bytes) {
  if (fails(descriptor)) return no_space();
  return next<Allocate>("fallocate64")(descriptor, mode, offset, bytes);
}

int posix_fallocate(int descriptor, off_t offset, off_t bytes) {
  if (fails(descriptor)) return ENOSPC;
  return next<AllocatePosix>("posix_fallocate")(descriptor, offset, bytes);
}

int posix_fallocate64(int descriptor, off64_t offset, off64_t bytes) {
  if (fails(descriptor)) return ENOSPC;
  return next<AllocatePosix>("posix_fallocate64")(descriptor, offset, bytes);
}

int fsync(int descriptor) {
  if (fails(descriptor)) return no_space();
  return next<Sync>("fsync")(descriptor);
}

int fdatasync(int descriptor) {
  if (fails(descriptor)) return no_space();
  return next<Sync>("fdatasync")(descriptor);
}

int rename(const char* from, const char* to) noexcept {
  if (is_below_by_name(to) && fate() != Fate::passes) return no_space();
  return next<int(const char*, const char*)>("rename")(from, to);
}

int mkdir(const char* path, mode_t mode) noexcept {
  if (is_below_by_name(path) && access(path, F_OK) != 0 && fate() != Fate::passes) {
    return no_space();
  }
  return next<int(const char*, mode_t)>("mkdir")(path, mode);
}

int open(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const int descriptor = open_with<Open>("open", path, flags, rest);
  va_end(rest);
  return descriptor;
}

int open64(const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const int descriptor = open_with<Open>("open64", path, flags, rest);
  va_end(rest);
  return descriptor;
}

}  // extern "C"
