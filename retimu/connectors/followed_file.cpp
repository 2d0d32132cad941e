// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/followed_file.hpp"

#include "retimu/core/hash.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <iterator>
#include <utility>

namespace retimu {

namespace {

constexpr std::size_t mark_bytes_max = 1'024;
constexpr auto settle_time = std::chrono::milliseconds(200);
constexpr auto removed_time = std::chrono::seconds(10);  // that who writes may write on
constexpr std::size_t beginning_bytes = 64UL * 1024;

FileIdentity identity_of(const struct stat& status) {
  return {static_cast<std::uint64_t>(status.st_dev), static_cast<std::uint64_t>(status.st_ino)};
}

// From an offset; fewer bytes at the end or where it cannot be read.
std::size_t read_at(int descriptor, std::uint64_t offset, std::span<char> into) {
  std::size_t got = 0;
  while (got < into.size()) {
    const ssize_t n =
        ::pread(descriptor, into.data() + got, into.size() - got, static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    got += static_cast<std::size_t>(n);
  }
  return got;
}

std::string beginning_of(int descriptor, std::size_t bytes) {
  std::string text(bytes, '\0');
  text.resize(read_at(descriptor, 0, text));
  return text;
}

// "BYTES:HASH"
std::string mark_of(std::string_view beginning, std::size_t bytes) {
  beginning = beginning.substr(0, std::min(bytes, mark_bytes_max));
  return fmt::format("{}:{:016x}", beginning.size(), hash(beginning));
}

bool has_mark(std::string_view beginning, const std::string& mark) {
  std::size_t bytes = 0;
  (void)std::from_chars(mark.data(), mark.data() + mark.size(), bytes);
  return mark_of(beginning, bytes) == mark;
}

// Fewer at the end, and where it is damaged.
std::size_t read_from(ByteReader& reader, std::span<char> into, std::string* trouble) {
  std::size_t got = 0;
  while (got < into.size()) {
    const Result<std::size_t> n = reader.read(into.data() + got, into.size() - got);
    if (!n && trouble != nullptr) *trouble = n.error().message;
    if (!n || *n == 0) break;
    got += *n;
  }
  return got;
}

// The file with this inode beside the path: what a file that was renamed away is called now.
std::optional<std::string> find_renamed(const std::string& path, const FileIdentity& wanted) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder.empty() ? "." : folder, error), end;
       !error && at != end; at.increment(error)) {
    struct stat status {};
    if (::stat(at->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (identity_of(status) == wanted) return at->path().string();
  }
  return std::nullopt;
}

}  // namespace

bool begins_so(const std::string& path, const std::string& mark) {
  const Result<std::unique_ptr<ByteReader>> reader = open_bytes(path, Holding::open);
  if (!reader) return true;
  std::string beginning(mark_bytes_max, '\0');
  beginning.resize(read_from(**reader, beginning, nullptr));
  return has_mark(beginning, mark);
}

std::string to_text(const FileCursor& cursor) {
  return fmt::format("{} {} {} {} {}", cursor.identity.device, cursor.identity.number,
                     cursor.offset, cursor.mark, cursor.path);
}

std::optional<FileCursor> parse_file_cursor(std::string_view text) {
  FileCursor cursor;
  const auto word = [&]() -> std::string_view {
    const std::string_view found = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), found.size() + 1));
    return found;
  };
  for (std::uint64_t* to : {&cursor.identity.device, &cursor.identity.number, &cursor.offset}) {
    const std::string_view digits = word();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *to);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  }
  cursor.mark = word();
  cursor.path = text;
  if (cursor.mark.empty() || cursor.path.empty()) return std::nullopt;
  return cursor;
}

FollowedFile::FollowedFile(std::string path, const FileInput& reading)
    : path_(std::move(path)), reading_(reading) {
  stream_.emplace(reading_, path_);
}

bool FollowedFile::open(const std::string& path) {
  Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!opened.is_open() || ::fstat(opened.number(), &status) != 0) {
    trouble_ = errno == ENOENT
                   ? path + ": is not there; it is waited for"
                   : fmt::format("{}: cannot be opened: {}", path, system_message(errno));
    return false;
  }
  if (!S_ISREG(status.st_mode)) {
    trouble_ = path + ": is not a regular file and is not followed";
    return false;
  }
  close();
  file_ = std::move(opened);
  identity_ = identity_of(status);
  read_as_ = path;
  trouble_.clear();
  return true;
}

void FollowedFile::close() {
  file_.close();
  packed_.reset();
}

