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
  kReceipt,      // sends it, and later says that it arrived, or came back
  kExtend,       // holds it longer, and then sends it
  kDrop,         // dies with it
  kHang,         // holds it beyond its lease, and then reports it sent
  kHangAndFail,  // holds it beyond its lease, and then reports a failure
  kTemporary,    // fails, may succeed later
  kPermanent,    // fails for good
  kRelease,      // gives it back
};

// How one gateway behaves.
struct GatewayProfile {
  std::vector<std::pair<Behavior, int>> behaviors;  // with their weights
  bool hasty = false;                               // whether it cancels some of its calls
};

// Something that a gateway will tell the server about a lease.
struct PendingReport {
  std::string lease_id;
  std::string reminder;
  v1::DeliveryOutcome outcome = v1::DELIVERY_OUTCOME_SENT;
  bool extends = false;  // not a report: the lease is to be held longer
  absl::Time not_before = absl::InfinitePast();
  int rounds = 0;  // to wait as well
};

// What a gateway has yet to tell the server about the messages it leased. For one thread.
class PendingReports {
 public:
  // In a sandbox, leases run out by a clock that the gateway does not know.
  PendingReports(const GatewayProfile& profile, bool sandbox, Chance& chance)
      : profile_(profile), sandbox_(sandbox), chance_(chance) {}

  // Decides by chance what becomes of a message.
  void Put(const v1::Lease& lease);

  // Ends a round. Returns what is to be told now.
  std::vector<PendingReport> Take();

  // Puts back what the server did not hear.
  void PutBack(const std::vector<PendingReport>& unheard);

  bool empty() const { return pending_.empty(); }

 private:
  Behavior Draw();

  const GatewayProfile profile_;
  const bool sandbox_;
  Chance& chance_;
  std::vector<PendingReport> pending_;
};

// Records how one item of a batch was answered. `call` is that of the batch.
void NoteItem(const PendingReport& item, const google::rpc::Status& status, v1::ReminderState state,
              Observation* call);
void NoteItem(const PendingReport& item, const v1::LeaseExtension& extension, Observation* call);
// Records what the item was about, if there is no answer.
void NoteUnanswered(const PendingReport& item, Observation* call);

// Returns the lease as it is recorded: without the patient's data.
v1::Lease Outline(v1::Lease lease);

// How long an extension holds: longer than any lease.
int64_t ExtensionSeconds(bool sandbox);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_PENDING_REPORTS_H_
