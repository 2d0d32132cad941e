// SPDX-License-Identifier: Apache-2.0
// `retimu list --models DIR`: what lies in a folder of models, damaged files with the reason.
#ifndef APP_LIST_MODELS_HPP
#define APP_LIST_MODELS_HPP

#include "retimu/engine/model.hpp"

#include <string>

namespace retimu::app {

// Prints a table, or JSON with all that a header says; gives the exit code: 5 if a file is damaged.
int list_models(const std::string& folder, bool json);

// One JSON object of the header, the id and the size.
std::string to_json(const Model& model, const std::string& path);

// "2024-01-01T00:00:00Z to ..." or "row 1 to 5000".
std::string range_text(const ModelHeader& header);
// Names of detectors, once each.
std::string detectors_text(const ModelHeader& header);

}  // namespace retimu::app

#endif
