// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/world_source.hpp"

#include "retimu/simulator/labels.hpp"
#include "retimu/simulator/output_file.hpp"
#include "retimu/simulator/world_labels.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

namespace retimu {

namespace {

// One kind of what a world gives.
class WorldReader final : public ByteReader {
 public:
  WorldReader(WorldMaker maker, LineTaker WorldTakers::*kind)
      : maker_(std::move(maker)), kind_(kind) {}

  Result<std::size_t> read(char* to, std::size_t bytes) override {
    if (Result<bool> filled = fill(); !filled || !*filled) {
      return filled ? Result<std::size_t>(0) : tl::unexpected(filled.error());
    }
    const std::size_t count = std::min(bytes, held_.size() - next_);
    std::memcpy(to, held_.data() + next_, count);
    next_ += count;
    return count;
  }

  Result<void> seek(std::uint64_t offset) override {
    if (offset < before_) {
      Result<WorldMaker> again = WorldMaker::plan(maker_.simulation().options);
      if (!again) return tl::unexpected(again.error());
      maker_ = std::move(*again);
      before_ = next_ = 0;
      held_.clear();
    }
    while (offset > before_ + held_.size()) {
      next_ = held_.size();
      const Result<bool> filled = fill();
      if (!filled) return tl::unexpected(filled.error());
      if (!*filled) return {};
    }
    next_ = offset - before_;
    return {};
  }

  bool may_grow() const override { return false; }
  std::uint64_t bytes_read() const override { return before_ + next_; }
  // How many there will be is a guess until the world has ended.
  std::uint64_t bytes_total() const override {
    const WorldSimulation& simulation = maker_.simulation();
    const auto passed = static_cast<double>(maker_.time() - simulation.begin);
    const auto all = static_cast<double>(simulation.end - simulation.begin);
    const auto made = static_cast<double>(before_ + held_.size());
    return passed > 0 ? static_cast<std::uint64_t>(made * std::max(1.0, all / passed)) : 0;
  }

 private:
  // False: the world has ended, and all of it was read.
  Result<bool> fill() {
    while (next_ == held_.size()) {
      before_ += std::exchange(next_, 0);
      held_.clear();
      const Result<bool> stepped = maker_.step(takers());
      if (!stepped || !*stepped) return stepped;
    }
    return true;
  }

  WorldTakers takers() {
    const LineTaker passed_over = [](std::string_view) { return Result<void>(); };
    WorldTakers takers{passed_over, passed_over, passed_over};
    takers.*kind_ = [this](std::string_view line) -> Result<void> {
      held_ += line;
      return {};
    };
    return takers;
  }

  WorldMaker maker_;
  LineTaker WorldTakers::*kind_;
  std::string held_;          // what the last step gave
  std::size_t next_ = 0;      // of it: the next byte to be read
  std::uint64_t before_ = 0;  // bytes that came before it
};

std::string recipe_of(const WorldOptions& options) {
  return fmt::format("world 1: seed {}, {} entities, {} h, {}, {} faults of {}", options.seed,
                     options.entities, options.hours, format_duration(options.interval),
                     options.faults, fmt::join(options.kinds, " "));
}

}  // namespace

Result<std::vector<MadeFile>> made_world(const WorldOptions& options) {
  if (Result<WorldMaker> planned = WorldMaker::plan(options); !planned) {
    return tl::unexpected(planned.error());
  }
  std::vector<MadeFile> made;
  const auto add = [&](std::string_view name, LineTaker WorldTakers::*kind, FileInput reading) {
    reading.entity = {"host"};
    made.push_back({fmt::format("simulator {}", name), recipe_of(options), std::move(reading),
                    [options, kind]() -> Result<std::unique_ptr<ByteReader>> {
                      Result<WorldMaker> maker = WorldMaker::plan(options);
                      if (!maker) return tl::unexpected(maker.error());
                      return std::make_unique<WorldReader>(std::move(*maker), kind);
                    }});
  };
  FileInput readings, logs, alarms;
  readings.format = alarms.format = RecordFormat::jsonl;
  readings.time = alarms.time = "ts";
  logs.format = RecordFormat::log;
  alarms.alarm = "alarm_code";
  add("readings", &WorldTakers::readings, std::move(readings));
  add("logs", &WorldTakers::logs, std::move(logs));
  add("alarms", &WorldTakers::alarms, std::move(alarms));
  return made;
}

Result<void> write_world_truth(const WorldOptions& options, const std::string& path) {
  const Result<WorldMaker> planned = WorldMaker::plan(options);
  if (!planned) return tl::unexpected(planned.error());
  const WorldSimulation& world = planned->simulation();
  const auto rows = static_cast<std::uint64_t>((world.end - world.begin) / options.interval);
  const Recording recording{options.seed, options.entities, rows * options.entities, world.begin,
                            world.end};
  const std::string beside = std::filesystem::path(path).replace_filename("recording.csv").string();
  return write_file(path, world_labels_csv(world.labels)).and_then([&] {
    return write_file(beside, recording_csv(recording));
  });
}

}  // namespace retimu
