// SPDX-License-Identifier: Apache-2.0
#include "retimu/evaluation/gnuplot.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <memory>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace retimu {

namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

// Files without a name take the place of pipes: nobody waits for anybody.
Result<File> make_file(std::string_view text) {
  File file(std::tmpfile());
  if (file == nullptr || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() ||
      std::fflush(file.get()) != 0) {
    return failure(Fault::system, "cannot write a temporary file: {}", system_message(errno));
  }
  std::rewind(file.get());
  return file;
}

std::string text_of(std::FILE* file) {
  std::string text;
  std::array<char, 4'096> part{};
  std::rewind(file);
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(part.data(), 1, part.size(), file);
    text.append(part.data(), got);
  }
  return text;
}

// The lines of an error without the place in the script, which nobody can see.
std::string last_line(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

Result<std::string> run(std::array<const char*, 3> words, std::string_view script) {
  Result<File> input = make_file(script), output = make_file(""), errors = make_file("");
  for (Result<File>* file : {&input, &output, &errors}) {
    if (!*file) return tl::unexpected(file->error());
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(input->get()), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(output->get()), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(errors->get()), STDERR_FILENO);
  // posix_spawn takes them as they are in C.
  auto* const* arguments = const_cast<char* const*>(words.data());
  pid_t child = 0;
  const int failed = posix_spawnp(&child, words[0], &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT) {
    return failure(Fault::system,
                   "no gnuplot on the PATH (Debian: apt-get install gnuplot-nox); it draws the "
                   "pictures");
  }
  if (failed != 0) {
    return failure(Fault::system, "gnuplot cannot be run: {}", system_message(failed));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return failure(Fault::system, "gnuplot was lost: {}", system_message(errno));
    }
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    return failure(Fault::system, "gnuplot failed: {}", last_line(text_of(errors->get())));
  }
  return text_of(output->get());
}

}  // namespace

Result<void> find_gnuplot() {
  return run({"gnuplot", "--version", nullptr}, "").map([](const std::string&) {});
}

Result<std::string> run_gnuplot(std::string_view script) {
  return run({"gnuplot", "-", nullptr}, script);
}

std::string gnuplot_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '`') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return quoted + '"';
}

}  // namespace retimu
