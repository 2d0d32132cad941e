// SPDX-License-Identifier: Apache-2.0
#include "tests/pages/pages.hpp"

#include "retimu/detectors/catalogue.hpp"
#include "retimu/evaluation/table.hpp"
#include "tests/pages/header_comment.hpp"
#include "tests/pages/markdown.hpp"
#include "tests/pages/picture.hpp"
#include "tests/pages/trials.hpp"

#include <fmt/format.h>

#include <fstream>
#include <optional>
#include <sstream>

namespace retimu {

namespace {

struct DetectorFacts {
  const DetectorEntry* entry = nullptr;
  HeaderComment comment;
  std::optional<Trials> trials;  // of a detector of readings
};

constexpr std::string_view index_head = R"(# Detectors

Written by `bash scripts/docs.sh` from the catalogue, the first comment of each header, and what
the engine judged; a test fails when it is out of date. `retimu list detectors` prints the same
list, `[detectors] use = ["NAME", ...]` chooses.

)";

constexpr std::string_view faults_head = R"(
## Which detector sees which fault

Every detector of readings is shown the same made series: a pump whose pressure goes with its
flow, a reading every 5 minutes, four usual weeks, then four days with one fault. It stands alone
in a pipeline with default settings. **seen**: the engine raised an alert while the fault lasted,
in {0} of {0} draws of the noise; *missed*: in none; an alert in one draw of them may be chance.
The last column is the price: alerts in 30 usual days, the first ones among them, where the
default threshold allows about 3. A detector that misses here may still see a larger or longer
fault of the kind, and what counts in a pipeline is what its detectors see together.

)";

constexpr std::string_view page_how = R"(
The series are the same for all detectors and are made, not recorded; [the
index](README.md#which-detector-sees-which-fault) says how. In the picture the evidence is that of
the first of {} draws.
)";

Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return failure(Fault::system, "{}: cannot be read", path);
  return text.str();
}

std::string_view judged_by(const DetectorEntry& entry) {
  if (entry.is_of_each_modality) return "readings, logs and alarms";
  return entry.modality == Modality::metrics ? "readings" : name_of(entry.modality);
}

std::string sentence_of(std::string_view summary) {
  std::string text(summary);
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') {
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  }
  if (!text.ends_with('.')) text += '.';
  return text;
}

std::string strong_word_of(const Trial& trial) {
  const std::string word = word_of(trial);
  if (trial.seen == draws) return "**" + word + "**";
  return trial.seen == 0 ? "*" + word + "*" : word;
}

std::string per_month(const Trials& trials) {
  return fmt::format("{:.1f}", 30 * trials.false_alarms / trials.false_alarm_days);
}

std::string seen_by(const DetectorFacts& facts) {
  if (!facts.trials) return "";
  std::string always, partly;
  for (const Trial& trial : facts.trials->trials) {
    std::string& to = trial.seen == draws ? always : partly;
    if (trial.seen == 0) continue;
    if (!to.empty()) to += ", ";
    to += trial.fault->name;
  }
  if (partly.empty()) return always.empty() ? "none of the made faults" : always;
  return fmt::format("{}{}sometimes: {}", always, always.empty() ? "" : "; ", partly);
}

std::string parameters_of(const DetectorEntry& entry) {
  if (entry.parameters.empty()) return "It has none.\n";
  std::vector<std::vector<std::string>> rows;
  for (const Parameter& one : entry.parameters) {
    const std::string bounds = one.kind == Parameter::Kind::boolean
                                   ? "0 or 1"
                                   : fmt::format("{} to {}", one.low, one.high);
    rows.push_back({fmt::format("`{}`", one.name), fmt::format("{}", one.standard),
                    one.kind == Parameter::Kind::whole ? bounds + ", whole" : bounds,
                    std::string(one.summary)});
  }
  return table_of({"name", "default", "bounds", "meaning"}, rows);
}

std::string use_of(const DetectorEntry& entry) {
  std::string text = fmt::format("```toml\n[detectors]\nuse = [\"{}\"]\n", entry.name);
  if (!entry.parameters.empty()) text += fmt::format("\n[detectors.{}]\n", entry.name);
  for (const Parameter& one : entry.parameters) {
    text += fmt::format("{} = {}\n", one.name, one.standard);
  }
  return text + "```\n";
}

std::string faults_of(const DetectorFacts& facts) {
  const Trials& trials = *facts.trials;
  std::vector<std::vector<std::string>> rows;
  for (const Trial& trial : trials.trials) {
    rows.push_back(
        {std::string(trial.fault->name), std::string(trial.fault->story), strong_word_of(trial)});
  }
  return fmt::format(
             "## What it sees and what it misses\n\n![{0}: evidence for each of {1} faults]"
             "({0}.svg)\n\n",
             facts.entry->name, trials.trials.size()) +
         table_of({"fault", "what was done", "told"}, rows) +
         fmt::format("\nIn 30 usual days it told {} alerts by mistake.\n", per_month(trials)) +
         fmt::format(page_how, draws);
}

