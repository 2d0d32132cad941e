// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/service.hpp"

#include "retimu/engine/health_facts.hpp"
#include "retimu/engine/model_shelf.hpp"
#include "retimu/engine/opened.hpp"
#include "retimu/engine/reload.hpp"
#include "retimu/engine/status.hpp"
#include "retimu/engine/warm_report.hpp"
#include "retimu/storage/request_folder.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <set>
#include <utility>

namespace retimu {

namespace {

// Notes of a source end with what was left out and why.
std::string why_nothing_is_watched(const SourceReport& report) {
  constexpr std::size_t columns_shown = 5;
  std::string text;
  std::size_t count = 0;
  for (const std::string& note : report.notes) {
    const std::size_t begin = note.find("column \"");
    if (begin == std::string::npos || ++count > columns_shown) continue;
    text += (count == 1 ? "" : "; ") + note.substr(begin);
  }
  if (count > columns_shown) text += fmt::format("; and {} more", count - columns_shown);
  if (!text.empty()) return text;
  return "every column is the time, the entity, ignored or without a number";
}

// Requests of people, and a reload where a signal asks for one.
class ServiceRequests final : public Requests {
 public:
  ServiceRequests(const std::string& data_dir, std::atomic<bool>* hung_up,
                  std::function<void(const Error&)> note)
      : is_kept_(!data_dir.empty()), folder_(data_dir), hung_up_(hung_up), note_(std::move(note)) {}

  Result<std::vector<Request>> waiting() override {
    if (hung_up_ != nullptr && hung_up_->exchange(false)) {
      if (is_kept_) {
        Operation reload;
        reload.asked = RequestFolder::asked("SIGHUP");
        reload.action = Operation::Action::reload;
        if (Result<void> added = folder_.add(reload); !added) return tl::unexpected(added.error());
      } else {
        note_({Fault::usage,
               "not reloaded: the pipeline has no data_dir, so that all that was learned would be "
               "lost; stop it and run it again, or give it one"});
      }
    }
    if (!is_kept_) return std::vector<Request>();
    Result<std::vector<Request>> waiting = folder_.waiting();
    if (waiting) {
      const std::lock_guard lock(mutex_);
      std::erase_if(*waiting, [&](const Request& one) { return left_.contains(one.name); });
    }
    return waiting;
  }
  // One that cannot be removed waits no longer all the same; a restart finds it in the log.
  Result<void> done(const std::string& name) override {
    if (const Result<void> removed = folder_.done(name); !removed) {
      {
        const std::lock_guard lock(mutex_);
        if (!left_.insert(name).second) return {};
      }
      note_({removed.error().fault,
             removed.error().message + "; it was dealt with, and is not asked for again"});
    }
    return {};
  }

 private:
  bool is_kept_;
  RequestFolder folder_;
  std::atomic<bool>* hung_up_;
  std::function<void(const Error&)> note_;
  std::mutex mutex_;
  std::set<std::string> left_;  // names of files that are done and could not be removed
};

// What engines did one after the other.
void add(EngineSummary& all, EngineSummary next) {
  next.records += all.records;
  next.trained += all.trained;
  next.replayed += all.replayed;
  next.raised += all.raised;
  next.updated += all.updated;
  next.resolved += all.resolved;
  next.incidents += all.incidents;
  next.told_by_incidents += all.told_by_incidents;
  next.counts.duplicates += all.counts.duplicates;
  next.counts.late += all.counts.late;
  next.evicted += all.evicted;
  next.forgotten += all.forgotten;
  next.latency.add(all.latency);
  for (std::string& name : all.rewarmed) {
    if (!std::ranges::count(next.rewarmed, name)) next.rewarmed.push_back(std::move(name));
  }
  all = std::move(next);
}

// One engine after the other, each with what the configuration says then.
class Service {
 public:
  explicit Service(const ServiceOptions& options)
      : options_(options), note_(options.note ? options.note : [](const Error&) {}) {}

