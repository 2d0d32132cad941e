// SPDX-License-Identifier: Apache-2.0
// The decision layer by itself on clean noise: how often it raises, and what it finds at the same
// thresholds. Three plain scores stand for the detectors: distance from a slow mean of the reading
// and of the last 16, and the step from the reading before. Faults are tried on copies of an
// entity, so that every entity has many and the clean run goes on undisturbed.
//
//   decision [--quick]
//
// Own evidence: episodes per 10,000 readings, and the share of spikes of 8 sd found within 3
// readings and of level shifts of 4 and 3 sd within 60, after 500, 2,000 and 20,000 readings.
// Budget: raised and told over the budget, and the same shares at the end.
#include "retimu/core/random.hpp"
#include "retimu/decision/budget.hpp"
#include "retimu/decision/calibration.hpp"
#include "retimu/decision/fusion.hpp"
#include "retimu/decision/held.hpp"
#include "retimu/decision/policy.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

namespace {

using namespace retimu;

constexpr std::array<const char*, 7> noise_names{"normal",     "AR(.9)",  "AR(.99)",  "t3",
                                                 "log-normal", "uniform", "rare flag"};

// Noise of standard deviation 1 in the order of noise_names.
struct Noise {
  std::size_t kind;
  Random random;
  double state = 0;

  double gauss() {
    const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
    return radius * std::cos(6.283185307179586 * random.uniform());
  }
  double next() {
    switch (kind) {
      case 0: return gauss();
      case 1: return state = 0.9 * state + std::sqrt(1 - 0.81) * gauss();
      case 2: return state = 0.99 * state + std::sqrt(1 - 0.9801) * gauss();
      case 3: {
        const double a = gauss(), b = gauss(), c = gauss();
        return gauss() / std::sqrt(a * a + b * b + c * c);
      }
      case 4: return (std::exp(gauss()) - 1.6487) / 2.1612;
      case 5: return std::sqrt(12.0) * (random.uniform() - 0.5);
      default: return random.uniform() < 0.005 ? 14.18 : 0;  // set one time in 200
    }
  }
};

constexpr std::size_t scores_count = 3;
constexpr std::uint32_t recent_count = 16;

// Slow mean of the reading, with the usual distances of the reading and of the mean of 16 from it,
// and the usual step.
struct Scorer {
  static constexpr double slow = 1.0 / 512;
  double mean = 0, distance = 0, recent_distance = 0, usual_step = 0, last = 0, sum = 0;
  std::array<double, recent_count> recent{};
  std::uint32_t count = 0;

  double recent_mean(double value) const {
    return (sum - recent[count % recent_count] + value) / recent_count;
  }
  bool speaks() const { return count >= 2 * recent_count; }
  std::array<double, scores_count> score(double value) const {
    return {std::abs(value - mean) / (distance + 1e-12),
            std::abs(recent_mean(value) - mean) / (recent_distance + 1e-12),
            std::abs(value - last) / (usual_step + 1e-12)};
  }
  void learn(double value) {
    const double gain = std::max(slow, 1.0 / (count + 1));
    const double away = std::abs(recent_mean(value) - mean);
    sum += value - recent[count % recent_count];
    recent[count % recent_count] = value;
    const double reach = count < recent_count ? 1e300 : 6 * distance;
    const double step = std::clamp(value - mean, -reach, reach);
    mean += gain * step;
    distance += gain * (std::abs(step) - distance);
    if (count >= recent_count) {
      const double recent_gain = std::max(slow, 1.0 / (count - recent_count + 1));
      const double recent_reach = count < 3 * recent_count ? 1e300 : 6 * recent_distance;
      recent_distance += recent_gain * (std::min(away, recent_reach) - recent_distance);
    }
    if (count > 0) {
      const double step_reach = count < recent_count ? 1e300 : 6 * usual_step;
      usual_step +=
          std::max(slow, 1.0 / count) * (std::min(std::abs(value - last), step_reach) - usual_step);
    }
    last = value;
    ++count;
  }
};

struct Layer {
  explicit Layer(double per_day)
      : calibration(make_calibration()), policy(make_policy({.budget_per_day = per_day})) {}
  std::unique_ptr<Calibration> calibration;
  std::unique_ptr<Policy> policy;
};

class Entity {
 public:
  Entity(const Layer& layer, Noise noise) : noise_(noise), layer_(layer), policy_(*layer.policy) {
    for (auto& calibration : calibrations_) {
      calibration = std::make_unique<Held>(*layer.calibration);
    }
  }
  Entity(Entity& other) : Entity(other.layer_, other.noise_) {
    scorer_ = other.scorer_;
    policy_.load(other.policy_.save());
    for (std::size_t i = 0; i < calibrations_.size(); ++i) {
      calibrations_[i]->load(other.calibrations_[i]->save());
    }
  }

