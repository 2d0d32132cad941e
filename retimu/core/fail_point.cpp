// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/fail_point.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

namespace retimu {

namespace {

class FailPoints {
 public:
  FailPoints();
  void pass(std::string_view name);
  void finish() {
    const std::lock_guard lock(mutex_);
    write_counts();
  }

 private:
  void write_counts();
  std::mutex mutex_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::string deadly_, file_;
  std::uint64_t deadly_count_ = 0;
};

FailPoints::FailPoints() {
  const char* deadly = std::getenv("RETIMU_FAIL_POINT");
  const char* file = std::getenv("RETIMU_FAIL_POINT_COUNT");
  if (deadly != nullptr) {
    const std::string_view text = deadly;
    const std::size_t colon = text.rfind(':');
    const char* end = text.data() + text.size();
    if (colon != std::string_view::npos) {
      const auto read = std::from_chars(text.data() + colon + 1, end, deadly_count_);
      if (read.ptr != end) deadly_count_ = 0;
    }
    if (deadly_count_ == 0) {
      // A test that asked for nothing would pass for the wrong reason.
      std::fprintf(stderr, "retimu: RETIMU_FAIL_POINT must be NAME:COUNT, not \"%s\"\n", deadly);
      std::_Exit(2);
    }
    deadly_ = text.substr(0, colon);
  }
  if (file != nullptr) file_ = file;
  if (deadly == nullptr && file == nullptr) return;
  detail::fail_points_are_on.store(true);
}

void FailPoints::pass(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t count = ++counts_.try_emplace(std::string(name), 0).first->second;
  if (name != deadly_ || count != deadly_count_) return;
  write_counts();
  ::kill(::getpid(), SIGKILL);
}

void FailPoints::write_counts() {
  if (file_.empty()) return;
  std::string text;
  for (const auto& [name, count] : counts_) text += fmt::format("{} {}\n", name, count);
  const int file = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0 || ::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    std::fprintf(stderr, "retimu: cannot write RETIMU_FAIL_POINT_COUNT=%s\n", file_.c_str());
  }
  if (file >= 0) ::close(file);
}

// Never destroyed: other static objects may pass a place while they end.
FailPoints& fail_points() {
  static auto* points = new FailPoints;
  return *points;
}

[[maybe_unused]] const bool is_started = [] {
  fail_points();
  if (detail::fail_points_are_on) std::atexit([] { fail_points().finish(); });
  return true;
}();

}  // namespace

namespace detail {

std::atomic<bool> fail_points_are_on{false};

void fail_point_passed(std::string_view name) { fail_points().pass(name); }

}  // namespace detail

}  // namespace retimu
