// SPDX-License-Identifier: Apache-2.0
// Counts allocations of any program from outside: load it with LD_PRELOAD.
//
//   RETIMU_ALLOCATIONS=FILE    at its end the process writes there how many allocations it made
//
// Calls: malloc, calloc, realloc, aligned_alloc, memalign and posix_memalign; operator new comes
// through them.
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

extern "C" {

// glibc's own, under names that nobody replaces.
void* __libc_malloc(std::size_t bytes);
void* __libc_calloc(std::size_t count, std::size_t bytes);
void* __libc_realloc(void* block, std::size_t bytes);
void* __libc_memalign(std::size_t alignment, std::size_t bytes);

}  // extern "C"

namespace {

std::atomic<unsigned long> allocations{0};

void count() { allocations.fetch_add(1, std::memory_order_relaxed); }

[[gnu::destructor]] void write_count() {
  const unsigned long sum = allocations.load();
  const char* path = std::getenv("RETIMU_ALLOCATIONS");
  std::FILE* file = path == nullptr ? nullptr : std::fopen(path, "w");
  if (file == nullptr) return;
  std::fprintf(file, "%lu\n", sum);
  std::fclose(file);
}

}  // namespace

extern "C" {

void* malloc(std::size_t bytes) {
  count();
  return __libc_malloc(bytes);
}

void* calloc(std::size_t number, std::size_t bytes) {
  count();
  return __libc_calloc(number, bytes);
}

void* realloc(void* block, std::size_t bytes) {
  count();
  return __libc_realloc(block, bytes);
}

void* memalign(std::size_t alignment, std::size_t bytes) {
  count();
  return __libc_memalign(alignment, bytes);
}

void* aligned_alloc(std::size_t alignment, std::size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void** to, std::size_t alignment, std::size_t bytes) {
  void* block = memalign(alignment, bytes);
  if (block == nullptr) return ENOMEM;
  *to = block;
  return 0;
}

}  // extern "C"
