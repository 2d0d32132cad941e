# SPDX-License-Identifier: Apache-2.0
"""What a program can see of STYLE.md and of the layers in ARCHITECTURE.md.

tidy.py [ROOT] prints a line for each violation (file:line: what is wrong) and exits with 1 if there
is any.
A new folder, or a new third-party library, is one line in the tables below.
"""
import os
import re
import sys

# Which folders of retimu/ a folder may include; itself always.
STEPS = {
    "core": [],
    "stats": ["core"],
    "text": ["core", "stats"],
    "sound": ["core", "stats"],
    "vision": ["core", "stats"],
    "neural": ["core", "stats"],
    "detectors": ["core", "stats", "text", "sound", "vision", "neural"],
    "decision": ["core", "stats"],
    "rules": ["core", "stats"],
    "connectors": ["core", "text"],
    "storage": ["core"],
    "simulator": ["core", "stats", "connectors"],
    "engine": ["core", "stats", "text", "sound", "vision", "neural", "detectors", "decision",
               "rules", "connectors", "storage", "simulator"],
}
ENGINE_AND_BELOW = ["engine", *STEPS["engine"]]
LAYERS = {
    **STEPS,
    "dashboard": ENGINE_AND_BELOW,
    "evaluation": ENGINE_AND_BELOW,
    "testing": ENGINE_AND_BELOW,
    "app": [*ENGINE_AND_BELOW, "dashboard", "evaluation"],
}

# Which folder includes a third-party library, and what CMake calls the library.
LIBRARIES = {
    "fmt/": ("core", "fmt::fmt"),
    "tl/": ("core", "tl::expected"),
    "simdjson.h": ("connectors", "simdjson::simdjson"),
    "zlib.h": ("connectors", "ZLIB::ZLIB"),
    "openssl/": ("connectors", "OpenSSL::SSL"),
    "httplib.h": ("connectors", "httplib::httplib"),
    "zstd": ("connectors", "zstd::libzstd_shared"),
    "sqlite3.h": ("storage", "SQLite::SQLite3"),
    "toml++/": ("engine", "tomlplusplus::tomlplusplus"),
    "date/": ("engine", "date::date-tz"),
    "Eigen/": ("stats", "Eigen3::Eigen"),
    "muParser": ("rules", "muparser::muparser"),
    "CLI/": ("app", "CLI11::CLI11"),
    "spdlog/": ("app", "spdlog::spdlog"),
}
# What core's own headers show to everybody.
VOCABULARY = ("fmt/", "tl/")
TEST_LIBRARIES = ("gtest/", "gmock/", "benchmark/")
# tests/ and benchmarks/ look into everything from outside.
OUTSIDE = ("tests", "benchmarks")

STANDARD = re.compile(r"[a-z_0-9]+$")
SYSTEM = re.compile(
    r"(sys|netinet|arpa|linux)/[a-z_]+\.h$|"
    r"(dirent|dlfcn|fcntl|glob|malloc|netdb|poll|pthread|sched|signal|spawn|syslog|termios|time|"
    r"unistd|pwd)\.h$")

PURE = ("stats", "text", "detectors", "decision", "rules")
IMPURE_HEADERS = {
    "atomic", "barrier", "chrono", "condition_variable", "cstdio", "ctime", "filesystem", "fstream",
    "future", "iostream", "latch", "mutex", "semaphore", "shared_mutex", "stop_token", "thread"}

# Folders whose numbers must be the same bits everywhere.
SAME_BITS = ("stats", "text", "detectors", "decision", "rules", "simulator")
LIBM = re.compile(
    r"\bstd::(exp|exp2|expm1|log|log2|log10|log1p|pow|tan|tanh|atan|atan2|sin|cos|sinh|cosh|erf|"
    r"erfc|lgamma|tgamma|cbrt|hypot)[fl]?\s*\(")

LINE_MAX = 100
FILE_LINES_WARN = 400
FILE_LINES_MAX = 500
LEFT_OVER = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
OWN_PATH = re.compile(r"(?<![\w.$}])/(work|root|home)/")
FLAGS = re.compile(r"-ffast-math|-Ofast|-funsafe-math|-march=|-mtune=|-mfma|-ffp-contract=fast")
SNAKE_CASE = re.compile(r"[a-z0-9_]+(\.[a-z0-9]+)?$")
SKIPPED_FOLDERS = {"build", "node_modules", "__pycache__", "data"}


