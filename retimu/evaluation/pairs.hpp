// SPDX-License-Identifier: Apache-2.0
// Lists of pairs as JSON writes them: the labels of NAB and of telemanom.
#ifndef RETIMU_EVALUATION_PAIRS_HPP
#define RETIMU_EVALUATION_PAIRS_HPP

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retimu {

using Pairs = std::vector<std::pair<std::string, std::string>>;

// [[12, 34], [56, 78]] or [["a", "b"]]: two texts or numbers each. None if it is not all of that.
std::optional<Pairs> parse_pairs(std::string_view text);

struct NamedPairs {
  std::string name;
  Pairs pairs;
};
// {"name": [["a", "b"]], "other": []}, in the order of the text.
std::optional<std::vector<NamedPairs>> parse_named_pairs(std::string_view text);

}  // namespace retimu

#endif
