// SPDX-License-Identifier: Apache-2.0
// What docs/ has of the catalogues. docs/detectors/: a page and a picture for every detector of the
// catalogue, and the index. What is said comes from the catalogue entry, the comment of the header,
// and what the engine judged.
#ifndef TESTS_PAGES_PAGES_HPP
#define TESTS_PAGES_PAGES_HPP

#include "retimu/core/result.hpp"

#include <map>
#include <string>

namespace retimu {

// Content by name of file: "README.md", "stuck_at.md", "stuck_at.svg". `source` is the root of the
// repository; an error names the header that lacks something. A detector of other things than
// readings has no picture.
Result<std::map<std::string, std::string>> make_pages(const std::string& source);

// docs/configuration.md: every table and key, sources, sinks and detectors.
std::string make_configuration_page();

}  // namespace retimu

#endif
