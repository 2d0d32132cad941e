// SPDX-License-Identifier: Apache-2.0
// Law 8 over the real engine: a stated budget on clean noise, and the power against clear faults in
// the same runs.
//
//   budget [--quick] [--light]
//
// Every stream has one column. The first half is clean; in the second half every entity has one
// fault at a random time: a spike of 8 sigma, or a level shift of 4 sigma that stays. told: alerts
// of the clean half that were told over the budget; raised: episodes of the clean half before the
// token bucket; spike, shift: share of faults raised within 3 and 60 readings. Without a budget the
// detectors' own threshold decides: raised is then per 10,000 readings.
#include "retimu/core/random.hpp"
#include "retimu/engine/configuration.hpp"
#include "retimu/engine/engine.hpp"
#include "retimu/stats/elementary.hpp"
#include "retimu/testing/scripted_source.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <vector>

namespace {

using namespace retimu;

double gauss(Random& random) {
  // Box and Muller; one of the pair is enough here.
  const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
  return radius * std::cos(6.283185307179586 * random.uniform());
}

enum class Noise { normal, ar_90, ar_99, student_3, log_normal };
constexpr std::array<std::pair<Noise, const char*>, 5> noises = {
    {{Noise::normal, "normal"},
     {Noise::ar_90, "AR(.90)"},
     {Noise::ar_99, "AR(.99)"},
     {Noise::student_3, "Student t3"},
     {Noise::log_normal, "log-normal"}}};

struct Stream {
  Random random{0};
  double state = 0;
  std::uint64_t fault_at = 0;  // row
  bool is_shift = false;

  // Unit variance, but for the heavy tails.
  double next(Noise noise) {
    switch (noise) {
      case Noise::normal: return gauss(random);
      case Noise::ar_90: return state = 0.9 * state + std::sqrt(1 - 0.81) * gauss(random);
      case Noise::ar_99: return state = 0.99 * state + std::sqrt(1 - 0.9801) * gauss(random);
      case Noise::student_3: {
        const double a = gauss(random), b = gauss(random), c = gauss(random);
        return gauss(random) / std::sqrt((a * a + b * b + c * c) / 3);
      }
      case Noise::log_normal: return std::exp(gauss(random));
    }
    return 0;
  }
};

struct Setting {
  std::size_t entities;
  Duration interval;
  int days;  // clean; as many again with faults
  Profile profile;
};

struct Found {
  double told = 0, raised = 0, spikes = 0, shifts = 0;
};

class Judgement final : public Recorder {
 public:
  Judgement(std::vector<Stream>& streams, std::uint64_t clean_rows)
      : streams_(streams), clean_rows_(clean_rows), is_found_(streams.size(), false) {}

  Result<void> record(const Round& round, std::span<const Alert> told) override {
    for (std::size_t i = round.first; i < round.last; ++i) {
      if (round.verdicts[i - round.first].change != Change::raised) continue;
      const std::uint64_t sequence = round.shared->batch.events[i].sequence;
      const std::size_t entity = sequence % streams_.size();
      const std::uint64_t row = sequence / streams_.size();
      if (row < clean_rows_) {
        ++raised_;
        continue;
      }
      const Stream& stream = streams_[entity];
      const std::uint64_t within = stream.is_shift ? 60 : 3;
      if (row >= stream.fault_at && row < stream.fault_at + within) is_found_[entity] = true;
    }
    for (const Alert& alert : told) {
      if (alert.change == Change::raised && alert.sequence / streams_.size() < clean_rows_) ++told_;
    }
    return {};
  }
  Found found(double expected) const {
    Found found{static_cast<double>(told_) / expected, static_cast<double>(raised_) / expected};
    double spikes = 0, shifts = 0;
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      (streams_[i].is_shift ? shifts : spikes) += 1;
      if (is_found_[i]) (streams_[i].is_shift ? found.shifts : found.spikes) += 1;
    }
    if (spikes > 0) found.spikes /= spikes;
    if (shifts > 0) found.shifts /= shifts;
    return found;
  }

 private:
  std::vector<Stream>& streams_;
  std::uint64_t clean_rows_;
  std::vector<bool> is_found_;
  std::uint64_t told_ = 0, raised_ = 0;
};

