// Promise 1 for what writers do: nothing acknowledged is lost, and nothing is done twice or unasked.
#include <algorithm>
#include <utility>
#include <vector>

#include "tests/history/checks.h"

namespace aftercare::history {
namespace {

struct Kind {
  Change::Kind kind;
  v1::EventType event;
  const char* word;
};

constexpr Kind kEnrollmentChanges[] = {
    {Change::KIND_ENROLL, v1::EVENT_TYPE_ENROLLMENT_CREATED, "enrolment"},
    {Change::KIND_UPDATE, v1::EVENT_TYPE_ENROLLMENT_UPDATED, "update"},
    {Change::KIND_PAUSE, v1::EVENT_TYPE_ENROLLMENT_PAUSED, "pause"},
    {Change::KIND_RESUME, v1::EVENT_TYPE_ENROLLMENT_RESUMED, "resumption"},
    {Change::KIND_END, v1::EVENT_TYPE_ENROLLMENT_ENDED, "end"},
};

const std::vector<const Wish*>& WishesFor(const Index& index, const std::string& name) {
  static const std::vector<const Wish*>& none = *new std::vector<const Wish*>;
  const auto found = index.wishes_for.find(name);
  return found == index.wishes_for.end() ? none : found->second;
}

const std::vector<Line>& LinesOf(const std::map<std::string, std::vector<Line>>& lines, const std::string& name) {
  static const std::vector<Line>& none = *new std::vector<Line>;
  const auto found = lines.find(name);
  return found == lines.end() ? none : found->second;
}

// Whether `change` may log a line of the other kind: the end of a paused enrollment resumes it first, and what a
// patient decides on a channel updates it.
bool BringsAlong(Change::Kind change, Change::Kind other) {
  return (change == Change::KIND_END && other == Change::KIND_RESUME) ||
         (change == Change::KIND_CONSENT && other == Change::KIND_UPDATE);
}

// A wish for messages may change the state of an address, and what the patient decided about the channel.
constexpr int kUpdatesOfWish = 2;

// Each change is in the log once: as many lines as changes that were acknowledged, or may have happened.
void CheckLines(const Index& index, const std::string& enrollment, const Kind& kind, Faults* faults) {
  int done = 0;
  int possible = 0;
  for (const Wish* wish : WishesFor(index, enrollment)) {
    const bool along = BringsAlong(wish->change.kind(), kind.kind);
    if (wish->change.kind() != kind.kind && !along) continue;
    done += wish->done && !along ? 1 : 0;
    const bool is_consent = wish->change.kind() == Change::KIND_CONSENT;
    possible += wish->possible() ? (is_consent ? kUpdatesOfWish : 1) : 0;
  }
  // A word from its number may change the state of a contact point, or what its patient decided.
  for (const Wish* word : index.WordsFor(enrollment)) {
    const bool may = word->change.kind() == Change::KIND_WORD && word->possible();
    possible += may && kind.kind == Change::KIND_UPDATE ? kUpdatesOfWish : 0;
  }
  int lines = 0;
  for (const Line& line : LinesOf(index.enrollments, enrollment)) lines += line.event->type() == kind.event ? 1 : 0;
  if (lines < done) {
    faults->Add("promise 1: ", enrollment, ": ", done, " ", kind.word, "(s) acknowledged, ", lines, " in the log");
  }
  if (lines > possible) {
    faults->Add("promise 1: ", enrollment, ": ", possible, " ", kind.word, "(s) asked for, ", lines, " in the log");
  }
}

// The first name is that of a change that no acknowledged one came after.
void CheckFirstName(const Index& index, const v1::Enrollment& enrollment, Faults* faults) {
  const Wish* last = nullptr;
  for (const Wish* wish : WishesFor(index, enrollment.name())) {
    const bool sets = !wish->change.first_name().empty() && wish->possible();
    if (sets && wish->change.first_name() == enrollment.first_name()) last = wish;
  }
  if (last == nullptr) {
    return faults->Add("promise 1: ", enrollment.name(), " has a first name that nobody gave it");
  }
  for (const Wish* wish : WishesFor(index, enrollment.name())) {
    if (wish->change.first_name().empty() || !wish->done || wish->asked < last->answered) continue;
    faults->Add("promise 1: ", enrollment.name(), ": the update to ", wish->change.first_name(),
                " was acknowledged and is lost");
  }
}

// Returns whether something is refused, or not, by one of the decisions after which no acknowledged one came. Without
// decisions nothing is.
bool IsDecidedLast(std::vector<const Wish*> decisions, bool refused) {
  decisions.erase(
      std::remove_if(decisions.begin(), decisions.end(), [](const Wish* wish) { return !wish->possible(); }),
      decisions.end());
  const auto may_be_last = [&](int64_t answered) {
    return std::none_of(decisions.begin(), decisions.end(),
                        [&](const Wish* other) { return other->done && other->asked > answered; });
  };
  bool explained = !refused && may_be_last(0);  // nobody decided anything
  for (const Wish* wish : decisions) {
    const bool says_so = refused == (wish->change.consent() == v1::CONSENT_REFUSED);
    explained = explained || (says_so && may_be_last(wish->answered));
  }
  return explained;
}

// What the patient decided last holds: what the clinic was told, or a start word.
void CheckConsent(const Index& index, const v1::Enrollment& enrollment, Faults* faults) {
  const bool refused = enrollment.opted_out_channels_size() > 0;
  std::vector<const Wish*> decisions;
  for (const Wish* wish : WishesFor(index, enrollment.name())) {
    if (wish->change.kind() == Change::KIND_CONSENT) decisions.push_back(wish);
  }
  for (const Wish* word : index.WordsFor(enrollment.name())) {
    const bool starts = word->change.kind() == Change::KIND_WORD && word->change.consent() == v1::CONSENT_GRANTED;
    if (starts) decisions.push_back(word);
  }
  if (!IsDecidedLast(std::move(decisions), refused)) {
    faults->Add("promise 1: ", enrollment.name(), " has ", refused ? "" : "not ",
                "opted out, which is not what the patient decided last");
  }
}

// The last word from the number holds.
void CheckStopped(const Index& index, const v1::Enrollment& enrollment, Faults* faults) {
  const bool stopped = std::any_of(
      enrollment.contact_points().begin(), enrollment.contact_points().end(), [](const v1::ContactPoint& point) {
        return point.channel() == v1::CHANNEL_SMS && point.state() == v1::CONTACT_POINT_STATE_STOPPED;
      });
  if (!IsDecidedLast(index.WordsFor(enrollment.name()), stopped)) {
    faults->Add("promise 7: ", enrollment.name(), " has a number that is ", stopped ? "" : "not ",
                "stopped, which is not the last word from it");
  }
}

void CheckEnrollment(const Index& index, const std::string& name, Faults* faults) {
  const auto found = index.last_enrollments.find(name);
  bool created = false;
  bool ended = false;
  for (const Line& line : LinesOf(index.enrollments, name)) {
    created = created || line.event->type() == v1::EVENT_TYPE_ENROLLMENT_CREATED;
    ended = ended || line.event->type() == v1::EVENT_TYPE_ENROLLMENT_ENDED;
  }
  for (const Wish* wish : WishesFor(index, name)) {
    const bool enrolled = wish->change.kind() == Change::KIND_ENROLL && wish->done;
    if (enrolled && found == index.last_enrollments.end()) {
      faults->Add("promise 1: ", name, " was acknowledged and is lost");
    }
  }
  if (created != (found != index.last_enrollments.end())) {
    faults->Add("promise 1: ", name, " is in the log or there at the end, not both");
  }
  if (found == index.last_enrollments.end()) return;
  const v1::Enrollment& enrollment = *found->second;
  if (ended != (enrollment.state() == v1::ENROLLMENT_STATE_ENDED)) {
    faults->Add("promise 1: ", name, " has ended by the log or by itself, not both");
  }
  for (const Wish* wish : WishesFor(index, name)) {
    const bool end_is_done = wish->change.kind() == Change::KIND_END && wish->done;
    if (end_is_done && wish->change.end_reason() != enrollment.end_reason()) {
      faults->Add("promise 1: ", name, ": its end was acknowledged with another reason");
    }
  }
  CheckFirstName(index, enrollment, faults);
  CheckConsent(index, enrollment, faults);
  CheckStopped(index, enrollment, faults);
}

bool HasDue(const std::vector<Line>& lines, int64_t micros) {
  return std::any_of(lines.begin(), lines.end(),
                     [&](const Line& line) { return Micros(line.event->reminder().due_time()) == micros; });
}

bool WasRedriven(const std::vector<Line>& lines) {
  for (size_t i = 1; i < lines.size(); ++i) {
    if (lines[i - 1].event->reminder().state() == v1::REMINDER_STATE_FAILED &&
        lines[i].event->reminder().state() == v1::REMINDER_STATE_DUE) {
      return true;
    }
  }
  return false;
}

// What was asked of one reminder is in the log.
void CheckReminderChange(const Index& index, const Wish& wish, Faults* faults) {
  if (!wish.done) return;
  const std::string& name = wish.change.name();
  const std::vector<Line>& lines = LinesOf(index.reminders, name);
  const auto has_become = [&](v1::ReminderState state, v1::ReminderReason reason) {
    return std::any_of(lines.begin(), lines.end(), [&](const Line& line) {
      return line.event->reminder().state() == state &&
             (reason == v1::REMINDER_REASON_UNSPECIFIED || line.event->reminder().reason() == reason);
    });
  };
  const auto last = index.last_reminders.find(name);
  const v1::ReminderState state =
      last == index.last_reminders.end() ? v1::REMINDER_STATE_UNSPECIFIED : last->second->state();
  switch (wish.change.kind()) {
    case Change::KIND_MOVE:
      if (!HasDue(lines, wish.change.micros())) {
        faults->Add("promise 1: ", name, ": its move was acknowledged and is lost");
      }
      break;
    case Change::KIND_CANCEL:
      if (!has_become(v1::REMINDER_STATE_CANCELLED, v1::REMINDER_REASON_CANCELLED_BY_CLINIC) ||
          (state != v1::REMINDER_STATE_CANCELLED && !IsSent(state, v1::REMINDER_REASON_BOUNCED))) {
        faults->Add("promise 1: ", name, ": its cancellation was acknowledged, and it is ", Word(state));
      }
      break;
    case Change::KIND_COMPLETE:
      if (!has_become(v1::REMINDER_STATE_COMPLETED, v1::REMINDER_REASON_UNSPECIFIED) ||
          state != v1::REMINDER_STATE_COMPLETED) {
        faults->Add("promise 1: ", name, ": its completion was acknowledged, and it is ", Word(state));
      }
      break;
    case Change::KIND_REDRIVE:
      if (!WasRedriven(lines)) faults->Add("promise 1: ", name, ": its redrive was acknowledged and is lost");
      break;
    default:
      break;
  }
}

// What happened to a reminder by the hand of the clinic was asked for.
void CheckWasAskedFor(const Index& index, const std::string& name, const std::vector<Line>& lines, Faults* faults) {
  for (const Line& line : lines) {
    const v1::ReminderChange& change = line.event->reminder();
    if (change.state() == v1::REMINDER_STATE_COMPLETED && !index.MayHaveHappened(name, Change::KIND_COMPLETE)) {
      faults->Add("promise 1: ", name, " was completed by nobody");
    }
    if (change.reason() == v1::REMINDER_REASON_CANCELLED_BY_CLINIC &&
        !index.MayHaveHappened(name, Change::KIND_CANCEL)) {
      faults->Add("promise 1: ", name, " was cancelled by nobody");
    }
    if (change.reason() == v1::REMINDER_REASON_OPTED_OUT &&
        !index.MayHaveHappened(EnrollmentOf(name), Change::KIND_CONSENT) &&
        !index.MayHaveWritten(EnrollmentOf(name), v1::CONSENT_REFUSED)) {
      faults->Add("promise 1: ", name, " was opted out of by nobody");
    }
  }
}

}  // namespace

void CheckChangesAreKept(const Index& index, Faults* faults) {
  std::vector<std::string> enrollments;
  for (const auto& [name, enrollment] : index.last_enrollments) enrollments.push_back(name);
  for (const auto& [name, lines] : index.enrollments) enrollments.push_back(name);
  for (const auto& [id, wish] : index.wishes) {
    if (wish.change.kind() == Change::KIND_ENROLL) enrollments.push_back(wish.change.name());
    CheckReminderChange(index, wish, faults);
    if (wish.change.kind() != Change::KIND_ADVANCE || !wish.done) continue;
    const auto clinic = index.clinics.find(wish.change.name());
    if (clinic == index.clinics.end() || clinic->second->last_micros() < wish.change.micros()) {
      faults->Add("promise 1: ", wish.change.name(), ": its clock was moved further than it is at the end");
    }
  }
  std::sort(enrollments.begin(), enrollments.end());
  enrollments.erase(std::unique(enrollments.begin(), enrollments.end()), enrollments.end());
  for (const std::string& name : enrollments) {
    CheckEnrollment(index, name, faults);
    for (const Kind& kind : kEnrollmentChanges) CheckLines(index, name, kind, faults);
  }
  for (const auto& [name, lines] : index.reminders) CheckWasAskedFor(index, name, lines, faults);
}

}  // namespace aftercare::history
