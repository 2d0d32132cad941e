// SPDX-License-Identifier: Apache-2.0
#include "retimu/core/request.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace retimu {

namespace {

constexpr std::uint32_t version = 1;
constexpr std::size_t text_bytes_max = 64UL * 1024;
constexpr std::size_t parts_max = 256, entities_max = 1'000;

void visit_text(StateVisitor& visitor, std::string& text) {
  text.resize(visitor.count("bytes", text.size(), text_bytes_max));
  visitor.cells("text", std::span(reinterpret_cast<std::uint8_t*>(text.data()), text.size()));
}

void visit_truth(StateVisitor& visitor, bool& truth) {
  std::uint8_t cell = truth ? 1 : 0;
  visitor.cell("truth", cell);
  truth = cell != 0;
}

// Grows element by element while it is read, so that a false length takes no memory.
template <class T, class Function>
void visit_each(StateVisitor& visitor, std::vector<T>& list, std::size_t count_max,
                Function function) {
  const std::size_t count = visitor.count("list", list.size(), count_max);
  for (std::size_t i = 0; i < count && !visitor.failed(); ++i) {
    if (i == list.size()) list.emplace_back();
    function(list[i]);
  }
}

// Before a confirmation that says who asked; no other one begins so, as it would end before it
// begins.
constexpr std::array<Time, 2> says_who_asked{INT64_MAX, INT64_MIN};

template <class T>
std::vector<std::byte> written(T request, std::vector<std::byte> bytes = {}) {
  StateWriter writer(bytes);
  (void)writer.version(version);
  request.visit(writer);
  return bytes;
}

template <class T>
std::optional<T> read(std::span<const std::byte> bytes) {
  StateReader reader(bytes);
  T request;
  if (reader.version(version) == 0) reader.refuse();
  request.visit(reader);
  return reader.finished() ? std::optional<T>(std::move(request)) : std::nullopt;
}

}  // namespace

std::string_view name_of(Operation::Action action) {
  switch (action) {
    case Operation::Action::pause: return "pause";
    case Operation::Action::resume: return "resume";
    case Operation::Action::reload: return "reload";
  }
  return "?";
}

void Asked::visit(StateVisitor& visitor) {
  visitor.cell("at", at);
  visitor.cell("number", number);
  visit_text(visitor, by);
}

void Confirmation::visit(StateVisitor& visitor) {
  asked.visit(visitor);
  visit_text(visitor, entity);
  visitor.cell("from", from);
  visitor.cell("to", to);
  if (from > to) visitor.refuse();
}

void FalseAlarm::visit(StateVisitor& visitor) {
  asked.visit(visitor);
  visit_text(visitor, entity);
  visit_text(visitor, alert);
  visit_each(visitor, parts, parts_max, [&](Part& part) {
    visit_text(visitor, part.detector);
    visit_text(visitor, part.subject);
    visitor.cell("decades", part.decades);
    if (!(std::isfinite(part.decades) && part.decades > 0)) visitor.refuse();
  });
}

void MaintenanceRequest::visit(StateVisitor& visitor) {
  asked.visit(visitor);
  visit_truth(visitor, ends);
  visit_each(visitor, entities, entities_max,
             [&](std::string& pattern) { visit_text(visitor, pattern); });
  visitor.cell("from", from);
  visitor.cell("to", to);
  visitor.cell("lasts", lasts);
  visit_text(visitor, reason);
  visit_truth(visitor, is_learned);
  if (lasts < 0) visitor.refuse();
}

void Operation::visit(StateVisitor& visitor) {
  asked.visit(visitor);
  auto number = static_cast<std::uint8_t>(action);
  visitor.cell("action", number);
  if (number > static_cast<std::uint8_t>(Action::reload)) visitor.refuse();
  action = static_cast<Action>(number);
  visit_truth(visitor, accepts_other_pipeline);
  visit_text(visitor, text);
}

void ModelRequest::visit(StateVisitor& visitor) {
  asked.visit(visitor);
  visit_text(visitor, id);
  visit_text(visitor, file);
  // Of that folder, and no other.
  if (file.empty() || file.front() == '.' || file.find('/') != std::string::npos) visitor.refuse();
}

std::vector<std::byte> to_bytes(const Confirmation& confirmation) {
  std::vector<std::byte> mark(sizeof says_who_asked);
  std::memcpy(mark.data(), says_who_asked.data(), mark.size());
  return written(confirmation, std::move(mark));
}

std::vector<std::byte> to_bytes(const FalseAlarm& alarm) { return written(alarm); }
std::vector<std::byte> to_bytes(const MaintenanceRequest& request) { return written(request); }
std::vector<std::byte> to_bytes(const Operation& operation) { return written(operation); }
std::vector<std::byte> to_bytes(const ModelRequest& request) { return written(request); }

std::optional<Confirmation> read_confirmation(std::span<const std::byte> bytes) {
  std::array<Time, 2> times{};
  if (bytes.size() < sizeof times) return std::nullopt;
  std::memcpy(times.data(), bytes.data(), sizeof times);
  const std::span<const std::byte> rest = bytes.subspan(sizeof times);
  if (times == says_who_asked) return read<Confirmation>(rest);
  if (times[0] > times[1]) return std::nullopt;
  return Confirmation{
      {reinterpret_cast<const char*>(rest.data()), rest.size()}, times[0], times[1]};
}

std::optional<FalseAlarm> read_false_alarm(std::span<const std::byte> bytes) {
  return read<FalseAlarm>(bytes);
}

std::optional<MaintenanceRequest> read_maintenance_request(std::span<const std::byte> bytes) {
  return read<MaintenanceRequest>(bytes);
}

std::optional<Operation> read_operation(std::span<const std::byte> bytes) {
  return read<Operation>(bytes);
}

std::optional<ModelRequest> read_model_request(std::span<const std::byte> bytes) {
  return read<ModelRequest>(bytes);
}

bool is_request(Control::Kind kind, std::span<const std::byte> body) {
  if (kind == Control::Kind::confirmation) return read_confirmation(body).has_value();
  return asked_of(kind, body).has_value();
}

std::optional<Asked> asked_of(Control::Kind kind, std::span<const std::byte> body) {
  const auto of = [](const auto& request) {
    return request ? std::optional<Asked>(request->asked) : std::nullopt;
  };
  if (kind == Control::Kind::confirmation) {
    const auto fault = read_confirmation(body);
    return fault && fault->asked != Asked() ? std::optional(fault->asked) : std::nullopt;
  }
  if (kind == Control::Kind::false_alarm) return of(read_false_alarm(body));
  if (kind == Control::Kind::maintenance) return of(read_maintenance_request(body));
  if (kind == Control::Kind::operation) return of(read_operation(body));
  if (kind == Control::Kind::model) return of(read_model_request(body));
  return std::nullopt;
}

bool is_same_request(Control::Kind kind, std::span<const std::byte> a,
                     std::span<const std::byte> b) {
  const std::optional<Asked> of_a = asked_of(kind, a);
  return of_a ? of_a == asked_of(kind, b) : std::ranges::equal(a, b);
}

bool is_paused(std::span<const Request> waiting) {
  bool is_paused = false;
  for (const Request& request : waiting) {
    if (request.kind != Control::Kind::operation) continue;
    const std::optional<Operation> operation = read_operation(request.body);
    if (!operation || operation->action == Operation::Action::reload) continue;
    is_paused = operation->action == Operation::Action::pause;
  }
  return is_paused;
}

}  // namespace retimu
