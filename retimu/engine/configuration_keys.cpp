// SPDX-License-Identifier: Apache-2.0
// The one list of what a configuration may say: validation, `retimu list` and documentation follow
// from it.
#include "retimu/engine/configuration.hpp"

#include <array>

namespace retimu {

namespace {

constexpr std::array keys = {
    KeyDescription{"pipeline", "data_dir", "text", "",
                   "folder of commits, snapshots and outbox; without it nothing is kept"},
    KeyDescription{"pipeline", "shards", "whole number", "0",
                   "scoring threads; 0: one a core, at most 8"},
    KeyDescription{"pipeline", "seed", "whole number", "0", "of everything random"},
    KeyDescription{"pipeline", "profile", "auto | light", "auto",
                   "detectors of a pipeline that names none: the best, or the cheapest"},
    KeyDescription{"pipeline", "delivery", "fast | exactly_once", "fast",
                   "exactly_once waits for the disk before an alert is told"},
    KeyDescription{"pipeline", "snapshot_interval", "duration", "1m",
                   "how often the state is written out"},
    KeyDescription{"pipeline", "time_zone", "text", "UTC",
                   "IANA name such as \"Europe/Berlin\": whose hours of the day and the week are "
                   "learned, with daylight saving"},
    KeyDescription{"source", "type", "file", "", "see `retimu list sources`"},
    KeyDescription{"source", "path", "text or list", "", "files and globs"},
    KeyDescription{"source", "format", "auto | csv | jsonl | log", "auto", "of the files"},
    KeyDescription{"source", "delimiter", "one character", "found", "of CSV"},
    KeyDescription{"source", "pattern", "text", "found",
                   "how lines of a log are built: \"{time} {level} {source}: {message}\""},
    KeyDescription{"source", "message", "text", "none",
                   "column or JSON pointer of what a log line or an alarm says; records with it "
                   "that are no alarms are log lines"},
    KeyDescription{"source", "level", "text", "found", "column or JSON pointer: how bad it is"},
    KeyDescription{"source", "alarm", "text", "found",
                   "column or JSON pointer of an alarm's code or name; records with a value there "
                   "are alarms of another system"},
    KeyDescription{"source", "severity", "text", "found",
                   "column or JSON pointer: how bad an alarm is"},
    KeyDescription{"source", "severity_order", "ascending | descending", "ascending",
                   "of severities that are numbers: whether 5 or 1 is the worst"},
    KeyDescription{"source", "state", "text", "found",
                   "column or JSON pointer: whether an alarm is raised or cleared"},
    KeyDescription{"source", "time", "text", "found",
                   "column or JSON pointer of the event time; \"row\": the record's number"},
    KeyDescription{"source", "entity", "text or list", "none",
                   "columns, JSON pointers or fields of log lines that name what is watched"},
    KeyDescription{"source", "ignore", "text or list", "none", "columns to leave out"},
    KeyDescription{"source", "record_bytes_max", "whole number", "16777216",
                   "a longer record is rejected"},
    KeyDescription{"columns.NAME", "unit", "text", "", "told with its values"},
    KeyDescription{"columns.NAME", "kind", "gauge | counter | ignore", "gauge",
                   "how its values are read; a counter is judged by its rate a second"},
    KeyDescription{"detectors", "use", "list", "by profile",
                   "names of detectors, see `retimu list detectors`"},
    KeyDescription{"detectors.NAME", "columns_min", "whole number", "by profile",
                   "of an entity that it judges"},
    KeyDescription{"detectors.NAME", "PARAMETER", "number", "its own",
                   "a parameter of that detector"},
    KeyDescription{"rule", "name", "text", "", "of its own; what its alerts name"},
    KeyDescription{"rule", "expr", "text", "",
                   "condition over columns: \"pressure > 8.5 && pump == 1\", see docs/rules.md"},
    KeyDescription{"rule", "for", "duration", "0s", "how long it must be true without a break"},
    KeyDescription{"rule", "severity", "text", "major",
                   "indeterminate | warning | minor | major | critical"},
    KeyDescription{"rule", "entity", "text or list", "all",
                   "names of what it is for; * is any text, ? any character"},
    KeyDescription{"rule", "stale", "duration", "5m, or for", "a value older than this is unknown"},
    KeyDescription{"rule", "example", "tables", "none", "[[rule.example]], see below"},
    KeyDescription{"rule.example", "given", "table or list", "",
                   "values of columns, or rows of them with their times (at)"},
    KeyDescription{"rule.example", "after", "duration", "0s",
                   "how long after the last row it is looked at"},
    KeyDescription{"rule.example", "expect", "true | false | unknown", "",
                   "what the condition then is; tested by `retimu check`"},
    KeyDescription{"maintenance", "entity", "text or list", "all",
                   "names of what is worked on; * is any text, ? any character"},
    KeyDescription{"maintenance", "from", "time", "", "\"2026-03-01T22:00:00Z\", event time"},
    KeyDescription{"maintenance", "to", "time", "", "what is still unusual then is told then"},
    KeyDescription{"maintenance", "reason", "text", "", "why; for people"},
    KeyDescription{"maintenance", "learn", "true | false", "true", "whether models learn from it"},
    KeyDescription{"alerts", "budget", "\"N per day\"", "none",
                   "episodes of false alarm that you are willing to read, whole pipeline"},
    KeyDescription{"alerts", "threshold", "number", "3.5 to 6",
                   "decades an event must reach; by default one in ten days of an entity"},
    KeyDescription{"alerts", "cooldown", "duration", "0s",
                   "least time between two alerts of an entity"},
    KeyDescription{"alerts", "shift_after", "whole number", "64",
                   "anomalous events after which a new level is learned"},
    KeyDescription{"alerts", "incidents", "true | false", "true",
                   "alerts of several entities that belong together are told as one; of a storm "
                   "only the first alerts are told one by one"},
    KeyDescription{"topology", "edges", "list of pairs", "none",
                   "[[\"switch1\", \"server1\"], ...]: what fails at the first is felt at the "
                   "second; both name entities"},
    KeyDescription{"topology", "file", "text", "none",
                   "CSV of two columns, from and to, with or without a header: more edges"},
    KeyDescription{"topology", "hops", "whole number", "2",
                   "so many edges apart, entities are neighbours"},
    KeyDescription{"topology", "window", "duration", "5m",
                   "so far apart, alerts of neighbours may begin in one incident"},
    KeyDescription{"limits", "entities_max", "whole number", "1000000",
                   "kept in memory, others rest in data_dir"},
    KeyDescription{"limits", "columns_max", "whole number", "1024", "of an entity"},
    KeyDescription{"limits", "jump_max", "duration", "1h",
                   "a clock that leaps further must be confirmed by a second entity"},
    KeyDescription{"sink", "type", "jsonl | console", "", "see `retimu list sinks`"},
    KeyDescription{"sink", "path", "text", "", "of the file (jsonl)"},
};

}  // namespace

std::span<const KeyDescription> configuration_keys() { return keys; }

}  // namespace retimu
