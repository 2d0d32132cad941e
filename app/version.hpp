// SPDX-License-Identifier: Apache-2.0
// What the program was built from. The same sources and tools give the same text: no time, no path.
#ifndef APP_VERSION_HPP
#define APP_VERSION_HPP

#include <string>

namespace retimu::app {

// Lines: version, commit, how and by what it was built, its libraries.
std::string version_text();

// "unknown", or 40 hex digits and, where files differ from it, " (modified)". Written by
// cmake/commit.cmake at each build.
extern const char* const build_commit;

}  // namespace retimu::app

#endif
