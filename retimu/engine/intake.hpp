// SPDX-License-Identifier: Apache-2.0
// The live sources of a pipeline: their receivers, and the journal that they write and the engine
// reads.
#ifndef RETIMU_ENGINE_INTAKE_HPP
#define RETIMU_ENGINE_INTAKE_HPP

#include "retimu/connectors/receiver.hpp"
#include "retimu/core/journal.hpp"
#include "retimu/core/source.hpp"
#include "retimu/engine/configuration.hpp"

#include <memory>
#include <string>
#include <vector>

namespace retimu {

class Intake {
 public:
  // The journal lies in data_dir, whose lock the caller holds; without one it lies in memory. A
  // secret that is named and not there is Fault::usage.
  static Result<std::unique_ptr<Intake>> open(const Configuration& configuration);
  // What another pipeline's live sources sent, from the oldest byte on, and nothing more.
  // Fault::usage: there is no journal in that data_dir.
  static Result<std::unique_ptr<Intake>> open_recording(const std::string& data_dir);
  // What open() and start() would refuse whoever listens and writes elsewhere; takes nothing.
  static Result<void> check(const LiveSource& source);
  ~Intake();

  // The live sources of a changed configuration with the same data_dir: receivers whose source is
  // as it was take on without a pause, the others stop, and new ones wait for start(). No source()
  // of before may be used any more. After an error some are missing until the next change().
  Result<void> change(const Configuration& configuration);

  // What the receivers take, which must not outlive this.
  std::unique_ptr<Source> source(const Configuration& configuration, Columns& columns);
  // From now on they take something, those that do not yet.
  Result<void> start();
  // Nothing more is taken; what was is in the journal.
  void stop();

  const std::vector<std::unique_ptr<Receiver>>& receivers() const { return receivers_; }
  const LiveSource& made_from(std::size_t receiver) const { return made_[receiver].source; }
  const Journal& journal() const { return *journal_; }
  // Of what may wait in the journal; 0: it is not known.
  std::uint64_t unread_bytes_max() const { return unread_bytes_max_; }

 private:
  Intake() = default;

  // What a receiver was made from.
  struct Made {
    LiveSource source;
    std::string secret;
    bool is_started = false;
  };
  std::unique_ptr<Journal> journal_;
  std::uint64_t begin_ = 0;  // offset of the first byte that it had to give when it was opened
  std::uint64_t unread_bytes_max_ = 0;
  std::vector<std::unique_ptr<Receiver>> receivers_;
  std::vector<Made> made_;  // the same of each
};

}  // namespace retimu

#endif
