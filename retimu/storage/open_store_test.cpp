// SPDX-License-Identifier: Apache-2.0
// What open_store() refuses, and that it leaves alone what it refuses.
#include "retimu/storage/database_file.hpp"
#include "retimu/storage/sqlite_store.hpp"
#include "retimu/storage/storage_test_tools.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace retimu {
namespace {

class Opening : public ::testing::Test {
 protected:
  Result<std::unique_ptr<SqliteStore>> open(bool read_only = false) {
    StoreOptions options;
    options.data_dir = state_;
    options.read_only = read_only;
    return open_store(options);
  }
  // Refused by readers and writers, with a sentence that has `text`, and no file changed.
  void expect_refused(Fault fault, std::string_view text, bool also_reading = true) {
    const auto before = read_tree(folder_.path());
    for (const bool read_only : {false, true}) {
      if (read_only && !also_reading) continue;
      const auto store = open(read_only);
      ASSERT_FALSE(store);
      EXPECT_EQ(store.error().fault, fault) << store.error().message;
      EXPECT_NE(store.error().message.find(text), std::string::npos) << store.error().message;
    }
    auto after = read_tree(folder_.path());
    after.erase("state/lock");
    auto unlocked = before;
    unlocked.erase("state/lock");
    EXPECT_EQ(after, unlocked);
  }
  void make_store() {
    auto store = open();
    ASSERT_TRUE(store) << store.error().message;
    const std::vector<Alert> alerts = {numbered_alert(1)};
    ASSERT_TRUE((*store)->commit({alerts, {}, to_bytes("teller")}));
    ASSERT_TRUE((*store)->entities().put(GroupId{1}, "pump", 3, to_bytes("evicted")));
    ASSERT_TRUE((*store)->snapshot(GroupId{1}, 7, to_bytes("at"), to_bytes("state")));
  }
  std::string file(std::string_view name) const { return state_ + "/" + std::string(name); }
  void overwrite(const std::string& path, std::size_t at, std::string_view bytes) {
    std::string all = read_file(path);
    all.replace(at, bytes.size(), bytes);
    write_file(path, all);
  }

  TemporaryFolder folder_;
  std::string state_ = folder_ / "state";
};

TEST_F(Opening, MakesTheFolderAndFindsItAgain) {
  make_store();
  for (const char* name : {"lock", "retimu.sqlite", "entities.sqlite", "segments"}) {
    EXPECT_TRUE(std::filesystem::exists(file(name))) << name;
  }
  auto store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->outbox("file", 9)->size(), 1U);
  EXPECT_EQ((*store)->restore(GroupId{1})->value().sequence, 7U);
  EXPECT_TRUE((*store)->entities().get(GroupId{1}, "pump", 8)->has_value());
}

TEST_F(Opening, AFolderThatHoldsOtherThingsIsFine) {
  std::filesystem::create_directory(state_);
  write_file(file("readme.txt"), "keep me");
  make_store();
  EXPECT_EQ(read_file(file("readme.txt")), "keep me");
}

TEST_F(Opening, RefusesAFileInPlaceOfTheFolder) {
  write_file(state_, "a file");
  expect_refused(Fault::usage, "a file is in its place", false);
  EXPECT_FALSE(open(true));
}

TEST_F(Opening, RefusesAFolderInAMissingFolder) {
  state_ = folder_ / "missing/state";
  expect_refused(Fault::usage, "does not exist", false);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "missing"));
}

TEST_F(Opening, ReadingNeedsAStore) {
  std::filesystem::create_directory(state_);
  const auto store = open(true);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().fault, Fault::usage);
  EXPECT_TRUE(std::filesystem::is_empty(state_));
}

// Root may write everywhere, so for a while the test is somebody else.
class AsAnotherUser {
 public:
  AsAnotherUser() {
    if (::geteuid() == 0) is_changed_ = ::seteuid(nobody) == 0;
  }
  AsAnotherUser(const AsAnotherUser&) = delete;
  AsAnotherUser& operator=(const AsAnotherUser&) = delete;
  ~AsAnotherUser() {
    if (is_changed_) RETIMU_ASSERT(::seteuid(0) == 0);
  }

 private:
  static constexpr uid_t nobody = 65'534;
  bool is_changed_ = false;
};

