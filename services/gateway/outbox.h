#ifndef AFTERCARE_SERVICES_GATEWAY_OUTBOX_H_
#define AFTERCARE_SERVICES_GATEWAY_OUTBOX_H_

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "aftercare/v1/delivery_service.pb.h"

namespace aftercare::gateway {

// The reports that the server has not answered yet. A report is either waiting, or under way to the server. It stays
// here until the server has answered it, even if the connection breaks. There is at most one report for each lease. Not
// thread safe.
class Outbox {
 public:
  // Adds a report, which waits. The outbox must not hold another one for its lease.
  void Add(v1::DeliveryReport report);

  // Takes up to `most` waiting reports, in the order in which they wait. They are under way from now on.
  std::vector<v1::DeliveryReport> Take(size_t most);

  // Settles the report that `result` answers. It waits again, behind the others, if the server may take it later.
  // Otherwise it is removed, whether it was accepted or refused for good. Returns false if it waits again. Returns
  // true, and changes nothing, if no such report is under way.
  bool Settle(const v1::DeliveryResult& result);

  // Call this when the connection broke: all reports under way wait again, before the others.
  void Return();

  // Returns true if a report waits.
  bool waiting() const { return !waiting_.empty(); }
  // The number of reports, waiting and under way.
  size_t size() const { return waiting_.size() + under_way_.size(); }

  // The number of reports, waiting and under way, that say that a message was sent.
  size_t sent() const;

 private:
  std::deque<v1::DeliveryReport> waiting_;
  std::map<std::string, v1::DeliveryReport> under_way_;  // by lease id
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_OUTBOX_H_
