// SPDX-License-Identifier: Apache-2.0
// From a log line to its signature, in one pass and with no knowledge of the system that wrote it.
//
// Words are runs of letters, digits and _-@$#%&*+~^`\/.?! and of bytes above 127; every other byte
// that is not blank is a mark, and so is a run of two dots or more. A word is a variable if it has
// a digit, is a path, a dotted or mail-like name, a host, eight hex letters or more, a masked value
// ("****"), a month or a day of the week; a hardware or IPv6 address is one variable, and so are a
// number with its unit, "<1" and a path with its ?query. What only varies in length is collapsed
// (see push_item).
//
// Cost: about 0.5 us for 144 bytes, nothing allocated once warm. At most line_bytes_max bytes are
// looked at and items_max items kept, so a line of any length costs at most about 0.6 ms.
// Blind to: variables that look like words (TemplateMiner finds them by what varies), names that
// have digits though they are constant ("ssh2", "IPv6").
#ifndef RETIMU_TEXT_SCANNER_HPP
#define RETIMU_TEXT_SCANNER_HPP

#include "retimu/text/signature.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace retimu {

// A number of a line: `item` is its place in the signature, of which a collapsed list has several.
// The value is as written; a unit behind it is not multiplied in.
struct LineNumber {
  std::uint32_t item = 0;
  double value = 0;
  friend bool operator==(const LineNumber&, const LineNumber&) = default;
};

class Scanner {
 public:
  static constexpr std::size_t line_bytes_max = 65'536;
  static constexpr std::size_t items_max = 512;

  Scanner();
  // Any bytes. The same line gives the same signature whatever was scanned before.
  Signature scan(std::string_view line);
  // The decimal numbers among the variables of the line scanned last, with a unit or % glued to
  // them or not, in order; not addresses, versions, dates, hexadecimal or more than 15 digits.
  std::span<const LineNumber> numbers();

 private:
  struct Variable {
    std::uint32_t item, begin, end;
  };

  std::uint32_t scan_word(std::uint32_t begin);
  std::uint32_t scan_mark(std::uint32_t begin);
  std::uint32_t skip_address(std::uint32_t begin) const;
  std::uint32_t skip_host_list(std::uint32_t at) const;
  std::uint32_t skip_query(std::uint32_t at) const;
  void push_word(std::uint32_t begin, std::uint32_t end, std::uint32_t query_end, unsigned any,
                 unsigned all);
  void push_variable(std::uint32_t begin, std::uint32_t end, std::uint32_t span_end);
  void push_mark(std::uint32_t begin, std::uint32_t end, std::string_view text);
  bool ends_in_variable() const { return !items_.empty() && items_.back().is_variable(); }
  // The variables that a shorter list of items no longer has.
  void forget_dropped();

  std::string_view line_;
  bool is_in_path_ = false;  // since the last blank or quote there was a path
  std::vector<Item> items_;
  std::vector<Variable> variables_;
  std::vector<LineNumber> numbers_;
};

// The number that a text is: "-12", "3.5", "45%", "12ms"; what is no such number gives false.
bool read_line_number(std::string_view text, double& value);

}  // namespace retimu

#endif
