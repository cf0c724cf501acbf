#ifndef AFTERCARE_TESTS_HISTORY_GATEWAY_H_
#define AFTERCARE_TESTS_HISTORY_GATEWAY_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/history/world.h"

namespace aftercare::history {

// What a gateway may do with a message.
enum class Habit {
  kSend,       // sends it
  kTwice,      // sends it, and reports that twice
  kDrop,       // dies with it
  kHang,       // holds it beyond its lease, and then reports it sent
  kHangAndFail,  // holds it beyond its lease, and then reports a failure
  kTemporary,  // fails, may succeed later
  kPermanent,  // fails for good
  kRelease,    // gives it back
};

// How a gateway is.
struct Temper {
  std::vector<std::pair<Habit, int>> habits;  // by weight
  bool hasty = false;                         // breaks calls off
};

// A gateway that leases by LeaseReminders. For one thread.
class Gateway {
 public:
  // `parent` as in a LeaseRemindersRequest.
  Gateway(World& world, std::string parent, std::string name, const Temper& temper, uint64_t seed)
      : world_(world), parent_(std::move(parent)), name_(std::move(name)), temper_(temper), chance_(seed) {}

  // While there is work.
  void Run();

 private:
  // A report to be made, not before.
  struct Pending {
    std::string lease_id;
    std::string reminder;
    v1::DeliveryOutcome outcome = v1::DELIVERY_OUTCOME_SENT;
    absl::Time not_before;
    int rounds = 0;  // of leasing, to wait as well
  };

  std::vector<v1::Lease> Lease();
  Habit Draw();
  void Decide(const v1::Lease& lease);
  void Report();
  void LookAtSent();
  // Whether the server is to be awaited; by what became of a call.
  void MayBeGone(const grpc::Status& status);

  World& world_;
  const std::string parent_;
  const std::string name_;
  const Temper temper_;
  Chance chance_;
  ClientPtr client_;
  std::vector<Pending> pending_;
  std::vector<std::string> sent_;  // some reminders whose sending was acknowledged
};

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_GATEWAY_H_
