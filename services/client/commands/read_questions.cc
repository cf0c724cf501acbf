#include "services/client/commands/read_questions.h"

#include <algorithm>

namespace aftercare::client {
namespace {

// Of a pathway with more revisions, the oldest are not worth the calls.
constexpr int kMostRevisions = 50;

bool HasAll(const Questions& questions, const v1::GetTimelineResponse& timeline) {
  return std::all_of(timeline.reminders().begin(), timeline.reminders().end(), [&](const v1::Reminder& reminder) {
    return questions.Find(RuleOf(reminder.name())) != nullptr;
  });
}

}  // namespace

Questions ReadQuestions(Session& session, const v1::GetTimelineResponse& timeline) {
  Questions questions;
  const int newest = timeline.enrollment().pathway_revision();
  for (int revision = newest; revision > std::max(0, newest - kMostRevisions); --revision) {
    v1::GetPathwayRequest request;
    request.set_name(timeline.enrollment().pathway());
    request.set_revision(revision);
    const auto response = session.Call(request);
    if (!response.ok()) break;
    questions.Add(response->pathway());
    if (HasAll(questions, timeline)) break;
  }
  return questions;
}

}  // namespace aftercare::client
