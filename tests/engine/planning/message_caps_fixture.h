// A fixture for tests of caps on messages.
#ifndef AFTERCARE_TESTS_ENGINE_PLANNING_MESSAGE_CAPS_FIXTURE_H_
#define AFTERCARE_TESTS_ENGINE_PLANNING_MESSAGE_CAPS_FIXTURE_H_

#include <string>
#include <vector>

#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {

// Returns a pathway with these rules, and with what `more` says as text. For a procedure on 2029-03-01:
//   a, b, c   each day from 2 March at 09:00, 10:00 and 11:00, until the end of the next day
//   brief     on 2 March at 12:00, until 14:00
//   warn      of the safety category, on 2 March at 13:00
//   task      of the care team, on 2 March at 08:30
v1::Pathway CappedPathway(const std::string& more);

// A sandbox on Thursday 2029-03-01, 08:00 UTC, with that pathway. The procedure of enrollment `e` is on that day.
class MessageCapsFixture : public SandboxFixture {
 protected:
  explicit MessageCapsFixture(const std::string& more = "message_cap { per_day: 2 }");

  // Returns a patient on the pathway.
  static v1::Enrollment Patient();

  // Sets the clinic's contact hours.
  void SetHours(const std::string& hours);

  // Leases what is due and reports it sent. Returns the ids.
  std::vector<std::string> SendUntil(const std::string& time);
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_PLANNING_MESSAGE_CAPS_FIXTURE_H_
