#ifndef AFTERCARE_TESTS_ENGINE_SIMULATION_RANDOM_CAPS_H_
#define AFTERCARE_TESTS_ENGINE_SIMULATION_RANDOM_CAPS_H_

#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "tests/support/random.h"

namespace aftercare::engine {

// Adds rules whose messages come every day, so that caps have something to hold back.
void AddDailyRules(Random& random, v1::Pathway* pathway);

// Gives a clinic a small cap on messages, or removes it.
void SetRandomCap(Random& random, v1::Clinic* clinic);

// Gives a pathway a small cap on messages, or removes it, and says which categories are important.
void SetRandomCap(Random& random, v1::Pathway* pathway);

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_SIMULATION_RANDOM_CAPS_H_
