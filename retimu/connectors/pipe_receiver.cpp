// SPDX-License-Identifier: Apache-2.0
#include "retimu/connectors/pipe_receiver.hpp"

#include "retimu/connectors/frame_writer.hpp"
#include "retimu/connectors/record_stream.hpp"
#include "retimu/core/result.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace retimu {

namespace {

constexpr int settle_ms = 200;  // without a byte; then a record is whole
constexpr std::size_t read_bytes = 256UL * 1024;

class PipeReceiver final : public Receiver {
 public:
  PipeReceiver(std::string name, int descriptor, FileInput reading)
      : name_(std::move(name)),
        descriptor_(descriptor),
        reading_(std::move(reading)),
        stream_(reading_, name_) {}
  ~PipeReceiver() override { stop(); }

  Result<void> start(Journal& journal) override {
    writer_.open(journal);
    thread_ = std::thread([this] { run(); });
    return {};
  }
  void stop() override {
    stop_.store(true, std::memory_order_relaxed);
    if (thread_.joinable()) thread_.join();
  }
  bool is_ended() const override { return is_ended_.load(std::memory_order_acquire); }
  ReceiverReport report() const override { return writer_.report(); }
  const std::string& name() const override { return name_; }

 private:
  void run() {
    std::vector<char> piece(read_bytes);
    while (!stop_.load(std::memory_order_relaxed)) {
      pollfd waits{descriptor_, POLLIN, 0};
      const int ready = ::poll(&waits, 1, settle_ms);
      if (ready == 0) {
        pass_on(Flow::settled);
        continue;
      }
      const ssize_t got = ready < 0 ? -1 : ::read(descriptor_, piece.data(), piece.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got < 0) writer_.note("cannot be read on: " + system_message(errno));
      if (got > 0) stream_.feed({piece.data(), static_cast<std::size_t>(got)});
      if (!pass_on(got > 0 ? Flow::goes_on : Flow::ended)) return;
      if (got <= 0) {
        is_ended_.store(true, std::memory_order_release);
        return;
      }
    }
  }

  bool pass_on(Flow flow) {
    for (std::string_view frame = stream_.take(flow); !frame.empty(); frame = stream_.take(flow)) {
      const NewFrame taken{
          .source = source_number(name_), .format = stream_.format(), .bytes = frame};
      if (!writer_.put(taken, stream_.records())) return false;
    }
    return true;
  }

  std::string name_;
  int descriptor_;
  FileInput reading_;
  RecordStream stream_;
  std::atomic<bool> stop_{false}, is_ended_{false};
  FrameWriter writer_{stop_};
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Receiver> make_pipe_receiver(std::string name, int descriptor, FileInput reading) {
  return std::make_unique<PipeReceiver>(std::move(name), descriptor, std::move(reading));
}

}  // namespace retimu
