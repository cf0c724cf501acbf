#include "scheduler/engine/lifecycle/untold.h"

#include <string>

namespace aftercare::engine {

record::v1::NeverTold UntoldOf(const record::v1::PlanHistory& history) {
  record::v1::NeverTold untold = history.never_told();
  for (const std::string& id : untold.reminders()) {
    record::v1::UntoldMessage* message = untold.add_messages();
    message->set_reminder(id);
    message->set_change_micros(untold.change_micros());
  }
  for (const std::string& id : untold.visits()) {
    record::v1::UntoldVisit* visit = untold.add_appointments();
    visit->set_visit(id);
    visit->set_change_micros(untold.change_micros());
  }
  untold.clear_reminders();
  untold.clear_visits();
  return untold;
}

}  // namespace aftercare::engine
