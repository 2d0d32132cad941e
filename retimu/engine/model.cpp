// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/model.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/core/state.hpp"
#include "retimu/text/visit_list.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace retimu {

namespace {

constexpr std::array<char, 8> magic = {'R', 'E', 'T', 'I', 'M', 'U', 'M', 'O'};
constexpr std::uint32_t model_version = 1, header_version = 1, state_version = 1;
constexpr std::size_t text_bytes_max = 16UL * 1024 * 1024, name_bytes_max = 64UL * 1024;
constexpr std::size_t list_max = 1'000'000;

struct Prefix {
  std::array<char, 8> magic = {};
  std::uint32_t version = 0, reserved = 0;
  std::uint64_t header_bytes = 0, state_bytes = 0;
};
static_assert(sizeof(Prefix) == 32 && std::is_trivially_copyable_v<Prefix>);

// At the end of the file, over all before it.
using Checksum = std::array<std::uint64_t, 2>;

Checksum checksum_of(Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return {hash(text, 0), hash(text, 0x6D6F'6465'6CULL)};
}

void visit(StateVisitor& visitor, ModelHeader& header) {
  (void)visitor.version(header_version);
  visit_text(visitor, "program", header.program, name_bytes_max);
  visit_text(visitor, "judging", header.judging, text_bytes_max);
  visitor.cell("records", header.records);
  visitor.cell("rejected", header.rejected);
  visitor.cell("entities", header.entities);
  visitor.cell("first", header.first);
  visitor.cell("last", header.last);
  visitor.cell("has_row_times", header.has_row_times);
  visit_list(visitor, "sources", header.sources, list_max, [&](ModelSource& source) {
    visit_text(visitor, "name", source.name, name_bytes_max);
    visitor.cell("bytes", source.bytes);
    visitor.cell("digest", source.digest);
  });
  visit_list(visitor, "columns", header.columns, list_max, [&](ModelColumn& column) {
    visit_text(visitor, "name", column.name, name_bytes_max);
    visit_text(visitor, "unit", column.unit, name_bytes_max);
    visitor.cell("is_counter", column.is_counter);
  });
  visit_list(visitor, "detectors", header.detectors, list_max, [&](ModelDetector& detector) {
    visit_text(visitor, "name", detector.name, name_bytes_max);
    visit_text(visitor, "modality", detector.modality, name_bytes_max);
    visitor.cell("entities", detector.entities);
    visitor.cell("warm", detector.warm);
    visitor.cell("samples_middle", detector.samples_middle);
    if (!std::isfinite(detector.samples_middle)) visitor.refuse();
  });
}

// Each part with its length before it.
template <class Function>
void each_part(LearnedState& state, Function function) {
  function(state.admission);
  function(state.fleet);
  for (std::vector<std::byte>& group : state.groups) function(group);
}

void write(StateVisitor& writer, std::vector<std::byte>& to, LearnedState& state) {
  (void)writer.version(state_version);
  writer.cell("sequence", state.sequence);
  each_part(state, [&](const std::vector<std::byte>& part) {
    writer.count("bytes", part.size(), UINT32_MAX);
    to.insert(to.end(), part.begin(), part.end());
  });
}

void read(StateReader& reader, LearnedState& state) {
  (void)reader.version(state_version);
  reader.cell("sequence", state.sequence);
  each_part(state, [&](std::vector<std::byte>& part) {
    const auto taken = reader.take_bytes(reader.count("bytes", 0, UINT32_MAX));
    if (taken) part.assign(taken->begin(), taken->end());
  });
}

tl::unexpected<Error> damaged(std::string_view name, std::string_view how) {
  return failure(Fault::corrupt, "{}: {}; copy it again from where it was made, or train it again",
                 name, how);
}

}  // namespace

bool is_model(Bytes first) {
  return first.size() >= magic.size() && std::memcmp(first.data(), magic.data(), magic.size()) == 0;
}

ModelId model_id_of(Bytes bytes) {
  const Checksum checksum = checksum_of(bytes);
  return fmt::format("{:016x}{:016x}", checksum[0], checksum[1]);
}

Result<std::vector<std::byte>> encode_model(Model& model) {
  bool is_too_large = false;
  each_part(model.state, [&](const std::vector<std::byte>& part) {
    is_too_large = is_too_large || part.size() > UINT32_MAX;
  });
  if (is_too_large) {
    return failure(Fault::usage,
                   "the model is too large: more than 4 GiB of state in one of {} groups; train on "
                   "fewer entities",
                   group_count);
  }
  std::vector<std::byte> bytes(sizeof(Prefix));
  StateWriter writer(bytes);
  visit(writer, model.header);
  Prefix prefix{magic, model_version, 0, bytes.size() - sizeof(Prefix), 0};
  write(writer, bytes, model.state);
  prefix.state_bytes = bytes.size() - sizeof(Prefix) - prefix.header_bytes;
  std::memcpy(bytes.data(), &prefix, sizeof prefix);
  model.id = model_id_of(bytes);
  Checksum checksum = checksum_of(bytes);
  writer.cells("checksum", std::span<std::uint64_t>(checksum));
  model.bytes = bytes.size();
  return bytes;
}

Result<Model> decode_model(Bytes bytes, std::string_view name) {
  Prefix prefix;
  Checksum checksum{};
  if (bytes.size() >= sizeof prefix) {
    std::memcpy(static_cast<void*>(&prefix), bytes.data(), sizeof prefix);
  }
  if (prefix.magic != magic) {
    return failure(Fault::corrupt, "{}: is no model of RETIMU; `retimu train` writes one", name);
  }
  if (prefix.version == 0 || prefix.version > model_version) {
    return failure(Fault::corrupt,
                   "{}: its format {} is newer than this program knows, which is {}; use the "
                   "version of retimu that wrote it, or a newer one",
                   name, prefix.version, model_version);
  }
  if (prefix.reserved != 0) return damaged(name, "its first bytes are not as written");
  const std::uint64_t rest = bytes.size() - sizeof prefix;
  if (rest < sizeof checksum || prefix.header_bytes > rest - sizeof checksum ||
      prefix.state_bytes != rest - sizeof checksum - prefix.header_bytes) {
    return damaged(name,
                   fmt::format("it does not end where it should, after {} bytes", bytes.size()));
  }
  const Bytes before = bytes.first(bytes.size() - sizeof checksum);
  std::memcpy(checksum.data(), bytes.data() + before.size(), sizeof checksum);
  if (checksum_of(before) != checksum) return damaged(name, "its checksum is wrong");
  Model model;
  StateReader header(before.subspan(sizeof prefix, prefix.header_bytes));
  visit(header, model.header);
  StateReader state(before.subspan(sizeof prefix + prefix.header_bytes));
  read(state, model.state);
  if (!header.finished() || !state.finished()) {
    return damaged(name, "it holds what this program cannot read");
  }
  model.id = model_id_of(before);
  model.bytes = bytes.size();
  return model;
}

}  // namespace retimu
