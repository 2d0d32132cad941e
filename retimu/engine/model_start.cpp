// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/model_start.hpp"

#include "retimu/core/fail_point.hpp"
#include "retimu/core/wrapped_source.hpp"
#include "retimu/engine/judging_difference.hpp"
#include "retimu/engine/positions.hpp"

#include <algorithm>
#include <cmath>

namespace retimu {

namespace {

constexpr std::string_view half = " begun";  // behind the id in the store: not all of it is there

// What learned states depend on.
std::string learning_text(Configuration configuration) {
  const Configuration standard;
  configuration.seed = standard.seed;
  configuration.threshold = standard.threshold;
  configuration.cooldown = standard.cooldown;
  configuration.shift_after = standard.shift_after;
  configuration.columns_max = standard.columns_max;
  configuration.rules.clear();
  if (configuration.budget_per_day > 0) configuration.budget_per_day = 1;
  return judging_text(configuration);
}

bool has_judged_nothing(SqliteStore& store, Result<void>& failed) {
  for (std::size_t i = 0; i <= group_count; ++i) {
    const auto stored = store.restore(static_cast<GroupId>(i));
    if (!stored) failed = tl::unexpected(stored.error());
    if (!stored || *stored) return false;
  }
  const auto admitted = store.admitted(0);
  if (!admitted) failed = tl::unexpected(admitted.error());
  return admitted && admitted->empty();
}

Result<void> write_snapshots(SqliteStore& store, const LearnedState& learned) {
  std::vector<std::byte> admission = learned.admission;
  StateWriter writer(admission);
  write_positions(writer, {});
  const auto write = [&](GroupId group, Bytes state) {
    fail_point("model.before_snapshot");
    return store.snapshot(group, learned.sequence, admission, state);
  };
  if (!learned.fleet.empty()) {
    if (Result<void> written = write(fleet_group, learned.fleet); !written) return written;
  }
  for (std::size_t i = 0; i < group_count; ++i) {
    Result<void> written = write(static_cast<GroupId>(i), learned.groups[i]);
    if (!written) return written;
  }
  return {};
}

std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t shown = 5;
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < shown; ++i) {
    text += (i == 0 ? "" : ", ") + names[i];
  }
  if (names.size() > shown) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

class WatchedSource final : public WrappedSource {
 public:
  WatchedSource(std::unique_ptr<Source> source, SchemaWatch& watch)
      : WrappedSource(std::move(source)), watch_(watch) {}
  Result<Read> read(Batch& into, std::size_t count_max, std::chrono::milliseconds wait) override {
    const std::size_t before = into.events.size();
    Result<Read> read = WrappedSource::read(into, count_max, wait);
    watch_.add(into, before);
    return read;
  }

 private:
  SchemaWatch& watch_;
};

}  // namespace

Result<Configuration> configuration_of(const Model& model) {
  Result<Configuration> configuration = parse_configuration(model.header.judging, "the model");
  if (!configuration) return configuration;
  for (const ModelColumn& column : model.header.columns) {
    if (!column.unit.empty()) configuration->columns[column.name].unit = column.unit;
  }
  return configuration;
}

Result<void> check_model(const Configuration& configuration, const Model& model,
                         std::string_view path) {
  const Result<Configuration> trained = configuration_of(model);
  if (!trained) {
    return failure(Fault::corrupt, "{}: its configuration is not known to this program: {}", path,
                   trained.error().message);
  }
  const std::string before = learning_text(*trained), now = learning_text(configuration);
  if (before != now) {
    return failure(Fault::usage,
                   "{} was trained for another pipeline: {}. Train it for this one: `retimu train` "
                   "with --config and the pipeline's file",
                   path, judging_difference(before, now));
  }
  for (const ModelColumn& column : model.header.columns) {
    const auto stated = configuration.columns.find(column.name);
    if (stated == configuration.columns.end() || stated->second.unit.empty()) continue;
    if (column.unit.empty() || stated->second.unit == column.unit) continue;
    return failure(Fault::usage,
                   "{}: column \"{}\" was in {} when it was trained and is in {} now; convert it, "
                   "or train again",
                   path, column.name, column.unit, stated->second.unit);
  }
  if (model.header.entities > configuration.entities_max) {
    return failure(Fault::usage, "{} has {} entities, more than [limits] entities_max = {}", path,
                   model.header.entities, configuration.entities_max);
  }
  return {};
}

