// SPDX-License-Identifier: Apache-2.0
// store_writer DATA_DIR EVENTS: runs the script over a store, from where the store is. After each
// call that succeeded it says so in a line on standard output:
//
//   commit SEQUENCE          everything told and logged below it is kept
//   cursor ROW               the sink has the alerts up to that row
//   snapshot GROUP SEQUENCE
//
// Exit 0: done, with a last snapshot of each group. Exit 3: an error, which is on standard error.
#include "retimu/storage/sqlite_store.hpp"
#include "tests/faults/script.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace retimu::script {
namespace {

void say(const std::string& line) {
  const std::string text = line + "\n";
  RETIMU_ASSERT(::write(STDOUT_FILENO, text.data(), text.size()) ==
                static_cast<ssize_t>(text.size()));
}

struct Group {
  std::uint64_t sequence = 0;     // first event that it has not learned
  States states;                  // in memory
  std::vector<std::string> used;  // names in memory, least recently first
};

class Writer {
 public:
  explicit Writer(SqliteStore& store) : store_(store) {}

  Result<void> run(std::uint64_t events) {
    const auto teller = store_.teller();
    if (!teller) return tl::unexpected(teller.error());
    if (!teller->empty()) std::memcpy(&told_, teller->data(), sizeof told_);
    std::uint64_t sequence = UINT64_MAX;
    for (std::size_t i = 0; i < groups; ++i) {
      if (Result<void> restored = restore(i); !restored) return restored;
      sequence = std::min(sequence, groups_[i].sequence);
    }
    for (; sequence < events; ++sequence) {
      if (Result<void> judged = judge(sequence); !judged) return judged;
      if (has_control(sequence)) controls_.push_back(control_of(sequence));
      const std::uint64_t done = sequence + 1;
      if (done % events_a_commit == 0 || done == events) {
        if (Result<void> kept = commit(done); !kept) return kept;
        if (Result<void> delivered = deliver(); !delivered) return delivered;
      }
      // Snapshots lag behind commits, since what they hold must have been told.
      if (done % (events_a_commit * events_a_snapshot) == 0) {
        const std::size_t group = done / (events_a_commit * events_a_snapshot) % groups;
        if (Result<void> taken = snapshot(group, done); !taken) return taken;
      }
    }
    for (std::size_t i = 0; i < groups; ++i) {
      if (Result<void> taken = snapshot(i, events); !taken) return taken;
    }
    return {};
  }

 private:
  Result<void> restore(std::size_t index) {
    const auto stored = store_.restore(static_cast<GroupId>(index));
    if (!stored) return tl::unexpected(stored.error());
    if (!*stored) return {};
    groups_[index].sequence = (*stored)->sequence;
    groups_[index].states = load_states((*stored)->state);
    for (const auto& [name, state] : groups_[index].states) groups_[index].used.push_back(name);
    return {};
  }

  Result<void> judge(std::uint64_t sequence) {
    const GroupId id = group_of_event(sequence);
    Group& group = groups_[static_cast<std::size_t>(id)];
    if (sequence < group.sequence) return {};
    const std::string name = entity_of_event(sequence);
    if (!group.states.contains(name)) {
      if (Result<void> come = bring_in(group, id, name, sequence); !come) return come;
    }
    std::erase(group.used, name);
    group.used.push_back(name);
    Learned& learned = group.states[name];
    learned.learn(sequence);
    if (is_told(learned)) alerts_.push_back(alert_of(name, learned, sequence));
    group.sequence = sequence + 1;
    return {};
  }

  Result<void> bring_in(Group& group, GroupId id, const std::string& name, std::uint64_t sequence) {
    if (group.states.size() == in_memory_max) {
      const std::string oldest = group.used.front();
      const std::vector<std::byte> state = save(group.states[oldest]);
      Result<void> put = store_.entities().put(id, oldest, sequence, state);
      if (!put) return put;
      group.states.erase(oldest);
      std::erase(group.used, oldest);
    }
    const auto known = store_.entities().get(id, name, sequence);
    if (!known) return tl::unexpected(known.error());
    group.states[name] = *known ? load(**known) : Learned();
    return {};
  }

  Result<void> commit(std::uint64_t done) {
    told_ = std::max(told_, done);  // a replay is behind it
    const auto teller = std::as_bytes(std::span(&told_, 1));
    Result<void> kept = store_.commit({alerts_, controls_, teller});
    if (!kept) return kept;
    alerts_.clear();
    controls_.clear();
    say(fmt::format("commit {}", done));
    return {};
  }

  Result<void> deliver() {
    const auto rows = store_.outbox(sink, 100);
    if (!rows) return tl::unexpected(rows.error());
    if (rows->empty()) return {};
    Result<void> moved = store_.delivered(sink, rows->back().row);
    if (moved) say(fmt::format("cursor {}", rows->back().row));
    return moved;
  }

  Result<void> snapshot(std::size_t index, std::uint64_t sequence) {
    Group& group = groups_[index];
    if (group.sequence > sequence) return {};  // restored from a later one
    group.sequence = sequence;
    Result<void> taken =
        store_.snapshot(static_cast<GroupId>(index), sequence, {}, save(group.states));
    if (taken) say(fmt::format("snapshot {} {}", index, sequence));
    return taken;
  }

  SqliteStore& store_;
  std::array<Group, groups> groups_;
  std::uint64_t told_ = 0;  // everything below it
  std::vector<Alert> alerts_;
  std::vector<LoggedControl> controls_;
};

Result<void> write_store(const char* data_dir, std::uint64_t events) {
  StoreOptions options;
  options.data_dir = data_dir;
  options.exactly_once = true;
  options.sinks = {{sink}};
  Result<std::unique_ptr<SqliteStore>> store = open_store(options);
  if (!store) return tl::unexpected(store.error());
  return Writer(**store).run(events);
}

}  // namespace
}  // namespace retimu::script

int main(int count, char** words) {
  if (count != 3) return 2;
  const auto done = retimu::script::write_store(words[1], std::strtoull(words[2], nullptr, 10));
  if (done) return 0;
  std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return 3;
}
