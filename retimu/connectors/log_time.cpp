// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/log_time.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace retimu {

namespace {

constexpr std::array<std::string_view, 12> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 7> weekdays = {"mon", "tue", "wed", "thu",
                                                      "fri", "sat", "sun"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Which of the words of three letters stands there; npos if none.
std::size_t index_of(std::span<const std::string_view> words, std::string_view text) {
  for (std::size_t i = 0; i < words.size() && text.size() >= 3; ++i) {
    if (std::equal(text.begin(), text.begin() + 3, words[i].begin(),
                   [](char a, char b) { return (a | 0x20) == b; })) {
      return i;
    }
  }
  return std::string_view::npos;
}

}  // namespace

// Reads from the left and writes what it has read as ISO-8601.
class LogTimeFinder {
 public:
  explicit LogTimeFinder(std::string_view text) : text_(text) {}

  std::optional<LogTime> find() {
    using Form = bool (LogTimeFinder::*)();
    constexpr std::array<Form, 3> with_letters = {&LogTimeFinder::glog, &LogTimeFinder::month_first,
                                                  &LogTimeFinder::weekday_first};
    constexpr std::array<Form, 7> with_digits = {
        &LogTimeFinder::year_first,  &LogTimeFinder::eight_digits, &LogTimeFinder::six_digits,
        &LogTimeFinder::month_named, &LogTimeFinder::short_year,   &LogTimeFinder::as_people_write,
        &LogTimeFinder::no_year};
    if (text_.empty()) return std::nullopt;
    if (is_letter(text_[0])) return first_of(with_letters);
    if (!is_digit(text_[0])) return std::nullopt;
    if (std::optional<LogTime> found = first_of(with_digits)) return found;
    constexpr std::array<Form, 1> epochs = {&LogTimeFinder::epoch};
    return first_of(epochs);
  }

 private:
  template <class Forms>
  std::optional<LogTime> first_of(const Forms& forms) {
    for (const auto form : forms) {
      at_ = 0;
      found_ = {};
      if (!(this->*form)()) continue;
      if (at_ < text_.size() && (is_digit(text_[at_]) || is_letter(text_[at_]))) continue;
      found_.bytes_ = at_;
      return found_;
    }
    return std::nullopt;
  }

  char here(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  std::string_view left() const { return text_.substr(std::min(at_, text_.size())); }
  bool take(std::string_view any) {
    if (at_ >= text_.size() || any.find(text_[at_]) == std::string_view::npos) return false;
    ++at_;
    return true;
  }
  bool blanks() {
    const std::size_t before = at_;
    while (take(" ")) continue;
    return at_ > before;
  }
  bool has_digits(std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(here(i))) return false;
    }
    return true;
  }
  void put(std::string_view text) {
    for (const char c : text) {
      if (found_.size_ < found_.text_.size()) found_.text_[found_.size_++] = c;
    }
  }
  bool put_digits(std::size_t count) {
    if (!has_digits(count)) return false;
    put(text_.substr(at_, count));
    at_ += count;
    return true;
  }
  // One digit or two, as two.
  bool put_day() {
    if (has_digits(2)) return put_digits(2);
    if (!has_digits(1)) return false;
    put("0");
    return put_digits(1);
  }
  void put_month(std::size_t month) {
    const std::array<char, 2> digits = {static_cast<char>('0' + month / 10),
                                        static_cast<char>('0' + month % 10)};
    put({digits.data(), 2});
  }
  bool put_named_month() {
    const std::size_t month = index_of(months, left());
    if (month == std::string_view::npos) return false;
    put_month(month + 1);
    at_ += 3;
    return true;
  }