std::string_view profiles_of(const DetectorEntry& entry) {
  if (entry.in_auto) return entry.in_light ? " (auto, light)" : " (auto)";
  return entry.in_light ? " (light)" : "";
}

std::string place_of(const DetectorEntry& entry) {
  std::string text = "It is not on by default.";
  if (entry.in_light) text = "It is part of a pipeline that says `profile = \"light\"`.";
  if (!entry.in_auto) return text;
  text = "It is part of a pipeline that names no detectors";
  if (entry.auto_columns_min > 1) {
    text += fmt::format(", for entities of {} columns or more", entry.auto_columns_min);
  }
  return text + (entry.in_light ? ", and of one that says `profile = \"light\"`." : ".");
}

std::string page_of(const DetectorFacts& facts) {
  const DetectorEntry& entry = *facts.entry;
  std::string text = fmt::format(
      "# {}\n\n{}\n\nIt judges {}. {}\nWritten by `bash scripts/docs.sh`; the text is that of "
      "[{}.hpp](../../retimu/detectors/{}.hpp).\n\n",
      entry.name, sentence_of(entry.summary), judged_by(entry), place_of(entry), entry.name,
      entry.name);
  if (facts.trials) text += faults_of(facts) + "\n";
  text += fmt::format("## Idea\n\n{}\n\n## Cost\n\n{}\n\n## Blind to\n\n{}\n\n", facts.comment.idea,
                      facts.comment.cost, facts.comment.blind);
  return text + "## Parameters\n\n" + parameters_of(entry) + "\n" + use_of(entry);
}

std::string index_of(const std::vector<DetectorFacts>& all) {
  std::vector<std::string> header{"detector"};
  for (const MadeFault& fault : made_faults()) header.emplace_back(fault.name);
  header.emplace_back("alerts in 30 usual days");
  std::vector<std::vector<std::string>> list, seen;
  for (const DetectorFacts& facts : all) {
    const std::string link = fmt::format("[{0}]({0}.md)", facts.entry->name);
    list.push_back({link + std::string(profiles_of(*facts.entry)),
                    std::string(facts.entry->summary), seen_by(facts),
                    std::string(judged_by(*facts.entry)), facts.comment.cost});
    if (!facts.trials) continue;
    std::vector<std::string> row{link};
    for (const Trial& trial : facts.trials->trials) row.push_back(strong_word_of(trial));
    row.push_back(per_month(*facts.trials));
    seen.push_back(std::move(row));
  }
  std::string text(index_head);
  text += table_of({"detector", "in a line", "sees", "judges", "cost"}, list);
  text += fmt::format(faults_head, draws) + table_of(header, seen) + "\n";
  for (const MadeFault& fault : made_faults()) {
    text += fmt::format("- {}: {}\n", fault.name, fault.story);
  }
  return text;
}

Result<DetectorFacts> facts_of(const DetectorEntry& entry, const std::string& source) {
  const std::string path = fmt::format("retimu/detectors/{}.hpp", entry.name);
  const Result<std::string> header = read_file(source + "/" + path);
  if (!header) return tl::unexpected(header.error());
  Result<HeaderComment> comment = parse_header_comment(*header, path);
  if (!comment) return tl::unexpected(comment.error());
  DetectorFacts facts{.entry = &entry, .comment = std::move(*comment), .trials = std::nullopt};
  const auto detector = entry.make(ParameterValues(entry.parameters), 1);
  if (!detector) return tl::unexpected(detector.error());
  // The made series have no peers.
  const bool is_tried = entry.modality == Modality::metrics && !entry.is_of_each_modality &&
                        !(*detector)->compares_peers();
  if (is_tried) {
    Result<Trials> trials = try_detector(entry);
    if (!trials) return tl::unexpected(trials.error());
    facts.trials = std::move(*trials);
  }
  return facts;
}

}  // namespace

Result<std::map<std::string, std::string>> make_pages(const std::string& source) {
  std::map<std::string, std::string> pages;
  std::vector<DetectorFacts> all;
  for (const DetectorEntry& entry : detector_catalogue()) {
    Result<DetectorFacts> facts = facts_of(entry, source);
    if (!facts) return tl::unexpected(facts.error());
    const std::string name(entry.name);
    pages[name + ".md"] = page_of(*facts);
    if (facts->trials) pages[name + ".svg"] = to_picture(name, *facts->trials);
    all.push_back(std::move(*facts));
  }
  pages["README.md"] = index_of(all);
  return pages;
}

}  // namespace retimu
