// The messages that tell care teams of tasks about signs of danger. A task may have several: one for the rule's team,
// and one for each escalation step that names a team. All leases with which a message was tried have one idempotency
// key. The functions are pure.
#ifndef AFTERCARE_TESTS_HISTORY_TEAM_MESSAGES_H_
#define AFTERCARE_TESTS_HISTORY_TEAM_MESSAGES_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/history/index.h"

namespace aftercare::history {

// The team that is told of a task, and the escalation step that names it. Step 0: the rule does.
struct ToldTeam {
  int step = 0;
  const v1::CareTeam* team = nullptr;  // refers to the clinic; null if nobody is told
};

// Returns the team of a task that has gone `steps` steps: that of the last of them that names one, or else of the rule.
ToldTeam TeamAfter(const Clinic& clinic, int steps);

// Returns the step whose message a lease was for: 0 for a message to a patient, -1 if the log does not have the lease.
int StepOfLease(const Index& index, const v1::Lease& lease);

// The leases of one message, in the order in which they were seen.
using Tries = std::vector<const Held*>;

// Returns the leases of each message: by reminder and step.
std::map<std::pair<std::string, int>, Tries> LeasesByMessage(const Index& index);

// Returns whether the server may have accepted a report.
bool MayHaveCounted(const Observation& report);

// Returns whether the message may have come back after a report that it was sent, and before `moment`: the same lease
// has a report that it bounced, or another lease has one that may be later than `sent`.
bool MayHaveBounced(const Tries& tries, const Observation& sent, int64_t moment);

}  // namespace aftercare::history

#endif  // AFTERCARE_TESTS_HISTORY_TEAM_MESSAGES_H_