  // "15:16", "15:16:01", with a fraction behind . , or :
  bool clock() {
    put("T");
    if (!put_digits(2) || !take(":")) return false;
    put(":");
    if (!put_digits(2)) return false;
    if (here() != ':' || !is_digit(here(1))) return true;
    ++at_;
    put(":");
    return put_digits(2) && (fraction(), true);
  }
  void fraction() {
    if ((here() != '.' && here() != ',' && here() != ':') || !is_digit(here(1))) return;
    ++at_;
    put(".");
    for (std::size_t i = 0; is_digit(here()); ++i, ++at_) {
      if (i < 9) put(text_.substr(at_, 1));
    }
  }
  // "Z", "+01", "+01:00"; also behind a blank: "+0100", "UTC", "GMT".
  void zone() {
    const std::size_t blank = here() == ' ' ? 1 : 0;
    const std::string_view rest = left().substr(blank);
    const auto digits_behind = [&](std::size_t from) {
      std::size_t count = 0;
      while (from + count < rest.size() && is_digit(rest[from + count])) ++count;
      return count;
    };
    std::size_t bytes = 0;
    if (rest.starts_with("UTC") || rest.starts_with("GMT")) {
      bytes = 3;
    } else if (blank == 0 && rest.starts_with("Z")) {
      bytes = 1;
    } else if (rest.starts_with("+") || rest.starts_with("-")) {
      const std::size_t count = digits_behind(1);
      if (count == 4) bytes = 5;
      if (count == 2 && rest.size() > 3 && rest[3] == ':' && digits_behind(4) == 2) bytes = 6;
      if (count == 2 && bytes == 0 && blank == 0) bytes = 3;
    }
    if (bytes == 0 || (rest.size() > bytes && (is_digit(rest[bytes]) || is_letter(rest[bytes])))) {
      return;
    }
    put(rest.substr(0, bytes));
    at_ += blank + bytes;
  }
  bool clock_and_zone() { return clock() && (zone(), true); }

  // A time without a year: where it will stand is kept free.
  void no_year_yet() { put("0000-"); }
  bool month_is_known() {
    found_.month_ = 10 * (found_.text_[5] - '0') + found_.text_[6] - '0';
    return found_.month_ >= 1 && found_.month_ <= 12;
  }

  // "2024-03-04 05:06:07,123", also with / or . and with T - _ between date and time
  bool year_first() {
    if (!put_digits(4)) return false;
    const char mark = here();
    if (!take("-/.")) return false;
    put("-");
    if (!put_digits(2) || here() != mark) return false;
    ++at_;
    put("-");
    return put_digits(2) && take("Tt -_") && clock_and_zone();
  }
  // "20171223-22:15:29:606", "20240304T050607Z"
  bool eight_digits() {
    if (!put_digits(4)) return false;
    put("-");
    if (!put_digits(2)) return false;
    put("-");
    if (!put_digits(2) || !take("Tt -_")) return false;
    if (!has_digits(6)) return clock_and_zone();
    return six_digits_of_clock() && (fraction(), zone(), true);
  }
  bool six_digits_of_clock() {
    put("T");
    if (!put_digits(2)) return false;
    put(":");
    if (!put_digits(2)) return false;
    put(":");
    return put_digits(2);
  }
  // "081109 203615"
  bool six_digits() {
    put("20");
    if (!put_digits(2)) return false;
    put("-");
    if (!put_digits(2)) return false;
    put("-");
    return put_digits(2) && take(" ") && six_digits_of_clock();
  }
  // "17/06/09 20:10:40"
  bool short_year() {
    put("20");
    if (!put_digits(2) || !take("/")) return false;
    put("-");
    if (!put_digits(2) || !take("/")) return false;
    put("-");
    return put_digits(2) && take(" ") && clock_and_zone();
  }
  // "10/Oct/2000:13:55:36 -0700", "04 Mar 2024 05:06:07"
  bool month_named() {
    const std::size_t day_at = at_, day_digits = has_digits(2) ? 2 : 1;
    at_ += day_digits;
    const char mark = here();
    if (!take("/- ")) return false;
    const std::size_t month = index_of(months, left());
    at_ += 3;
    if (month == std::string_view::npos || here() != mark) return false;
    ++at_;
    if (!put_digits(4)) return false;
    put("-");
    put_month(month + 1);
    put("-");
    const std::size_t behind = std::exchange(at_, day_at);
    if (!put_day()) return false;
    at_ = behind;
    return take(": T") && clock_and_zone();
  }
  // "31.12.2024 23:59:59", "12/31/2024 11:59 PM", as it stands
  bool as_people_write() {
    const std::size_t first = has_digits(2) ? 2 : 1;
    at_ += first;
    if (!take("./")) return false;
    at_ += has_digits(2) ? 2 : 1;
    if (!take("./") || !has_digits(4)) return false;
    at_ += 4;
    if (!take(" T") || !has_digits(1)) return false;
    while (is_digit(here()) || (here() == ':' && is_digit(here(1)))) ++at_;
    if (here() == '.' || here() == ',') ++at_;
    while (is_digit(here())) ++at_;
    const std::string_view rest = left().substr(here() == ' ' ? 1 : 0);
    if (rest.size() >= 2 && std::string_view("AaPp").find(rest[0]) != std::string_view::npos &&
        (rest[1] | 0x20) == 'm' && (rest.size() == 2 || !is_letter(rest[2]))) {
      at_ += (here() == ' ' ? 1 : 0) + 2;
    }
    if (at_ > found_.text_.size()) return false;
    put(text_.substr(0, at_));
    return true;
  }
  // "03-17 16:13:38.811", "10.30 16:49:06"
  bool no_year() {
    no_year_yet();
    if (!put_digits(2) || !take("-.")) return false;
    put("-");
    return put_digits(2) && take(" ") && clock() && month_is_known();
  }
  // "1117838570", "1700000000.25", "1700000000123": seconds, ms, us or ns, from 2001 on
  bool epoch() {
    std::size_t whole = 0;
    while (is_digit(here(whole))) ++whole;
    const bool is_known = whole == 10 || whole == 13 || whole == 16 || whole == 19;
    if (!is_known || (here() != '1' && here() != '2')) return false;
    put_digits(whole);
    fraction();
    return true;
  }

