// SPDX-License-Identifier: Apache-2.0
// The years of times that have none, by the order of the records of a file.
#ifndef RETIMU_CONNECTORS_LOG_YEARS_HPP
#define RETIMU_CONNECTORS_LOG_YEARS_HPP

#include "retimu/connectors/log_time.hpp"

namespace retimu {

class LogYears {
 public:
  // `written`: when the file was last written.
  explicit LogYears(Time written);

  // Of the file's first record; 0: not known yet.
  int first() const { return first_; }
  void set_first(int year) { first_ = year_ = year; }
  // Of the last year in which that time exists and was not later than the file was written; a day
  // is granted to clocks and time zones.
  void find_first(LogTime time) { set_first(find_last(time).year); }
  // That time itself; none: it is no time of such a year.
  std::optional<Time> last_of(LogTime time) const { return find_last(time).time; }

  // The next record is the file's first one.
  void begin() {
    set_first(first_);
    month_ = 0;
  }
  // Of a record of that month, from 1. A step back of one month, or from January to December, is a
  // record that came late; a longer one is a new year.
  int year_of(int month) const;
  // A record of that month was read; 0: one with a year.
  void keep(int month);

 private:
  struct Found {
    int year;
    std::optional<Time> time;
  };
  Found find_last(LogTime time) const;
  bool is_late(int month) const;

  Time written_;
  int written_year_ = 1970;
  int first_ = 0;
  int year_ = 0, month_ = 0;  // of the records so far; month 0: there are none
};

}  // namespace retimu

#endif
