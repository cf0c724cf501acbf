// Dead letters: messages that FAILED. They are listed, and sent again on request.
#ifndef AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DEAD_LETTERS_H_
#define AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DEAD_LETTERS_H_

#include "aftercare/v1/delivery_service.pb.h"
#include "scheduler/engine/delivery/delivery_context.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/engine_context.h"

namespace aftercare::engine {

// Both functions are thread safe. Requests and responses must live until `done`.

// Lists a page of the FAILED reminders of a clinic, in order of due time, each with whether it may be redriven.
void ListDeadLetters(DeliveryContext& context, const CallPtr& call, const v1::ListDeadLettersRequest& request,
                     v1::ListDeadLettersResponse* response, Done done);

// Makes FAILED reminders DUE again, directed at the first contact point that may be written to. The response has one
// result for each name, in the same order; a reminder that is refused has its error in its result.
void RedriveReminders(DeliveryContext& context, const CallPtr& call, const v1::RedriveRemindersRequest& request,
                      v1::RedriveRemindersResponse* response, Done done);

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_DELIVERY_DEAD_LETTERS_H_