def kind_of(path):
    name = os.path.basename(path)
    if name == "CMakeLists.txt" or name.endswith(".cmake"):
        return "cmake"
    return {".cpp": "c++", ".hpp": "c++", ".py": "python", ".sh": "shell"}.get(
        os.path.splitext(name)[1])


def folder_of(path):
    """core for retimu/core/x.hpp, app for app/main.cpp, tests for anything below tests/."""
    parts = path.split("/")
    return parts[1] if parts[0] == "retimu" and len(parts) > 2 else parts[0]


def is_test(path):
    return (path.endswith(("_test.cpp", "_test_tools.hpp"))
            or folder_of(path) in ("tests", "testing"))


def is_benchmark(path):
    return path.endswith(("_bench.cpp", "_bench.hpp")) or folder_of(path) == "benchmarks"


def code_only(line):
    """The line without its // comment and without what stands in string literals."""
    return re.sub(r'"(\\.|[^"\\])*"', '""', line).split("//")[0]


def read_tree(root):
    """{path from root: lines} of every file that has a kind, and of what .ci holds."""
    files = {}
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if f not in SKIPPED_FOLDERS
                            and (f == ".ci" or not f.startswith(".")))
        for name in sorted(names):
            path = os.path.relpath(os.path.join(folder, name), root)
            if kind_of(path) or path.startswith(".ci/"):
                with open(os.path.join(root, path), encoding="utf-8") as file:
                    files[path] = file.read().split("\n")
    return files


def text_rules(path, lines):
    yield from first_lines(path, lines)
    if lines[-1] != "" or lines[-2:] == ["", ""]:
        yield len(lines), "the file must end with one newline"
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_MAX:
            yield number, f"{len(line)} characters; at most {LINE_MAX}"
        if "\t" in line:
            yield number, "a tab; use spaces"
        if line != line.rstrip():
            yield number, "white space at the end of the line"
        if LEFT_OVER.search(line):
            yield number, "finish it, or file it as an issue"
        if OWN_PATH.search(line):
            yield number, "an absolute path of one machine"
    if len(lines) - 1 > FILE_LINES_MAX:
        yield FILE_LINES_MAX, f"{len(lines) - 1} lines; at most {FILE_LINES_MAX}: two ideas in one?"
    for part in path.split("/"):
        if part not in ("CMakeLists.txt", ".ci") and not SNAKE_CASE.match(part):
            yield 1, f"the name {part} is not snake_case"


def first_lines(path, lines):
    mark = ("//" if kind_of(path) == "c++" else "#") + " SPDX-License-Identifier: Apache-2.0"
    at = 1 if lines[0].startswith("#!") else 0
    if len(lines) <= at or lines[at] != mark:
        yield at + 1, f"must be: {mark}"


def cpp_rules(path, lines, files):
    folder = folder_of(path)
    if path.endswith(".hpp"):
        yield from guard_rules(path, lines)
    for number, line in enumerate(lines, 1):
        include = re.match(r'\s*#\s*include\s*(["<])([^">]+)[">]', line)
        if include:
            problem = (own_include(path, include[2], files) if include[1] == '"'
                       else foreign_include(path, include[2]))
            if problem:
                yield number, problem
            continue
        code = code_only(line)
        if re.search(r"\bstd::\w+_distribution\b|\brandom_device\b", code):
            yield number, "its results differ between machines; use retimu/core/random.hpp"
        if (folder in SAME_BITS and not is_test(path) and not is_benchmark(path)
                and not os.path.basename(path).startswith("elementary") and LIBM.search(code)):
            yield number, "libm differs between processors; use retimu/stats/elementary.hpp"
        if re.search(r"(?<![\w.])assert\s*\(", code):
            yield number, "use RETIMU_ASSERT, which holds in every build"
        if path.endswith(".hpp") and re.match(r"using\s+namespace\b", code):
            yield number, "using namespace in a header"
        macro = re.match(r"\s*#\s*define\s+(\w+)", line)
        if macro and macro[1] not in ("RETIMU_ASSERT", "X", guard_of(path)):
            yield number, f"macro {macro[1]}: the only ones are RETIMU_ASSERT and a catalogue's X"


def guard_of(path):
    return re.sub(r"[^A-Z0-9]", "_", path.upper().removesuffix(".HPP") + "_HPP")


