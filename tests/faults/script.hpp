// SPDX-License-Identifier: Apache-2.0
// A pipeline in small, so that a store can be tested for what it is for: entities learn from
// events, some events are told, few entities fit into memory. What must come out follows from the
// number of events alone: simulate() says it without a store.
#ifndef TESTS_FAULTS_SCRIPT_HPP
#define TESTS_FAULTS_SCRIPT_HPP

#include "retimu/core/hash.hpp"
#include "retimu/core/store.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <string>
#include <vector>

namespace retimu::script {

inline constexpr std::size_t groups = 4;
inline constexpr std::size_t entities_a_group = 6;
inline constexpr std::size_t in_memory_max = 2;  // entities of a group
inline constexpr std::uint64_t events_a_commit = 5;
inline constexpr std::uint64_t events_a_control = 7;
inline constexpr std::uint64_t events_a_snapshot = 6;
inline constexpr const char* sink = "file";

inline GroupId group_of_event(std::uint64_t sequence) {
  return static_cast<GroupId>(mix(1, sequence) % groups);
}
inline std::string entity_of_event(std::uint64_t sequence) {
  return fmt::format("host{}", mix(2, sequence) % entities_a_group);
}

struct Learned {
  std::uint64_t events = 0, digest = 0;
  std::array<std::uint64_t, 60> ballast{};  // so that a state is more than a corner of a page
  void learn(std::uint64_t sequence) {
    ++events;
    digest = mix(digest, sequence);
    ballast[events % ballast.size()] = digest;
  }
  friend bool operator==(const Learned&, const Learned&) = default;
};
using States = std::map<std::string, Learned>;

inline bool is_told(const Learned& learned) { return mix(3, learned.digest) % 3 == 0; }

inline Alert alert_of(const std::string& entity, const Learned& learned, std::uint64_t sequence) {
  Alert alert;
  alert.id = {learned.digest, mix(4, learned.digest)};
  alert.change = Change::raised;
  alert.entity = entity;
  alert.sentence = fmt::format("{} at event {} of its {}", entity, sequence, learned.events);
  alert.sequence = sequence;
  return alert;
}

inline bool has_control(std::uint64_t sequence) { return sequence % events_a_control == 3; }

inline LoggedControl control_of(std::uint64_t sequence) {
  return {sequence, static_cast<Time>(sequence) * second, Control::Kind::budget,
          std::vector<std::byte>(sequence % 50, static_cast<std::byte>(sequence))};
}

// What is right after the events below `events` of each group.
struct Expected {
  std::array<States, groups> states;
  std::vector<std::string> alerts;
};

inline Expected simulate(std::uint64_t events) {
  Expected expected;
  for (std::uint64_t sequence = 0; sequence < events; ++sequence) {
    const std::string entity = entity_of_event(sequence);
    const auto group = static_cast<std::size_t>(group_of_event(sequence));
    Learned& learned = expected.states[group][entity];
    learned.learn(sequence);
    if (is_told(learned)) expected.alerts.push_back(to_json(alert_of(entity, learned, sequence)));
  }
  return expected;
}

inline std::vector<std::byte> save(const Learned& learned) {
  const auto bytes = std::as_bytes(std::span(&learned, 1));
  return {bytes.begin(), bytes.end()};
}

inline Learned load(Bytes bytes) {
  Learned learned;
  RETIMU_ASSERT(bytes.size() == sizeof learned);
  std::memcpy(static_cast<void*>(&learned), bytes.data(), sizeof learned);
  return learned;
}

// A group's snapshot: records of name's length (1 byte), name, state.
inline std::vector<std::byte> save(const States& states) {
  std::vector<std::byte> bytes;
  for (const auto& [name, learned] : states) {
    bytes.push_back(static_cast<std::byte>(name.size()));
    const auto text = std::as_bytes(std::span(name));
    bytes.insert(bytes.end(), text.begin(), text.end());
    const std::vector<std::byte> state = save(learned);
    bytes.insert(bytes.end(), state.begin(), state.end());
  }
  return bytes;
}

inline States load_states(Bytes bytes) {
  States states;
  while (!bytes.empty()) {
    const auto length = static_cast<std::size_t>(bytes.front());
    const std::string name(reinterpret_cast<const char*>(bytes.data()) + 1, length);
    states[name] = load(bytes.subspan(1 + length, sizeof(Learned)));
    bytes = bytes.subspan(1 + length + sizeof(Learned));
  }
  return states;
}

}  // namespace retimu::script

#endif
