#ifndef AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_YEAR_H_
#define AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_YEAR_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/client/demo/demo_report.h"
#include "services/client/session.h"
#include "services/common/host_clock.h"

namespace aftercare::client {

// The demonstration: makes a sandbox clinic with patients and plays their year. It acts as the clinic, the gateway and
// the care team. What it prints comes from the server. It checks that the server keeps its promises, such as that no
// message is offered early or sent twice. Lives for one command. Not thread safe.
class DemoYear {
 public:
  // The patients follow `pathway`. Run stores it in the new clinic under `pathway_id`. `session` must outlive the
  // object.
  DemoYear(Session& session, std::string pathway_id, v1::Pathway pathway)
      : session_(session), pathway_id_(std::move(pathway_id)), pathway_(std::move(pathway)) {}

  // Plays the year. Fails if a call fails, or if the server breaks a promise.
  absl::Status Run();

 private:
  // A task of the care team.
  struct Task {
    std::string name;
    absl::Time due;
    absl::Time done;  // When the care team will do it. InfiniteFuture if it never will, or has done it already.
  };

  // Makes a call and adds it to the counts of its kind.
  template <typename Request>
  auto Call(const char* kind, const Request& request) {
    const absl::Time begin = HostNow();
    auto response = session_.Call(request);
    auto& [count, spent] = calls_[kind];
    ++count;
    spent += HostNow() - begin;
    return response;
  }

  absl::Status MakeClinic();
  absl::Status StorePathway();
  absl::Status EnrollPatients();
  absl::Status ReadPlan(const DemoPatient& patient);
  void PlanTasks(std::vector<Task> tasks);
  void Introduce();

  absl::Status PlayYear();
  absl::Status MoveClockTo(absl::Time time);
  absl::Status SendWhatIsDue();
  v1::DeliveryOutcome OutcomeOf(const v1::Lease& lease);
  absl::Status CheckLease(const v1::Lease& lease);
  void RecordSent(const v1::Lease& lease);
  absl::Status WriteBack();
  absl::Status TakeUpTasks();
  absl::Status DoTasks();
  absl::Status PrintPhasesOver();
  absl::Status PrintPhase(size_t index);

  absl::StatusOr<v1::CountRemindersResponse> Count(v1::Audience audience);
  absl::StatusOr<int64_t> CountSetOff();
  absl::Status CheckAndPrintTotals();
  DemoPhase& PhaseOf(const std::string& id);
  DemoPatient& PatientOf(const std::string& reminder);

  Session& session_;
  const std::string pathway_id_;
  const absl::Time begin_ = HostNow();
  v1::Clinic clinic_;
  v1::Pathway pathway_;  // As the server has stored it, once it has.
  std::vector<DemoPatient> patients_;
  std::string start_token_;

  absl::Time now_;
  std::set<absl::Time> steps_;          // The times to which the clock is still to be moved, one after the other.
  std::vector<DemoPhase> phases_;       // As the pathway orders them.
  std::vector<absl::Time> phase_ends_;  // When each phase is over.
  size_t next_phase_ = 0;               // The first phase that is not printed yet.
  std::vector<Task> tasks_;
  std::optional<std::string> unanswered_;    // The message whose first attempt the gateway reports as failed for now.
  std::optional<std::string> refused_;       // The message whose first contact point the gateway reports as refused.
  std::map<std::string, std::string> keys_;  // Idempotency keys by reminder, once it was leased.
  std::set<std::string> sent_;               // Reminders that were sent.
  std::vector<v1::Lease> to_answer_;         // What was sent since the patients last wrote back.
  std::string last_text_;                    // Who wrote what last, for a note.
  std::set<std::string> set_off_;            // Tasks that answers set off and the care team knows of.
  DemoTotals totals_;
  std::map<std::string, std::pair<int64_t, absl::Duration>> calls_;  // By kind: how many, and how long they took.
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_YEAR_H_