// Gzip or zstd; others are read as they are.
bool FollowedFile::open_packed(const std::string& path) {
  const Result<FileIdentity> identity = identify(path);
  Result<std::unique_ptr<ByteReader>> reader = open_bytes(path, Holding::open);
  if (!identity || !reader || (*reader)->may_grow()) return false;
  close();
  packed_ = std::move(*reader);
  beginning_.resize(beginning_bytes);
  beginning_.resize(read_from(*packed_, beginning_, nullptr));
  identity_ = *identity;
  read_as_ = path;
  trouble_.clear();
  return packed_->seek(0).has_value();
}

bool FollowedFile::open_rotated(const RotatedFile& file) {
  return (file.is_packed() ? open_packed(file.path) : open(file.path)) &&
         identity_ == file.identity;
}

// In the file in hand. What lies before says how it is built.
void FollowedFile::begin(std::uint64_t offset) {
  stream_.emplace(reading_, path_);
  if (offset > 0) {
    const std::uint64_t bytes = std::min<std::uint64_t>(offset, beginning_bytes);
    stream_->learn(packed_ != nullptr ? beginning_.substr(0, bytes)
                                      : beginning_of(file_.number(), bytes));
  }
  begun_ = offset_ = offset;
  mark_left_ = std::exchange(mark_, {});
  mark_bytes_ = 0;
  if (offset > 0) (void)cursor();  // for its mark
  if (packed_ != nullptr) (void)packed_->seek(offset);
}

// Of the file in hand, what comes next.
std::size_t FollowedFile::read_on(std::span<char> into, const Note& note) {
  if (packed_ == nullptr) return read_at(file_.number(), offset_, into);
  std::string trouble;
  const std::size_t got = read_from(*packed_, into, &trouble);
  if (!trouble.empty()) note(trouble);
  return got;
}

// Whether the file in hand is the one that was read, or a copy of it, and reaches as far.
bool FollowedFile::is_where(const FileCursor& cursor) const {
  if (packed_ != nullptr) {
    char last = 0;
    const bool is_long = packed_->seek(std::max<std::uint64_t>(cursor.offset, 1) - 1) &&
                         read_from(*packed_, {&last, 1}, nullptr) == 1;
    return is_long && has_mark(beginning_, cursor.mark);
  }
  struct stat status {};
  return ::fstat(file_.number(), &status) == 0 &&
         static_cast<std::uint64_t>(status.st_size) >= cursor.offset &&
         has_mark(beginning_of(file_.number(), mark_bytes_max), cursor.mark);
}

// Among the rotated files: by its inode, else the newest that begins so. Those behind it are ahead.
bool FollowedFile::find_again(const FileCursor& cursor) {
  const std::vector<RotatedFile> rotated = find_rotated(path_);
  for (const bool is_by_inode : {true, false}) {
    for (std::size_t i = rotated.size(); i-- > 0;) {
      if (is_by_inode && rotated[i].identity != cursor.identity) continue;
      if (!open_rotated(rotated[i]) || !is_where(cursor)) continue;
      begin(cursor.offset);
      const std::vector<RotatedFile> newer = rotated_after(rotated, i);
      ahead_.assign(newer.begin(), newer.end());
      return true;
    }
  }
  close();
  return false;
}

// What was rotated after the file in hand while this process looked elsewhere; what is known to be
// ahead comes first. Who reads all the time has read what is as old as that.
void FollowedFile::look_for_newer() {
  if (!ahead_.empty()) return;
  const std::vector<RotatedFile> rotated = find_rotated(path_);
  const auto at = std::ranges::find(rotated, *identity_, &RotatedFile::identity);
  if (at == rotated.end()) return;
  const std::vector<RotatedFile> newer =
      rotated_after(rotated, static_cast<std::size_t>(at - rotated.begin()));
  std::ranges::copy_if(newer, std::back_inserter(ahead_), [&](const RotatedFile& one) {
    return one.is_packed() || one.written > at->written;
  });
}

void FollowedFile::open_next(const Note& note) {
  close();
  has_more_ = true;
  while (!ahead_.empty()) {
    RotatedFile next = std::move(ahead_.front());
    ahead_.pop_front();
    bool is_open = open_rotated(next);
    if (!is_open) {
      const std::optional<std::string> renamed = find_renamed(path_, next.identity);
      is_open = renamed && open_rotated({*renamed, next.identity, next.written});
    }
    if (is_open) return begin(0);
    close();
    note(next.path + ": is gone before it was read");
  }
  if (open(path_)) begin(0);
}

