#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_PATHWAY_SUMMARY_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_PATHWAY_SUMMARY_H_

#include <string>

#include "absl/status/statusor.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::client {

// Describes a pathway without faults for people to read: its phases, rules and languages, how many reminders it makes
// in the first year for any kind of patient, its choices, and what answers set off. `path` names its file. Fails if a
// sample patient does not fit the pathway. Pure and thread safe.
absl::StatusOr<std::string> SummarizePathway(const std::string& path, const plan::CompiledPathway& pathway);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_PATHWAY_SUMMARY_H_
