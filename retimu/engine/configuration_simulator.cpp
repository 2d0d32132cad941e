// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/configuration_simulator.hpp"

#include "retimu/connectors/pace.hpp"
#include "retimu/simulator/world_source.hpp"

#include <algorithm>
#include <array>

namespace retimu {

namespace {

constexpr std::array<std::string_view, 9> known_keys = {
    "type", "seed", "entities", "duration", "interval", "faults", "kinds", "speed", "labels"};

// Bounds that go together with others are the world's.
Result<void> read_world(const TomlReader& toml, const toml::table& from, WorldOptions& world) {
  Duration duration = day;
  std::size_t seed = world.seed, entities = world.entities, faults = world.faults;
  Result<void> read = toml.whole(from, "seed", 0, INT64_MAX, seed);
  if (read) read = toml.whole(from, "entities", 10, 10'000, entities);
  if (read) read = toml.whole(from, "faults", 0, 10'000, faults);
  if (read) read = toml.duration(from, "duration", duration);
  if (read) read = toml.duration(from, "interval", world.interval);
  if (read) read = toml.texts(from, "kinds", world.kinds);
  if (!read) return read;
  world.seed = seed;
  world.entities = entities;
  world.faults = faults;
  world.hours = static_cast<double>(duration) / static_cast<double>(hour);
  if (Result<WorldMaker> planned = WorldMaker::plan(world); !planned) {
    return toml.wrong(from, "{}", planned.error().message);
  }
  return {};
}

}  // namespace

Result<void> read_simulator(const TomlReader& toml, const toml::table& from, Configuration& to) {
  for (const auto& [key, node] : from) {
    if (std::ranges::count(known_keys, key.str()) > 0) continue;
    return toml.wrong(node, "a source of type \"simulator\" has no {}", key.str());
  }
  if (to.simulator) return toml.wrong(from, "a pipeline has one source of type \"simulator\"");
  SimulatorSource source;
  std::string speed = "max";
  Result<void> read = toml.text(from, "speed", speed);
  if (read) read = toml.text(from, "labels", source.labels);
  if (read) read = read_world(toml, from, source.world);
  if (!read) return read;
  const std::optional<double> parsed = parse_speed(speed);
  if (!parsed) {
    return toml.wrong(*from.get("speed"), "speed is \"max\" or such as \"60x\", not \"{}\"", speed);
  }
  source.speed = *parsed;
  to.simulator = std::move(source);
  return {};
}

}  // namespace retimu
