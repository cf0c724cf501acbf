#ifndef AFTERCARE_SERVICES_GATEWAY_RECEIPT_PATH_H_
#define AFTERCARE_SERVICES_GATEWAY_RECEIPT_PATH_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "aftercare/v1/delivery_service.pb.h"

namespace aftercare::gateway {

// Kannel's kinds of delivery reports, bits of a mask.
enum ReceiptKind { kDelivered = 1, kNotDelivered = 2, kBuffered = 4, kAccepted = 8, kRejected = 16 };

// The kinds of receipts that Kannel is asked for: those that say how the message ended.
inline constexpr int kReceiptMask = kDelivered | kNotDelivered | kRejected;

// Returns the path and query, below the callback address, to which Kannel reports what became of a lease's message.
// Kannel replaces %d by the kind. Thread safe.
inline std::string ReceiptPath(const std::string& token, const v1::Lease& lease) {
  return absl::StrCat("/kannel/", token, "/receipt?lease=", lease.lease_id(), "&key=", lease.idempotency_key(),
                      "&kind=%d");
}

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_RECEIPT_PATH_H_
