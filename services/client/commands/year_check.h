// What a walk over a year of a pathway found, for people to read. Functions are pure and thread safe.
#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_YEAR_CHECK_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_YEAR_CHECK_H_

#include <string>

#include "scheduler/plan/input/field_errors.h"
#include "scheduler/plan/pathway.h"
#include "scheduler/plan/year/year_report.h"
#include "scheduler/plan/year/year_walk.h"
#include "services/client/input/pathway_file.h"

namespace aftercare::client {

// Says what was walked and what is heavy and silent, in lines of about 100 columns. Says nothing of broken promises.
std::string RenderYear(const plan::CompiledPathway& pathway, const plan::YearOptions& options,
                       const plan::YearReport& report);

// Returns a fault for each broken promise, with its place in the file and a patient for whom it breaks.
plan::FieldErrors BrokenPromiseFaults(const PathwayFile& file, const plan::CompiledPathway& pathway,
                                      const plan::YearOptions& options, const plan::YearReport& report);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_YEAR_CHECK_H_
