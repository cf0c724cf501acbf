#ifndef AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_PATIENTS_H_
#define AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_PATIENTS_H_

#include <vector>

#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"

// The invented clinic and patients of the demonstration. Their numbers and addresses are those set aside for examples.
// All functions are pure and thread safe.
namespace aftercare::client {

// Returns the sandbox clinic. Its test clock stands on the day of the procedures.
v1::Clinic DemoClinic();

// Returns three patients of a clinic (a resource name) on a pathway. They have only factors that the pathway knows. The
// name of each enrollment holds the id to create it with.
std::vector<v1::Enrollment> DemoPatients(const std::string& clinic, const std::string& pathway_id,
                                         const v1::Pathway& pathway);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_PATIENTS_H_
