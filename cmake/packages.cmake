# SPDX-License-Identifier: Apache-2.0
# Every third-party package, found once. All come from Debian 12; scripts/install.sh installs them.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)            # core
find_package(tl-expected REQUIRED)    # core
find_package(simdjson REQUIRED)       # connectors
find_package(ZLIB REQUIRED)           # connectors
find_package(OpenSSL REQUIRED)        # connectors
find_package(zstd REQUIRED)           # connectors
find_package(SQLite3 REQUIRED)        # storage
find_package(tomlplusplus REQUIRED)   # engine
find_package(date REQUIRED)           # engine; time zones
find_package(Eigen3 REQUIRED)         # stats
find_package(muparser REQUIRED)       # rules
find_package(CLI11 REQUIRED)          # app
find_package(spdlog REQUIRED)         # app

# connectors; Debian's has no CMake package, and was compiled with TLS, which its classes show.
find_path(HTTPLIB_INCLUDE_DIR httplib.h REQUIRED)
find_library(HTTPLIB_LIBRARY cpp-httplib REQUIRED)
add_library(httplib::httplib UNKNOWN IMPORTED)
set_target_properties(httplib::httplib PROPERTIES
  IMPORTED_LOCATION ${HTTPLIB_LIBRARY}
  INTERFACE_INCLUDE_DIRECTORIES ${HTTPLIB_INCLUDE_DIR}
  INTERFACE_COMPILE_DEFINITIONS "CPPHTTPLIB_OPENSSL_SUPPORT;CPPHTTPLIB_ZLIB_SUPPORT"
  INTERFACE_LINK_LIBRARIES "OpenSSL::SSL;ZLIB::ZLIB")

# Names and versions, for `retimu --version`.
set(RETIMU_LIBRARIES)
set(ZLIB_VERSION ${ZLIB_VERSION_STRING})
set(OpenSSL_VERSION ${OPENSSL_VERSION})
foreach(package
    fmt tl-expected simdjson ZLIB zstd OpenSSL SQLite3 tomlplusplus date Eigen3 muparser CLI11)
  list(APPEND RETIMU_LIBRARIES "${package} ${${package}_VERSION}")
endforeach()
list(JOIN RETIMU_LIBRARIES ", " RETIMU_LIBRARIES)

if(RETIMU_TESTS)
  find_package(GTest REQUIRED)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  enable_testing()
endif()
if(RETIMU_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
