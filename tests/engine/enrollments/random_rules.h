// Random rules and zones for the property tests of changes of facts.
#ifndef AFTERCARE_TESTS_ENGINE_ENROLLMENTS_RANDOM_RULES_H_
#define AFTERCARE_TESTS_ENGINE_ENROLLMENTS_RANDOM_RULES_H_

#include <string>
#include <vector>

#include "aftercare/v1/pathway.pb.h"
#include "tests/support/random.h"

namespace aftercare::engine {

// Returns a time zone of any part of the world.
std::string RandomPatientZone(Random& random);

// Returns one or two times of day, in ascending order.
std::vector<std::string> RandomTimes(Random& random);

// Returns a rule of the first three weeks, or of the first three months.
v1::Rule RandomRule(Random& random, const std::string& id, const std::string& series);

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_ENROLLMENTS_RANDOM_RULES_H_
