#include "tests/history/mutations.h"

#include <algorithm>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/history/alarm_mutations.h"
#include "tests/history/mutation_helpers.h"
#include "tests/history/notice_mutations.h"
#include "tests/history/text_mutations.h"
#include "tests/history/watch_mutations.h"
#include "tests/history/word_mutations.h"

namespace aftercare::history {
namespace {

bool LoseEnrollment(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_ENROLL);
  if (call == nullptr) return false;
  const std::string name = call->change().name();
  return EraseIf(history->mutable_enrollments(), [&](const v1::Enrollment& each) { return each.name() == name; }) > 0;
}

bool LoseEnrollmentLine(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_ENROLL);
  if (call == nullptr) return false;
  return EraseLines(history, call->change().name(), [&](const v1::Event& event) {
    return event.type() == v1::EVENT_TYPE_ENROLLMENT_CREATED && event.enrollment() == call->change().name();
  });
}

bool EnrollTwice(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_ENROLL);
  if (call == nullptr) return false;
  auto* log = LogOf(history, call->change().name());
  log->Add(log->Get(FindLine(*history, *log, [&](const v1::Event& event) {
    return event.enrollment() == call->change().name();
  })));
  return true;
}

bool LoseUpdate(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_UPDATE);
  if (call == nullptr) return false;
  const Observation* enrolled = FindLast(history->mutable_observations(), [&](const Observation& each) {
    return each.change().kind() == Change::KIND_ENROLL && each.change().name() == call->change().name();
  });
  FindLast(history->mutable_enrollments(), [&](const v1::Enrollment& each) {
    return each.name() == call->change().name();
  })->set_first_name(enrolled->change().first_name());
  return true;
}

bool LoseCompletion(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_COMPLETE);
  if (call == nullptr) return false;
  LastState(history, call->change().name())->set_state(v1::REMINDER_STATE_SENT);
  return true;
}

bool LoseCancellation(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_CANCEL);
  if (call == nullptr) return false;
  return EraseLines(history, call->change().name(), [&](const v1::Event& event) {
    return event.reminder().name() == call->change().name() &&
           event.reminder().state() == v1::REMINDER_STATE_CANCELLED;
  });
}

bool TurnClockBack(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_ADVANCE);
  if (call == nullptr) return false;
  for (Clinic& clinic : *history->mutable_clinics()) clinic.set_last_micros(call->change().micros() - 1);
  return true;
}

bool LoseSent(History* history) {
  const Observation* report = DoneReport(history, v1::DELIVERY_OUTCOME_SENT);
  if (report == nullptr) return false;
  v1::Reminder* reminder =
      LastState(history, LeaseOf(history, report->report().lease_id())->lease().reminder());
  reminder->set_state(v1::REMINDER_STATE_EXPIRED);
  reminder->set_reason(v1::REMINDER_REASON_WINDOW_CLOSED);
  return true;
}

bool LoseReceipt(History* history) {
  const Observation* report = DoneReport(history, v1::DELIVERY_OUTCOME_DELIVERED);
  if (report == nullptr) return false;
  const std::string reminder = LeaseOf(history, report->report().lease_id())->lease().reminder();
  LastState(history, reminder)->set_state(v1::REMINDER_STATE_SENT);
  return true;
}

bool LoseRedrive(History* history) {
  const Observation* call = DoneChange(history, Change::KIND_REDRIVE);
  if (call == nullptr) return false;
  return EraseLines(history, call->change().name(), [&](const v1::Event& event) {
    return event.reminder().name() == call->change().name() && event.reminder().state() == v1::REMINDER_STATE_FAILED;
  });
}

// A gateway was told at once that the lease it got is over, which is in the log as running, and ran for long.
bool EndLeaseUntold(History* history) {
  Observation* lease = LastLease(history);
  if (lease == nullptr) return false;
  auto* expire = lease->mutable_lease()->mutable_expire_time();
  expire->set_seconds(expire->seconds() + 86400);
  Observation told = *lease;
  told.mutable_ended()->set_lease_id(lease->lease().lease_id());
  const std::string reminder = lease->lease().reminder();
  const int attempt = lease->lease().attempt();
  *history->add_observations() = told;
  bool leased = false;
  EraseIf(LogOf(history, reminder), [&](int place) {
    const v1::ReminderChange& change = history->events(place).reminder();
    const bool is_lease = change.state() == v1::REMINDER_STATE_LEASED && change.attempts() == attempt;
    leased = leased || (change.name() == reminder && is_lease);
    return leased && change.name() == reminder && !is_lease;
  });
  return leased;
}

