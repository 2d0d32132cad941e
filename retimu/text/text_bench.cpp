// SPDX-License-Identifier: Apache-2.0
#include "retimu/text/log_header.hpp"
#include "retimu/text/scanner.hpp"
#include "retimu/text/template_miner.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <string>
#include <vector>

namespace retimu {
namespace {

// About 144 bytes a line with its header, of 60 statements.
std::vector<std::string> make_lines() {
  const std::vector<std::string> units = {"pump", "valve", "tank",  "filter", "boiler",
                                          "fan",  "gate",  "mixer", "cooler", "heater"};
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < 6'000; ++i) {
    const std::string& unit = units[i / 6 % units.size()];
    const std::string header =
        fmt::format("2024-03-04 05:{:02d}:{:02d},{:03d} INFO plant.{}.driver", i / 60 % 60, i % 60,
                    i % 1'000, unit);
    switch (i % 6) {
      case 0:
        lines.push_back(
            fmt::format("{} Connection of {} to /10.0.{}.{}:5{:04d} was closed by the "
                        "other side after {} ms",
                        header, unit, i % 250, i % 240, i % 9'999, i * 7));
        break;
      case 1:
        lines.push_back(
            fmt::format("{} The {} has reached its set point: temperature={}.{} "
                        "pressure={} state=steady mode=automatic",
                        header, unit, i % 90, i % 10, i % 7));
        break;
      case 2:
        lines.push_back(
            fmt::format("{} GET /v2/plant/{}/readings?from={}&to={} HTTP/1.1 status: "
                        "200 length: {} time: 0.{}",
                        header, unit, i, i + 60, i * 3, i));
        break;
      case 3:
        lines.push_back(
            fmt::format("{} authentication failure; logname= uid=0 euid=0 tty=remote "
                        "ruser= rhost=10.1.{}.{} of the {}",
                        header, i % 250, i % 240, unit));
        break;
      case 4:
        lines.push_back(
            fmt::format("{} Received block blk_{} of the {} of size {} from 10.2.{}.{} "
                        "and stored it in /var/data/{}/current/{}",
                        header, i * 104'729, unit, i * 512, i % 250, i % 99, unit, i));
        break;
      default:
        lines.push_back(
            fmt::format("{} Valves [{}, {}, {}] of the {} moved to {} % (was {} %), "
                        "checked by two sensors",
                        header, i, i + 1, i + 2, unit, i % 100, i % 99));
    }
  }
  return lines;
}

void report(benchmark::State& state, const std::vector<std::string>& lines) {
  std::size_t bytes = 0;
  for (const std::string& line : lines) bytes += line.size();
  state.SetItemsProcessed(state.iterations());
  state.counters["line_bytes"] = static_cast<double>(bytes) / static_cast<double>(lines.size());
}

void scan(benchmark::State& state) {
  const std::vector<std::string> lines = make_lines();
  Scanner scanner;
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(scanner.scan(lines[at]).hash);
    at = at + 1 == lines.size() ? 0 : at + 1;
  }
  report(state, lines);
}
BENCHMARK(scan);

void scan_and_find(benchmark::State& state) {
  const std::vector<std::string> lines = make_lines();
  Scanner scanner;
  TemplateMiner miner;
  for (const std::string& line : lines) (void)miner.add(scanner.scan(line));
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(miner.find(scanner.scan(lines[at])));
    at = at + 1 == lines.size() ? 0 : at + 1;
  }
  report(state, lines);
  state.counters["templates"] = static_cast<double>(miner.templates());
  state.counters["bytes_a_template"] =
      static_cast<double>(miner.bytes()) / static_cast<double>(miner.templates());
}
BENCHMARK(scan_and_find);

void header_scan_and_find(benchmark::State& state) {
  const std::vector<std::string> lines = make_lines();
  Scanner scanner;
  TemplateMiner miner;
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(miner.add(scanner.scan(read_log_header(lines[at]).content)));
    at = at + 1 == lines.size() ? 0 : at + 1;
  }
  report(state, lines);
}
BENCHMARK(header_scan_and_find);

void read_header(benchmark::State& state) {
  const std::vector<std::string> lines = make_lines();
  std::size_t at = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(read_log_header(lines[at]));
    at = at + 1 == lines.size() ? 0 : at + 1;
  }
  report(state, lines);
}
BENCHMARK(read_header);

// A line of 1 MB: words, marks, or numbers.
void scan_megabyte(benchmark::State& state) {
  constexpr std::string_view kinds[] = {"word ", ";", "7 "};
  const std::string_view kind = kinds[static_cast<std::size_t>(state.range(0))];
  std::string line;
  while (line.size() < 1'000'000) line += kind;
  Scanner scanner;
  for (auto _ : state) benchmark::DoNotOptimize(scanner.scan(line).hash);
}
BENCHMARK(scan_megabyte)->Arg(0)->Arg(1)->Arg(2);

// Every line is a template of its own, for ever.
void learn_distinct(benchmark::State& state) {
  Scanner scanner;
  TemplateMiner miner;
  std::string line;
  std::uint64_t i = 0;
  for (auto _ : state) {
    line = "unheard-of event";
    for (std::uint64_t left = ++i; left > 0; left /= 16) {
      line += ' ';
      line += static_cast<char>('a' + left % 16);
      line += static_cast<char>('a' + (i * 7 + left) % 23);
    }
    benchmark::DoNotOptimize(miner.add(scanner.scan(line)));
  }
  state.counters["megabytes"] = static_cast<double>(miner.bytes()) / 1e6;
  state.counters["templates"] = static_cast<double>(miner.templates());
}
BENCHMARK(learn_distinct)->Iterations(1'000'000);

}  // namespace
}  // namespace retimu
