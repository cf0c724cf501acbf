#ifndef AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_PATIENTS_H_
#define AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_PATIENTS_H_

#include <vector>

#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"

// Who the demonstration is about: invented, and reached at addresses nobody has. Functions are pure and thread safe.
namespace aftercare::client {

// The sandbox clinic, on the day of the procedures.
v1::Clinic DemoClinic();

// Three patients as different as patients are, in a clinic (a resource name) on a pathway of that id. Of their factors
// those the pathway knows. Each enrollment's name holds the id it is to be given.
std::vector<v1::Enrollment> DemoPatients(const std::string& clinic, const std::string& pathway_id,
                                         const v1::Pathway& pathway);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_PATIENTS_H_
