// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/catalogue.hpp"

#include "retimu/connectors/console_sink.hpp"
#include "retimu/connectors/jsonl_sink.hpp"

#include <array>

namespace retimu {

namespace {

constexpr std::array sources = {
    ConnectorEntry{"file",
                   "CSV, TSV, JSON lines or logs, plain, gzip or zstd, several files and globs; "
                   "read once, or followed while they are written"},
    ConnectorEntry{"stdin", "what another program writes into a pipe"},
    ConnectorEntry{"http", "records sent by POST: JSON lines, CSV or logs"},
    ConnectorEntry{"syslog", "RFC 3164 and 5424 over UDP, TCP and TLS"},
    ConnectorEntry{"simulator",
                   "a plant and its network with faults: readings, logs and alarms, made while "
                   "they are read"},
};

struct SinkEntry {
  ConnectorEntry entry;
  Result<std::unique_ptr<Sink>> (*open)(const SinkOptions& options);
};

constexpr std::array sinks = {
    SinkEntry{{"jsonl", "a file of JSON lines, one an alert, each told once"},
              [](const SinkOptions& options) { return open_jsonl_sink(options.path); }},
    SinkEntry{{"console", "one line an alert on standard output"},
              [](const SinkOptions& options) -> Result<std::unique_ptr<Sink>> {
                return make_console_sink(options.tells_rows);
              }},
};

constexpr std::array sink_entries = [] {
  std::array<ConnectorEntry, sinks.size()> entries;
  for (std::size_t i = 0; i < sinks.size(); ++i) entries[i] = sinks[i].entry;
  return entries;
}();

}  // namespace

std::span<const ConnectorEntry> source_catalogue() { return sources; }
std::span<const ConnectorEntry> sink_catalogue() { return sink_entries; }

Result<std::unique_ptr<Sink>> open_sink(const SinkOptions& options) {
  for (const SinkEntry& sink : sinks) {
    if (sink.entry.name == options.type) return sink.open(options);
  }
  return failure(Fault::usage, "unknown sink \"{}\"; see `retimu list sinks`", options.type);
}

}  // namespace retimu
