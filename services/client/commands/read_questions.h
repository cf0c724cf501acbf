#ifndef AFTERCARE_SERVICES_CLIENT_COMMANDS_READ_QUESTIONS_H_
#define AFTERCARE_SERVICES_CLIENT_COMMANDS_READ_QUESTIONS_H_

#include "aftercare/v1/enrollment_service.pb.h"
#include "services/client/render/questions.h"
#include "services/client/session.h"

namespace aftercare::client {

// Asks the server for the pathway of a timeline's patient and returns its questions. Also asks for the revisions before
// the patient's own, but only as long as a reminder of the timeline is of a rule that none of them has. Returns what it
// has so far if the pathway cannot be read. Not thread safe.
Questions ReadQuestions(Session& session, const v1::GetTimelineResponse& timeline);

}  // namespace aftercare::client

#endif  // AFTERCARE_SERVICES_CLIENT_COMMANDS_READ_QUESTIONS_H_
