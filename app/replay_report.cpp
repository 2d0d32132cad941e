// SPDX-License-Identifier: Apache-2.0
#include "app/replay_report.hpp"

#include "retimu/connectors/console_sink.hpp"

#include <array>
#include <fmt/format.h>

namespace retimu::app {

namespace {

enum Kind : std::size_t { gained, lost, earlier, later, same };
constexpr std::array<std::string_view, 5> names = {"gained", "lost", "earlier", "later", "same"};

Kind kind_of(const EpisodePair& pair) {
  if (pair.a == nullptr) return gained;
  if (pair.b == nullptr) return lost;
  if (pair.later == 0) return same;
  return pair.later < 0 ? earlier : later;
}

const ToldEpisode& shown(const EpisodePair& pair) { return pair.b != nullptr ? *pair.b : *pair.a; }

Duration size_of(Duration by) { return by < 0 ? -by : by; }

std::string line_of(const ToldEpisode& episode) {
  return fmt::format("{}  {:<12}  {}\n", format_time(episode.told), printable(episode.entity),
                     printable(episode.sentence));
}

std::string counts_of(const SpansTold& told) {
  const std::string within =
      told.delay ? fmt::format(", half of them within {}", format_duration(*told.delay)) : "";
  return fmt::format("found {} of {} labelled faults{}; {} false", told.found, told.delays.size(),
                     within, told.false_episodes.size());
}

// Fields of JSON.
std::string fields_of(const SpansTold& told) {
  std::string text = fmt::format("\"found\":{},\"missed\":{},\"false\":{},\"delay_s\":", told.found,
                                 told.delays.size() - told.found, told.false_episodes.size());
  if (!told.delay) return text + "null";
  append_json_number(text, static_cast<double>(*told.delay) / static_cast<double>(second));
  return text;
}

}  // namespace

std::string to_text(const ComparedReplays& compared) {
  const auto pairs = compare_episodes(compared.told_a->list(), compared.told_b->list());
  std::array<std::size_t, names.size()> counts{};
  std::string text;
  for (const EpisodePair& pair : pairs) {
    const Kind kind = kind_of(pair);
    ++counts[kind];
    if (kind == same) continue;
    const ToldEpisode& episode = shown(pair);
    const std::string by = pair.later == 0 ? "" : format_duration(size_of(pair.later));
    text += fmt::format("{:<8}{:>8}  {}", names[kind], by, line_of(episode));
  }
  text +=
      fmt::format("{} records: A {} told {} episodes, B {} told {}\n", compared.records, compared.a,
                  compared.told_a->list().size(), compared.b, compared.told_b->list().size());
  text += fmt::format("B gained {}, lost {}, told {} earlier, {} later, {} at the same time\n",
                      counts[gained], counts[lost], counts[earlier], counts[later], counts[same]);
  if (compared.labels.empty()) return text;
  return text + fmt::format("A {}\nB {}\n",
                            counts_of(find_told(compared.labels, compared.told_a->list())),
                            counts_of(find_told(compared.labels, compared.told_b->list())));
}

std::string to_text(std::span<const LabelledSpan> labels, const ToldEpisodes& told) {
  const SpansTold found = find_told(labels, told.list());
  std::string text;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::string delay =
        found.delays[i] ? "+" + format_duration(*found.delays[i]) : std::string("MISSED");
    text += fmt::format("{:>10}  {}  {:<18}  {}\n", delay, format_time(labels[i].begin),
                        printable(labels[i].name),
                        printable(fmt::format("{}", fmt::join(labels[i].entities, ", "))));
  }
  for (const ToldEpisode* episode : found.false_episodes) {
    text += fmt::format("{:>10}  {}", "false", line_of(*episode));
  }
  return text + counts_of(found) + "\n";
}

std::string to_json(const ComparedReplays& compared) {
  const auto pairs = compare_episodes(compared.told_a->list(), compared.told_b->list());
  std::array<std::string, names.size()> lists;
  std::size_t count_same = 0;
  for (const EpisodePair& pair : pairs) {
    const Kind kind = kind_of(pair);
    count_same += kind == same ? 1 : 0;
    if (kind == same) continue;
    const ToldEpisode& episode = shown(pair);
    std::string& list = lists[kind];
    list += list.empty() ? "{\"entity\":" : ",{\"entity\":";
    append_json_string(list, episode.entity);
    list += fmt::format(",\"onset\":\"{}\",\"told\":\"{}\",\"severity\":\"{}\"",
                        format_time(episode.onset), format_time(episode.told),
                        name_of(episode.severity));
    if (pair.later != 0) {
      list += ",\"later_s\":";
      append_json_number(list, static_cast<double>(pair.later) / static_cast<double>(second));
    }
    list += ",\"reason\":";
    append_json_string(list, episode.sentence);
    list += '}';
  }
  std::string text = fmt::format("{{\"records\":{}", compared.records);
  for (const auto& [key, file, told] : {std::tuple("a", &compared.a, compared.told_a),
                                        std::tuple("b", &compared.b, compared.told_b)}) {
    text += fmt::format(",\"{}\":{{\"pipeline\":", key);
    append_json_string(text, *file);
    text += fmt::format(",\"episodes\":{}", told->list().size());
    if (!compared.labels.empty()) text += "," + fields_of(find_told(compared.labels, told->list()));
    text += '}';
  }
  for (const Kind kind : {gained, lost, earlier, later}) {
    text += fmt::format(",\"{}\":[{}]", names[kind], lists[kind]);
  }
  return text + fmt::format(",\"same\":{}}}\n", count_same);
}

}  // namespace retimu::app
