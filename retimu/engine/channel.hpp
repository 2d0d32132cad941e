// SPDX-License-Identifier: Apache-2.0
// A bounded queue between two threads. A full one makes the sender wait: that is the back pressure.
#ifndef RETIMU_ENGINE_CHANNEL_HPP
#define RETIMU_ENGINE_CHANNEL_HPP

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace retimu {

template <class T>
class Channel {
 public:
  explicit Channel(std::size_t count_max) : ring_(count_max) {}

  void send(T value) {
    {
      std::unique_lock lock(mutex_);
      not_full_.wait(lock, [this] { return count_ < ring_.size(); });
      ring_[(first_ + count_) % ring_.size()] = std::move(value);
      ++count_;
    }
    not_empty_.notify_one();
  }
  // None: closed and empty.
  std::optional<T> receive() {
    std::optional<T> value;
    {
      std::unique_lock lock(mutex_);
      not_empty_.wait(lock, [this] { return count_ > 0 || closed_; });
      if (count_ == 0) return value;
      value.emplace(std::move(ring_[first_]));
      first_ = (first_ + 1) % ring_.size();
      --count_;
    }
    not_full_.notify_one();
    return value;
  }
  // None: empty.
  std::optional<T> try_receive() {
    std::optional<T> value;
    {
      const std::lock_guard lock(mutex_);
      if (count_ == 0) return value;
      value.emplace(std::move(ring_[first_]));
      first_ = (first_ + 1) % ring_.size();
      --count_;
    }
    not_full_.notify_one();
    return value;
  }
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    not_empty_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable not_full_, not_empty_;
  std::vector<T> ring_;
  std::size_t first_ = 0, count_ = 0;
  bool closed_ = false;
};

}  // namespace retimu

#endif