TEST_F(Opening, RefusesAFolderThatMayNotBeWritten) {
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  std::filesystem::create_directory(state_);
  ASSERT_EQ(::chmod(state_.c_str(), 0555), 0);
  {
    const AsAnotherUser other;
    expect_refused(Fault::system, "give this user the right", false);
  }
  ASSERT_EQ(::chmod(state_.c_str(), 0755), 0);
  make_store();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(state_)) {
    ASSERT_EQ(::chmod(entry.path().c_str(), entry.is_directory() ? 0555 : 0444), 0);
  }
  ASSERT_EQ(::chmod(state_.c_str(), 0555), 0);
  {
    const AsAnotherUser other;
    expect_refused(Fault::system, "give this user the right", false);
    EXPECT_TRUE(open(true));
  }
  ASSERT_EQ(::chmod(state_.c_str(), 0755), 0);
}

TEST_F(Opening, RefusesGarbage) {
  std::filesystem::create_directory(state_);
  for (const std::string& garbage :
       {std::string("hello"), std::string(5'000, 'x'), std::string(), std::string(100, '\0')}) {
    write_file(file("retimu.sqlite"), garbage);
    write_file(file("entities.sqlite"), "any");
    expect_refused(Fault::corrupt, "is not a store of RETIMU");
  }
}

TEST_F(Opening, RefusesTheDatabaseOfAnotherProgram) {
  make_store();
  for (const char* name : {"retimu.sqlite", "entities.sqlite"}) {
    const std::string ours = read_file(file(name));
    write_file(file(name), "");
    {
      Result<Database> foreign = Database::open(file(name), Database::Mode::write);
      ASSERT_TRUE(foreign);
      ASSERT_TRUE(foreign->execute("PRAGMA journal_mode = WAL; CREATE TABLE customers(name)"));
    }
    expect_refused(Fault::corrupt, "database of another program");
    write_file(file(name), ours);
  }
  EXPECT_TRUE(open());
}

TEST_F(Opening, RefusesANewerFormat) {
  make_store();
  for (const char* name : {"retimu.sqlite", "entities.sqlite"}) {
    const std::string ours = read_file(file(name));
    overwrite(file(name), 60, std::string_view("\0\0\0\7", 4));
    expect_refused(Fault::corrupt, "has format 7, and this program knows formats up to ");
    write_file(file(name), ours);
  }
  EXPECT_TRUE(open());
}

TEST_F(Opening, RefusesADamagedFile) {
  make_store();
  for (const char* name : {"retimu.sqlite", "entities.sqlite"}) {
    const std::string ours = read_file(file(name));
    ASSERT_GT(ours.size(), 8'192U);
    // The schema's page and a table's page, with noise in them.
    for (const std::size_t at : {std::size_t{100}, std::size_t{4'096}}) {
      overwrite(file(name), at, std::string(200, '\xA7'));
      expect_refused(Fault::corrupt, name);
      write_file(file(name), ours);
    }
    write_file(file(name), ours.substr(0, ours.size() / 2));
    expect_refused(Fault::corrupt, name);
    write_file(file(name), ours);
  }
  EXPECT_TRUE(open());
}

TEST_F(Opening, RefusesWhatIsLeftOfAStore) {
  make_store();
  const std::string main = read_file(file("retimu.sqlite"));
  std::filesystem::remove(file("retimu.sqlite"));
  expect_refused(Fault::corrupt, "put the file back", false);
  write_file(file("retimu.sqlite"), main);
  std::filesystem::remove(file("entities.sqlite"));
  expect_refused(Fault::corrupt, "entities.sqlite");
}

TEST_F(Opening, FinishesACreationThatWasCutOff) {
  std::filesystem::create_directory(state_);
  write_file(file("entities.sqlite.new"), "half");
  ASSERT_TRUE(create_database(state_, entities_format));
  write_file(file("retimu.sqlite.new"), "half");
  write_file(file("retimu.sqlite.new-journal"), "half");
  make_store();
  EXPECT_FALSE(std::filesystem::exists(file("retimu.sqlite.new")));
}

TEST_F(Opening, RefusesALockThatIsNotOurs) {
  std::filesystem::create_directory(state_);
  write_file(file("lock"), "somebody's diary");
  expect_refused(Fault::usage, "was not written by RETIMU", false);
  EXPECT_EQ(read_file(file("lock")), "somebody's diary");
}

// A second process that holds the store until the test ends it.
class Holder {
 public:
  explicit Holder(const std::function<bool()>& work) {
    RETIMU_ASSERT(::pipe(ready_) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      const char byte = work() ? '1' : '0';
      (void)!::write(ready_[1], &byte, 1);
      for (;;) ::pause();
    }
    char byte = '0';
    is_ready_ = ::read(ready_[0], &byte, 1) == 1 && byte == '1';
  }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  ~Holder() {
    kill();
    ::close(ready_[0]);
    ::close(ready_[1]);
  }
  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }
  bool is_ready() const { return is_ready_; }
  pid_t pid() const { return pid_; }

 private:
  int ready_[2] = {-1, -1};
  pid_t pid_ = 0;
  bool is_ready_ = false;
};

TEST_F(Opening, OneProcessAtATime) {
  make_store();
  Holder holder([this] {
    auto held = open();
    return held.has_value() && held->release() != nullptr;
  });
  ASSERT_TRUE(holder.is_ready());
  const auto store = open();
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().fault, Fault::system);
  EXPECT_NE(store.error().message.find(fmt::format("in use by process {}", holder.pid())),
            std::string::npos)
      << store.error().message;
  holder.kill();
  EXPECT_TRUE(open()) << "a killed process holds nothing";
  EXPECT_EQ(read_file(file("lock")), "") << "it ended and names nobody";
}

TEST_F(Opening, OneStoreAtATimeInAProcessToo) {
  const auto first = open();
  ASSERT_TRUE(first);
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find(fmt::format("process {}", ::getpid())), std::string::npos);
}

// A reader sees what `store` should hold and no file changes, whatever the writer is doing.
void expect_readable(const std::string& state) {
  const auto before = read_tree(state);
  StoreOptions options;
  options.data_dir = state;
  options.read_only = true;
  {
    auto store = open_store(options);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ((*store)->outbox("file", 9)->size(), 2U);
    EXPECT_EQ(to_string(*(*store)->teller()), "teller 2");
    EXPECT_EQ((*store)->summary()->alerts, 2U);
    EXPECT_EQ((*store)->summary()->evicted, 1U);
    EXPECT_EQ((*store)->restore(GroupId{1})->value().sequence, 7U);
    for (int i = 0; i < 2; ++i) {
      EXPECT_TRUE((*store)->entities().get(GroupId{1}, "pump", 8)->has_value());
    }
  }
  auto after = read_tree(state);
  // Readers beside a writer register in the shared memory, which is no data.
  for (const char* name : {"retimu.sqlite-shm", "entities.sqlite-shm"}) {
    EXPECT_EQ(after.contains(name), before.contains(name));
    if (after.contains(name)) after[name] = before.at(name);
  }
  EXPECT_EQ(after, before);
}

TEST_F(Opening, ReadingWorksBesideAWriterAfterACrashAndAfterAnEnd) {
  make_store();
  const auto write_more = [this] {
    auto store = open();
    if (!store) return false;
    const std::vector<Alert> alerts = {numbered_alert(2)};
    // The second eviction is in no snapshot yet.
    const bool done = (*store)->restore(GroupId{1}).has_value() &&
                      (*store)->commit({alerts, {}, to_bytes("teller 2")}).has_value() &&
                      (*store)->entities().put(GroupId{1}, "fan", 9, {}).has_value() &&
                      (*store)->snapshot(GroupId{2}, 9, {}, {}).has_value();
    return done && store->release() != nullptr;
  };
  Holder holder(write_more);
  ASSERT_TRUE(holder.is_ready());
  expect_readable(state_);
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  {
    const AsAnotherUser other;
    expect_readable(state_);
  }
  holder.kill();
  ASSERT_GT(std::filesystem::file_size(file("retimu.sqlite-wal")), 0U);
  expect_readable(state_);
  ASSERT_TRUE(open());
  EXPECT_FALSE(std::filesystem::exists(file("retimu.sqlite-wal")));
  expect_readable(state_);
}

TEST_F(Opening, ReadingACopyWithoutTheIndexOfTheLogSaysSo) {
  make_store();
  Holder holder([this] {
    auto held = open();
    return held.has_value() && (*held)->commit({{}, {}, to_bytes("t")}).has_value() &&
           held->release() != nullptr;
  });
  ASSERT_TRUE(holder.is_ready());
  holder.kill();
  std::filesystem::remove(file("retimu.sqlite-shm"));
  const auto store = open(true);
  ASSERT_FALSE(store);
  EXPECT_NE(store.error().message.find("retimu.sqlite-shm is missing"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(file("retimu.sqlite-shm")));
}

}  // namespace
}  // namespace retimu
