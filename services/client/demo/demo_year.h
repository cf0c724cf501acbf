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
#include "services/client/input/pathway_file.h"
#include "services/client/session.h"
#include "services/common/host_clock.h"

namespace aftercare::client {

// The demonstration: makes a sandbox clinic with patients and lives through their year, as clinic, gateway and care
// team at once, printing as it goes. It takes the server's word for everything it prints, and checks it. Lives for one
// command; not thread safe.
class DemoYear {
 public:
  // `file` must outlive it.
  DemoYear(Session& session, const PathwayFile& file) : session_(session), file_(file) {}

  // The whole of it. A failure if a call fails, or if the year did not come out as it must.
  absl::Status Run();

 private:
  // A task the care team does at its time.
  struct Task {
    std::string name;
    absl::Time due;
    absl::Time done;  // InfiniteFuture: left open.
  };

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

  absl::Status LiveThrough();
  absl::Status MoveClockTo(absl::Time time);
  absl::Status SendWhatIsDue();
  v1::DeliveryOutcome OutcomeOf(const v1::Lease& lease);
  absl::Status CheckLease(const v1::Lease& lease);
  void RecordSent(const v1::Lease& lease);
  absl::Status DoTasks();
  absl::Status PrintPhasesOver();
  absl::Status PrintPhase(size_t index);

  absl::StatusOr<v1::CountRemindersResponse> Count(v1::Audience audience);
  absl::Status CheckAndPrintTotals();
  DemoPhase& PhaseOf(const std::string& id);
  const DemoPatient& PatientOf(const std::string& reminder) const;

  Session& session_;
  const PathwayFile& file_;
  const absl::Time begin_ = HostNow();
  v1::Clinic clinic_;
  v1::Pathway pathway_;
  std::vector<DemoPatient> patients_;
  std::string start_token_;

  absl::Time now_;
  std::set<absl::Time> steps_;          // Where the clock is yet to stop.
  std::vector<DemoPhase> phases_;       // As the pathway orders them.
  std::vector<absl::Time> phase_ends_;  // When all of a phase has happened.
  size_t next_phase_ = 0;               // The first that is not printed.
  std::vector<Task> tasks_;
  std::optional<std::string> unanswered_;    // The message that a gateway fails to send the first time,
  std::optional<std::string> refused_;       // and the one whose first contact point it finds refused.
  std::map<std::string, std::string> keys_;  // Idempotency keys of what was leased, by reminder.
  std::set<std::string> sent_;
  DemoTotals totals_;
  std::map<std::string, std::pair<int64_t, absl::Duration>> calls_;
};

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_DEMO_DEMO_YEAR_H_
