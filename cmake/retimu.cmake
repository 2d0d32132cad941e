# SPDX-License-Identifier: Apache-2.0
# One function each for a library, a program, a test and a benchmark, and the flags that all share.
#
#   retimu_library(NAME LINK ...)    this folder: library, its tests, benchmarks and fuzz targets
#   retimu_program(NAME LINK ...)    this folder: executable build/PRESET/NAME, and its tests
#   retimu_test(NAME LINK ... [SOURCES ...] [LABELS ...] [TIMEOUT s])   one GoogleTest executable
#   retimu_benchmark(NAME LINK ... [SOURCES ...] [PLAIN])               one benchmark executable
#
# LINK takes folder names (core, stats ...) and imported targets (ZLIB::ZLIB).

set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(RETIMU_CCACHE ccache)
if(RETIMU_CCACHE)
  # Relative paths: a second checkout of the same sources finds the objects of the first.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${RETIMU_CCACHE})
endif()

file(RELATIVE_PATH RETIMU_ROOT_FROM_BUILD ${PROJECT_BINARY_DIR} ${PROJECT_SOURCE_DIR})
string(REGEX REPLACE "([^/])$" "\\1/" RETIMU_ROOT_FROM_BUILD "${RETIMU_ROOT_FROM_BUILD}")

add_library(retimu_flags INTERFACE)
target_compile_features(retimu_flags INTERFACE cxx_std_20)
target_include_directories(retimu_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(retimu_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow
  $<$<BOOL:${RETIMU_WARNINGS_AS_ERRORS}>:-Werror>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-sign-conversion>
  # The same bits on every x86-64 machine: no fused multiply-add, no -march.
  -ffp-contract=off
  # __FILE__ and debug information name files from the repository's root, with ccache or without.
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}/=
  -ffile-prefix-map=${RETIMU_ROOT_FROM_BUILD}=)