bool LoseRelease(History* history) {
  const Observation* report = DoneReport(history, v1::DELIVERY_OUTCOME_RELEASED);
  if (report == nullptr) return false;
  const v1::Lease& lease = LeaseOf(history, report->report().lease_id())->lease();
  return EraseLines(history, lease.reminder(), [&](const v1::Event& event) {
    return event.reminder().name() == lease.reminder() && event.reminder().state() == v1::REMINDER_STATE_DUE;
  });
}

bool LoseLease(History* history) {
  const Observation* lease = LastLease(history);
  if (lease == nullptr) return false;
  return EraseLines(history, lease->lease().reminder(), [&](const v1::Event& event) {
    return event.reminder().name() == lease->lease().reminder() &&
           event.reminder().state() == v1::REMINDER_STATE_LEASED &&
           event.reminder().attempts() == lease->lease().attempt();
  });
}

bool SendUnasked(History* history) {
  const Observation* report = DoneReport(history, v1::DELIVERY_OUTCOME_SENT);
  if (report == nullptr) return false;
  const std::string reminder = LeaseOf(history, report->report().lease_id())->lease().reminder();
  for (Observation& call : *history->mutable_observations()) {
    if (!call.has_report() || call.report().outcome() != v1::DELIVERY_OUTCOME_SENT) continue;
    const Observation* lease = LeaseOf(history, call.report().lease_id());
    if (lease->lease().reminder() == reminder) call.mutable_report()->set_outcome(v1::DELIVERY_OUTCOME_RELEASED);
  }
  return true;
}

bool RefuseSent(History* history) {
  Observation* report = DoneReport(history, v1::DELIVERY_OUTCOME_SENT);
  if (report == nullptr) return false;
  report->set_outcome(OUTCOME_REFUSED);
  report->set_reason("LEASE_LOST");
  return true;
}

bool FindNothing(History* history) {
  Observation* look = FindLast(history->mutable_observations(), [](const Observation& call) {
    return call.has_look() && Done(call) && call.look().name().find("/reminders/") == std::string::npos;
  });
  if (look == nullptr) return false;
  look->set_outcome(OUTCOME_REFUSED);
  return true;
}

bool FindUnsent(History* history) {
  Observation* look = FindLast(history->mutable_observations(), [](const Observation& call) {
    return call.look().state() == v1::REMINDER_STATE_SENT && Done(call);
  });
  if (look == nullptr) return false;
  look->mutable_look()->set_state(v1::REMINDER_STATE_DUE);
  return true;
}

bool OfferEarly(History* history) {
  Observation* lease = LastLease(history);
  if (lease == nullptr) return false;
  auto* due = lease->mutable_lease()->mutable_due_time();
  due->set_seconds(lease->answered_micros() / 1'000'000 + 1);
  return true;
}

bool OfferExpired(History* history) {
  Observation* lease = LastLease(history);
  if (lease == nullptr) return false;
  lease->mutable_lease()->mutable_expire_time()->set_seconds(lease->asked_micros() / 1'000'000 - 1);
  return true;
}

bool HoldBeyondWindow(History* history) {
  Observation* lease = LastLease(history);
  if (lease == nullptr) return false;
  auto* expire = lease->mutable_lease()->mutable_expire_time();
  expire->set_seconds(expire->seconds() + 86400 * 400);
  return true;
}

bool LeaseSent(History* history) {
  const Observation* report = DoneReport(history, v1::DELIVERY_OUTCOME_SENT);
  if (report == nullptr) return false;
  Observation again = *LeaseOf(history, report->report().lease_id());
  again.set_asked(report->answered() + 1);
  again.set_answered(report->answered() + 2);
  again.mutable_lease()->set_attempt(again.lease().attempt() + 100);
  again.mutable_lease()->set_lease_id("another");
  *history->add_observations() = again;
  return true;
}

