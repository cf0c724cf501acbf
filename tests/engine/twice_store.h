#ifndef AFTERCARE_TESTS_ENGINE_TWICE_STORE_H_
#define AFTERCARE_TESTS_ENGINE_TWICE_STORE_H_

#include <memory>

#include "scheduler/store/store.h"

namespace aftercare::engine {

// Returns a store that runs every mutation twice and undoes the first run, as a store may. What the two runs write and
// answer must be the same, so all tests of the engine hold over it. Thread safe.
std::unique_ptr<store::Store> RunMutationsTwice(std::unique_ptr<store::Store> store);

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_TWICE_STORE_H_
