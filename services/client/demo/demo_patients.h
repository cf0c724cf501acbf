#ifndef AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_PATIENTS_H_
#define AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_PATIENTS_H_

#include <vector>

#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"

// The invented clinic and patients of the demonstration. Their telephone numbers and mail addresses are reserved for
// examples, so they belong to nobody.
// All functions are pure and thread safe.
namespace aftercare::client {

// Returns the sandbox clinic. Its test clock stands on the day of the procedures.
v1::Clinic DemoClinic();

// Returns the enrollments of three patients on a pathway. `clinic` is a resource name. The patients have only factors
// that the pathway knows. The last part of each enrollment's name is the id to create it with.
std::vector<v1::Enrollment> DemoPatients(const std::string& clinic, const std::string& pathway_id,
                                         const v1::Pathway& pathway);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_PATIENTS_H_