// Of two leases in a row, the first of which ran out, the first had not.
bool HoldTogether(History* history) {
  const Index index(*history);
  for (const auto& [name, lines] : index.reminders) {
    for (size_t i = 1; i < lines.size(); ++i) {
      const v1::ReminderChange& before = lines[i - 1].event->reminder();
      const v1::ReminderChange& after = lines[i].event->reminder();
      const Held* holder = index.HolderOf(before);
      const bool both = before.state() == v1::REMINDER_STATE_LEASED && after.state() == v1::REMINDER_STATE_LEASED &&
                        before.attempts() != after.attempts();
      if (!both || holder == nullptr) continue;
      auto* expire = LeaseOf(history, holder->lease->lease_id())->mutable_lease()->mutable_expire_time();
      expire->set_seconds(lines[i].event->event_time().seconds() + 1);
      return true;
    }
  }
  return false;
}

bool FailLate(History* history) {
  Observation* report = DoneReport(history, v1::DELIVERY_OUTCOME_RELEASED);
  if (report == nullptr) return false;
  LeaseOf(history, report->report().lease_id())->mutable_lease()->mutable_expire_time()->set_seconds(1);
  return true;
}

bool ChangeKey(History* history) {
  std::set<std::string> seen;
  for (Observation& call : *history->mutable_observations()) {
    if (!call.has_lease() || IsAlarm(call.lease().reminder()) || seen.insert(call.lease().reminder()).second) continue;
    call.mutable_lease()->set_idempotency_key("another");
    return true;
  }
  return false;
}

bool ShareKey(History* history) {
  std::string key;
  for (Observation& call : *history->mutable_observations()) {
    if (!call.has_lease() || IsAlarm(call.lease().reminder()) || call.lease().attempt() != 1) continue;
    if (!key.empty()) {
      call.mutable_lease()->set_idempotency_key(key);
      return true;
    }
    key = call.lease().idempotency_key();
  }
  return false;
}

bool GiveTwice(History* history) {
  const Observation* lease = LastLease(history);
  if (lease == nullptr) return false;
  const Observation again = *lease;
  *history->add_observations() = again;
  return true;
}

bool EndTwice(History* history) {
  const Observation* report = DoneReport(history, v1::DELIVERY_OUTCOME_SENT);
  if (report == nullptr) return false;
  const std::string reminder = LeaseOf(history, report->report().lease_id())->lease().reminder();
  auto* log = LogOf(history, reminder);
  const int line = FindLine(*history, *log, [&](const v1::Event& event) {
    return event.reminder().name() == reminder && event.reminder().state() == v1::REMINDER_STATE_SENT;
  });
  if (line < 0) return false;
  v1::Event event = history->events(log->Get(line));
  event.mutable_reminder()->set_state(v1::REMINDER_STATE_EXPIRED);
  event.mutable_reminder()->set_reason(v1::REMINDER_REASON_WINDOW_CLOSED);
  log->Add(history->events_size());
  *history->add_events() = event;
  return true;
}

bool NeverEnd(History* history) {
  v1::Reminder* reminder = FindLast(history->mutable_timelines(), [](const v1::Reminder&) { return true; });
  reminder->set_state(v1::REMINDER_STATE_DUE);
  return true;
}

bool EndWithoutReason(History* history) {
  v1::Reminder* reminder = FindLast(history->mutable_timelines(), [](const v1::Reminder& each) {
    return each.reason() != v1::REMINDER_REASON_UNSPECIFIED;
  });
  if (reminder == nullptr) return false;
  reminder->clear_reason();
  return true;
}

// Loses one of the last enrollment that has as many as are planned, so that none is to spare.
bool LoseOccurrence(History* history) {
  const Index index(*history);
  std::map<std::string, int> counts;
  for (const v1::Reminder& reminder : history->timelines()) ++counts[EnrollmentOf(reminder.name())];
  auto* timelines = history->mutable_timelines();
  for (int i = timelines->size() - 1; i >= 0; --i) {
    const std::string enrollment = EnrollmentOf(timelines->Get(i).name());
    if (counts[enrollment] != index.clinics.at(ClinicOf(enrollment))->occurrences_size()) continue;
    timelines->DeleteSubrange(i, 1);
    return true;
  }
  return false;
}

bool ShowTwice(History* history) {
  if (history->timelines().empty()) return false;
  const v1::Reminder again = history->timelines(0);
  *history->add_timelines() = again;
  return true;
}

bool ShowWhatIsNotPlanned(History* history) {
  if (history->timelines().empty()) return false;
  v1::Reminder& other = *history->add_timelines();
  other = history->timelines(0);
  const std::string& name = other.name();
  other.set_name(absl::StrCat(name.substr(0, name.rfind('.') + 1), "1999-12-31"));
  return true;
}

