// What the changes of one reminder have in common, where the request has its name and a request id and nothing else.
#ifndef AFTERCARE_SCHEDULER_ENGINE_REMINDERS_NAMED_CHANGE_H_
#define AFTERCARE_SCHEDULER_ENGINE_REMINDERS_NAMED_CHANGE_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/runtime/call.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/engine_context.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/store/transaction.h"

namespace aftercare::engine {

// Changes the reminder of the given name, and sets that to the reminder's present name.
using NamedChange = absl::Status (*)(EngineContext& engine, store::WriteTransaction& tx, store::ReminderKey* key);

// Checks the request, makes the change in one mutation and answers with the reminder as it is then. INVALID_ARGUMENT
// names every bad field. `request` and `response` must live until `done` is called. Thread safe.
template <typename Request, typename Response>
void ChangeNamed(EngineContext& engine, const CallPtr& call, NamedChange change, const Request& request,
                 Response* response, Done done) {
  plan::FieldErrors errors;
  const auto key = ParseReminderName(request.name());
  if (!key) errors.push_back({"name", std::string(kReminderForm)});
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Mutate(
      request, key->clinic, request.request_id(), response,
      [&engine, change, named = *key, response](store::WriteTransaction& tx) -> absl::Status {
        store::ReminderKey key = named;
        if (absl::Status status = change(engine, tx, &key); !status.ok()) return status;
        auto reminder = ReadReminder(engine, tx, key);
        if (!reminder.ok()) return reminder.status();
        *response->mutable_reminder() = *std::move(reminder);
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine

#endif  // AFTERCARE_SCHEDULER_ENGINE_REMINDERS_NAMED_CHANGE_H_