def guard_rules(path, lines):
    guard = guard_of(path)
    if f"#ifndef {guard}" not in lines or f"#define {guard}" not in lines:
        yield 1, f"the include guard must be {guard}"


def own_include(path, name, files):
    if name not in files:
        return f"{name} is no file of the repository; includes are written from its root"
    folder, other = folder_of(path), folder_of(name)
    if folder in OUTSIDE or folder == other:
        return None
    if folder not in LAYERS:
        return f"folder {folder} has no place in the layers (tests/tidy/tidy.py)"
    if other not in LAYERS[folder]:
        return f"{folder} must not know {other}: dependencies point down"
    return None


def foreign_include(path, name):
    folder = folder_of(path)
    if name.startswith(TEST_LIBRARIES):
        return (None if is_test(path) or is_benchmark(path)
                else f"{name} outside tests and benchmarks")
    if name == "emmintrin.h":  # SSE2 is part of every x86-64
        return None
    if STANDARD.match(name) or SYSTEM.match(name):
        impure = name in IMPURE_HEADERS or SYSTEM.match(name)
        if folder in PURE and impure and not is_test(path) and not is_benchmark(path):
            return f"{name}: {folder} is pure (no input, output, clock, thread, lock)"
        return None
    for prefix, (owner, _) in LIBRARIES.items():
        if name.startswith(prefix):
            return (None if folder == owner or folder in OUTSIDE or prefix in VOCABULARY
                    else f"{name} is included by {owner} alone")
    return f"{name} is no known library (tests/tidy/tidy.py has the list)"


def cmake_rules(path, lines, files):
    for number, line in enumerate(lines, 1):
        if FLAGS.search(line.split("#")[0]):
            yield number, "the same build must give the same bits on any x86-64 machine"
    parts = path.split("/")
    if parts[0] == "retimu" and len(parts) == 3:
        yield from library_rules(parts[1], "\n".join(lines), files)


def library_rules(folder, text, files):
    call = re.search(r"retimu_library\(\s*(\w+)(?:\s+IN_MEMORY)?(?:\s+LINK\s+([^)]*))?\)", text)
    if not call or call[1] != folder:
        yield 1, f"must call retimu_library({folder} ...)"
        return
    links = (call[2] or "").split()
    for link in links:
        owners = [owner for owner, target in LIBRARIES.values() if target == link]
        if link in LAYERS and link not in LAYERS.get(folder, []):
            yield 1, f"{folder} must not link {link}: dependencies point down"
        elif owners and folder not in owners:
            yield 1, f"{link} belongs to {owners[0]}"
        elif link not in LAYERS and not owners and link != "Threads::Threads":
            yield 1, f"{link} is no known library (tests/tidy/tidy.py has the list)"
    for other in sorted(included_folders(folder, files)):
        if other not in links and other in LAYERS.get(folder, []):
            yield 1, f"{folder} includes {other}, so it must link it"


def included_folders(folder, files):
    found = set()
    for path, lines in files.items():
        if path.startswith(f"retimu/{folder}/") and kind_of(path) == "c++":
            for line in lines:
                include = re.match(r'\s*#\s*include\s*"([^"]+)"', line)
                if include and folder_of(include[1]) != folder:
                    found.add(folder_of(include[1]))
    return found


def violations(files):
    """(path, line, what is wrong), in order of path."""
    for path in sorted(files):
        found = list(text_rules(path, files[path]))
        if kind_of(path) == "c++":
            found += cpp_rules(path, files[path], files)
        elif kind_of(path) == "cmake":
            found += cmake_rules(path, files[path], files)
        for number, what in found:
            yield path, number, what


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    files = read_tree(sys.argv[1] if len(sys.argv) > 1 else os.path.join(here, "..", ".."))
    if not any(kind_of(path) == "c++" for path in files):
        sys.exit("no C++ file found: nothing was checked")
    found = list(violations(files))
    for path, number, what in found:
        print(f"{path}:{number}: {what}")
    for path, lines in sorted(files.items()):
        if FILE_LINES_WARN < len(lines) - 1 <= FILE_LINES_MAX:
            print(f"{path}: warning: {len(lines) - 1} lines, more than {FILE_LINES_WARN}")
    print(f"{len(files)} files, {len(found)} violations")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
