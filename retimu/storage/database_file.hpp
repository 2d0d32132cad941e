// SPDX-License-Identifier: Apache-2.0
// The two SQLite files of a data_dir: made at once or not at all, and never opened unless they are
// ours.
#ifndef RETIMU_STORAGE_DATABASE_FILE_HPP
#define RETIMU_STORAGE_DATABASE_FILE_HPP

#include "retimu/storage/sqlite.hpp"

namespace retimu {

// Written into the file's header, where file(1) and every SQLite program show them.
struct DatabaseFormat {
  const char* name;  // of the file in data_dir
  std::uint32_t application_id;
  std::uint32_t version;  // newest that this program knows
  const char* schema;
};
extern const DatabaseFormat commits_format;   // retimu.sqlite
extern const DatabaseFormat entities_format;  // entities.sqlite

std::string database_path(const std::string& folder, const DatabaseFormat& format);

// Makes the file beside its place, complete, and renames it into place.
Result<void> create_database(const std::string& folder, const DatabaseFormat& format);

// Refuses a file that is not ours, newer or damaged, before SQLite could change it; only while no
// process, this one included, has it open.
Result<void> check_header(const std::string& path, const DatabaseFormat& format);

// Opens an existing file and looks for damage: all of a small file, the small tables of a large
// one.
Result<Database> open_database(const std::string& folder, const DatabaseFormat& format,
                               Database::Mode mode);

// How a process that changes nothing must open the file.
Result<Database::Mode> reading_mode(const std::string& path, bool has_writer);

}  // namespace retimu

#endif
