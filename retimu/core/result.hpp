// SPDX-License-Identifier: Apache-2.0
// How everything that can fail from outside says so: a value or an Error. Our own bugs stop the
// process instead.
#ifndef RETIMU_CORE_RESULT_HPP
#define RETIMU_CORE_RESULT_HPP

#include <fmt/core.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace retimu {

enum class Fault : std::uint8_t {
  usage,     // a command line or configuration that a person must mend
  input,     // the data are not what they were said to be
  system,    // disk, permissions, memory, another process
  corrupt,   // a store or state that is not ours, damaged, or of a newer version
  internal,  // a self-test failed
};

// A sentence that names the file, field or server and says what to do.
struct Error {
  Fault fault = Fault::system;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;

template <class... Arguments>
tl::unexpected<Error> failure(Fault fault, fmt::format_string<Arguments...> format,
                              Arguments&&... arguments) {
  return tl::unexpected<Error>(
      Error{fault, fmt::format(format, std::forward<Arguments>(arguments)...)});
}

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

// "No such file or directory", for a value of errno.
std::string system_message(int error_number);

}  // namespace retimu

// Holds in every build; never depends on input.
#define RETIMU_ASSERT(condition)                       \
  (static_cast<bool>(condition) ? static_cast<void>(0) \
                                : ::retimu::assertion_failed(#condition, __FILE__, __LINE__))

#endif
