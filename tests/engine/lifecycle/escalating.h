// What tests of tasks and their escalation share.
#ifndef AFTERCARE_TESTS_ENGINE_LIFECYCLE_ESCALATING_H_
#define AFTERCARE_TESTS_ENGINE_LIFECYCLE_ESCALATING_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

// Returns a pathway `days`. For a procedure on 2029-03-01 in UTC:
//   call.2029-03-02    10:00 to 12:00, a task; its steps last until 13:00 (on-call, urgent) and 13:30 (emergency)
//   note.2029-03-02    10:00 to 12:00, an urgent task without steps
//   msg.2029-03-02     09:00, to the end of the next day
inline v1::Pathway EscalatingPathway() {
  return FromText<v1::Pathway>(R"pb(
    name: "clinics/box/pathways/days" display_name: "Tasks" default_locale: "en"
    phases { id: "acute" display_name: "First weeks" span { days { first: 0 last: 20 } } }
    rules {
      id: "call" phase: "acute" category: "nurse" audience: AUDIENCE_CARE_TEAM
      schedule { on { days: 1 } times: "10:00" window { hours: 2 } }
      escalation { deadline { seconds: 3600 } category: "on-call" urgency: URGENCY_URGENT }
      escalation { deadline { seconds: 1800 } urgency: URGENCY_EMERGENCY }
      texts { key: "en" value: "Call {first_name}." }
    }
    rules {
      id: "note" phase: "acute" category: "nurse" audience: AUDIENCE_CARE_TEAM urgency: URGENCY_URGENT
      schedule { on { days: 1 } times: "10:00" window { hours: 2 } }
      texts { key: "en" value: "Note." }
    }
    rules {
      id: "msg" phase: "acute" category: "message"
      schedule { on { days: 1 } times: "09:00" window { days: 1 } }
      texts { key: "en" value: "Hello." }
    }
  )pb");
}

// Returns what is shown of a task: `DUE nurse ROUTINE step 0 by 03-02T12:00`, and ` acknowledged 03-02T11:00`. `Shown`
// is a Reminder or a ReminderChange.
template <typename Shown>
std::string TaskOf(const Shown& shown) {
  const auto time = [](const google::protobuf::Timestamp& at) {
    return absl::FormatTime("%m-%dT%H:%M", plan::ToTime(at), absl::UTCTimeZone());
  };
  return absl::StrCat(StateAndReason(shown.state(), shown.reason()), " ", shown.category(), " ",
                      absl::StripPrefix(v1::Urgency_Name(shown.urgency()), "URGENCY_"), " step ",
                      shown.escalation_step(), " by ", time(shown.expire_time()),
                      shown.has_acknowledge_time() ? " acknowledged " + time(shown.acknowledge_time()) : "");
}

// Returns the events about a reminder of the enrollment `e`, each as `03-02T10:00 ` and TaskOf, and ` by ` with its
// actor if it has one. `clinic` is an id.
inline std::vector<std::string> TaskEvents(World& world, const std::string& clinic, const std::string& id) {
  std::vector<std::string> events;
  for (const v1::Event& event : world.Events(clinic)) {
    if (event.reminder().name() != absl::StrCat("clinics/", clinic, "/enrollments/e/reminders/", id)) continue;
    events.push_back(absl::StrCat(
        absl::FormatTime("%m-%dT%H:%M ", plan::ToTime(event.event_time()), absl::UTCTimeZone()),
        TaskOf(event.reminder()), event.actor().empty() ? "" : " by " + event.actor()));
  }
  return events;
}

inline absl::StatusOr<v1::Reminder> Acknowledge(World& world, const std::string& name,
                                                const std::string& request_id = "") {
  v1::AcknowledgeReminderRequest request;
  request.set_name(name);
  request.set_request_id(request_id);
  auto response = world.Call(&Engine::reminders, &Reminders::Acknowledge, request);
  if (!response.ok()) return response.status();
  return response->reminder();
}

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_LIFECYCLE_ESCALATING_H_
