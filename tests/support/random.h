// Helpers that make random tests repeatable.
#ifndef AFTERCARE_TESTS_SUPPORT_RANDOM_H_
#define AFTERCARE_TESTS_SUPPORT_RANDOM_H_

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <random>
#include <vector>

namespace aftercare {

// Returns the number in an environment variable, or `otherwise` if it is not set.
inline uint64_t NumberFromEnvironment(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

// Returns AFTERCARE_SEED, or `otherwise` if it is not set, and prints it. The default is the same in every run, so that
// a test that fails after a change fails because of that change.
inline uint64_t SeedOfRun(uint64_t otherwise = 1) {
  const uint64_t seed = NumberFromEnvironment("AFTERCARE_SEED", otherwise);
  std::cout << "AFTERCARE_SEED=" << seed << std::endl;
  return seed;
}

// Random choices, the same for the same seed on every machine. Not thread safe.
class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed) {}

  uint64_t Bits() { return bits_(); }
  // Returns a number from 0 to `last`, both included.
  int Upto(int last) { return static_cast<int>(bits_() % (static_cast<uint64_t>(last) + 1)); }
  // Returns true once in `n` times on average.
  bool OneIn(int n) { return Upto(n - 1) == 0; }
  // Returns one of the choices. There must be at least one.
  template <typename T>
  T Of(const std::vector<T>& choices) {
    return choices[Upto(static_cast<int>(choices.size()) - 1)];
  }

 private:
  std::mt19937_64 bits_;
};

}  // namespace aftercare

#endif  // AFTERCARE_TESTS_SUPPORT_RANDOM_H_
