// Dead letters are messages in state FAILED. Lists them, and redrives them: makes gateways send them again.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DEAD_LETTERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DEAD_LETTERS_H_

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Both functions are thread safe. Requests and responses must live until `done` is called. The errors are those that
// delivery_service.proto documents.

// Lists a page of the FAILED reminders of a clinic, in order of due time. Tells for each if it may be redriven.
void ListDeadLetters(DeliveryContext& context, const CallPtr& call, const v1::ListDeadLettersRequest& request,
                     v1::ListDeadLettersResponse* response, Done done);

// Makes FAILED reminders DUE again, and directs them at the patient's first permitted contact point. The response has
// one result for each name, in the same order. If a reminder is refused, its result has the error, and the other
// reminders are still redriven.
void RedriveReminders(DeliveryContext& context, const CallPtr& call, const v1::RedriveRemindersRequest& request,
                      v1::RedriveRemindersResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DEAD_LETTERS_H_
