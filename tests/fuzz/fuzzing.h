// What fuzz targets share. Each defines FuzzOne.
#ifndef AFTERCARE_TESTS_FUZZ_FUZZING_H_
#define AFTERCARE_TESTS_FUZZ_FUZZING_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace aftercare {

// Deals with one input. Whatever is wrong ends the program.
void FuzzOne(const std::string& input);

inline void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace aftercare

extern "C" inline __attribute__((used)) int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  aftercare::FuzzOne(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}

#endif  // AFTERCARE_TESTS_FUZZ_FUZZING_H_
