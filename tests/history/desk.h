#ifndef AFTERCARE_TESTS_HISTORY_DESK_H_
#define AFTERCARE_TESTS_HISTORY_DESK_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/history/world.h"

namespace aftercare::history {

// What a gateway may do with a message.
enum class Habit {
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

// How a gateway is.
struct Temper {
  std::vector<std::pair<Habit, int>> habits;  // by weight
  bool hasty = false;                         // breaks calls off
};

// Something to be told of a lease, not before.
struct Pending {
  std::string lease_id;
  std::string reminder;
  v1::DeliveryOutcome outcome = v1::DELIVERY_OUTCOME_SENT;
  bool extends = false;  // not a report: the lease is to be held longer
  absl::Time not_before = absl::InfinitePast();
  int rounds = 0;  // to wait as well
};

// What lies on a gateway's desk: what it has yet to tell of the messages it was given. For one thread.
class Desk {
 public:
  // `sandbox`: leases run out by a clock the gateway does not know.
  Desk(const Temper& temper, bool sandbox, Chance& chance) : temper_(temper), sandbox_(sandbox), chance_(chance) {}

  // Decides what becomes of a message.
  void Put(const v1::Lease& lease);

  // A round is over: takes what is to be told now.
  std::vector<Pending> Take();

  // It was not heard: puts it back.
  void PutBack(const std::vector<Pending>& unheard);

  bool empty() const { return pending_.empty(); }

 private:
  Habit Draw();

  const Temper temper_;
  const bool sandbox_;
  Chance& chance_;
  std::vector<Pending> pending_;
};

// Takes down how one item of a batch was answered: `call` is that of the batch.
void NoteItem(const Pending& item, const google::rpc::Status& status, v1::ReminderState state, Observation* call);
void NoteItem(const Pending& item, const v1::LeaseExtension& extension, Observation* call);
// What it was about, where there is no answer.
void NoteUnanswered(const Pending& item, Observation* call);

// The lease as it is taken down: without what is the patient's.
v1::Lease Outline(v1::Lease lease);

// How long an extension holds: longer than any lease.
int64_t ExtensionSeconds(bool sandbox);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_DESK_H_