Found run(Noise noise, const Setting& setting, double per_day, std::uint64_t seed) {
  Configuration configuration;
  configuration.profile = setting.profile;
  configuration.budget_per_day = per_day;
  configuration.seed = seed;
  Columns columns;
  auto pipeline = build_pipeline(configuration, columns);
  const std::array<ColumnId, 1> shape = {*columns.intern("value")};
  const auto clean_rows = static_cast<std::uint64_t>(setting.days * day / setting.interval);
  std::vector<std::string> names;
  std::vector<Stream> streams(setting.entities);
  for (std::size_t i = 0; i < streams.size(); ++i) {
    names.push_back(fmt::format("e{}", i));
    streams[i].random = Random(mix(seed * 1'000 + static_cast<std::uint64_t>(noise), i));
    streams[i].fault_at = clean_rows + streams[i].random.below(clean_rows * 9 / 10);
    streams[i].is_shift = (i + seed) % 2 == 1;
  }
  ScriptedSource source([&](std::uint64_t index, Arena& arena, Event& event) {
    const std::uint64_t row = index / streams.size();
    if (row >= 2 * clean_rows) return false;
    Stream& stream = streams[index % streams.size()];
    double value = stream.next(noise);
    if (stream.is_shift ? row >= stream.fault_at : row == stream.fault_at)
      value += stream.is_shift ? 4 : 8;
    const auto columns_sent = arena.make<ColumnId>(1);
    const auto values = arena.make<double>(1);
    columns_sent[0] = shape[0];
    values[0] = value;
    event.entity = make_name(names[index % streams.size()]);
    event.time = 1'700'000'000 * second + static_cast<Time>(row) * setting.interval;
    event.payload = Readings{columns_sent, values};
    return true;
  });
  Judgement judgement(streams, clean_rows);
  EngineParts parts{.pipeline = **pipeline, .source = source};
  parts.recorder = &judgement;
  Engine engine({.shards = 1}, std::move(parts));
  if (!engine.run()) std::abort();
  const double readings = static_cast<double>(clean_rows) * static_cast<double>(streams.size());
  return judgement.found(per_day > 0 ? per_day * setting.days : readings / 10'000);
}

void print_row(const char* name, const Setting& setting, double per_day, std::uint64_t runs) {
  fmt::print("{:<22}", name);
  for (const auto& [noise, noise_name] : noises) {
    Found sum;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
      const Found found = run(noise, setting, per_day, seed);
      sum.told += found.told;
      sum.raised += found.raised;
      sum.spikes += found.spikes;
      sum.shifts += found.shifts;
    }
    // Of a lone entity every second run has a spike, every other a shift.
    const double n = static_cast<double>(runs);
    const double faults = setting.entities == 1 ? n / 2 : n;
    fmt::print("  {:>5.2f} {:>5.2f} {:>4.2f} {:>4.2f}", sum.told / n, sum.raised / n,
               sum.spikes / faults, sum.shifts / faults);
    std::fflush(stdout);
  }
  fmt::print("\n");
}

void print_header(const char* title) {
  fmt::print("\n{}\n{:<22}", title, "told raised spike shift");
  for (const auto& [noise, name] : noises) fmt::print("  {:<21}", name);
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  bool is_quick = false;
  Profile profile = Profile::automatic;
  for (int i = 1; i < argc; ++i) {
    is_quick = is_quick || std::strcmp(argv[i], "--quick") == 0;
    if (std::strcmp(argv[i], "--light") == 0) profile = Profile::light;
  }
  const std::uint64_t runs = is_quick ? 2 : 10;
  print_header("budget = 2 per day: ratios to the budget");
  print_row("1 x 1 Hz, 2 days", {1, second, 2, profile}, 2, runs);
  print_row("10 x 1 Hz, 2 days", {10, second, 2, profile}, 2, 1);
  print_row("10 x 1/min, 10 days", {10, minute, 10, profile}, 2, 1);
  print_row("100 x 1/min, 10 days", {100, minute, 10, profile}, 2, 1);
  print_header("no budget, the detectors' own threshold: per 10,000 readings");
  print_row("10 x 1/min, 10 days", {10, minute, 10, profile}, 0, 1);
  print_row("100 x 1/min, 2 days", {100, minute, 2, profile}, 0, 1);
  return 0;
}
