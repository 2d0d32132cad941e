// SPDX-License-Identifier: Apache-2.0
// The readers and figures that the catalogue of sets lists; see SetEntry.
#ifndef RETIMU_EVALUATION_SET_READERS_HPP
#define RETIMU_EVALUATION_SET_READERS_HPP

#include "retimu/evaluation/sets.hpp"

namespace retimu {

Result<std::vector<Case>> read_nab(const std::string& folder);
Result<std::vector<Case>> read_skab(const std::string& folder);
Result<std::vector<Case>> read_smd(const std::string& folder);
Result<std::vector<Case>> read_asd(const std::string& folder);
Result<std::vector<Case>> read_smap(const std::string& folder);
Result<std::vector<Case>> read_msl(const std::string& folder);
Result<std::vector<Case>> read_app_services(const std::string& folder);
Result<std::vector<Case>> read_batadal(const std::string& folder);
Result<std::vector<Case>> read_tep(const std::string& folder);
Result<std::vector<Case>> read_tables(const std::string& folder);

}  // namespace retimu

#endif