  // "I0304 05:06:07.123456", "W20240304 05:06:07.123456"
  bool glog() {
    if (!take("IWEF")) return false;
    if (has_digits(8)) {
      put_digits(4);
    } else {
      put("0000");
    }
    put("-");
    if (!put_digits(2)) return false;
    put("-");
    if (!put_digits(2) || !take(" ") || !clock()) return false;
    return !std::string_view(found_.text_.data(), 4).starts_with("0000") || month_is_known();
  }
  // "Jun 14 15:16:01", "Jun  4 2024 15:16:01"
  bool month_first() {
    no_year_yet();
    if (!put_named_month() || !blanks()) return false;
    put("-");
    if (!put_day() || !blanks()) return false;
    if (has_digits(4)) {
      put_year(text_.substr(at_, 4));
      at_ += 4;
      return take(" ") && clock_and_zone();
    }
    return clock() && month_is_known();
  }
  void put_year(std::string_view digits) { std::ranges::copy(digits, found_.text_.begin()); }

  // "Sun Dec 04 04:47:44.123456 2005", "Mon, 04 Mar 2024 05:06:07 GMT"
  bool weekday_first() {
    if (index_of(weekdays, left()) == std::string_view::npos) return false;
    at_ += 3;
    (void)take(",");
    if (!blanks()) return false;
    if (is_digit(here())) return month_named();
    if (!month_first()) return false;
    if (found_.month_ == 0 || here() != ' ') return true;
    ++at_;
    if (!has_digits(4)) {
      --at_;
      return true;
    }
    put_year(text_.substr(at_, 4));
    at_ += 4;
    found_.month_ = 0;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  LogTime found_;
};

std::optional<LogTime> LogTime::find(std::string_view text) { return LogTimeFinder(text).find(); }

std::string_view LogTime::written(int year) {
  for (std::size_t i = 4; month_ != 0 && i-- > 0; year /= 10) {
    text_[i] = static_cast<char>('0' + year % 10);
  }
  return {text_.data(), size_};
}

}  // namespace retimu
