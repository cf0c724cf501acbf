// How many messages a patient gets at most. Functions are pure and thread safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_MESSAGE_CAPS_H_
#define AFTERCARE_SCHEDULER_PLAN_MESSAGE_CAPS_H_

#include <string>

#include "aftercare/v1/message_cap.pb.h"
#include "scheduler/plan/input/field_errors.h"

namespace aftercare::plan {

// v1::MessageCap. 0: no cap.
struct MessageCaps {
  int per_day = 0;
  int per_week = 0;

  bool any() const { return per_day > 0 || per_week > 0; }
};

// Reads a cap, which stands in the field `path`. Adds an error for every faulty field.
MessageCaps CheckMessageCap(const v1::MessageCap& cap, const std::string& path, FieldErrors* errors);

// Reads a cap that was checked when it was stored.
MessageCaps TrustedMessageCaps(const v1::MessageCap& cap);

// Returns the stricter of two caps, for the day and for the week.
MessageCaps StricterOf(const MessageCaps& a, const MessageCaps& b);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_MESSAGE_CAPS_H_
