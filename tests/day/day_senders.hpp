// SPDX-License-Identifier: Apache-2.0
// Those who send a day's records, each from a thread of its own, and count what they were promised.
#ifndef TESTS_DAY_DAY_SENDERS_HPP
#define TESTS_DAY_DAY_SENDERS_HPP

#include "retimu/connectors/receivers_test_tools.hpp"
#include "tests/day/day_clock.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <span>
#include <utility>

namespace retimu {

// Hands out the records that are due.
class DueRecords {
 public:
  DueRecords(const std::vector<DayRecord>& records, const DayClock& clock)
      : records_(records), clock_(clock) {}
  bool is_done() const { return next_ == records_.size(); }
  // At most `count_max`; waits until there is one.
  std::span<const DayRecord> take(std::size_t count_max) {
    clock_.wait_until(records_[next_].time);
    const Time now = clock_.now();
    const std::size_t first = next_;
    while (next_ < records_.size() && next_ - first < count_max && records_[next_].time <= now) {
      ++next_;
    }
    return {records_.data() + first, next_ - first};
  }
  // Of the next one; the last time there is if none is left.
  Time next_time() const { return is_done() ? INT64_MAX : records_[next_].time; }

 private:
  const std::vector<DayRecord>& records_;
  const DayClock& clock_;
  std::size_t next_ = 0;
};

inline std::string marker(const std::string& entity, Time time) {
  return fmt::format("{{\"ts\":{},\"host\":\"{}\",\"one\":1}}\n", time / second, entity);
}

// A client of the HTTP source. Every try to send a batch carries a record of an entity of its own,
// by which is known afterwards whether it was taken: what has no answer is sent again.
class DayPoster {
 public:
  enum class Answer { taken, refused, none };
  struct Try {
    Answer answer{};
    Counts counts{};
  };

  DayPoster(std::uint16_t port, const DayClock& clock, DayLog& log)
      : port_(port), clock_(clock), log_(log) {}