  Result<ServiceSummary> run(const Configuration& first) {
    Configuration now = first;
    std::optional<Configuration> before;
    bool accepts = options_.accepts_other_pipeline;
    ServiceRequests requests(first.data_dir, options_.hung_up, note_);
    while (true) {
      Vitals vitals;
      std::unique_ptr<Status> status;
      const auto opened = open(now, accepts, vitals, status);
      if (!opened && before) {
        refuse(opened.error());
        (void)requests.done(next_reload_->name);
        next_reload_.reset();
        now = *std::exchange(before, std::nullopt);
        accepts = true;  // it was accepted before
        continue;
      }
      if (!opened) return tl::unexpected(opened.error());
      if (next_reload_) carry_out();
      const Result<bool> goes_on = run_engine(now, **opened, requests, vitals);
      status.reset();
      if (!goes_on || !*goes_on) {
        if (intake_ != nullptr) intake_->stop();
        if (!goes_on) return tl::unexpected(goes_on.error());
        return finish(**opened);
      }
      before = std::exchange(now, std::move(*next_));
      accepts = accepts_next_;
    }
  }

 private:
  // All that may be refused, so that a reload is said to be one only when it is.
  Result<std::unique_ptr<Opened>> open(const Configuration& configuration, bool accepts,
                                       const Vitals& vitals, std::unique_ptr<Status>& status) {
    auto opened = open_all(configuration, options_, accepts, tally_, intake_);
    if (!opened) return opened;
    if (intake_ != nullptr) {
      if (Result<void> started = intake_->start(); !started) {
        return tl::unexpected(started.error());
      }
    }
    auto serves = Status::open({configuration, vitals, is_live() ? intake_.get() : nullptr}, note_);
    if (!serves) return tl::unexpected(serves.error());
    status = std::move(*serves);
    if (options_.listening && status != nullptr) options_.listening(status->port());
    return opened;
  }

  bool is_live() const { return intake_ != nullptr && options_.recording.empty(); }

  // True: another one is to go on.
  Result<bool> run_engine(const Configuration& configuration, Opened& opened,
                          ServiceRequests& requests, Vitals& vitals) {
    EngineOptions engine_options;
    engine_options.shards = shard_count(configuration);
    engine_options.events_per_read_max = options_.events_per_read_max;
    engine_options.train_rows = options_.train_rows;
    engine_options.jump_max = configuration.jump_max;
    engine_options.snapshot_interval =
        std::chrono::milliseconds(configuration.snapshot_interval / millisecond);
    if (configuration.tells_incidents) {
      engine_options.incidents = {.topology = &opened.topology,
                                  .hops = configuration.topology.hops,
                                  .window = configuration.topology.window};
    }
    EngineParts parts{.pipeline = *opened.pipeline, .source = *opened.source};
    parts.training = opened.training.get();
    parts.learned = opened.model ? &opened.model->state : nullptr;
    parts.store = opened.store.get();
    parts.evicted = opened.store == nullptr ? nullptr : &opened.store->entities();
    parts.judgements = opened.judgements.get();
    const bool is_asked = opened.store != nullptr || options_.hung_up != nullptr;
    parts.requests = is_asked ? &requests : nullptr;
    parts.reload = [&](const Operation& asked) { return may_reload(configuration, asked); };
    parts.carried_out = carried_out_;
    parts.controls = std::move(opened.asked);
    const std::string& kept_in =
        options_.recording.empty() ? configuration.data_dir : options_.recording;
    ModelShelf models(configuration, kept_in);
    parts.models = kept_in.empty() ? nullptr : &models;
    parts.sinks = opened.sinks.empty() ? nullptr : &opened.sinks;
    parts.recorder = opened.scores.get();
    if (opened.witness != nullptr) parts.recorder = opened.witness.get();
    if (opened.dead_letters != nullptr) {
      parts.rejected = [&opened](const Rejected& rejected) {
        return opened.dead_letters->add(opened.source->describe(rejected.position), rejected);
      };
    }
    engine_options.waits_for_storage = is_live();
    engine_options.stale_after = configuration.stale_after;
    parts.vitals = &vitals;
    WarmReport warming(configuration.budget_per_day, options_.warming);
    std::unique_ptr<SelfTesting> tests;
    if (is_live() || options_.started) {
      tests = std::make_unique<SelfTesting>(configuration, [&](const std::vector<SelfTest>& done) {
        warming.know(done);
        if (!options_.started) return;
        options_.started(make_start_report(configuration, opened.columns, done, vitals.entities));
      });
    }
    HealthMonitor health([&] { return gather_health(intake_.get(), vitals, tests.get()); },
                         options_.health);
    parts.health = is_live() ? &health : nullptr;
    parts.stop = options_.stop;
    parts.note = note_;
    parts.debug = options_.debug;
    parts.progress = [&](const SourceReport& report, std::uint64_t alerts) {
      warming.look(vitals);
      if (options_.progress) options_.progress(report, alerts);
    };
    Engine engine(engine_options, std::move(parts));
    Result<EngineSummary> ran = engine.run();
    if (!ran) return tl::unexpected(ran.error());
    const bool goes_on = ran->reload.has_value();
    if (goes_on) next_reload_ = *ran->reload;
    add(summary_.engine, std::move(*ran));
    if (opened.dead_letters != nullptr) {
      summary_.letters_left_out += opened.dead_letters->left_out();
    }
    if (!goes_on && options_.describes_entities) summary_.entities = engine.describe();
    return goes_on;
  }

