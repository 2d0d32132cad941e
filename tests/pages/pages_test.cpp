// SPDX-License-Identifier: Apache-2.0
// docs/detectors/ and docs/configuration.md are what the code says. RETIMU_REGENERATE=1
// (scripts/docs.sh) writes it anew; what that changes is for a person to look at.
#include "retimu/detectors/catalogue.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/evaluation/engine_scorer.hpp"
#include "tests/pages/header_comment.hpp"
#include "tests/pages/made_faults.hpp"
#include "tests/pages/pages.hpp"
#include "tests/pages/trials.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace retimu {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t picture_bytes_max = 40'000;

std::string source() {
  const char* root = std::getenv("RETIMU_SOURCE_DIR");
  return root == nullptr ? "." : root;
}

std::map<std::string, std::string> committed(const fs::path& folder) {
  std::map<std::string, std::string> files;
  if (!fs::is_directory(folder)) return files;
  for (const fs::directory_entry& one : fs::directory_iterator(folder)) {
    if (!one.is_regular_file()) continue;
    std::ifstream file(one.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    files[one.path().filename()] = text.str();
  }
  return files;
}

void write(const fs::path& folder, const std::map<std::string, std::string>& pages) {
  fs::create_directories(folder);
  for (const auto& [name, text] : committed(folder)) {
    if (!pages.contains(name)) fs::remove(folder / name);
  }
  for (const auto& [name, text] : pages) {
    std::ofstream file(folder / name, std::ios::binary);
    file << text;
    EXPECT_TRUE(file.flush()) << name;
  }
}

TEST(Pages, AreWhatTheCodeSays) {
  const fs::path folder = fs::path(source()) / "docs/detectors";
  const auto pages = make_pages(source());
  ASSERT_TRUE(pages) << pages.error().message;
  if (std::getenv("RETIMU_REGENERATE") != nullptr) write(folder, *pages);
  const auto files = committed(folder);
  for (const auto& [name, text] : *pages) {
    const auto at = files.find(name);
    EXPECT_TRUE(at != files.end() && at->second == text)
        << "docs/detectors/" << name << " is out of date: run scripts/docs.sh";
  }
  for (const auto& [name, text] : files) {
    EXPECT_TRUE(pages->contains(name)) << "docs/detectors/" << name << " is of no detector";
  }
}

TEST(Pages, ConfigurationIsWhatTheCodeSays) {
  const fs::path path = fs::path(source()) / "docs/configuration.md";
  const std::string page = make_configuration_page();
  if (std::getenv("RETIMU_REGENERATE") != nullptr) std::ofstream(path, std::ios::binary) << page;
  EXPECT_EQ(committed(path.parent_path())["configuration.md"], page)
      << "docs/configuration.md is out of date: run scripts/docs.sh";
}

TEST(Pages, ConfigurationHasEveryKeyAndDetector) {
  const std::string page = make_configuration_page();
  for (const KeyDescription& key : configuration_keys()) {
    EXPECT_NE(page.find(fmt::format("| `{}` |", key.key)), std::string::npos) << key.key;
  }
  for (const DetectorEntry& entry : detector_catalogue()) {
    EXPECT_NE(page.find(fmt::format("(detectors/{}.md)", entry.name)), std::string::npos);
  }
}

TEST(Pages, PicturesAreSmall) {
  std::size_t pictures = 0;
  for (const auto& [name, text] : committed(fs::path(source()) / "docs/detectors")) {
    if (!name.ends_with(".svg")) continue;
    ++pictures;
    EXPECT_LT(text.size(), picture_bytes_max) << name;
  }
  EXPECT_GT(pictures, 0U);
}

// What comes before a fault is the same, so that an entity can learn it once for all of them.
TEST(MadeFaults, DifferOnlyFromTheFaultOn) {
  const std::size_t begin = usual_rows + fault_from;
  for (const MadeFault& fault : made_faults()) {
    const MadeFault& first = fault.is_daily ? made_faults().back() : made_faults().front();
    ASSERT_EQ(first.is_daily, fault.is_daily);
    const Case made = make_faulty(fault, 7), other = make_faulty(first, 7);
    for (std::size_t i = 0; i < made.series.rows.rows(); ++i) {
      const bool is_faulty = i >= begin && i < begin + fault.rows;
      EXPECT_EQ(made.truth.labels[i], is_faulty ? 1 : 0);
      if (i >= begin) continue;
      ASSERT_TRUE(std::ranges::equal(made.series.rows.row(i), other.series.rows.row(i)))
          << fault.name << " row " << i;
    }
  }
}

// A trial learns the usual weeks once for several faults and asks the judge alone; the whole engine
// over all rows tells the same alerts.
TEST(Trials, AreWhatTheEngineTells) {
  std::size_t alerts = 0;
  for (const DetectorEntry& entry : detector_catalogue()) {
    if (entry.modality != Modality::metrics || entry.is_of_each_modality) continue;
    const auto trials = try_detector(entry);
    ASSERT_TRUE(trials) << trials.error().message;
    Configuration configuration;
    configuration.detectors = {{std::string(entry.name), {}}};
    for (const std::size_t i : {std::size_t{1}, trials->trials.size() - 1}) {
      const Trial& trial = trials->trials[i];
      const Case made = make_faulty(*trial.fault, first_draw);
      const auto scores = make_engine_scorer(configuration)->score(made.series);
      ASSERT_TRUE(scores) << scores.error().message;
      const auto told = std::span(scores->alert).subspan(usual_rows);
      EXPECT_TRUE(std::ranges::equal(told, trial.alerts))
          << entry.name << ", " << trial.fault->name;
      alerts += static_cast<std::size_t>(std::ranges::count(told, 1));
    }
  }
  EXPECT_GT(alerts, detector_catalogue().size() / 2);
}

TEST(HeaderComment, IsParted) {
  const auto comment = parse_header_comment(
      "// SPDX-License-Identifier: Apache-2.0\n// How far\n// is it < 2?\n//\n// - one,\n//   and\n"
      "// - two\n// Cost: little. Memory: less.\n//\n// Blind to: the rest,\n// mostly.\n#ifndef "
      "X\n"
      "// not of it\n",
      "x.hpp");
  ASSERT_TRUE(comment) << comment.error().message;
  EXPECT_EQ(comment->idea, "How far is it \\< 2?\n\n- one, and\n- two");
  EXPECT_EQ(comment->cost, "Little. Memory: less.");
  EXPECT_EQ(comment->blind, "The rest, mostly.");
}

TEST(HeaderComment, WithoutAPartIsAnErrorThatNamesTheFile) {
  const auto comment =
      parse_header_comment("// SPDX\n// An idea. Cost: little.\n#ifndef X\n", "some/x.hpp");
  ASSERT_FALSE(comment);
  EXPECT_NE(comment.error().message.find("some/x.hpp"), std::string::npos);
  EXPECT_NE(comment.error().message.find("Blind to"), std::string::npos);
}

}  // namespace
}  // namespace retimu
