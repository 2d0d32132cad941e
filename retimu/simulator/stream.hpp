// SPDX-License-Identifier: Apache-2.0
// An endless stream of numbers whose outliers and changes are known: normal noise around a level, a
// season if wanted, changes of level and noise if wanted, and outliers of several kinds.
#ifndef RETIMU_SIMULATOR_STREAM_HPP
#define RETIMU_SIMULATOR_STREAM_HPP

#include "retimu/core/time.hpp"
#include "retimu/simulator/noise.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retimu {

struct StreamOptions {
  std::uint64_t seed = 1;
  std::uint64_t entities = 1;         // 1 to 100,000
  double outlier_probability = 0.01;  // share of the readings that one touches, 0 to 1
  bool has_drift = false;             // every 2,000 readings or so, one concept becomes another
  bool has_season = false;            // a wave of 1,000 readings, 3 standard deviations high
};
inline constexpr std::uint64_t stream_entities_max = 100'000;

enum class StreamKind : std::uint8_t {
  spike,         // one reading 20 to 60 standard deviations off
  plateau,       // 3 to 6 readings 20 to 60 off
  burst,         // 5 to 10 readings with 10 times the noise
  zero,          // one reading of 0
  level_change,  // the level wanders 4 to 8 within 300 readings, and stays
  noise_change,  // the noise is from now on so many times that of the beginning
};
std::string_view name_of(StreamKind kind);

// The ground truth: one for each reading that an outlier touches, one where a change begins.
struct StreamLabel {
  Time time = 0;
  std::uint64_t entity = 0;
  StreamKind kind{};
  double size = 0;  // by how much the reading is off, in standard deviations; of noise a factor
};

struct StreamReading {
  Time time = 0;
  std::uint64_t entity = 0;  // from 0; its name is entity_name()
  double value = 0;
};

// The entities in turn. The same options give the same values on every machine; memory is that of
// the entities alone, 100 bytes each. About 0.05 microseconds a reading.
class StreamGenerator {
 public:
  explicit StreamGenerator(const StreamOptions& options);

  StreamReading next(Time time);
  // Of the reading just given: at most two.
  std::span<const StreamLabel> labels() const { return labels_; }

 private:
  struct Sensor {
    Noise noise;
    double level = 0, sigma = 0, sigma_usual = 0;
    double step = 0;              // of the level, a reading, while it changes
    std::uint64_t step_left = 0;  // readings
    std::uint64_t reading = 0;    // of the season
    StreamKind outlier{};
    double amount = 0;               // of the outlier, in standard deviations
    std::uint64_t outlier_left = 0;  // readings
  };
  void drift(Sensor& sensor, Time time);
  double outlying(Sensor& sensor, Time time, double value);

  StreamOptions options_;
  std::vector<Sensor> sensors_;
  std::uint64_t turn_ = 0;
  std::vector<StreamLabel> labels_;
};

std::string entity_name(std::uint64_t entity);  // "sensor1"

// Lines with their line feed. Times are ISO-8601 in UTC, values have three decimals.
//   {"ts":"2023-11-15T00:00:00Z","entity":"sensor1","value":41.238}
//   2023-11-15T00:00:00Z,sensor1,41.238
void append_stream_json(std::string& to, const StreamReading& reading);
void append_stream_csv(std::string& to, const StreamReading& reading);
inline constexpr std::string_view stream_csv_header = "ts,entity,value\n";
//   time,entity,kind,size
void append_stream_label(std::string& to, const StreamLabel& label);
inline constexpr std::string_view stream_labels_header = "time,entity,kind,size\n";

}  // namespace retimu

#endif
