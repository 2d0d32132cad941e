// SPDX-License-Identifier: Apache-2.0
#include "retimu/simulator/throughput.hpp"

#include "retimu/core/hash.hpp"
#include "retimu/simulator/faults.hpp"
#include "retimu/simulator/noise.hpp"
#include "retimu/simulator/output_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace retimu {

namespace {

constexpr std::uint64_t entities_max = 10'000'000;
constexpr std::uint64_t lines_at_once = 8'192;
constexpr std::size_t line_bytes_max = 256;
constexpr std::uint64_t turns_a_wave = 900;

// Values in thousandths: level of an entity between low and high, swing of the common wave, and
// noise.
struct Column {
  std::string_view key;
  std::uint32_t low, high, swing, noise;
};
constexpr std::array<Column, 4> columns = {{
    {",\"cpu_busy_percent\":", 20'000, 60'000, 8'000, 2'000},
    {",\"memory_percent\":", 40'000, 80'000, 3'000, 400},
    {",\"disk_latency_ms\":", 12'000, 40'000, 4'000, 1'500},
    {",\"requests_per_second\":", 200'000, 700'000, 80'000, 12'000},
}};

char* put(char* at, std::string_view text) { return std::copy(text.begin(), text.end(), at); }

char* put_digits(char* at, std::uint64_t value, int digits) {
  for (int i = digits - 1; i >= 0; --i, value /= 10) at[i] = static_cast<char>('0' + value % 10);
  return at + digits;
}

char* put_thousandths(char* at, std::uint64_t value) {
  at = std::to_chars(at, at + 20, value / 1'000).ptr;
  *at++ = '.';
  return put_digits(at, value % 1'000, 3);
}

// The sum of four uniform numbers: mean 0, variance 1, at most 3.46.
double nearly_normal(std::uint64_t bits) {
  constexpr double mean = 2.0 * 65'535, deviation = 37'837.0;
  const std::uint64_t sum =
      (bits & 0xFFFFU) + ((bits >> 16U) & 0xFFFFU) + ((bits >> 32U) & 0xFFFFU) + (bits >> 48U);
  return (static_cast<double>(sum) - mean) / deviation;
}

}  // namespace

ThroughputGenerator::ThroughputGenerator(const ThroughputOptions& options)
    : options_(options), random_(options.seed), turn_(simulation_begin) {
  RETIMU_ASSERT(options.entities >= 1 && options.entities <= entities_max);
  RETIMU_ASSERT(options.interval >= millisecond && options.interval % millisecond == 0);
  level_of_turn_ = wave(0);
}

void ThroughputGenerator::append_line(std::string& to) {
  const auto place = [&](std::uint64_t entity) {
    return static_cast<std::uint64_t>(options_.interval / millisecond) * entity / options_.entities;
  };
  const std::uint64_t from = place(entity_), width = place(entity_ + 1) - from;
  const std::uint64_t time = static_cast<std::uint64_t>(turn_ / millisecond) + from +
                             (width > 1 ? random_.below(width) : 0);
  std::array<char, line_bytes_max> line;
  char* at = put(line.data(), "{\"ts\":");
  at = std::to_chars(at, at + 20, time).ptr;
  at = put(at, ",\"host\":\"host-");
  at = put_digits(at, entity_, 8);
  *at++ = '"';
  std::uint64_t own = mix(options_.seed, entity_);
  for (const Column& column : columns) {
    const double level =
        column.low + static_cast<double>(own & 0xFFFFU) / 65'536.0 * (column.high - column.low);
    own >>= 16U;
    const double value =
        level + column.swing * level_of_turn_ + column.noise * nearly_normal(random_.next());
    at = put(at, column.key);
    at = put_thousandths(at, value > 0 ? static_cast<std::uint64_t>(value) : 0);
  }
  at = put(at, "}\n");
  to.append(line.data(), at);

  ++lines_;
  if (++entity_ == options_.entities) {
    entity_ = 0;
    turn_ += options_.interval;
    const std::uint64_t turn = lines_ / options_.entities;
    level_of_turn_ = wave(static_cast<double>(turn % turns_a_wave) / double{turns_a_wave});
  }
}

void ThroughputGenerator::append(std::string& to, std::uint64_t lines) {
  for (std::uint64_t i = 0; i < lines; ++i) append_line(to);
}

Result<void> write_throughput(const ThroughputOptions& options, std::uint64_t lines,
                              const std::string& path) {
  if (options.entities < 1 || options.entities > entities_max) {
    return failure(Fault::usage, "entities must be 1 to {}, not {}", entities_max,
                   options.entities);
  }
  Result<OutputFile> file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  ThroughputGenerator generator(options);
  std::string text;
  while (generator.lines() < lines) {
    text.clear();
    generator.append(text, std::min(lines_at_once, lines - generator.lines()));
    if (Result<void> written = file->append(text); !written) return written;
  }
  return file->finish();
}

}  // namespace retimu
