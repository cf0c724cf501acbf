#ifndef AFTERCARE_TESTS_HISTORY_PENDING_REPORTS_H_
#define AFTERCARE_TESTS_HISTORY_PENDING_REPORTS_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/history/test_run.h"

namespace aftercare::history {

// What a simulated gateway may do with a message.
enum class Behavior {
  kSend,         // sends it
  kTwice,        // sends it, and reports that twice
  kReceipt,      // sends it, and later reports that it was delivered or bounced
  kExtend,       // holds it longer, and then sends it
  kDrop,         // never reports anything about it
  kHang,         // holds it beyond its lease, and then reports it sent
  kHangAndFail,  // holds it beyond its lease, and then reports a failure
  kTemporary,    // reports a temporary failure
  kPermanent,    // reports a permanent failure
  kRelease,      // releases it unsent
};

// How one gateway behaves.
struct GatewayProfile {
  std::vector<std::pair<Behavior, int>> behaviors;  // each with its weight in the random choice
  bool hasty = false;                               // whether it gives up some LeaseReminders calls after milliseconds
};

// Something that a gateway will tell the server about a lease.
struct PendingReport {
  std::string lease_id;
  std::string reminder;
  v1::DeliveryOutcome outcome = v1::DELIVERY_OUTCOME_SENT;
  bool extends = false;  // it is an extension of the lease, and no report
  // The item is told once both are over: this time, and so many more rounds (calls of Take).
  absl::Time not_before = absl::InfinitePast();
  int rounds = 0;
};

// What a gateway has yet to tell the server about the messages it leased. For one thread.
class PendingReports {
 public:
  // `sandbox` says whether the clinic is a sandbox. There, leases run out by a clock that the gateway does not know, so
  // that a delay is counted in rounds only. `chance` must outlive the object.
  PendingReports(const GatewayProfile& profile, bool sandbox, Chance& chance)
      : profile_(profile), sandbox_(sandbox), chance_(chance) {}

  // Chooses a behavior for the leased message at random, and keeps the reports that it leads to.
  void Put(const v1::Lease& lease);

  // Ends a round. Removes and returns the items to tell the server now.
  std::vector<PendingReport> Take();

  // Puts back items that the server did not answer.
  void PutBack(const std::vector<PendingReport>& unheard);

  bool empty() const { return pending_.empty(); }

 private:
  Behavior Draw();

  const GatewayProfile profile_;
  const bool sandbox_;
  Chance& chance_;
  std::vector<PendingReport> pending_;
};

// Note in `call` how one item of a batch was answered. `call` is the observation of the batch call. `state` is the
// reminder's state in the answer.
void NoteItem(const PendingReport& item, const google::rpc::Status& status, v1::ReminderState state,
              Observation* call);
void NoteItem(const PendingReport& item, const v1::LeaseExtension& extension, Observation* call);
// Notes in `call` the item that was told, without an answer.
void NoteUnanswered(const PendingReport& item, Observation* call);

// Returns the lease as it is recorded: without the address of a patient.
v1::Lease Outline(v1::Lease lease);

// Returns the duration, in seconds, that extensions ask for. No lease asks for more.
int64_t ExtensionSeconds(bool sandbox);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_PENDING_REPORTS_H_
