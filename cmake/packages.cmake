# SPDX-License-Identifier: Apache-2.0
# Every third-party package, found once. All come from Debian 12; scripts/install.sh installs them.
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)            # core
find_package(tl-expected REQUIRED)    # core
find_package(simdjson REQUIRED)       # connectors
find_package(ZLIB REQUIRED)           # connectors
find_package(SQLite3 REQUIRED)        # storage
find_package(tomlplusplus REQUIRED)   # engine
find_package(date REQUIRED)           # engine; time zones
find_package(Eigen3 REQUIRED)         # stats
find_package(muparser REQUIRED)       # rules
find_package(CLI11 REQUIRED)          # app
find_package(spdlog REQUIRED)         # app

if(RETIMU_TESTS)
  find_package(GTest REQUIRED)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  enable_testing()
endif()
if(RETIMU_BENCHMARKS)
  find_package(benchmark REQUIRED)
endif()