  Decision step(Time time, double added, const BudgetControl* control, FleetSums& sums) {
    const double value = noise_.next() + added;
    Decision decision;
    if (!scorer_.speaks()) {
      scorer_.learn(value);
      return decision;
    }
    const Calibration& calibration = *layer_.calibration;
    const std::array<double, scores_count> scores = scorer_.score(value);
    std::array<Opinion, scores_count> opinions;
    for (std::size_t i = 0; i < scores_count; ++i) {
      opinions[i] = {static_cast<std::uint16_t>(i),
                     calibration.rate(calibrations_[i]->get(), scores[i])};
    }
    const double evidence = -fuse(opinions);
    const Rating rating = calibration.rate(calibrations_[scores_count]->get(), evidence);
    decision = layer_.policy->decide(policy_.get(), {time, rating, false}, control, sums);
    if (decision.may_calibrate) {
      for (std::size_t i = 0; i < scores_count; ++i) {
        calibration.learn(calibrations_[i]->get(), scores[i]);
      }
      calibration.learn(calibrations_[scores_count]->get(), evidence);
    }
    if (decision.may_learn) scorer_.learn(value);
    return decision;
  }

  // Whether a copy raises within `readings` of a fault that adds `size` for `lasting` readings.
  bool finds(double size, int lasting, int readings, Time time, Duration interval,
             const BudgetControl* control, std::uint64_t seed) {
    Entity copy(*this);
    copy.noise_.random = Random(seed);
    FleetSums sums;
    for (int i = 0; i < readings; ++i) {
      const Decision decision =
          copy.step(time + i * interval, i < lasting ? size : 0, control, sums);
      if (decision.change == Change::raised) return true;
    }
    return false;
  }

 private:
  Noise noise_;
  const Layer& layer_;
  Scorer scorer_;
  Held policy_;
  std::array<std::unique_ptr<Held>, scores_count + 1> calibrations_;
};

struct Power {
  double tried = 0, spike = 0, shift_4 = 0, shift_3 = 0;

