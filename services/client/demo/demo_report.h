#ifndef AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_REPORT_H_
#define AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/enrollment.pb.h"
#include "aftercare/v1/pathway.pb.h"
#include "aftercare/v1/pathway_service.pb.h"
#include "aftercare/v1/reminder.pb.h"
#include "services/client/common/json.h"

// What the demonstration shows of a year. No line is wider than `width` columns where that is 80 or more. Functions are
// pure and thread safe.
namespace aftercare::client {

// One patient of the demonstration.
struct DemoPatient {
  v1::Enrollment enrollment;  // As stored.
  int planned = 0;            // How many reminders the year holds.
};

// One phase, once it is over.
struct DemoPhase {
  v1::TimelinePhase span;               // Its dates for the first patient.
  std::vector<v1::Reminder> reminders;  // Of all patients, as the server lists them then.
  std::vector<v1::Lease> sent;          // What the gateway sent, in order.
  std::vector<std::string> notes;       // What went otherwise than usual.
};

// One patient's part of a phase, by states and reasons as the server knows them.
struct DemoTally {
  int messages = 0;
  int sent = 0;
  int tasks = 0;
  int tasks_done = 0;
  std::map<std::string, int> unsent;                    // Messages that are not sent, by state and reason.
  std::vector<std::pair<std::string, int>> categories;  // Of messages, by first due time.
  std::map<std::string, int> channels;                  // By which the gateway sent them.
};

DemoTally TallyOf(const DemoPhase& phase, const DemoPatient& patient);

// The whole, and what it took.
struct DemoTotals {
  int64_t planned = 0;
  int64_t sent = 0;
  int64_t tasks_done = 0;
  int64_t tasks_open = 0;
  int64_t other_ends = 0;  // Expired, failed and the like.
  int64_t leases = 0;
  int64_t clock_steps = 0;
  absl::Duration elapsed;
  std::vector<std::pair<std::string, std::pair<int64_t, absl::Duration>>> calls;  // By kind: how many, how long.
};

std::string RenderDemoIntroduction(const v1::Clinic& clinic, const v1::Pathway& pathway,
                                   const std::vector<DemoPatient>& patients, int width, bool colour);

// `example` is the patient whose first message is quoted.
std::string RenderDemoPhase(const DemoPhase& phase, const std::vector<DemoPatient>& patients,
                            const DemoPatient& example, int width, bool colour);

std::string RenderDemoTotals(const DemoTotals& totals, int width, bool colour);

// Commands that work now. `program` is how this program is called, `options` what all of them need.
std::string RenderNextSteps(const std::string& program, const std::string& options, const std::string& enrollment,
                            const std::string& start_token, bool colour);

// The same for programs.
JsonObject JsonOf(const DemoPhase& phase, const DemoPatient& patient);
JsonObject JsonOf(const DemoTotals& totals);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_REPORT_H_
