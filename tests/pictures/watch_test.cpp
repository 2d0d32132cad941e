// SPDX-License-Identifier: Apache-2.0
// `retimu run --watch` on a terminal of its own.
#include "tests/support/pipeline_run.hpp"
#include "tests/support/process.hpp"

#include <poll.h>
#include <sys/ioctl.h>

namespace retimu {
namespace {

// The program on a pseudo-terminal, as a person would see it.
class Terminal {
 public:
  Terminal(const std::string& words, const std::string& folder, winsize size,
           const std::map<std::string, std::string>& environment = {}) {
    master_ = ::posix_openpt(O_RDWR | O_NOCTTY);
    RETIMU_ASSERT(master_ >= 0 && ::grantpt(master_) == 0 && ::unlockpt(master_) == 0);
    const std::string name = ::ptsname(master_);
    resize(size);
    child_ = ::fork();
    if (child_ > 0) return;
    ::setsid();
    const int slave = ::open(name.c_str(), O_RDWR);
    for (const auto& [key, value] : environment) ::setenv(key.c_str(), value.c_str(), 1);
    const bool is_ready = slave >= 0 && ::dup2(slave, 0) == 0 && ::dup2(slave, 1) == 1 &&
                          ::dup2(slave, 2) == 2 && ::chdir(folder.c_str()) == 0;
    if (is_ready) ::execl("/bin/sh", "sh", "-c", words.c_str(), nullptr);
    ::_exit(127);
  }
  ~Terminal() {
    if (child_ > 0) {
      ::kill(-child_, SIGKILL);
      (void)wait();
    }
    ::close(master_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void resize(winsize size) const { ::ioctl(master_, TIOCSWINSZ, &size); }
  void press(char key) const { RETIMU_ASSERT(::write(master_, &key, 1) == 1); }
  // Reads until the text has come since `from`, at most 30 s; false: it has not.
  bool shows(std::string_view text, std::size_t from = 0) {
    for (int i = 0; i < 300; ++i) {
      if (screen_.find(text, from) != std::string::npos) return true;
      if (!read_some()) break;
    }
    return screen_.find(text, from) != std::string::npos;
  }
  // Everything to its end; the exit code.
  int wait() {
    while (read_some()) {
    }
    int status = 0;
    ::waitpid(child_, &status, 0);
    child_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  const std::string& screen() const { return screen_; }

 private:
  bool read_some() {
    pollfd waiting{master_, POLLIN, 0};
    if (::poll(&waiting, 1, 100) == 0) return true;
    std::array<char, 4'096> part{};
    const auto got = ::read(master_, part.data(), part.size());
    if (got > 0) screen_.append(part.data(), static_cast<std::size_t>(got));
    return got > 0;
  }

  int master_ = -1;
  pid_t child_ = 0;
  std::string screen_;
};

const std::string stream =
    "trap : INT; \"$RETIMU_PROGRAM\" simulate stream --delay 2ms | \"$RETIMU_PROGRAM\" run - "
    "--entity entity "
    "--watch";
constexpr winsize usual = {24, 80, 0, 0};

TEST(Watch, DrawsAndGivesTheScreenBackAtCtrlC) {
  const TemporaryFolder folder;
  Terminal terminal(stream, folder.path(), usual);
  ASSERT_TRUE(terminal.shows("\033[?1049h\033[?25l")) << terminal.screen();
  ASSERT_TRUE(terminal.shows("a second")) << terminal.screen();
  ASSERT_TRUE(terminal.shows("value of")) << "the plot\n" << terminal.screen();
  terminal.press('\x03');
  EXPECT_EQ(terminal.wait(), 0);
  const std::size_t left = terminal.screen().find("\033[?25h\033[?1049l");
  ASSERT_NE(left, std::string::npos);
  EXPECT_NE(terminal.screen().find(" records, 1 entity", left), std::string::npos)
      << terminal.screen().substr(left);
}

TEST(Watch, FollowsTheWindow) {
  const TemporaryFolder folder;
  Terminal terminal(stream, folder.path(), {6, 30, 0, 0});
  ASSERT_TRUE(terminal.shows("a second"));
  EXPECT_EQ(terminal.screen().find("value of"), std::string::npos) << "no room for a plot";
  const std::size_t before = terminal.screen().size();
  terminal.resize({30, 100, 0, 0});
  EXPECT_TRUE(terminal.shows("value of", before));
}

TEST(Watch, WithoutATerminalItIsAnError) {
  const TemporaryFolder folder;
  const Outcome outcome = run_program({{"run", "-", "--watch"}, folder.path()});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_TRUE(outcome.errors.starts_with("retimu: --watch needs a terminal")) << outcome.errors;
  EXPECT_EQ(outcome.output, "");
}

TEST(Watch, WithoutGnuplotItSaysSoInPlaceOfThePlot) {
  const TemporaryFolder folder;
  Terminal terminal(stream, folder.path(), usual, {{"PATH", "/nowhere"}});
  EXPECT_TRUE(terminal.shows("gnuplot-nox")) << terminal.screen();
  terminal.press('\x03');
}

}  // namespace
}  // namespace retimu
