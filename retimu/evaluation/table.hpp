// SPDX-License-Identifier: Apache-2.0
// The result of an evaluation as tables: built once, written as text, Markdown, HTML or JSON.
#ifndef RETIMU_EVALUATION_TABLE_HPP
#define RETIMU_EVALUATION_TABLE_HPP

#include "retimu/evaluation/judged_set.hpp"

#include <span>
#include <string>
#include <vector>

namespace retimu {

// Cells are text as it is shown; the first column is on the left, the others on the right.
struct Grid {
  std::string title;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

// Of how many series a set is made, and how many were read.
struct SetSize {
  std::string name;
  std::size_t series = 0, rows = 0, labelled = 0, events = 0;
  std::size_t published = 0;  // 0: not known
  bool is_part() const { return series < published; }
};
// "nab: 58 of 58 published series, 324,302 rows judged, 116 events"
std::string to_text(const SetSize& size);
SetSize size_of(const SetEntry* set, std::string name, std::span<const Case> cases);

// Ranking and the best threshold of each series; own decisions; figures of the set, with what
// others published, marked * where the part that was read is not what they judged.
std::vector<Grid> make_grids(const SetSize& size, std::span<const JudgedSet> rows);

std::string to_text(const Grid& grid);
std::string to_markdown(const Grid& grid);
std::string to_html(const Grid& grid);  // escaped

// One object: set, series, published_series, rows; scorers with their means `best` and `own`,
// `figures`, and `by_series`. Numbers exact; what is not defined is null.
std::string to_json(const SetSize& size, std::span<const Case> cases,
                    std::span<const JudgedSet> rows);

// "a<b" as HTML text.
std::string escape_html(std::string_view text);

}  // namespace retimu

#endif
