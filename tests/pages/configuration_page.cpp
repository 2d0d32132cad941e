// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/catalogue.hpp"
#include "retimu/detectors/catalogue.hpp"
#include "retimu/engine/configuration.hpp"
#include "tests/pages/markdown.hpp"
#include "tests/pages/pages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace retimu {

namespace {

constexpr std::string_view head = R"(# Configuration

Written by `bash scripts/docs.sh` from the lists that the program itself goes by; a test fails when
it is out of date. `retimu list keys` prints the same.

A pipeline is a file in TOML. A `[[source]]` alone is a valid one; every other key has a default
that is good enough. `retimu check PIPELINE` names mistakes with line and column, and for an unknown
key the nearest known one. Examples that run are in
[pipelines/](../pipelines), which a package has put into `/usr/share/retimu/pipelines`.

| type | how it is written |
|---|---|
| text | `"pump1"` |
| whole number, number | `64`, `5.5` |
| duration | `"250ms"`, `"10s"`, `"5m"`, `"1h30m"`, `"7d"` |
| time | `"2026-03-01T22:00:00Z"` |
| list | `["a", "b"]` |
| true, false | `true`, `false`, without quotes |
| a \| b | one of these words, in quotes |

Paths are taken from the folder that the program is started in. A key without a default must be
given, or says nothing while it is not.
)";

// What a person should know of a table before its keys. A table that is not here has its keys
// alone.
struct Introduction {
  std::string_view table;
  bool is_repeated;  // [[table]]
  std::string_view text;
};

constexpr std::array introductions = {
    Introduction{"pipeline", false, "Where the state lies, and who judges."},
    Introduction{"source", true,
                 "What is read; several of them are merged by time. How logs and alarms are "
                 "understood is in [formats.md](formats.md#logs-that-are-read)."},
    Introduction{"columns.NAME", false,
                 "What is known of a column. `[columns]` takes it in a line: `pressure = { unit = "
                 "\"bar\" }`. A field within an object of JSON is `outer/inner`, in quotes."},
    Introduction{"detectors", false,
                 "Who judges. Without it the pipeline has those of its profile. Each has a page, "
                 "with what it sees and misses, its parameters and their bounds."},
    Introduction{"detectors.NAME", false, "Parameters of one of them."},
    Introduction{"rule", true, "A condition that you wrote: [rules.md](rules.md)."},
    Introduction{"rule.example", true,
                 "What a rule must say of these values; `retimu check` asks."},
    Introduction{
        "maintenance", true,
        "Work on an entity: judged as ever, and not told. What is still unusual at its end "
        "is told then."},
    Introduction{"alerts", false, "How much is told."},
    Introduction{"topology", false,
                 "Who feeds whom, for [incidents](incidents.md). It may change with every start."},
    Introduction{"limits", false, "Bounds on memory, and on clocks that leap."},
    Introduction{"server", false,
                 "For who looks after the pipeline: [operating-health.md](operating-health.md)."},
    Introduction{"sink", true,
                 "Where alerts go; what they say is in [formats.md](formats.md#alerts)."},
};

std::string heading(std::string_view table) {
  const auto* const at = std::ranges::find(introductions, table, &Introduction::table);
  if (at == introductions.end()) return fmt::format("\n## [{}]\n\n", table);
  const std::string name = fmt::format(fmt::runtime(at->is_repeated ? "[[{}]]" : "[{}]"), table);
  return fmt::format("\n## {}\n\n{}\n\n", name, at->text);
}

std::string connectors_of(std::span<const ConnectorEntry> entries) {
  std::vector<std::vector<std::string>> rows;
  for (const ConnectorEntry& entry : entries) {
    rows.push_back({fmt::format("`{}`", entry.name), std::string(entry.summary)});
  }
  return "\n" + table_of({"type", "what it is"}, rows);
}

std::string detectors_list() {
  std::vector<std::vector<std::string>> rows;
  for (const DetectorEntry& entry : detector_catalogue()) {
    std::string profiles = entry.in_auto ? "auto" : "";
    if (entry.in_light) profiles += profiles.empty() ? "light" : ", light";
    rows.push_back(
        {fmt::format("[{0}](detectors/{0}.md)", entry.name), profiles, std::string(entry.summary)});
  }
  return "\n" + table_of({"detector", "profile", "in a line"}, rows);
}

}  // namespace

std::string make_configuration_page() {
  std::string text(head);
  const std::span<const KeyDescription> keys = configuration_keys();
  for (auto key = keys.begin(); key != keys.end();) {
    const std::string_view table = key->table;
    std::vector<std::vector<std::string>> rows;
    for (; key != keys.end() && key->table == table; ++key) {
      rows.push_back({fmt::format("`{}`", key->key), std::string(key->type),
                      std::string(key->standard), std::string(key->summary)});
    }
    text += heading(table) + table_of({"key", "type", "default", "meaning"}, rows);
    if (table == "source") text += connectors_of(source_catalogue());
    if (table == "sink") text += connectors_of(sink_catalogue());
    if (table == "detectors") text += detectors_list();
  }
  return text;
}

}  // namespace retimu