  void try_on(Entity& entity, Time time, Duration interval, const BudgetControl* control,
              std::uint64_t seed) {
    constexpr int trials = 4;
    for (int trial = 0; trial < trials; ++trial) {
      const double sign = trial % 2 == 0 ? 1 : -1;
      const std::uint64_t own = mix(seed, static_cast<std::uint64_t>(trial));
      tried += 1;
      spike += entity.finds(8 * sign, 1, 3, time, interval, control, own) ? 1 : 0;
      shift_4 += entity.finds(4 * sign, 60, 60, time, interval, control, own) ? 1 : 0;
      shift_3 += entity.finds(3 * sign, 60, 60, time, interval, control, own) ? 1 : 0;
    }
  }
  void print() const {
    fmt::print("  {:.2f} {:.2f} {:.2f}", spike / tried, shift_4 / tried, shift_3 / tried);
  }
};

void print_own_evidence(int entities) {
  constexpr std::array<int, 3> moments{500, 2'000, 20'000};
  fmt::print(
      "own evidence, {} entities   episodes per 10,000 readings up to, and found (spike "
      "shift4 shift3) after 500, 2,000 and 20,000\n",
      entities);
  const Layer layer(0);
  for (std::size_t kind = 0; kind < noise_names.size(); ++kind) {
    std::array<double, moments.size()> raised{}, readings{};
    std::array<Power, moments.size()> power;
    for (int i = 0; i < entities; ++i) {
      const std::uint64_t seed = mix(kind, static_cast<std::uint64_t>(i));
      Entity entity(layer, {kind, Random(seed)});
      FleetSums sums;
      std::size_t part = 0;
      for (int row = 0; row <= moments.back(); ++row) {
        if (row == moments[part]) {
          power[part].try_on(entity, row * minute, minute, nullptr, seed + 1);
          part = std::min(part + 1, moments.size() - 1);
        }
        readings[part] += 1;
        const Decision decision = entity.step(row * minute, 0, nullptr, sums);
        raised[part] += decision.change == Change::raised ? 1 : 0;
      }
    }
    fmt::print("{:<12}", noise_names[kind]);
    for (std::size_t part = 0; part < moments.size(); ++part) {
      fmt::print("  {:>4.1f}", 1e4 * raised[part] / readings[part]);
    }
    for (const Power& found : power) found.print();
    fmt::print("\n");
    std::fflush(stdout);
  }
}

struct Setting {
  const char* name;
  std::size_t entities;
  Duration interval;
  int days;
  std::uint64_t runs;
};

void print_budget(const Setting& setting, double per_day) {
  fmt::print("{}, {} runs   raised and told over the budget, found (spike shift4 shift3)\n",
             setting.name, setting.runs);
  const Layer layer(per_day);
  for (std::size_t kind = 0; kind < noise_names.size(); ++kind) {
    double raised = 0, told = 0;
    Power power;
    for (std::uint64_t run = 0; run < setting.runs; ++run) {
      std::vector<std::unique_ptr<Entity>> entities;
      for (std::size_t i = 0; i < setting.entities; ++i) {
        entities.push_back(std::make_unique<Entity>(
            layer, Noise{kind, Random(mix(run * 8 + kind, static_cast<std::uint64_t>(i)))}));
      }
      FleetSums sums;
      std::optional<BudgetControl> control;
      TokenBucket bucket;
      Time boundary = 0, time = 0;
      for (; time < setting.days * day; time += setting.interval) {
        if (time >= boundary + 10 * minute) {
          const BudgetControl last = control.value_or(BudgetControl{});
          control = next_control(last, time - boundary, sums, last.fleet, per_day);
          boundary = time;
        }
        for (auto& entity : entities) {
          const Decision decision = entity->step(time, 0, control ? &*control : nullptr, sums);
          if (decision.change != Change::raised) continue;
          raised += 1;
          told += bucket.take(time, per_day) ? 1 : 0;
        }
      }
      for (std::size_t i = 0; i < entities.size(); ++i) {
        power.try_on(*entities[i], time, setting.interval, &*control, mix(run, i));
      }
    }
    const double expected = per_day * setting.days * static_cast<double>(setting.runs);
    fmt::print("{:<12}  {:.2f} {:.2f}", noise_names[kind], raised / expected, told / expected);
    power.print();
    fmt::print("\n");
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool is_quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
  print_own_evidence(is_quick ? 20 : 100);
  print_budget({"1 x 1 Hz, 2 days", 1, second, 2, is_quick ? 1U : 10U}, 2);
  print_budget({"1 x 1/min, 10 days", 1, minute, 10, is_quick ? 4U : 40U}, 2);
  print_budget({"10 x 1/min, 10 days", 10, minute, 10, is_quick ? 1U : 4U}, 2);
  if (is_quick) return 0;
  print_budget({"10 x 1 Hz, 2 days", 10, second, 2, 1}, 2);
  print_budget({"100 x 1/min, 10 days", 100, minute, 10, 1}, 2);
  print_budget({"100 x 1 Hz, 2 days", 100, second, 2, 1}, 2);
  return 0;
}
