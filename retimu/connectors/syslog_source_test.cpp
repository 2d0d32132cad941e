// SPDX-License-Identifier: Apache-2.0
// Syslog messages from a socket to events: those that say little of themselves, too.
#include "retimu/connectors/journal_source.hpp"
#include "retimu/connectors/receivers_test_tools.hpp"
#include "retimu/connectors/syslog_receiver.hpp"

namespace retimu {
namespace {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

struct Shape {
  std::string message;
  std::string event;  // "host [severity] text"
};

const std::vector<Shape> shapes_without_time = {
    {"<165>1 - web1 nginx 7 ID47 - it broke", "web1 [indeterminate] it broke"},
    {"<163>1 - - - - - - it broke", "127.0.0.1 [major] it broke"},
    {"<131>su: 'su root' failed", "127.0.0.1 [major] 'su root' failed"},
    {"<131>it broke", "127.0.0.1 [major] it broke"},
    {"<131>: %LINK-3-UPDOWN: Interface Gi0/1", "127.0.0.1 [major] %LINK-3-UPDOWN: Interface Gi0/1"},
    {"<131>42: *Mar  1 00:00:00.123: %LINK-3-UPDOWN: Interface Gi0/1",
     "127.0.0.1 [major] %LINK-3-UPDOWN: Interface Gi0/1"},
    {"<131>42: router1: *Mar  1 00:00:00.123: %LINK-3-UPDOWN: Interface Gi0/1",
     "router1 [major] %LINK-3-UPDOWN: Interface Gi0/1"},
    {"\xEF\xBB\xBF<131>it broke", "127.0.0.1 [major] it broke"},
    {std::string("\xFF\xFE<\0001\0003\0001\0>\0\xE4\0b\0", 16),
     "127.0.0.1 [major] \xC3\xA4"
     "b"},
    {std::string("\xFE\xFF\0<\0001\0003\0001\0>\xD8\x3D\xDE\x00\xD8\x00", 18),
     "127.0.0.1 [major] \xF0\x9F\x98\x80\xEF\xBF\xBD"},
};

class SyslogSource : public ::testing::Test {
 protected:
  SyslogSource() {
    options_.listeners = {{.transport = SyslogTransport::udp, .port = 0},
                          {.transport = SyslogTransport::tcp, .port = 0}};
    options_.completes = true;
    receiver_ = std::make_unique<SyslogReceiver>(options_);
    reading_.is_syslog = true;
    reading_.entity = {"host"};
  }
  void has(std::uint64_t records) const {
    ASSERT_TRUE(comes_true([&] { return receiver_->report().records == records; }))
        << receiver_->report().records;
  }
  // All that the journal holds, from its beginning.
  Batch read() {
    EXPECT_TRUE(journal_.seek(0).has_value());
    const auto source = open_journal(journal_, {{receiver_->name(), reading_, nullptr}}, columns_);
    Batch batch;
    EXPECT_TRUE(source->read(batch, 10'000, 0ms).has_value());
    return batch;
  }
  // "host [severity] text" without the time.
  Lines lines_of(const Batch& batch) const {
    Lines lines;
    append_lines(batch, columns_, lines);
    for (std::string& line : lines) {
      if (!line.starts_with("!")) line.erase(0, line.find(' ') + 1);
    }
    return lines;
  }
  Lines times_of(const Batch& batch) const {
    Lines times;
    for (const Event& event : batch.events) times.push_back(format_time(event.time));
    return times;
  }

  SyslogReceiverOptions options_;
  FileInput reading_;
  Columns columns_;
  MemoryJournal journal_{1 << 20, true};
  std::unique_ptr<SyslogReceiver> receiver_;
};

// Each has the time at which it came, which the journal holds: reading again says the same.
TEST_F(SyslogSource, WhatHasNoTimeHasThatOfItsReceipt) {
  ASSERT_TRUE(receiver_->start(journal_).has_value());
  TestClient datagrams(receiver_->bound_port(0), SOCK_DGRAM);
  TestClient stream(receiver_->bound_port(1));
  const Time before = floor_to(wall_clock(), microsecond);
  std::uint64_t sent = 0;
  Lines expected;
  for (const Shape& shape : shapes_without_time) {
    ASSERT_TRUE(datagrams.send(shape.message));
    has(++sent);
    expected.push_back(shape.event);
    if (shape.message[0] != '<') continue;  // a stream has neither marks nor UTF-16
    ASSERT_TRUE(stream.send(shape.message + "\n"));
    has(++sent);
    ASSERT_TRUE(stream.send(fmt::format("{} {}", shape.message.size(), shape.message)));
    has(++sent);
    expected.insert(expected.end(), 2, shape.event);
  }
  const Time after = wall_clock();
  const Batch batch = read();
  EXPECT_EQ(lines_of(batch), expected);
  Time last = before;
  for (const Event& event : batch.events) {
    EXPECT_GE(event.time, last);
    last = event.time;
  }
  EXPECT_LE(last, after);
  const Lines times = times_of(batch);
  receiver_->stop();
  const Batch again = read();
  EXPECT_EQ(lines_of(again), expected);
  EXPECT_EQ(times_of(again), times);
  const Lines notes = receiver_->report().notes;
  EXPECT_EQ(std::ranges::count_if(notes,
                                  [](const std::string& note) {
                                    return note.find("names no time or no host") !=
                                           std::string::npos;
                                  }),
            1);
}

// Senders of all kinds share a frame: each line is read by itself, whatever the others are.
TEST_F(SyslogSource, SendersOfAllKindsAtOnce) {
  ASSERT_TRUE(receiver_->start(journal_).has_value());
  const std::string year = format_time(wall_clock() - day).substr(0, 4);
  const std::vector<Shape> dated = {
      {"<131>1 2026-01-01T00:00:00.5Z web1 nginx - - - it broke", "web1 [major] it broke"},
      {"<131>1 2026-01-01T00:00:00Z web2 - - - - it broke", "web2 [major] it broke"},
      {"<131>Jan  1 00:00:00 web3 nginx[7]: it broke", "web3 [major] it broke"},
      {"<131>2026-01-01 00:00:00 web4 it broke", "web4 [major] it broke"},
      {"<131>Jan  1 00:00:00 nginx[7]: it broke", "127.0.0.1 [major] it broke"}};
  const Lines expected_times = {"2026-01-01T00:00:00.500Z", "2026-01-01T00:00:00Z",
                                year + "-01-01T00:00:00Z", "2026-01-01T00:00:00Z",
                                year + "-01-01T00:00:00Z"};
  std::string bytes;
  Lines expected, times;
  for (int i = 0; i < 50; ++i) {
    const Shape& other = shapes_without_time[static_cast<std::size_t>(i) % 7];
    for (const Shape& shape : dated) {
      bytes += shape.message + "\n";
      expected.push_back(shape.event);
    }
    times.insert(times.end(), expected_times.begin(), expected_times.end());
    bytes += other.message + "\n";
    expected.push_back(other.event);
    times.emplace_back();
  }
  ASSERT_TRUE(TestClient(receiver_->bound_port(1)).send(bytes));
  has(expected.size());
  const Batch batch = read();
  EXPECT_EQ(lines_of(batch), expected);
  ASSERT_EQ(batch.events.size(), times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    if (!times[i].empty()) {
      EXPECT_EQ(format_time(batch.events[i].time), times[i]) << i;
    }
  }
}

// A recording of a receiver that wrote no times into them.
TEST_F(SyslogSource, AMessageWithoutATimeInAnOlderJournalIsSaid) {
  ASSERT_TRUE(journal_.append({.source = source_number("syslog"),
                               .format = RecordFormat::log,
                               .bytes = "<131>Jan  1 00:00:00 a x: y\n<131>1 - a x - - - y\n"},
                              0ms));
  EXPECT_EQ(lines_of(read()), (Lines{"a [major] y", "! no time where lines have one"}));
}

}  // namespace
}  // namespace retimu