  bool refuse(const Error& error) const {
    note_({error.fault, "not reloaded, the pipeline goes on as it was: " + error.message});
    return false;
  }

  bool may_reload(const Configuration& now, const Operation& asked) {
    if (!options_.read_again) return refuse({Fault::usage, "it was not read from a file"});
    Result<Configuration> next = options_.read_again();
    if (!next) return refuse(next.error());
    const Result<std::string> changes = plan_reload(now, *next, asked.accepts_other_pipeline);
    if (!changes) return refuse(changes.error());
    next_ = std::move(*next);
    accepts_next_ = asked.accepts_other_pipeline;
    changes_ = *changes;
    return true;
  }

  // It is logged with what has changed.
  void carry_out() {
    Request request = *std::exchange(next_reload_, std::nullopt);
    Operation operation = read_operation(request.body).value_or(Operation());
    operation.text = changes_;
    note_({Fault::usage,
           fmt::format("reloaded, asked by {}; changed: {}", operation.asked.by, changes_)});
    request.body = to_bytes(operation);
    carried_out_.push_back(std::move(request));
  }

  Result<ServiceSummary> finish(Opened& opened) {
    summary_.source = opened.source->report();
    if (opened.schema) {
      std::ranges::move(opened.schema->notes(), std::back_inserter(summary_.source.notes));
    }
    summary_.rejected = tally_.rejected();
    const Modalities judged = opened.pipeline->judged();
    summary_.log_lines = has(judged, Modality::logs) ? 0 : tally_.log_lines();
    summary_.alarms = has(judged, Modality::alarms) ? 0 : tally_.alarms();
    summary_.rejected_reasons = tally_.commonest(3);
    const bool may_know_columns = tally_.goes_on() && opened.columns.count() > 0;
    const bool has_judged =
        tally_.log_lines() > summary_.log_lines || tally_.alarms() > summary_.alarms;
    if (tally_.events() > 0 && !tally_.has_readings() && !may_know_columns && !has_judged) {
      summary_.nothing_watched =
          tally_.log_lines() + tally_.alarms() < tally_.events()
              ? why_nothing_is_watched(summary_.source)
          : tally_.alarms() == 0 ? "all records are log lines, for which there is no detector"
          : tally_.log_lines() == 0
              ? "all records are alarms, for which there is no detector"
              : "all records are log lines and alarms, for which there is no detector";
    }
    if (opened.scores != nullptr) {
      if (Result<void> finished = opened.scores->finish(); !finished) {
        return tl::unexpected(finished.error());
      }
      summary_.score_lines = opened.scores->lines();
    }
    return std::move(summary_);
  }

  const ServiceOptions& options_;
  std::function<void(const Error&)> note_;
  ReadingTally tally_;
  std::unique_ptr<Intake> intake_;
  ServiceSummary summary_;
  std::vector<Request> carried_out_;  // reloads
  std::optional<Configuration> next_;
  std::optional<Request> next_reload_;  // that asked for it
  bool accepts_next_ = false;
  std::string changes_;
};

}  // namespace

Result<ServiceSummary> run_service(const Configuration& configuration,
                                   const ServiceOptions& options) {
  if (configuration.source_count() == 0) {
    return failure(Fault::usage, "{}: no [[source]]; a pipeline needs at least one",
                   configuration.file);
  }
  return Service(options).run(configuration);
}

}  // namespace retimu