void FollowedFile::go_on(const FileCursor& cursor, const Note& note) {
  const bool is_there = open(path_);
  if (is_there && identity_ == cursor.identity && is_where(cursor)) {
    begin(cursor.offset);
    return;
  }
  if (find_again(cursor)) return;
  if (const std::optional<std::string> renamed = find_renamed(path_, cursor.identity);
      renamed && *renamed != path_ && open(*renamed) && is_where(cursor)) {
    begin(cursor.offset);
    return;
  }
  close();
  identity_.reset();
  if (is_there) {
    note(text_of_another(cursor));
    return;
  }
  awaited_ = cursor;
  note(
      fmt::format("{}: is gone since it was read up to byte {}; where it returns it is read from "
                  "there",
                  path_, cursor.offset));
}

std::string FollowedFile::text_of_another(const FileCursor& cursor) const {
  return fmt::format(
      "{}: is another file since it was read up to byte {}; what was written to the old one behind "
      "that is lost, the new one is read from its start",
      path_, cursor.offset);
}

std::string FollowedFile::cursor() {
  const std::uint64_t taken = begun_ + stream_->taken();
  const std::uint64_t wanted = std::min<std::uint64_t>(taken, mark_bytes_max);
  if (mark_bytes_ < wanted || mark_.empty()) {
    mark_ = mark_of(packed_ != nullptr ? beginning_ : beginning_of(file_.number(), wanted), wanted);
    mark_bytes_ = wanted;
  }
  return to_text({*identity_, taken, mark_, path_});
}

bool FollowedFile::pass_on(Flow flow, const Put& put) {
  for (std::string_view frame = stream_->take(flow); !frame.empty(); frame = stream_->take(flow)) {
    if (!put(frame, *stream_, cursor())) return false;
  }
  return true;
}

// Which was not there before; where it was awaited, from where it was read to.
bool FollowedFile::open_first(const Note& note) {
  if (!open(path_)) return false;
  const std::optional<FileCursor> awaited = std::exchange(awaited_, std::nullopt);
  if (awaited && identity_ == awaited->identity && is_where(*awaited)) {
    begin(awaited->offset);
    return true;
  }
  if (awaited) {
    if (find_again(*awaited)) return true;
    note(text_of_another(*awaited));
    if (!open(path_)) return false;
  }
  begin(0);
  return true;
}

bool FollowedFile::read(std::size_t bytes_max, std::span<char> room, const Put& put,
                        const Note& note) {
  has_more_ = false;
  if (!is_open() && !open_first(note)) return true;
  for (std::size_t total = 0; total < bytes_max;) {
    const std::size_t got = read_on(room, note);
    if (got == 0) return look_at_path(put, note);
    came_ = std::chrono::steady_clock::now();
    offset_ += got;
    total += got;
    stream_->feed({room.data(), got});
    if (!pass_on(Flow::goes_on, put)) return false;
  }
  has_more_ = true;
  return true;
}

// The end was reached: of the file for now, or for ever.
bool FollowedFile::look_at_path(const Put& put, const Note& note) {
  if (packed_ != nullptr) {
    if (!pass_on(Flow::ended, put)) return false;
    look_for_newer();
    open_next(note);
    return true;
  }
  struct stat in_hand {
  }, now{};
  if (::fstat(file_.number(), &in_hand) == 0 &&
      static_cast<std::uint64_t>(in_hand.st_size) < offset_) {
    // A copy may hold what was appended meanwhile.
    const std::optional<FileCursor> was =
        mark_.empty() ? std::nullopt : parse_file_cursor(cursor());
    if (was && find_again(*was)) return true;
    if (was) (void)open(path_);
    note(fmt::format("{}: was cut back from {} to {} bytes and is read from its start", path_,
                     offset_, in_hand.st_size));
    if (!pass_on(Flow::ended, put)) return false;
    begin(0);
    return true;
  }
  const bool is_same =
      ::stat(path_.c_str(), &now) == 0 ? identity_of(now) == *identity_ : read_as_ == path_;
  // Held back for a moment: who writes may not have written all of it, nor all to the old one.
  const auto quiet = std::chrono::steady_clock::now() - came_;
  if (quiet < settle_time) return true;
  const bool is_removed = is_same && in_hand.st_nlink == 0 && quiet >= removed_time;
  if (is_same && !is_removed) return pass_on(Flow::settled, put);
  if (!pass_on(Flow::ended, put)) return false;
  if (is_removed) {
    close();  // gives its room on the disk back
    return true;
  }
  look_for_newer();
  open_next(note);
  return true;
}

}  // namespace retimu