Result<void> begin_with(SqliteStore& store, const Model& model, std::string_view path,
                        std::string_view data_dir) {
  const Result<std::string> begun = store.model();
  if (!begun) return tl::unexpected(begun.error());
  if (*begun == model.id) return {};
  if (begun->empty()) {
    Result<void> failed;
    const bool is_new = has_judged_nothing(store, failed);
    if (!failed) return failed;
    if (!is_new) {
      return failure(Fault::usage,
                     "{} has learned from what it judged; a model is for a new one. Leave out "
                     "--model to go on, or name another data_dir to begin with {}",
                     data_dir, path);
    }
  } else if (*begun != model.id + std::string(half)) {
    return failure(Fault::usage,
                   "{} began with the model {}, and {} is {}. Give that one or none to go on, or "
                   "name another data_dir to begin with this one",
                   data_dir, begun->substr(0, begun->find(' ')), path, model.id);
  }
  Result<void> done = store.set_model(model.id + std::string(half));
  if (done) done = write_snapshots(store, model.state);
  fail_point("model.before_done");
  if (done) done = store.set_model(model.id);
  return done;
}

Result<void> check_begun(SqliteStore& store, std::string_view data_dir) {
  const Result<std::string> begun = store.model();
  if (!begun) return tl::unexpected(begun.error());
  if (!begun->ends_with(half)) return {};
  return failure(Fault::usage,
                 "{} was about to begin with the model {} when its process ended; start it once "
                 "more with that --model",
                 data_dir, begun->substr(0, begun->find(' ')));
}

void SchemaWatch::add(const Batch& batch, std::size_t events_before) {
  for (std::size_t i = events_before; i < batch.events.size(); ++i) {
    const auto* readings = std::get_if<Readings>(&batch.events[i].payload);
    if (readings == nullptr) continue;
    for (std::size_t j = 0; j < readings->columns.size(); ++j) {
      const auto column = static_cast<std::size_t>(readings->columns[j]);
      if (column >= seen_.size()) seen_.resize(column + 1, 0);
      if (std::isfinite(readings->values[j])) seen_[column] = 1;
    }
  }
}

std::vector<std::string> SchemaWatch::notes() const {
  std::vector<std::string> added, absent;
  for (std::size_t i = 0; i < seen_.size(); ++i) {
    if (seen_[i] == 0) continue;
    const std::string name(columns_.name(static_cast<ColumnId>(i)));
    if (!std::ranges::count(model_.header.columns, name, &ModelColumn::name)) added.push_back(name);
  }
  for (const ModelColumn& column : model_.header.columns) {
    bool is_seen = false;
    for (std::size_t i = 0; i < seen_.size() && !is_seen; ++i) {
      is_seen = seen_[i] != 0 && columns_.name(static_cast<ColumnId>(i)) == column.name;
    }
    if (!is_seen) absent.push_back(column.name);
  }
  std::ranges::sort(added);
  std::vector<std::string> notes;
  if (!added.empty()) {
    notes.push_back(
        fmt::format("the model does not know column {}: detectors of whole rows learn "
                    "their entities anew; --ignore leaves a column out",
                    listed(added)));
  }
  if (!absent.empty()) {
    notes.push_back(
        fmt::format("no record had a number in column {}, which the model knows: it is "
                    "taken to be as last trained",
                    listed(absent)));
  }
  return notes;
}

std::unique_ptr<Source> watched(std::unique_ptr<Source> source, SchemaWatch& watch) {
  return std::make_unique<WatchedSource>(std::move(source), watch);
}

}  // namespace retimu
