# SPDX-License-Identifier: Apache-2.0
"""Plants each fault that tidy.py knows into a small clean tree, and demands that it is found."""
import sys

import tidy

CLEAN = {
    "CMakeLists.txt": "project(retimu)",
    "retimu/core/CMakeLists.txt": "retimu_library(core LINK fmt::fmt tl::expected)",
    "retimu/core/result.hpp":
        "#ifndef RETIMU_CORE_RESULT_HPP\n#define RETIMU_CORE_RESULT_HPP\n"
        "#include <fmt/core.h>\n#endif",
    "retimu/stats/CMakeLists.txt": "retimu_library(stats LINK core)",
    "retimu/stats/elementary.cpp": "#include <cmath>\ndouble e() { return std::exp(1.0); }",
    "retimu/stats/moments.cpp": '#include "retimu/core/result.hpp"\n\n#include <cmath>\n'
                                "// std::exp(1) in a comment, \"std::log(1)\" in quotes\n"
                                "double root() { return std::sqrt(2.0); }",
    "retimu/stats/moments_test.cpp": "#include <gtest/gtest.h>\n\n#include <chrono>\n"
                                     "double e() { return std::exp(1.0); }",
    "retimu/engine/CMakeLists.txt": "retimu_library(engine\n  LINK core stats)",
    "retimu/engine/judge.cpp": '#include "retimu/stats/moments.hpp"',
    "retimu/stats/moments.hpp":
        "#ifndef RETIMU_STATS_MOMENTS_HPP\n#define RETIMU_STATS_MOMENTS_HPP\n#endif",
    "scripts/test.sh": "set -e",
}

# (file, fault that is put into it, a part of the message that must appear)
PLANTED = [
    ("retimu/stats/moments.cpp", "without SPDX", "must be: // SPDX"),
    ("scripts/test.sh", "without SPDX", "must be: # SPDX"),
    ("retimu/stats/moments.cpp", "// " + "x" * 98, "at most 100"),
    ("retimu/stats/moments.cpp", "\tint x;", "a tab"),
    ("retimu/stats/moments.cpp", "int x; ", "white space"),
    ("retimu/stats/moments.cpp", "// TO" "DO: later", "finish it"),
    ("retimu/stats/moments.cpp", '// see /wor' 'k/main', "path of one machine"),
    ("retimu/stats/moments.cpp", "\n".join(["int x;"] * 500), "two ideas"),
    ("retimu/stats/moments.cpp", "int x;\n", "one newline"),
    ("retimu/stats/Moments.cpp", "int x;", "not snake_case"),
    ("retimu/stats/moments.cpp", '#include "retimu/engine/judge.cpp"', "must not know engine"),
    ("retimu/core/result.hpp", '#include "retimu/stats/moments.hpp"', "core must not know stats"),
    ("retimu/stats/moments.cpp", '#include "moments.hpp"', "written from its root"),
    ("retimu/other/thing.cpp", '#include "retimu/core/result.hpp"', "no place in the layers"),
    ("retimu/stats/moments.cpp", "#include <zlib.h>", "included by connectors alone"),
    ("retimu/engine/judge.cpp", "#include <sqlite3.h>", "included by storage alone"),
    ("retimu/engine/judge.cpp", "#include <boost/any.hpp>", "no known library"),
    ("retimu/engine/judge.cpp", "#include <gtest/gtest.h>", "outside tests"),
    ("retimu/stats/moments.cpp", "#include <mutex>", "stats is pure"),
    ("retimu/stats/moments.cpp", "#include <unistd.h>", "stats is pure"),
    ("retimu/stats/moments.cpp", "double x = std::log(2.0);", "libm differs"),
    ("retimu/simulator/wave.cpp", "double x = std::pow(2.0, 3.0);", "libm differs"),
    ("retimu/stats/moments_test.cpp", "std::normal_distribution<double> d;", "differ between"),
    ("retimu/engine/judge.cpp", "std::random_device d;", "differ between"),
    ("retimu/engine/judge.cpp", "void f() { assert(true); }", "RETIMU_ASSERT"),
    ("retimu/engine/judge.cpp", "#define RETIMU_TWO 2", "macro RETIMU_TWO"),
    ("retimu/core/result.hpp", "using namespace std;", "using namespace"),
    ("retimu/core/other.hpp", "#pragma once", "guard must be RETIMU_CORE_OTHER_HPP"),
    ("CMakeLists.txt", "add_compile_options(-march=native)", "the same bits"),
    ("retimu/storage/CMakeLists.txt", "retimu_library(store LINK core)", "retimu_library(storage"),
    ("retimu/storage/CMakeLists.txt", "retimu_library(storage LINK engine)", "not link engine"),
    ("retimu/storage/CMakeLists.txt", "retimu_library(storage LINK ZLIB::ZLIB)", "to connectors"),
    ("retimu/storage/CMakeLists.txt", "retimu_library(storage LINK foo::foo)", "no known library"),
    ("retimu/engine/CMakeLists.txt", "retimu_library(engine LINK core)", "so it must link it"),
]


def spdx(path):
    return ("//" if tidy.kind_of(path) == "c++" else "#") + " SPDX-License-Identifier: Apache-2.0\n"


def tree(changes):
    texts = {path: spdx(path) + text + "\n" for path, text in CLEAN.items()}
    texts.update(changes)
    return {path: text.split("\n") for path, text in texts.items()}


def planted(path, text):
    """The clean file with the fault below it; a CMake list is the fault alone."""
    if text == "without SPDX":
        return "int x;\n"
    if path.endswith("CMakeLists.txt"):
        return spdx(path) + text + "\n"
    return spdx(path) + CLEAN.get(path, "") + "\n" + text + "\n"


def main():
    missed = [f"the clean tree: {v}" for v in tidy.violations(tree({}))]
    for path, text, message in PLANTED:
        found = list(tidy.violations(tree({path: planted(path, text)})))
        if not any(message in what for where, _, what in found):
            missed.append(f"{path}: {text[:60]!r} should give: {message}; gave {found}")
    print("\n".join(missed))
    print(f"{len(PLANTED)} planted faults, {len(missed)} problems")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
