// SPDX-License-Identifier: Apache-2.0
// Events: trivially copyable views into their batch, so that handing them over costs no allocation.
#ifndef RETIMU_CORE_EVENT_HPP
#define RETIMU_CORE_EVENT_HPP

#include "retimu/core/columns.hpp"
#include "retimu/core/hash.hpp"
#include "retimu/core/severity.hpp"
#include "retimu/core/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <variant>

namespace retimu {

enum class Modality : std::uint8_t { metrics, logs, alarms, sound, pictures };
inline constexpr std::size_t modality_count = 5;
std::string_view name_of(Modality modality);

// A set of modalities: one bit each.
using Modalities = std::uint8_t;
constexpr Modalities only(Modality modality) {
  return static_cast<Modalities>(1U << static_cast<unsigned>(modality));
}
constexpr bool has(Modalities set, Modality modality) { return (set & only(modality)) != 0; }

// An entity by name; the hash is computed once, at decode. Tables keyed by it compare the text,
// too.
struct Name {
  std::string_view text;
  std::uint64_t hash = 0;
  friend bool operator==(const Name& a, const Name& b) {
    return a.hash == b.hash && a.text == b.text;
  }
};
inline Name make_name(std::string_view text) { return {text, hash(text)}; }

// A fixed slice of entities: unit of order, state, snapshot and moving. Never follows the number of
// threads.
enum class GroupId : std::uint16_t {};
inline constexpr std::size_t group_count = 64;
// Not of entities: the state that the whole pipeline shares, which is saved like a group's.
inline constexpr GroupId fleet_group = static_cast<GroupId>(group_count);
constexpr GroupId group_of(std::uint64_t entity_hash) {
  return static_cast<GroupId>(entity_hash % group_count);
}

// Where a record stood: partition is a durable number, offset the first byte or message.
struct Position {
  std::uint32_t partition = 0;
  std::uint64_t offset = 0;
  friend bool operator==(const Position&, const Position&) = default;
};

// ---- payloads
// Columns in the order of their names, each once; NaN: sent as missing. A column not in it was not
// sent.
struct Readings {
  std::span<const ColumnId> columns;
  std::span<const double> values;
};
// The hash of a log line's signature, or of that which its template is called by; see text/.
using TemplateId = std::uint64_t;
struct LogLine {
  Severity level;
  std::string_view text;
  // From here on by the encoder, at admission (engine/log_encoder.hpp); as they are here before.
  TemplateId template_id = 0;
  bool is_new = false;                // the fleet had not sent it before the last tick
  std::span<const double> numbers{};  // in the order in which they stand in the line
};
struct Alarm {  // raised by another system, or `cleared`
  Severity severity;
  std::string_view code, text;
};
struct Sound {
  std::span<const float> samples;
  std::uint32_t samples_per_second;
};
struct Picture {
  std::span<const std::byte> pixels;
  std::uint16_t width, height, channels;
};

// The source's clock passed the event's time: timers and windows need no wall clock. For every
// entity of a group. In a source's batch its time is by how much event time goes on though nothing
// came.
struct Tick {};

// What a wall clock or a person decided, or what is pipeline-wide, enters the order here, logged
// before it acts.
struct Control {
  // Numbers are stored.
  enum class Kind : std::uint8_t {
    budget,
    confirmation,
    false_alarm,
    maintenance,
    health,
    operation,  // what concerns how a pipeline runs, and nothing that it says
    model,      // what was learned elsewhere is to be gone on with
    wall,       // the wall's clock: what stands behind it was not judged before
  };
  Kind kind;
  std::span<const std::byte> body;  // the kind's own fixed struct
};

using Payload = std::variant<Readings, LogLine, Alarm, Sound, Picture, Tick, Control>;
// Of an observation; a tick or control is none.
inline std::optional<Modality> modality_of(const Payload& payload) {
  if (payload.index() >= modality_count) return std::nullopt;
  return static_cast<Modality>(payload.index());
}
static_assert(std::is_same_v<std::variant_alternative_t<4, Payload>, Picture>);

struct Event {
  Name entity;  // empty text and hash for Tick and Control
  Time time = 0;
  Position position;
  std::uint64_t sequence = 0;  // in the admitted order of the whole pipeline, from 0
  bool training = false;       // learn from it, judge nothing
  Payload payload;
};
static_assert(std::is_trivially_copyable_v<Event>);

}  // namespace retimu

#endif