if(RETIMU_SANITIZERS)
  target_compile_options(retimu_flags INTERFACE
    -fsanitize=${RETIMU_SANITIZERS} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(retimu_flags INTERFACE -fsanitize=${RETIMU_SANITIZERS})
  # g++ 12 warns of std:: code that only its instrumentation made doubtful.
  target_compile_options(retimu_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
if(RETIMU_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "RETIMU_FUZZ needs clang: use `cmake --preset fuzz`")
  endif()
  target_compile_options(retimu_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Of the tests' own code: they are compiled more often than they run for long.
set(retimu_test_options $<$<CONFIG:Release>:-O1>)

# What most files include, parsed once for all libraries and once for all tests. Not for daily work,
# as it hides a missing #include and ccache does not serve it.
if(RETIMU_PRECOMPILED)
  # g++ 12 warns of std:: code that was inlined, which it otherwise passes over as the system's.
  target_compile_options(retimu_flags INTERFACE $<$<CXX_COMPILER_ID:GNU>:
    -Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread;
    -Wno-maybe-uninitialized;-Wno-free-nonheap-object>)
  set(headers <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <limits> <map>
    <memory> <optional> <span> <string> <string_view> <utility> <variant> <vector>
    <fmt/format.h> <tl/expected.hpp>)
  file(CONFIGURE OUTPUT precompiled.cpp CONTENT "")
  add_library(retimu_precompiled OBJECT ${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp)
  target_link_libraries(retimu_precompiled
    PRIVATE retimu_flags fmt::fmt tl::expected Threads::Threads)
  target_precompile_headers(retimu_precompiled PRIVATE ${headers})
  if(RETIMU_TESTS)
    add_executable(retimu_precompiled_test EXCLUDE_FROM_ALL
      ${CMAKE_CURRENT_BINARY_DIR}/precompiled.cpp)
    target_link_libraries(retimu_precompiled_test
      PRIVATE retimu_flags fmt::fmt tl::expected Threads::Threads GTest::gtest_main)
    target_compile_options(retimu_precompiled_test PRIVATE ${retimu_test_options})
    target_precompile_headers(retimu_precompiled_test PRIVATE ${headers} <sstream> <gtest/gtest.h>)
  endif()
endif()

function(retimu_precompile target precompiled)
  if(RETIMU_PRECOMPILED)
    target_precompile_headers(${target} REUSE_FROM ${precompiled})
  endif()
endfunction()

# Adds a folder of the repository if it has a CMakeLists.txt. Its objects lie under objects/,
# because build/PRESET/retimu is the program.
function(retimu_add_folder folder)
  if(EXISTS ${PROJECT_SOURCE_DIR}/${folder}/CMakeLists.txt)
    add_subdirectory(${PROJECT_SOURCE_DIR}/${folder} ${PROJECT_BINARY_DIR}/objects/${folder})
  endif()
endfunction()

function(retimu_resolve_links out)
  set(resolved)
  foreach(item IN LISTS ARGN)
    if(TARGET retimu_${item})
      list(APPEND resolved retimu_${item})
    elseif(TARGET ${item})
      list(APPEND resolved ${item})
    else()
      message(FATAL_ERROR
        "${CMAKE_CURRENT_SOURCE_DIR}: LINK ${item} is neither a lower folder nor a package")
    endif()
  endforeach()
  set(${out} ${resolved} PARENT_SCOPE)
endfunction()

# The folder's sources as library_sources, test_sources, benchmark_sources and fuzz_sources.
macro(retimu_sort_sources)
  file(GLOB library_sources CONFIGURE_DEPENDS *.cpp)
  file(GLOB test_sources CONFIGURE_DEPENDS *_test.cpp)
  file(GLOB benchmark_sources CONFIGURE_DEPENDS *_bench.cpp)
  file(GLOB fuzz_sources CONFIGURE_DEPENDS *_fuzz.cpp)
  if(library_sources)
    list(REMOVE_ITEM library_sources ${test_sources} ${benchmark_sources} ${fuzz_sources})
  endif()
endmacro()

macro(retimu_add_companions name library)
  if(test_sources)
    set(in_memory)
    if(argument_IN_MEMORY)
      set(in_memory IN_MEMORY)
    endif()
    retimu_test(${name} LINK ${library} SOURCES ${test_sources} ${in_memory})
  endif()
  foreach(source IN LISTS benchmark_sources)
    cmake_path(GET source STEM stem)
    retimu_benchmark(${stem} LINK ${library} SOURCES ${source})
  endforeach()
  foreach(source IN LISTS fuzz_sources)
    retimu_fuzz_target(${source} ${library})
  endforeach()
endmacro()

# Library retimu_NAME of the folder's *.cpp (headers alone make an interface library), NAME_test of
# *_test.cpp, a benchmark of each x_bench.cpp, with RETIMU_FUZZ a fuzz target of each x_fuzz.cpp.
# IN_MEMORY is for the test.
function(retimu_library name)
  cmake_parse_arguments(PARSE_ARGV 1 argument "IN_MEMORY" "" "LINK")
  retimu_sort_sources()
  retimu_resolve_links(links ${argument_LINK})
  if(library_sources)
    add_library(retimu_${name} STATIC ${library_sources})
    target_link_libraries(retimu_${name} PUBLIC retimu_flags ${links})
    retimu_precompile(retimu_${name} retimu_precompiled)
  else()
    add_library(retimu_${name} INTERFACE)
    target_link_libraries(retimu_${name} INTERFACE retimu_flags ${links})
  endif()
  retimu_add_companions(${name} retimu_${name})
endfunction()

# Executable NAME at the top of the build folder. All of the folder but main.cpp is a library, so
# that tests can link it.
function(retimu_program name)
  cmake_parse_arguments(PARSE_ARGV 1 argument "" "" "LINK")
  retimu_sort_sources()
  list(FILTER library_sources EXCLUDE REGEX "/main\\.cpp$")
  retimu_resolve_links(links ${argument_LINK})
  if(library_sources)
    add_library(retimu_app STATIC ${library_sources})
    target_link_libraries(retimu_app PUBLIC retimu_flags ${links})
    retimu_precompile(retimu_app retimu_precompiled)
  else()
    add_library(retimu_app INTERFACE)
    target_link_libraries(retimu_app INTERFACE retimu_flags ${links})
  endif()
  target_compile_definitions(retimu_app PUBLIC RETIMU_VERSION="${PROJECT_VERSION}")
  add_executable(${name} main.cpp)
  target_link_libraries(${name} PRIVATE retimu_app)
  retimu_add_companions(app retimu_app)
endfunction()

# GoogleTest executable build/PRESET/tests/NAME_test, one ctest entry of the same name, or with
# PARTS as many entries, among which its tests are shared out. SOURCES defaults to the folder's
# *.cpp, LABELS to `fast`, TIMEOUT of an entry to 600 s (four times that under a sanitizer).
# IN_MEMORY: every snapshot waits for the disk; what the tests show does not need a real one.
# RETIMU_PROGRAM and RETIMU_SOURCE_DIR tell the test, in its environment, where the program and the
# repository are.
function(retimu_test name)
  if(NOT RETIMU_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 argument "IN_MEMORY" "TIMEOUT;PARTS"
    "LINK;SOURCES;LABELS")
  if(NOT argument_SOURCES)
    file(GLOB argument_SOURCES CONFIGURE_DEPENDS *.cpp)
  endif()
  if(NOT argument_LABELS)
    set(argument_LABELS fast)
  endif()
  if(NOT argument_TIMEOUT)
    set(argument_TIMEOUT 600)
  endif()
  if(RETIMU_SANITIZERS)
    math(EXPR argument_TIMEOUT "4 * ${argument_TIMEOUT}")
  endif()
  retimu_resolve_links(links ${argument_LINK})
  add_executable(${name}_test ${argument_SOURCES})
  target_link_libraries(${name}_test PRIVATE retimu_flags ${links} GTest::gtest_main)
  target_compile_options(${name}_test PRIVATE ${retimu_test_options})
  retimu_precompile(${name}_test retimu_precompiled_test)
  set_target_properties(${name}_test PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  set(environment RETIMU_PROGRAM=${PROJECT_BINARY_DIR}/retimu
    RETIMU_SOURCE_DIR=${PROJECT_SOURCE_DIR}
    TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/thread_sanitizer.txt)
  if(argument_IN_MEMORY AND IS_DIRECTORY /dev/shm)
    list(APPEND environment TMPDIR=/dev/shm)
  endif()
  if(NOT argument_PARTS)
    set(argument_PARTS 1)
  endif()
  math(EXPR last "${argument_PARTS} - 1")
  foreach(part RANGE ${last})
    set(entry ${name}_test)
    if(argument_PARTS GREATER 1)
      math(EXPR number "${part} + 1")
      set(entry ${name}_test_${number})
    endif()
    add_test(NAME ${entry} COMMAND ${name}_test)
    set_tests_properties(${entry} PROPERTIES
      LABELS "${argument_LABELS}" TIMEOUT ${argument_TIMEOUT}
      ENVIRONMENT
      "${environment};GTEST_TOTAL_SHARDS=${argument_PARTS};GTEST_SHARD_INDEX=${part}")
  endforeach()
endfunction()

# Benchmark build/PRESET/benchmarks/NAME with Google Benchmark's main, or with its own when PLAIN.
# SOURCES defaults to NAME.cpp.
function(retimu_benchmark name)
  if(NOT RETIMU_BENCHMARKS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 argument "PLAIN" "" "LINK;SOURCES")
  if(NOT argument_SOURCES)
    set(argument_SOURCES ${name}.cpp)
  endif()
  retimu_resolve_links(links ${argument_LINK})
  add_executable(${name} ${argument_SOURCES})
  target_link_libraries(${name} PRIVATE retimu_flags ${links})
  if(NOT argument_PLAIN)
    target_link_libraries(${name} PRIVATE benchmark::benchmark_main)
  endif()
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/benchmarks)
endfunction()

# Fuzz target build/fuzz/fuzz/x_fuzz of x_fuzz.cpp. Its first corpus, if any, is x_fuzz_corpus/
# beside it.
function(retimu_fuzz_target source library)
  if(NOT RETIMU_FUZZ)
    return()
  endif()
  cmake_path(GET source STEM stem)
  add_executable(${stem} ${source})
  target_link_libraries(${stem} PRIVATE retimu_flags ${library})
  target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${stem} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
endfunction()
