// SPDX-License-Identifier: Apache-2.0
// One file that is followed: which file it is, how far it was read, and what becomes of it when it
// is renamed, copied, packed, cut back or removed.
#ifndef RETIMU_CONNECTORS_FOLLOWED_FILE_HPP
#define RETIMU_CONNECTORS_FOLLOWED_FILE_HPP

#include "retimu/connectors/byte_reader.hpp"
#include "retimu/connectors/descriptor.hpp"
#include "retimu/connectors/record_stream.hpp"
#include "retimu/connectors/rotated_files.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace retimu {

// Where reading goes on: kept in the journal as "DEVICE INODE OFFSET MARK PATH", MARK by which the
// file's beginning is known again.
struct FileCursor {
  FileIdentity identity;
  std::uint64_t offset = 0;
  std::string mark, path;
};
std::string to_text(const FileCursor& cursor);
std::optional<FileCursor> parse_file_cursor(std::string_view text);
// Whether a file, unpacked where it is packed, begins as the one of a cursor's mark does; also true
// where it cannot be read.
bool begins_so(const std::string& path, const std::string& mark);

class FollowedFile {
 public:
  // Takes a frame that the stream gave, with what is the cursor once it is taken; false: stopping.
  using Put = std::function<bool(std::string_view frame, const RecordStream& of,
                                 const std::string& cursor)>;
  using Note = std::function<void(std::string)>;

  // `reading` must outlive it.
  FollowedFile(std::string path, const FileInput& reading);

  // Goes on where an earlier process was. Where the path means another file now, in the rotated one
  // that is it or begins as it did, packed or not, and in those that were rotated after it. Where
  // there is none, once it returns.
  void go_on(const FileCursor& cursor, const Note& note);
  // What was appended since, and whether the path means another file now. Reads at most
  // `bytes_max` and a `room`, which is where they are read into. False: stopping. A file that was
  // removed is read for ten seconds more.
  bool read(std::size_t bytes_max, std::span<char> room, const Put& put, const Note& note);

  const std::string& path() const { return path_; }
  bool is_open() const { return file_.is_open() || packed_ != nullptr; }
  bool is_awaited() const { return awaited_.has_value(); }  // where it was read to is known
  bool has_more() const { return has_more_; }               // the last read did not come to the end
  // The file in hand, or that was; none: it was never there. By `mark` its beginning is known again
  // (begins_so), by `mark_left` that of the file in hand before; empty: nothing was taken of it.
  const std::optional<FileIdentity>& identity() const { return identity_; }
  const std::string& mark() const { return mark_; }
  const std::string& mark_left() const { return mark_left_; }
  // The file in hand is another than the path means, and those that are read before that one.
  bool reads_rotated() const { return is_open() && read_as_ != path_; }
  const std::deque<RotatedFile>& ahead() const { return ahead_; }
  // Why nothing can be read; empty: nothing stands in the way.
  const std::string& trouble() const { return trouble_; }

 private:
  bool open(const std::string& path);
  bool open_packed(const std::string& path);
  bool open_rotated(const RotatedFile& file);
  void open_next(const Note& note);
  void close();
  void begin(std::uint64_t offset);
  std::size_t read_on(std::span<char> into, const Note& note);
  bool is_where(const FileCursor& cursor) const;
  bool find_again(const FileCursor& cursor);
  void look_for_newer();
  bool open_first(const Note& note);
  std::string text_of_another(const FileCursor& cursor) const;
  bool pass_on(Flow flow, const Put& put);
  bool look_at_path(const Put& put, const Note& note);
  std::string cursor();

  std::string path_;
  const FileInput& reading_;
  Descriptor file_;
  std::unique_ptr<ByteReader> packed_;  // in place of it, of a rotated file that was packed
  std::string beginning_;               // of what that holds, unpacked
  std::deque<RotatedFile> ahead_;
  std::optional<FileIdentity> identity_;
  std::optional<FileCursor> awaited_;  // of an earlier process, of a file that is not there
  std::string read_as_;                // the name under which the file in hand was opened
  std::uint64_t begun_ = 0;            // offset at which the stream begins
  std::uint64_t offset_ = 0;           // of the next byte to be read
  std::string mark_, mark_left_;
  std::uint64_t mark_bytes_ = 0;  // of the beginning, that mark_ is of
  std::optional<RecordStream> stream_;
  std::chrono::steady_clock::time_point came_{};  // when something did last
  std::string trouble_;
  bool has_more_ = false;
};

}  // namespace retimu

#endif
