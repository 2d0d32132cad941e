// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/follow_receiver.hpp"

#include "retimu/connectors/file_paths.hpp"
#include "retimu/connectors/followed_file.hpp"
#include "retimu/connectors/frame_writer.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <utility>

namespace retimu {

namespace {

constexpr int look_ms = 200;          // where nothing is heard of a change
constexpr int look_around_looks = 5;  // every how many of them globs are looked at again
constexpr auto rest = std::chrono::milliseconds(2);    // so that what comes line by line gathers
constexpr std::size_t turn_bytes = 4UL * 1024 * 1024;  // of a file, before others have their turn
constexpr std::size_t read_bytes = 256UL * 1024;

class FollowReceiver final : public Receiver {
 public:
  FollowReceiver(std::string name, FileInput reading)
      : name_(std::move(name)), reading_(std::move(reading)) {}
  ~FollowReceiver() override { stop(); }

  Result<void> check() const override {
    for (const std::string& path : reading_.paths) {
      struct stat status {};
      if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
        return failure(Fault::input, "{}: is a folder; name its files, for example '{}/*.log'",
                       path, path);
      }
    }
    return {};
  }

  Result<void> start(Journal& journal) override {
    if (Result<void> checked = check(); !checked) return checked;
    watch_ = Descriptor(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));  // none: it looks by the clock
    writer_.open(journal);
    for (const auto& [part, text] : journal.cursors(source_number(name_))) {
      std::optional<FileCursor> cursor = parse_file_cursor(text);
      if (!cursor) continue;
      known_.insert_or_assign(cursor->identity, cursor->mark);
      cursors_.emplace(cursor->path, std::move(*cursor));
    }
    look_around();
    thread_ = std::thread([this] { run(); });
    return {};
  }
  void stop() override {
    stop_.store(true, std::memory_order_relaxed);
    if (thread_.joinable()) thread_.join();
  }

  ReceiverReport report() const override {
    ReceiverReport report = writer_.report();
    const std::lock_guard lock(mutex_);
    if (report.trouble.empty()) report.trouble = trouble_;
    return report;
  }
  const std::string& name() const override { return name_; }
  std::string part_name(std::uint32_t part) const override {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(part);
    return found == names_.end() ? std::string() : found->second;
  }

 private:
  void run() {
    for (int looks = 0; !stop_.load(std::memory_order_relaxed); ++looks) {
      if (looks % look_around_looks == 0) look_around();
      bool has_more = false;
      for (auto at = files_.begin(); at != files_.end();) {
        FollowedFile& file = *at;
        const std::optional<FileIdentity> was = file.identity();
        if (!read(file)) return;
        if (was && file.identity() != was) known_.insert_or_assign(*was, file.mark_left());
        know(file);
        has_more = has_more || file.has_more();
        at = is_gone(file) ? forget(at) : std::next(at);
      }
      tell_trouble();
      if (has_more) continue;
      std::this_thread::sleep_for(rest);
      wait();
    }
  }

  // One that a glob matched and that is there no more: where it returns it is found again.
  bool is_gone(const FollowedFile& file) const {
    const bool is_named = std::ranges::find(reading_.paths, file.path()) != reading_.paths.end();
    return !is_named && !file.is_open() && !file.is_awaited() && !identify(file.path());
  }
  std::list<FollowedFile>::iterator forget(std::list<FollowedFile>::iterator at) {
    if (at->identity()) known_.insert_or_assign(*at->identity(), at->mark());
    cursors_.erase(at->path());
    paths_.erase(at->path());
    return files_.erase(at);
  }

  bool read(FollowedFile& file) {
    const std::uint32_t part = source_number(file.path());
    const auto put = [&](std::string_view frame, const RecordStream& of,
                         const std::string& cursor) {
      return writer_.put({.source = source_number(name_),
                          .part = part,
                          .format = of.format(),
                          .bytes = frame,
                          .cursor = cursor},
                         of.records());
    };
    return file.read(turn_bytes, room_, put,
                     [&](std::string note) { writer_.note(std::move(note)); });
  }

