#ifndef AFTERCARE_SERVICES_GATEWAY_RECEIPT_PATH_H_
#define AFTERCARE_SERVICES_GATEWAY_RECEIPT_PATH_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "aftercare/v1/delivery_service.pb.h"

namespace aftercare::gateway {

// Kannel's kinds of delivery reports, bits of a mask.
enum ReceiptKind { kDelivered = 1, kNotDelivered = 2, kBuffered = 4, kAccepted = 8, kRejected = 16 };

// Which are asked for: how it ends.
inline constexpr int kReceiptMask = kDelivered | kNotDelivered | kRejected;

// Where Kannel is to report what became of a message: the path and query below the address of the callbacks. Kannel
// fills in the kind for %d.
inline std::string ReceiptPath(const std::string& token, const v1::Lease& lease) {
  return absl::StrCat("/kannel/", token, "/receipt?lease=", lease.lease_id(), "&key=", lease.idempotency_key(),
                      "&kind=%d");
}

}  // namespace aftercare::gateway

#endif  // AFTERCARE_SERVICES_GATEWAY_RECEIPT_PATH_H_
