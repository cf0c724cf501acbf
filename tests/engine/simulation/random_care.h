#ifndef AFTERCARE_TESTS_ENGINE_SIMULATION_RANDOM_CARE_H_
#define AFTERCARE_TESTS_ENGINE_SIMULATION_RANDOM_CARE_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"

// Random pathways, calendars and patients: small, so that many can be tried, and close together in time, so that what
// happens to one reminder meets what happens to another.
namespace aftercare::engine {

// The same numbers for the same seed on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed) {}
  uint64_t Bits() { return bits_(); }
  int Upto(int last) { return static_cast<int>(bits_() % (static_cast<uint64_t>(last) + 1)); }
  bool OneIn(int n) { return Upto(n - 1) == 0; }
  template <typename T>
  const T& Of(const std::vector<T>& choices) {
    return choices[Upto(static_cast<int>(choices.size()) - 1)];
  }

 private:
  std::mt19937_64 bits_;
};

// When every history begins.
absl::Time BeginningOfHistory();

// One rule, in the phase `early` or `late`, for everyone or some.
v1::Rule RandomRule(const std::string& id, Random& random);

// What rules ask for, and which of them are a group, if any are.
void SetRandomGroup(Random& random, v1::Pathway* pathway);

// Two phases and up to five rules, `r0` and so on.
v1::Pathway RandomPathway(Random& random);

// The next revision: a rule is gone, another is new, one says something else.
v1::Pathway RandomRevision(v1::Pathway pathway, Random& random);

v1::ContactHours RandomHours(Random& random);

// Sets contact hours, closed days and holidays, or none of them.
void SetRandomCalendar(Random& random, v1::Clinic* clinic);

std::string RandomZone(Random& random);
std::string RandomProcedureDate(Random& random);
void SetRandomFactors(Random& random, v1::Enrollment* enrollment);
void SetRandomContactPoints(Random& random, v1::Enrollment* enrollment);

// A patient whose procedure was a while ago, or will be.
v1::Enrollment RandomEnrollment(const std::string& clinic, Random& random);

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_SIMULATION_RANDOM_CARE_H_
