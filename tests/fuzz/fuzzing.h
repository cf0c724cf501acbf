// The entry point of all fuzz targets. Each target includes this and defines FuzzOne.
#ifndef AFTERCARE_TESTS_FUZZ_FUZZING_H_
#define AFTERCARE_TESTS_FUZZ_FUZZING_H_

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace aftercare {

// Gives one input to the code under test, and checks the result with Require.
void FuzzOne(const std::string& input);

// Ends the program if `condition` is false, which the fuzzer reports as a crash.
inline void Require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace aftercare

extern "C" inline __attribute__((used)) int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  aftercare::FuzzOne(std::string(reinterpret_cast<const char*>(data), size));
  return 0;
}

#endif  // AFTERCARE_TESTS_FUZZ_FUZZING_H_
