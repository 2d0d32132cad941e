# SPDX-License-Identifier: Apache-2.0
# Which commit the sources are of, as a C++ file that is only written when that has changed.
#   cmake -D SOURCE=FOLDER -D OUTPUT=FILE -P commit.cmake
# Asks git; in an archive made by `git archive`, cmake/archive_commit.txt says it; else "unknown".
cmake_minimum_required(VERSION 3.25)
set(commit unknown)
if(EXISTS ${SOURCE}/.git)
  find_program(GIT git)
  if(GIT)
    # A checkout may belong to somebody else than who builds it.
    set(git ${GIT} -c safe.directory=${SOURCE} -C ${SOURCE})
    execute_process(COMMAND ${git} rev-parse HEAD
      OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed ERROR_QUIET)
    if(failed EQUAL 0)
      set(commit ${found})
      execute_process(COMMAND ${git} --no-optional-locks status --porcelain --untracked-files=no
        OUTPUT_VARIABLE changes ERROR_QUIET)
      if(changes)
        string(APPEND commit " (modified)")
      endif()
    endif()
  endif()
else()
  file(STRINGS ${SOURCE}/cmake/archive_commit.txt lines REGEX "^[0-9a-f]+$")
  if(lines)
    list(GET lines 0 commit)
  endif()
endif()

file(CONFIGURE OUTPUT ${OUTPUT} @ONLY CONTENT
"// Written by cmake/commit.cmake.
#include \"app/version.hpp\"

namespace retimu::app {

const char* const build_commit = \"@commit@\";

}  // namespace retimu::app
")