  // It dies in the middle of a request at `dies`, and returns at `returns`.
  void run(const std::vector<DayRecord>& records, Time dies, Time returns) {
    bool is_dead = false;
    for (DueRecords due(records, clock_); !due.is_done();) {
      const auto batch = due.take(400);
      Counts counts;
      std::string body;
      for (const DayRecord& record : batch) {
        body += record.text;
        ++counts[record.entity];
      }
      if (!is_dead && batch.back().time >= dies) {
        is_dead = true;
        die(body, counts, batch.back().time);
        clock_.wait_until(returns);
        log_.tell("the client of HTTP returns");
      }
      while (!try_once(body, counts, batch.back().time)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  static std::string name_of(std::size_t number) { return fmt::format("try{}", number); }
  const std::vector<Try>& tries() const { return tries_; }  // number i is name_of(i)

 private:
  static std::string request(const std::string& body) {
    return fmt::format(
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n"
        "Content-Length: {}\r\n\r\n{}",
        body.size(), body);
  }
  // Nothing that was sent is no try.
  bool try_once(const std::string& body, const Counts& counts, Time time) {
    TestClient client(port_);
    if (!client.is_open()) return false;
    const bool is_sent = client.send(request(body + marker(name_of(tries_.size()), time)));
    const std::string answer = is_sent ? client.read_answer() : std::string();
    const Answer what = answer.starts_with("HTTP/1.1 200")             ? Answer::taken
                        : answer.find("\r\n\r\n") == std::string::npos ? Answer::none
                                                                       : Answer::refused;
    tries_.push_back({what, counts});
    return what == Answer::taken;
  }
  // Half of a request: nobody may take it.
  void die(const std::string& body, const Counts& counts, Time time) {
    log_.tell("the client of HTTP dies in the middle of a request");
    TestClient client(port_);
    if (!client.is_open()) return;
    const std::string whole = request(body + marker(name_of(tries_.size()), time));
    (void)client.send(whole.substr(0, whole.size() / 2));
    client.reset();
    tries_.push_back({Answer::refused, counts});
  }

  std::uint16_t port_;
  const DayClock& clock_;
  DayLog& log_;
  std::vector<Try> tries_;
};

// What befalls a file while it is written.
enum class FileFate { renamed, copied_and_cut, moved_away };
struct PlannedFate {
  Time time = 0;
  FileFate fate{};
  Duration lasts = 0;  // until it returns
};

// Appends whole records to a file. Before the file is cut back, `is_judged` must say that its last
// record, that of the entity, was taken: what is cut off unread is lost to whoever follows.
class DayWriter {
 public:
  using IsJudged = std::function<bool(const std::string& entity)>;

  DayWriter(std::string path, std::string elsewhere, const DayClock& clock, DayLog& log)
      : path_(std::move(path)), elsewhere_(std::move(elsewhere)), clock_(clock), log_(log) {}

  // `fates` by time.
  void run(const std::vector<DayRecord>& records, std::span<const PlannedFate> fates,
           const IsJudged& is_judged) {
    for (DueRecords due(records, clock_); !due.is_done();) {
      for (; !fates.empty() && fates.front().time <= due.next_time(); fates = fates.subspan(1)) {
        clock_.wait_until(fates.front().time);
        meet(fates.front(), is_judged);
      }
      std::string text;
      for (const DayRecord& record : due.take(2'000)) {
        text += record.text;
        ++counts_[record.entity];
      }
      std::ofstream(path_, std::ios::app | std::ios::binary) << text;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  const Counts& counts() const { return counts_; }

 private:
  void meet(const PlannedFate& planned, const IsJudged& is_judged) {
    const std::string name = std::filesystem::path(path_).filename().string();
    const std::string old = fmt::format("{}.{}", path_, ++fates_met_);
    switch (planned.fate) {
      case FileFate::renamed:
        log_.tell(name + " is rotated by rename");
        std::filesystem::rename(path_, old);
        return;
      case FileFate::copied_and_cut: {
        const std::string last = fmt::format("cut{}", fates_met_);
        std::ofstream(path_, std::ios::app | std::ios::binary) << marker(last, planned.time);
        ++counts_[last];
        EXPECT_TRUE(is_judged(last)) << name << " is not read to its end";
        std::filesystem::copy_file(path_, old);
        std::filesystem::resize_file(path_, 0);
        log_.tell(name + " is copied and cut back");
        return;
      }
      case FileFate::moved_away:
        log_.tell(name + " vanishes");
        std::filesystem::rename(path_, elsewhere_);
        clock_.wait_until(planned.time + planned.lasts);
        std::filesystem::rename(elsewhere_, path_);
        log_.tell(name + " returns");
        return;
    }
  }

  std::string path_, elsewhere_;
  const DayClock& clock_;
  DayLog& log_;
  int fates_met_ = 0;
  Counts counts_;
};

// Syslog over TCP, which acknowledges nothing: what is under way when a connection breaks is lost.
class DaySyslog {
 public:
  DaySyslog(std::uint16_t port, const DayClock& clock) : port_(port), clock_(clock) {}

  void run(const std::vector<DayRecord>& records) {
    std::unique_ptr<TestClient> client;
    for (DueRecords due(records, clock_); !due.is_done();) {
      for (const DayRecord& record : due.take(100)) {
        if (client == nullptr || !client->is_open()) client = std::make_unique<TestClient>(port_);
        if (!client->is_open() || !client->send(record.text)) {
          client.reset();
          ++unsent_;
          continue;
        }
        ++counts_[record.entity];
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  const Counts& counts() const { return counts_; }
  int unsent() const { return unsent_; }

 private:
  std::uint16_t port_;
  const DayClock& clock_;
  Counts counts_;
  int unsent_ = 0;
};

}  // namespace retimu

#endif
