// SPDX-License-Identifier: Apache-2.0
// The tables in one file: Markdown, or HTML in which the worst and the best series are drawn, too.
#ifndef RETIMU_EVALUATION_REPORT_HPP
#define RETIMU_EVALUATION_REPORT_HPP

#include "retimu/core/result.hpp"
#include "retimu/evaluation/table.hpp"

#include <string>

namespace retimu {

// Markdown if the path ends in .md. Draws the three worst and the three best series by VUS-PR of
// the first scorer that decides, else of the last: up to three columns, its score, labels,
// anomalous stretches and alerts. Loads nothing from elsewhere. Fault::system if it cannot be
// written.
Result<void> write_report(const std::string& path, const SetSize& size, std::span<const Case> cases,
                          std::span<const JudgedSet> rows);

// Tables alone, with a heading.
Result<void> write_tables(const std::string& path, const std::string& heading,
                          std::span<const Grid> grids);

}  // namespace retimu

#endif
