// SPDX-License-Identifier: Apache-2.0
// The built program as a child process: arguments, environment, signals, exit code and what it
// printed.
#ifndef TESTS_SUPPORT_PROCESS_HPP
#define TESTS_SUPPORT_PROCESS_HPP

#include "retimu/core/result.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace retimu {

struct Outcome {
  bool was_killed = false;  // ended by a signal
  int code = 0;             // exit code, or the signal
  std::string output, errors;
  std::size_t memory_bytes_max = 0;  // that it had at once; at least what its parent had
};

struct Command {
  std::vector<std::string> arguments;  // without the program's name
  std::string folder;                  // where it runs, and where its output is kept
  std::map<std::string, std::string> environment = {};  // besides this process's own
  std::optional<uid_t> user = {};                       // run by; only root can say that
  std::string program = {};                             // empty: the built one
  std::string output = {};                              // printed to; empty: a file
};

// Environment variable RETIMU_PROGRAM, which cmake sets for every test.
inline std::string program_path() {
  const char* path = std::getenv("RETIMU_PROGRAM");
  RETIMU_ASSERT(path != nullptr);
  return path;
}

class Process {
 public:
  explicit Process(const Command& command)
      : output_(command.output.empty() ? command.folder + "/.output" : command.output),
        errors_(command.folder + "/.errors") {
    const std::string program = command.program.empty() ? program_path() : command.program;
    std::vector<std::string> words = {program};
    words.insert(words.end(), command.arguments.begin(), command.arguments.end());
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    id_ = ::fork();
    RETIMU_ASSERT(id_ >= 0);
    if (id_ > 0) return;
    for (const auto& [name, value] : command.environment) {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
    const int nothing = ::open("/dev/null", O_RDONLY);
    const int output = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const int errors = ::open(errors_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    const bool is_ready = nothing >= 0 && output >= 0 && errors >= 0 && ::dup2(nothing, 0) == 0 &&
                          ::dup2(output, 1) == 1 && ::dup2(errors, 2) == 2 &&
                          (!command.user || ::setuid(*command.user) == 0) &&
                          ::chdir(command.folder.c_str()) == 0;
    if (is_ready) ::execv(program.c_str(), pointers.data());
    ::_exit(127);
  }
  ~Process() {
    if (id_ <= 0) return;
    signal(SIGKILL);
    (void)wait();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { ::kill(id_, number); }

  // True once it has ended, at the latest after `limit`.
  bool ends_within(std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!poll()) {
      if (std::chrono::steady_clock::now() >= end) return false;
      ::usleep(200);
    }
    return true;
  }
  Outcome wait() {
    if (!status_) {
      int status = 0;
      while (::wait4(id_, &status, 0, &usage_) < 0) RETIMU_ASSERT(errno == EINTR);
      status_ = status;
    }
    id_ = 0;
    Outcome outcome;
    outcome.was_killed = WIFSIGNALED(*status_);
    outcome.code = outcome.was_killed ? WTERMSIG(*status_) : WEXITSTATUS(*status_);
    const bool is_device = output_.starts_with("/dev/full");  // reading it never ends
    outcome.output = is_device ? std::string() : text_of(output_);
    outcome.errors = text_of(errors_);
    outcome.memory_bytes_max = static_cast<std::size_t>(usage_.ru_maxrss) * 1024;
    return outcome;
  }

 private:
  bool poll() {
    int status = 0;
    if (!status_ && ::wait4(id_, &status, WNOHANG, &usage_) == id_) status_ = status;
    return status_.has_value();
  }
  static std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

  std::string output_, errors_;
  pid_t id_ = 0;
  std::optional<int> status_;
  rusage usage_{};
};

inline Outcome run_program(const Command& command) {
  Process process(command);
  return process.wait();
}

}  // namespace retimu

#endif
