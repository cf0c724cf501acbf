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

// What the demonstration prints. No line is wider than `width` columns (at least 80). All functions are pure and thread
// safe.
namespace aftercare::client {

// One patient of the demonstration.
struct DemoPatient {
  v1::Enrollment enrollment;  // As the server has stored it.
  int planned = 0;            // How many reminders the plan has.
  int texts = 0;              // How often the patient has written back.
};

// One phase that is over.
struct DemoPhase {
  v1::TimelinePhase span;               // The phase, with its dates for the first patient.
  std::vector<v1::Reminder> reminders;  // The reminders of all patients in the phase, as the server lists them.
  std::vector<v1::Lease> sent;          // What the gateway sent, in order of sending.
  std::vector<std::string> notes;       // Sentences about messages that were not sent at the first attempt.
};

// Returns whether a message was sent and did not come back.
bool WasSent(const v1::Reminder& message);

// Counts of one patient's reminders in a phase, from the states and reasons of the server.
struct DemoTally {
  int messages = 0;
  int sent = 0;
  int tasks = 0;
  int tasks_done = 0;
  std::map<std::string, int> unsent;                    // Messages that were not sent, by state and reason.
  std::vector<std::pair<std::string, int>> categories;  // Messages by category, in order of first due time.
  std::map<std::string, int> channels;                  // Messages that the gateway sent, by channel.
};

// Counts the reminders of one patient in a phase.
DemoTally TallyOf(const DemoPhase& phase, const DemoPatient& patient);

// The counts of the whole year over all patients, and the calls it took.
struct DemoTotals {
  int64_t planned = 0;
  int64_t set_off = 0;   // What answers, or their absence, set off. Not among `planned`.
  int64_t sent = 0;
  int64_t answered = 0;  // Of those sent.
  int64_t tasks_done = 0;
  int64_t tasks_open = 0;
  int64_t other_ends = 0;  // Messages that expired, failed and so on.
  int64_t leases = 0;
  int64_t clock_steps = 0;
  absl::Duration elapsed;
  // Calls by kind: how many, and how long they took.
  std::vector<std::pair<std::string, std::pair<int64_t, absl::Duration>>> calls;
};

// Returns the introduction: the clinic, the pathway and the patients.
std::string RenderDemoIntroduction(const v1::Clinic& clinic, const v1::Pathway& pathway,
                                   const std::vector<DemoPatient>& patients, int width, bool colour);

// Returns a phase: its dates, a table of what each patient was sent, and examples. `example` is the patient whose first
// message is quoted.
std::string RenderDemoPhase(const DemoPhase& phase, const std::vector<DemoPatient>& patients,
                            const DemoPatient& example, int width, bool colour);

// Returns the counts of the year.
std::string RenderDemoTotals(const DemoTotals& totals, int width, bool colour);

// Returns commands to try next. `program` is the name of the program. `options` are the options that every command
// needs, with a space before each. `enrollment` is a short id. `start_token` resumes a watch before the first event.
std::string RenderNextSteps(const std::string& program, const std::string& options, const std::string& enrollment,
                            const std::string& start_token, bool colour);

// Return the counts as JSON: those of one patient in a phase, and those of the whole year (without the calls).
JsonObject JsonOf(const DemoPhase& phase, const DemoPatient& patient);
JsonObject JsonOf(const DemoTotals& totals);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_REPORT_H_
