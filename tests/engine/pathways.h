// The pathways and patients of the engine's tests.
#ifndef AFTERCARE_TESTS_ENGINE_PATHWAYS_H_
#define AFTERCARE_TESTS_ENGINE_PATHWAYS_H_

#include <string>

#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"

namespace aftercare::engine {

// Returns a pathway whose occurrences are easy to remember. For a procedure on 2029-03-01 in UTC:
//   ice.1 .. ice.6     2, 3, 4 March 09:00 and 15:00, for four hours
//   task.1             3 March 10:00, a task for the care team, for two hours
//   visit.1 .. visit.6 on the first of September to February, 09:00, to the end of the seventh day after
v1::Pathway KneePathway();

// Returns a patient on the pathway `knee`, who consented. The first contact point is a telephone, the second an e-mail
// address. `clinic` is an id.
v1::Enrollment KneePatient(const std::string& clinic, const std::string& patient = "p-1");

// Returns a pathway of four days. For a procedure on 2029-03-01, a Thursday, in UTC:
//   msg.1 .. msg.4     2 (Fri) to 5 (Mon) March 09:00, to the end of the second day after
//   task.1 .. task.4   the same days 10:00, tasks for the care team, for two hours
v1::Pathway DaysPathway();

// Returns the patient of KneePatient on the pathway `days`.
v1::Enrollment DaysPatient(const std::string& clinic, const std::string& patient = "p-1");

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_PATHWAYS_H_
