// SPDX-License-Identifier: Apache-2.0
// SQLite behind RAII and Result. A connection and its statements belong to one thread at a time.
#ifndef RETIMU_STORAGE_SQLITE_HPP
#define RETIMU_STORAGE_SQLITE_HPP

#include "retimu/core/result.hpp"
#include "retimu/core/store.hpp"

#include <memory>
#include <string>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace retimu {

// A prepared statement. run() and query() bind their arguments to ?1, ?2 …: whole numbers, text,
// bytes.
class Statement {
 public:
  // Executes a statement that gives no rows.
  template <class... Arguments>
  Result<void> run(const Arguments&... arguments) {
    bind_all(arguments...);
    Result<bool> done = next();
    reset();
    if (!done) return tl::unexpected(done.error());
    return {};
  }

  // Begins a query: read columns after each next() that is true; after the one that is false it is
  // over. What was bound must live as long. reset() ends a query that is not read to its end.
  template <class... Arguments>
  void query(const Arguments&... arguments) {
    bind_all(arguments...);
  }
  Result<bool> next();
  void reset();

  std::int64_t whole(int column) const;
  std::string text(int column) const;
  Bytes bytes(int column) const;  // until the next call of next() or reset()

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  template <class... Arguments>
  void bind_all(const Arguments&... arguments) {
    reset();
    int index = 0;
    (bind(++index, arguments), ...);
  }
  void bind(int index, std::int64_t value);
  void bind(int index, std::uint64_t value) { bind(index, static_cast<std::int64_t>(value)); }
  void bind(int index, std::uint32_t value) { bind(index, std::int64_t{value}); }
  void bind(int index, GroupId group) { bind(index, std::int64_t{static_cast<unsigned>(group)}); }
  void bind(int index, const std::string& text) { bind(index, std::string_view(text)); }
  void bind(int index, std::string_view text);
  void bind(int index, Bytes bytes);

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;  // first error of binding
};

class Database {
 public:
  enum class Mode : std::uint8_t {
    write,           // an existing file; an empty one becomes a database
    read,            // beside the process that writes
    read_abandoned,  // nobody writes; one that did died and left its write-ahead log
    read_closed,     // nobody writes, and there is no write-ahead log
  };
  // No mode of reading creates or changes anything.
  static Result<Database> open(const std::string& path, Mode mode);

  Result<void> execute(const char* sql);
  Result<Statement> prepare(std::string_view sql);
  Result<std::int64_t> number(std::string_view sql);  // first column of the first row, 0 if none
  std::int64_t rows_changed() const;                  // by the last statement
  bool is_in_transaction() const;

  // How many pages the write-ahead log had after this connection's last commit.
  int log_pages() const { return *log_pages_; }
  // Moves the log into the file without waiting for anybody. What it cannot do, on a full disk too,
  // it does the next time: the log has it all, so there is no error to tell.
  void checkpoint();

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<int> log_pages_;
  std::unique_ptr<sqlite3, Close> connection_;
};

// BEGIN IMMEDIATE until commit(); rolled back by the destructor if that was not reached.
class Transaction {
 public:
  static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

// Opens or prepares in a row and keeps the first error: `keep(a = b)` over many members stays
// readable.
class FirstError {
 public:
  template <class T>
  void assign(T& to, Result<T> result) {
    if (result) {
      to = std::move(*result);
    } else if (!error_) {
      error_ = std::make_unique<Error>(std::move(result.error()));
    }
  }
  Result<void> result() const {
    if (error_) return tl::unexpected(*error_);
    return {};
  }

 private:
  std::unique_ptr<Error> error_;
};

inline std::vector<std::byte> copy_of(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace retimu

#endif