  // Files that match a path or glob now. Those that were read under another name are known, or in
  // hand still where nobody has noticed yet that they were renamed.
  void look_around() {
    std::set<FileIdentity> in_hand;
    for (const FollowedFile& file : files_) {
      if (const auto identity = file.identity()) in_hand.insert(*identity);
    }
    for (const std::string& wanted : reading_.paths) {
      const bool is_glob = wanted.find_first_of("*?[") != std::string::npos;
      struct stat status {};
      if (!is_glob || ::stat(wanted.c_str(), &status) == 0) {
        add(wanted);
        continue;
      }
      // One that matches nothing yet is waited for.
      const Result<std::vector<std::string>> found = find_paths({wanted});
      for (const std::string& path : found ? *found : std::vector<std::string>()) {
        const Result<FileIdentity> identity = identify(path);
        if (!identity || in_hand.contains(*identity)) continue;
        if (!knows(path, *identity) || cursors_.contains(path)) add(path);
      }
      watch_folder(wanted);
    }
  }

  // Whether it was read under another name. Its number may be that of a file that was removed.
  bool knows(const std::string& path, const FileIdentity& identity) {
    const auto found = known_.find(identity);
    if (found == known_.end()) return false;
    if (found->second.empty() || begins_so(path, found->second)) return true;
    const Result<FileIdentity> now = identify(path);
    if (!now || *now != identity) return true;  // the next look will tell
    known_.erase(found);
    return false;
  }

  void add(const std::string& path) {
    watch_folder(path);
    if (paths_.contains(path)) return;
    if (files_.size() == followed_files_max) {
      if (!std::exchange(is_full_, true)) {
        writer_.note(fmt::format("more than {} files match; the others are not followed",
                                 followed_files_max));
      }
      return;
    }
    paths_.insert(path);
    FollowedFile& file = files_.emplace_back(path, reading_);
    if (const auto cursor = cursors_.find(path); cursor != cursors_.end()) {
      file.go_on(cursor->second, [&](std::string note) { writer_.note(std::move(note)); });
      know(file);
    }
    const std::lock_guard lock(mutex_);
    names_.emplace(source_number(path), path);
  }

  // What was rotated and is read for it is no file of its own.
  void know(const FollowedFile& file) {
    if (file.reads_rotated()) known_.try_emplace(*file.identity());
    for (const RotatedFile& one : file.ahead()) known_.try_emplace(one.identity);
  }

  void watch_folder(const std::string& path) {
    std::string folder = std::filesystem::path(path).parent_path().string();
    if (folder.empty()) folder.push_back('.');
    if (folders_.contains(folder) || !watch_.is_open()) return;
    constexpr std::uint32_t changes =
        IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_MODIFY | IN_CLOSE_WRITE | IN_DELETE;
    if (::inotify_add_watch(watch_.number(), folder.c_str(), changes) >= 0) {
      folders_.insert(folder);
    }
  }

  void wait() {
    pollfd waits{watch_.number(), POLLIN, 0};
    if (::poll(&waits, 1, look_ms) <= 0 || !watch_.is_open()) return;
    std::array<char, 16 * 1024> heard{};
    while (::read(watch_.number(), heard.data(), heard.size()) > 0) {
    }
  }

  void tell_trouble() {
    std::string trouble;
    for (const FollowedFile& file : files_) {
      if (file.is_open()) continue;
      trouble = file.trouble();
      break;
    }
    if (files_.empty()) trouble = fmt::format("{}: no file matches yet", name_);
    const std::lock_guard lock(mutex_);
    trouble_ = std::move(trouble);
  }

  std::string name_;
  FileInput reading_;
  std::atomic<bool> stop_{false};
  FrameWriter writer_{stop_};
  Descriptor watch_;
  std::set<std::string> folders_, paths_;
  std::list<FollowedFile> files_;
  std::string room_ = std::string(read_bytes, '\0');  // in which each is read
  // That were read, whatever they are called now, and their marks; empty: by its number alone.
  std::map<FileIdentity, std::string> known_;
  std::map<std::string, FileCursor> cursors_;  // of earlier processes, by path
  bool is_full_ = false;
  mutable std::mutex mutex_;
  std::map<std::uint32_t, std::string> names_;  // of the parts
  std::string trouble_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Receiver> make_follow_receiver(std::string name, FileInput reading) {
  return std::make_unique<FollowReceiver>(std::move(name), std::move(reading));
}

}  // namespace retimu