std::vector<Mutation> GeneralMutations() {
  return {
      {"LostEnrollment", "was acknowledged and is lost", LoseEnrollment},
      {"LostEnrollmentLine", "1 enrolment(s) acknowledged, 0 in the log", LoseEnrollmentLine},
      {"EnrolledTwice", "1 enrolment(s) asked for, 2 in the log", EnrollTwice},
      {"LostUpdate", "was acknowledged and is lost", LoseUpdate},
      {"SaysAnOldName", "and the name was Renamed by then", SayAnOldName},
      {"SaysANameOfNobody", "a name that nobody has given", SayAName},
      {"LostCompletion", "its completion was acknowledged, and it is SENT", LoseCompletion},
      {"LostCancellation", "its cancellation was acknowledged", LoseCancellation},
      {"ClockTurnedBack", "its clock was moved further than it is at the end", TurnClockBack},
      {"LostSending", "was acknowledged as sent, and is EXPIRED", LoseSent},
      {"LostReceipt", "was acknowledged as delivered, and is SENT", LoseReceipt},
      {"LostRedrive", "its redrive was acknowledged and is lost", LoseRedrive},
      {"LostConsent", "opted out, which is not what the patient decided last", LoseConsent},
      {"OfferedOnAnUnwantedChannel", "is for a channel that the patient opted out of", OfferUnwanted},
      {"OfferedToAStoppedNumber", "is for a number that had said stop", OfferToStopped},
      {"LostWord", "stopped, which is not the last word from it", LoseWord},
      {"LeaseToldToHaveEnded", "was told to have ended, and held", EndLeaseUntold},
      {"LostRelease", "was given back, which is lost", LoseRelease},
      {"LostLease", "was given and is not in the log", LoseLease},
      {"SentByNobody", "was sent by nobody", SendUnasked},
      {"SendingRefused", "was refused what it may do: LEASE_LOST", RefuseSent},
      {"EnrolledAndNotFound", "was acknowledged, and then not found", FindNothing},
      {"SentAndFoundDue", "was acknowledged as sent, and then found DUE", FindUnsent},
      {"Early", "was given before it was due", OfferEarly},
      {"Late", "had ended when it was asked for", OfferExpired},
      {"HeldBeyondTheWindow", "reaches beyond the reminder's window", HoldBeyondWindow},
      {"LeasedAfterSending", "was reported sent, and leased again", LeaseSent},
      {"TwoHolders", "was given while lease", HoldTogether},
      {"FailedByAnother", "was given back by a gateway that no longer held it", FailLate},
      {"ChangedKey", "has 2 idempotency keys", ChangeKey},
      {"SharedKey", "has the idempotency key of", ShareKey},
      {"LeaseGivenTwice", "was given twice", GiveTwice},
      {"EndedTwice", "and then became EXPIRED", EndTwice},
      {"NeverEnded", "has not ended: it is DUE", NeverEnd},
      {"EndedWithoutReason", "without a reason", EndWithoutReason},
      {"LostOccurrence", " has nothing for ", LoseOccurrence},
      {"ShownTwice", " is shown twice", ShowTwice},
      {"UnplannedOccurrence", " is neither in the plan nor in the log", ShowWhatIsNotPlanned},
      {"EventTwice", "again", SeeTwice},
      {"EventGap", "has a gap of 1 events before", SeeGap},
      {"EventsOutOfOrder", "too soon", SeeOutOfOrder},
      {"EventOfNothing", "which is not in the log", SeeWhatIsNot},
      {"LastEventMissed", "missed the last 1 events", StopEarly},
      {"ListMissesWhatTheWatchDoes", "was told neither by its list nor afterwards that", ListNothing},
      {"LogOutOfOrder", "comes after it in the log", LogOutOfOrder},
  };
}

}  // namespace

const std::vector<Mutation>& AllMutations() {
  static const std::vector<Mutation>& all = *new std::vector<Mutation>([] {
    std::vector<Mutation> mutations = GeneralMutations();
    mutations.insert(mutations.end(), AlarmMutations().begin(), AlarmMutations().end());
    mutations.insert(mutations.end(), NoticeMutations().begin(), NoticeMutations().end());
    return mutations;
  }());
  return all;
}

}  // namespace aftercare::history
