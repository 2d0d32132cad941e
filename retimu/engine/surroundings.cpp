// SPDX-License-Identifier: Apache-2.0
#include "retimu/engine/surroundings.hpp"
#include "retimu/engine/intake.hpp"
#include "retimu/engine/opened.hpp"
#include "retimu/engine/simulated.hpp"

#include "retimu/connectors/byte_reader.hpp"
#include "retimu/connectors/file_paths.hpp"
#include "retimu/connectors/jsonl_sink.hpp"
#include "retimu/core/parameters.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <set>

namespace retimu {

namespace {

constexpr std::size_t files_tried_max = 100;  // for a column that is not among the numbers

class Looker {
 public:
  explicit Looker(const Configuration& configuration) : configuration_(configuration) {}

  Surroundings look() {
    for (const FileInput& input : configuration_.files) look_at_source(input);
    if (configuration_.simulator) look_at_simulator();
    for (const LiveSource& source : configuration_.live) {
      if (const Result<void> taken = Intake::check(source); !taken) {
        found_.errors.push_back(taken.error());
      }
    }
    // What live sources send is not known before.
    if (found_.errors.empty() && configuration_.live.empty()) look_at_columns();
    if (!configuration_.data_dir.empty()) look_at_state(configuration_.data_dir);
    for (const SinkConfiguration& sink : configuration_.sinks) {
      if (!sink.path.empty()) look_at_sink(sink.path);
    }
    return std::move(found_);
  }

 private:
  void look_at_source(FileInput input) {
    bool is_complete = true;
    for (const std::string& path : input.paths) {
      const Result<std::vector<std::string>> found = find_paths({path});
      if (found) {
        paths_.insert(paths_.end(), found->begin(), found->end());
        continue;
      }
      is_complete = false;
      found_.errors.push_back({found.error().fault, found.error().message +
                                                        "; mend the path of the [[source]], or put "
                                                        "the file there"});
    }
    if (!is_complete) return;
    input.ignore_if_present.clear();  // what is ignored must be there to be found
    if (const auto opened = open_files({input}, columns_); !opened) {
      found_.errors.push_back(opened.error());
    }
  }

  void look_at_simulator() {
    Configuration alone;
    alone.simulator = configuration_.simulator;
    alone.simulator->ignore_if_present.clear();
    if (const auto opened = open_files_and_simulator(alone, columns_); !opened) {
      found_.errors.push_back(opened.error());
    }
    const std::string& labels = configuration_.simulator->labels;
    if (!labels.empty()) look_at_folder("labels of the simulator", labels);
  }

  void look_at_columns() {
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < columns_.count(); ++i) {
      known.push_back(columns_.name(static_cast<ColumnId>(i)));
    }
    const std::set<std::string_view> numbers(known.begin(), known.end());
    const auto look_for = [&](std::string_view who, const std::string& name) {
      if (numbers.contains(name) || is_in_a_file(name)) return;
      const std::string_view near = nearest(name, known);
      found_.warnings.push_back(
          fmt::format("{}: {} names \"{}\", which is not in the first records of any source{}",
                      configuration_.file, who, name,
                      near.empty() ? std::string("; mend the name, or leave it out")
                                   : fmt::format(", did you mean \"{}\"?", near)));
    };
    for (const auto& [name, column] : configuration_.columns) look_for("[columns]", name);
    for (const Rule& rule : configuration_.rules) {
      const Result<Condition> condition = Condition::compile(rule.expr);
      if (!condition) continue;
      for (const std::string& name : condition->columns()) {
        const auto column = configuration_.columns.find(name);
        if (column != configuration_.columns.end() && column->second.is_ignored) {
          found_.warnings.push_back(fmt::format(
              "{}: rule \"{}\" reads \"{}\", which [columns] ignores: it is never known",
              configuration_.file, rule.name, name));
          continue;
        }
        look_for(fmt::format("rule \"{}\"", rule.name), name);
      }
    }
  }

  // Columns of text, times and entities have no number by which they would be known.
  bool is_in_a_file(const std::string& name) const {
    std::size_t tried = 0;
    for (FileInput input : configuration_.files) {
      const Result<std::vector<std::string>> paths = find_paths(input.paths);
      if (!paths) continue;
      input.ignore = {name};
      for (const std::string& path : *paths) {
        if (++tried > files_tried_max) return true;  // unknown
        input.paths = {path};
        Columns ignored;
        if (open_files({input}, ignored)) return true;
      }
    }
    return false;
  }

  void look_at_folder(std::string_view what, const std::string& path) {
    std::filesystem::path named(path);
    if (!named.has_filename()) named = named.parent_path();  // "state/"
    const std::filesystem::path folder = named.parent_path();
    std::error_code none;
    if (folder.empty() || std::filesystem::is_directory(folder, none)) return;
    found_.errors.push_back(
        {Fault::usage, fmt::format("{}: the folder {} of this {} is missing; make it, or name "
                                   "another path",
                                   path, folder.string(), what)});
  }

  void look_at_state(const std::string& path) {
    look_at_folder("data_dir", path);
    std::error_code none;
    if (!std::filesystem::exists(path, none)) return;
    if (!std::filesystem::is_directory(path, none)) {
      found_.errors.push_back({Fault::usage, path + ": is a file; data_dir is a folder"});
      return;
    }
    if (::access(path.c_str(), W_OK | X_OK) != 0) {
      found_.errors.push_back({Fault::system, fmt::format("{}: cannot be written to: {}", path,
                                                          system_message(errno))});
    }
    if (!std::filesystem::exists(path + "/retimu.sqlite", none)) return;  // nothing was kept yet
    StoreOptions options;
    options.data_dir = path;
    options.read_only = true;
    const Result<void> same = open_store(options)
                                  .and_then([](const auto& store) { return store->fingerprint(); })
                                  .and_then([&](const std::string& text) {
                                    return check_written_by(text, configuration_);
                                  });
    if (!same) found_.errors.push_back(same.error());
  }

  void look_at_sink(const std::string& path) {
    look_at_folder("[[sink]]", path);
    std::error_code none;
    if (std::filesystem::is_directory(path, none)) {
      found_.errors.push_back(
          {Fault::usage, path + ": is a folder; the path of a [[sink]] is a file"});
    }
    const Result<FileIdentity> sink = identify(path);
    if (!sink) return;  // it will be made
    for (const std::string& source : paths_) {
      const Result<FileIdentity> identity = identify(source);
      if (!identity || *identity != *sink) continue;
      found_.errors.push_back(
          {Fault::usage, fmt::format("{}: is a [[source]] and the path of a [[sink]]; name another "
                                     "file for the alerts",
                                     path)});
      return;
    }
    if (!std::filesystem::is_regular_file(path, none)) return;
    if (Result<void> known = check_jsonl_sink(path); !known) {
      found_.errors.push_back(known.error());
    }
  }

  const Configuration& configuration_;
  Columns columns_;
  std::vector<std::string> paths_;  // of all sources
  Surroundings found_;
};

}  // namespace

Surroundings check_surroundings(const Configuration& configuration) {
  return Looker(configuration).look();
}

}  // namespace retimu
