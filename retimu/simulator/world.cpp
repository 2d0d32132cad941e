// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/world.hpp"

#include "retimu/core/result.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <optional>

namespace retimu {

namespace {

constexpr std::array<std::string_view, 10> mixture = {
    "link", "host", "service", "pump", "host", "service", "pump", "host", "service", "pump"};
constexpr std::array<std::string_view, 6> users = {"anna",   "backup", "carl",
                                                   "deploy", "eva",    "finn"};
constexpr std::array<std::string_view, 4> files = {"rotate", "report", "index", "cleanup"};

void append_varying(std::string& to, std::string_view name, std::string_view peer, Noise& noise) {
  const auto out = std::back_inserter(to);
  if (name == "n") {
    fmt::format_to(out, "{}", 1'000 + noise.below(60'000));
  } else if (name == "ms") {
    fmt::format_to(out, "{:.1f}", 2 + 30 * noise.exponential());
  } else if (name == "ip") {
    fmt::format_to(out, "10.{}.{}.{}", noise.below(4), noise.below(32), 1 + noise.below(250));
  } else if (name == "id") {
    fmt::format_to(out, "{:08x}", noise.below(1ULL << 32U));
  } else if (name == "user") {
    to += users[noise.below(users.size())];
  } else if (name == "file") {
    to += files[noise.below(files.size())];
  } else {
    RETIMU_ASSERT(name == "peer");
    to += peer;
  }
}

}  // namespace

void append_log_text(std::string& to, std::string_view text, std::string_view peer, Noise& noise) {
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    to += text.substr(0, open);
    if (open == std::string_view::npos) return;
    const std::size_t close = text.find('}', open);
    RETIMU_ASSERT(close != std::string_view::npos);
    append_varying(to, text.substr(open + 1, close - open - 1), peer, noise);
    text.remove_prefix(close + 1);
  }
}

std::vector<std::size_t> World::behind(std::size_t entity, std::size_t hops) const {
  std::vector<std::size_t> reached = {entity};
  for (std::size_t i = 0; i < hops; ++i) {
    std::vector<std::size_t> next;
    for (const auto& [from, to] : edges) {
      if (std::ranges::find(reached, from) != reached.end()) next.push_back(to);
    }
    reached = std::move(next);
  }
  return reached;
}

World make_world(std::size_t count, std::uint64_t seed, Time first, Duration interval) {
  World world;
  world.entities.reserve(count);
  std::array<std::size_t, mixture.size()> of_kind{};
  std::optional<std::size_t> link, host;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string_view name = mixture[i % mixture.size()];
    const WorldKind& kind = world_kind(name);
    const auto number = static_cast<std::size_t>(&kind - world_kinds().data());
    const Duration offset =
        static_cast<Duration>(i) * (interval / second) / static_cast<Duration>(count) * second;
    world.entities.emplace_back(kind.readings, fmt::format("{}{}", name, ++of_kind[number]), seed,
                                first + offset, interval);
    if (name == "link") link = i;
    if (name == "host") {
      world.edges.emplace_back(*link, i);
      host = i;
    }
    if (name == "service") world.edges.emplace_back(*host, i);
  }
  return world;
}

}  // namespace retimu
