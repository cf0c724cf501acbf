#ifndef AFTERCARE_TESTS_ENGINE_SIMULATION_RANDOM_CLINIC_H_
#define AFTERCARE_TESTS_ENGINE_SIMULATION_RANDOM_CLINIC_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "tests/support/random.h"

// Makes random pathways, calendars and patients of a clinic. They are small, so that many can be tried. Their reminders
// are close together in time, so that changes of one reminder meet changes of another. All functions are thread safe
// for different `random` objects.
namespace aftercare::engine {

// Returns the time at which every simulation starts.
absl::Time StartOfSimulation();

// Returns a rule in the phase `early` or `late`, for all patients or for some.
v1::Rule RandomRule(const std::string& id, Random& random);

// Sets the answers that the rules ask for, and which rules form a group.
void SetRandomGroup(Random& random, v1::Pathway* pathway);

// Lets messages of one category, or of none, be for safety.
void SetRandomSafety(Random& random, v1::Pathway* pathway);

// Adds rules that react to answers of the pathway's other rules, to silence, or to words of its list `danger`. Most of
// the rules `before`, of an earlier revision, stay.
void SetRandomReactions(Random& random, std::vector<v1::Rule> before, v1::Pathway* pathway);

// Gives some rules a condition on the patient's last answers, and some reactions an effect on the plan.
void SetRandomEffects(Random& random, v1::Pathway* pathway);

// Gives some rules for patients a text without health information, which no other text is the same as.
void SetRandomDiscreetTexts(Random& random, v1::Pathway* pathway);

// Returns a pathway of two phases and up to five rules, `r0` and so on, and, if `reacts`, up to six rules that react to
// them. If `has_effects`, SetRandomEffects follows.
v1::Pathway RandomPathway(Random& random, bool reacts, bool has_effects);

// Gives a rule other times, other days or another window, and leaves the rest.
void ChangeSchedule(Random& random, v1::Rule* rule);

// Gives a rule another id, within its series.
void RenameRule(const std::string& id, v1::Rule* rule);

// Returns a next revision of `pathway`, whose rules may react to answers if `reacts`, and have effects if
// `has_effects`: rules may be removed, added, renamed or changed.
v1::Pathway RandomRevision(v1::Pathway pathway, Random& random, bool reacts, bool has_effects);

v1::ContactHours RandomHours(Random& random);

// Sets contact hours, closed days and holidays of a clinic, or removes them.
void SetRandomCalendar(Random& random, v1::Clinic* clinic);

std::string RandomZone(Random& random);
std::string RandomProcedureDate(Random& random);
void SetRandomFactors(Random& random, v1::Enrollment* enrollment);
// Returns one of three addresses of a channel, in one of the ways to write it. Nobody has the third.
std::string RandomAddress(v1::Channel channel, int number, Random& random);
void SetRandomContactPoints(Random& random, v1::Enrollment* enrollment);

// Returns a patient whose procedure was some days ago or will be soon.
v1::Enrollment RandomEnrollment(const std::string& clinic, Random& random);

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_SIMULATION_RANDOM_CLINIC_H_
