// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/output_file.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace retimu {
namespace {

TEST(OutputFile, IsThereOnlyWhenFinished) {
  const std::string path = testing::TempDir() + "retimu_output_file";
  std::filesystem::remove(path);
  {
    auto file = OutputFile::create(path);
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE(file->append("half of it"));
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
  ASSERT_TRUE(write_file(path, "all of it"));
  EXPECT_EQ(*read_whole(path), "all of it");
  EXPECT_FALSE(std::filesystem::exists(path + ".partial"));
  std::filesystem::remove(path);
}

TEST(OutputFile, ErrorsNameTheFile) {
  const auto file = OutputFile::create("/nowhere/at/all");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message, "cannot create /nowhere/at/all: No such file or directory");
  EXPECT_EQ(read_whole("/nowhere/at/all").error().message,
            "cannot read /nowhere/at/all: No such file or directory");
}

TEST(OutputFile, AFullDiskIsAnError) {
  // The text goes beside its place, which here is a device that is always full.
  const std::string folder = testing::TempDir() + "retimu_full";
  std::filesystem::remove_all(folder);
  ASSERT_TRUE(make_folder(folder));
  std::filesystem::create_symlink("/dev/full", folder + "/x.partial");
  const auto written = write_file(folder + "/x", std::string(100'000, 'x'));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "cannot write " + folder + "/x: No space left on device");
  EXPECT_FALSE(std::filesystem::exists(folder + "/x"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace retimu
