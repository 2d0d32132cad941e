// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/memory_journal.hpp"

#include <gtest/gtest.h>
#include <thread>

namespace retimu {
namespace {

using namespace std::chrono_literals;

NewFrame records(std::string_view bytes, std::string_view cursor = {}) {
  return {.source = 7, .bytes = bytes, .cursor = cursor};
}

TEST(MemoryJournal, HandsOutWhatWasAppendedInItsOrder) {
  MemoryJournal journal;
  ASSERT_EQ(*journal.append(records("one\n", "4"), 0ms), Appended::taken);
  ASSERT_EQ(*journal.append(records("two\n"), 0ms), Appended::taken);
  EXPECT_EQ(journal.next(0ms)->value().bytes, "one\n");
  const Frame two = journal.next(0ms)->value();
  EXPECT_EQ(two.bytes, "two\n");
  EXPECT_EQ(two.offset, 4U);
  EXPECT_EQ(journal.offset(), 8U);
  EXPECT_FALSE(journal.next(0ms)->has_value());
  EXPECT_EQ(journal.cursors(7).at(0), "4");
  EXPECT_TRUE(journal.cursors(8).empty());
}

TEST(MemoryJournal, TakesNoMoreThanItsBoundAndGoesOnOnceThatIsRead) {
  MemoryJournal journal(8);
  ASSERT_EQ(*journal.append(records("123456"), 0ms), Appended::taken);
  EXPECT_EQ(*journal.append(records("789"), 1ms), Appended::full);
  std::thread reader([&] { EXPECT_TRUE(journal.next(1s)->has_value()); });
  EXPECT_EQ(*journal.append(records("a frame above the bound"), 10s), Appended::taken);
  reader.join();
  EXPECT_EQ(journal.next(0ms)->value().bytes, "a frame above the bound");
}

TEST(MemoryJournal, KeepsFramesToBeReadAgainUntilTheyAreForgotten) {
  MemoryJournal journal(1024, true);
  for (const char* bytes : {"aaa", "bbb", "ccc"}) {
    ASSERT_EQ(*journal.append(records(bytes), 0ms), Appended::taken);
    ASSERT_TRUE(journal.next(0ms)->has_value());
  }
  ASSERT_TRUE(journal.seek(4));
  EXPECT_EQ(journal.offset(), 4U);
  EXPECT_EQ(journal.next(0ms)->value().bytes, "bbb");
  ASSERT_TRUE(journal.forget(4));
  EXPECT_FALSE(journal.seek(2));
  ASSERT_TRUE(journal.seek(9));
  EXPECT_FALSE(journal.next(0ms)->has_value());
}

}  // namespace
}  // namespace retimu
