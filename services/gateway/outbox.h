#ifndef AFTERCARE_SERVICES_GATEWAY_OUTBOX_H_
#define AFTERCARE_SERVICES_GATEWAY_OUTBOX_H_

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "aftercare/v1/delivery_service.pb.h"

namespace aftercare::gateway {

// What the server is to be told: each report stays until the server has answered it, however often the way there
// breaks. One report a lease. Not thread safe.
class Outbox {
 public:
  void Add(v1::DeliveryReport report);

  // Up to `most` that wait, oldest first: they are under way from now on.
  std::vector<v1::DeliveryReport> Take(size_t most);

  // The server answered. What it could not take for now waits again; everything else is done with. Answers whether it
  // was taken or, refused for good, is no longer of use.
  bool Settle(const v1::DeliveryResult& result);

  // The way broke: what is under way waits again, before the rest.
  void Return();

  bool waiting() const { return !waiting_.empty(); }
  size_t size() const { return waiting_.size() + under_way_.size(); }

  // How many of them say that a message was sent.
  size_t sent() const;

 private:
  std::deque<v1::DeliveryReport> waiting_;
  std::map<std::string, v1::DeliveryReport> under_way_;  // by lease
};

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_OUTBOX_H_
