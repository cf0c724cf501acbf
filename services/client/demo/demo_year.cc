#include "services/client/demo/demo_year.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/terminal.h"
#include "services/client/demo/demo_answers.h"
#include "services/client/demo/demo_patients.h"
#include "services/client/render/labels.h"

namespace aftercare::client {
namespace {

constexpr int kWidth = 100;
constexpr int kMostClinics = 1000;
constexpr int kPage = 1000;

// How long the care team takes for a task.
constexpr absl::Duration kTaskTakes = absl::Hours(26);
constexpr absl::Duration kCallTakes = absl::Minutes(30);  // for what an answer set off

// Longer than the server waits before it offers a failed message again for the first time.
constexpr absl::Duration kRetryPause = absl::Minutes(1);

// Returns the failure of the demonstration if the server breaks a promise.
absl::Status BrokenPromise(absl::string_view what) {
  return absl::InternalError(absl::StrCat("the year did not come out as it must: ", what));
}

// Returns the n-th message of a patient, counted from 1, or nullopt if there are fewer.
std::optional<std::string> NthMessage(const v1::GetTimelineResponse& timeline, int n) {
  for (const v1::Reminder& reminder : timeline.reminders()) {
    if (reminder.audience() == v1::AUDIENCE_CARE_TEAM || reminder.state() != v1::REMINDER_STATE_SCHEDULED) continue;
    if (--n == 0) return reminder.name();
  }
  return std::nullopt;
}

}  // namespace

absl::Status DemoYear::MakeClinic() {
  const std::string wanted = IdOf(session_.clinic());
  v1::CreateClinicRequest request;
  *request.mutable_clinic() = DemoClinic();
  for (int number = 1; number <= kMostClinics; ++number) {
    request.set_clinic_id(number == 1 ? wanted : absl::StrCat(wanted, "-", number));
    const auto response = Call("other", request);
    if (absl::IsAlreadyExists(response.status())) continue;
    if (!response.ok()) return response.status();
    clinic_ = response->clinic();
    now_ = plan::ToTime(clinic_.test_clock_time());
    return absl::OkStatus();
  }
  return UsageError(
      absl::StrCat("there are ", kMostClinics, " clinics called ", wanted, " already; choose another --clinic"));
}

absl::Status DemoYear::StorePathway() {
  v1::CreatePathwayRequest request;
  request.set_parent(clinic_.name());
  request.set_pathway_id(pathway_id_);
  *request.mutable_pathway() = pathway_;
  const auto response = Call("other", request);
  if (!response.ok()) return response.status();
  pathway_ = response->pathway();
  return absl::OkStatus();
}

absl::Status DemoYear::EnrollPatients() {
  v1::ListRemindersRequest list;
  list.set_parent(clinic_.name());
  list.set_page_size(1);
  const auto start = Call("other", list);
  if (!start.ok()) return start.status();
  start_token_ = start->resume_token();
  for (const v1::Enrollment& patient : DemoPatients(clinic_.name(), IdOf(pathway_.name()), pathway_)) {
    v1::CreateEnrollmentRequest request;
    request.set_parent(clinic_.name());
    request.set_enrollment_id(IdOf(patient.name()));
    *request.mutable_enrollment() = patient;
    const auto response = Call("other", request);
    if (!response.ok()) return response.status();
    patients_.push_back({response->enrollment(), 0});
  }
  return absl::OkStatus();
}

// Reads when reminders come due for a patient, and when each phase is over.
absl::Status DemoYear::ReadPlan(const DemoPatient& patient) {
  v1::GetTimelineRequest request;
  request.set_name(patient.enrollment.name());
  const auto timeline = Call("other", request);
  if (!timeline.ok()) return timeline.status();
  if (phases_.empty()) {
    for (const v1::TimelinePhase& span : timeline->phases()) phases_.push_back({span, {}, {}, {}});
    phase_ends_.assign(phases_.size(), now_);
  }
  std::vector<Task> tasks;
  for (const v1::Reminder& reminder : timeline->reminders()) {
    const absl::Time due = plan::ToTime(reminder.due_time());
    steps_.insert(std::max(due, now_));
    absl::Time& end = phase_ends_[&PhaseOf(reminder.phase()) - phases_.data()];
    end = std::max(end, due);
    // Whether a conditional one comes due is not known yet.
    const bool is_task = reminder.audience() == v1::AUDIENCE_CARE_TEAM && !reminder.conditional();
    if (is_task) tasks.push_back({reminder.name(), due, due + kTaskTakes});
  }
  // A message that is refused needs a patient with a second contact point.
  if (patient.enrollment.contact_points_size() > 1 && !refused_.has_value()) refused_ = NthMessage(*timeline, 2);
  if (patient.enrollment.contact_points_size() == 1) unanswered_ = NthMessage(*timeline, 3);
  totals_.planned += timeline->reminders_size();
  patients_[&patient - patients_.data()].planned = timeline->reminders_size();
  PlanTasks(std::move(tasks));
  return absl::OkStatus();
}

// The last task of each patient is left open, so that the user finds one.
void DemoYear::PlanTasks(std::vector<Task> tasks) {
  if (!tasks.empty()) tasks.back().done = absl::InfiniteFuture();
  for (Task& task : tasks) {
    if (task.done != absl::InfiniteFuture()) steps_.insert(std::max(task.done, now_));
    tasks_.push_back(std::move(task));
  }
}

void DemoYear::Introduce() {
  if (session_.json()) {
    session_.PrintJson(clinic_);
    for (const DemoPatient& patient : patients_) session_.PrintJson(patient.enrollment);
  } else {
    session_.Print(
        RenderDemoIntroduction(clinic_, pathway_, patients_, std::min(kWidth, TerminalWidth()), session_.colour()));
  }
}

absl::Status DemoYear::MoveClockTo(absl::Time time) {
  v1::AdvanceTestClockRequest request;
  request.set_name(clinic_.name());
  plan::SetTimestamp(time, request.mutable_time());
  const auto response = Call("advance", request);
  if (!response.ok()) return response.status();
  now_ = plan::ToTime(response->clinic().test_clock_time());
  ++totals_.clock_steps;
  return absl::OkStatus();
}

// Checks that a leased message is due and was not sent before, and that its idempotency key is always the same.
absl::Status DemoYear::CheckLease(const v1::Lease& lease) {
  if (plan::ToTime(lease.due_time()) > now_) return BrokenPromise(absl::StrCat(lease.reminder(), " was offered early"));
  if (sent_.count(lease.reminder()) > 0)
    return BrokenPromise(absl::StrCat(lease.reminder(), " was offered after it was sent"));
  const auto [known, added] = keys_.emplace(lease.reminder(), lease.idempotency_key());
  if (!added && known->second != lease.idempotency_key()) {
    return BrokenPromise(absl::StrCat(lease.reminder(), " has two idempotency keys"));
  }
  return absl::OkStatus();
}

// Returns what the gateway reports. Two messages of the year fail at the first attempt.
v1::DeliveryOutcome DemoYear::OutcomeOf(const v1::Lease& lease) {
  if (lease.attempt() > 1) return v1::DELIVERY_OUTCOME_SENT;
  if (unanswered_ == lease.reminder()) {
    steps_.insert(now_ + kRetryPause);
    return v1::DELIVERY_OUTCOME_TEMPORARY_FAILURE;
  }
  return refused_ == lease.reminder() ? v1::DELIVERY_OUTCOME_PERMANENT_FAILURE : v1::DELIVERY_OUTCOME_SENT;
}

void DemoYear::RecordSent(const v1::Lease& lease) {
  sent_.insert(lease.reminder());
  to_answer_.push_back(lease);
  DemoPhase& phase = PhaseOf(lease.phase());
  phase.sent.push_back(lease);
  const std::string what =
      absl::StrCat(PatientOf(lease.reminder()).enrollment.first_name(), "'s ", IdOf(lease.reminder()));
  if (unanswered_ == lease.reminder()) {
    phase.notes.push_back(absl::StrCat("! To show it, the gateway reported that ", what,
                                       " failed for the moment. It was offered "
                                       "again within a minute, with the same idempotency key, and sent at attempt ",
                                       lease.attempt(), "."));
  }
  if (refused_ == lease.reminder()) {
    phase.notes.push_back(absl::StrCat("! To show it, the gateway reported that the first contact point of ", what,
                                       " refuses messages. It was offered again at once for the next one, ",
                                       ChannelLabel(lease.contact_point().channel()), ", and sent."));
  }
}

absl::Status DemoYear::SendWhatIsDue() {
  v1::LeaseRemindersRequest request;
  request.set_parent(clinic_.name());
  request.set_max_reminders(kPage);
  bool again = true;
  while (again) {
    const auto leased = Call("lease", request);
    if (!leased.ok()) return leased.status();
    if (leased->leases_size() == 0) return absl::OkStatus();
    v1::ReportDeliveriesRequest reports;
    again = leased->leases_size() == kPage;
    for (const v1::Lease& lease : leased->leases()) {
      const absl::Status good = CheckLease(lease);
      if (!good.ok()) return good;
      v1::DeliveryReport* report = reports.add_reports();
      report->set_lease_id(lease.lease_id());
      report->set_outcome(OutcomeOf(lease));
      again = again || report->outcome() == v1::DELIVERY_OUTCOME_PERMANENT_FAILURE;
    }
    totals_.leases += leased->leases_size();
    const auto taken = Call("report", reports);
    if (!taken.ok()) return taken.status();
    for (int i = 0; i < taken->results_size(); ++i) {
      if (taken->results(i).status().code() != 0) return BrokenPromise(RenderItemStatus(taken->results(i).status()));
      if (reports.reports(i).outcome() == v1::DELIVERY_OUTCOME_SENT) RecordSent(leased->leases(i));
    }
  }
  return absl::OkStatus();
}

// The patients answer at once what they are asked.
absl::Status DemoYear::WriteBack() {
  for (const v1::Lease& lease : std::exchange(to_answer_, {})) {
    const std::string id = IdOf(lease.reminder());
    const auto rule = std::find_if(pathway_.rules().begin(), pathway_.rules().end(), [&](const v1::Rule& candidate) {
      return candidate.id() == id.substr(0, id.find('.'));
    });
    DemoPatient& patient = PatientOf(lease.reminder());
    if (rule == pathway_.rules().end()) continue;
    const auto text = DemoAnswer(MannerOf(&patient - patients_.data()), *rule, patient.texts);
    if (!text) continue;
    v1::RecordReplyRequest request;
    request.set_parent(clinic_.name());
    request.set_channel(lease.contact_point().channel());
    request.set_address(lease.contact_point().address());
    request.set_text(*text);
    const auto response = Call("other", request);
    if (!response.ok()) return response.status();
    ++patient.texts;
    if (response->reply().meaning() == v1::REPLY_MEANING_ANSWER) ++totals_.answered;
    last_text_ = absl::StrCat(patient.enrollment.first_name(), " wrote \"", *text, "\"");
    if (absl::Status status = TakeUpTasks(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

// The care team sees to the tasks that answers have set off. Those of missing answers and those with conditions are
// left open.
absl::Status DemoYear::TakeUpTasks() {
  v1::ListRemindersRequest request;
  request.set_parent(clinic_.name());
  request.mutable_filter()->set_audience(v1::AUDIENCE_CARE_TEAM);
  request.mutable_filter()->add_states(v1::REMINDER_STATE_DUE);
  request.mutable_filter()->add_states(v1::REMINDER_STATE_LEASED);
  request.set_page_size(kPage);
  const auto response = Call("other", request);
  if (!response.ok()) return response.status();
  for (const v1::Reminder& task : response->reminders()) {
    if (!absl::StrContains(task.cause(), "/replies/") || !set_off_.insert(task.name()).second) continue;
    tasks_.push_back({task.name(), now_, now_ + kCallTakes});
    steps_.insert(now_ + kCallTakes);
    DemoPhase& phase = phases_[std::min(next_phase_, phases_.size() - 1)];
    phase.notes.push_back(absl::StrCat("! ", last_text_, ". That set off a task: \"", task.text(), "\""));
  }
  return absl::OkStatus();
}

absl::Status DemoYear::DoTasks() {
  for (Task& task : tasks_) {
    if (task.done > now_) continue;
    v1::CompleteReminderRequest request;
    request.set_name(task.name);
    const auto response = Call("other", request);
    if (!response.ok()) return response.status();
    task.done = absl::InfiniteFuture();
    ++totals_.tasks_done;
  }
  return absl::OkStatus();
}

absl::Status DemoYear::PrintPhase(size_t index) {
  DemoPhase& phase = phases_[index];
  v1::ListRemindersRequest request;
  request.set_parent(clinic_.name());
  request.mutable_filter()->add_phases(phase.span.phase());
  request.set_page_size(kPage);
  do {
    const auto response = Call("other", request);
    if (!response.ok()) return response.status();
    phase.reminders.insert(phase.reminders.end(), response->reminders().begin(), response->reminders().end());
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  if (session_.json()) {
    for (const DemoPatient& patient : patients_) session_.PrintJson(JsonOf(phase, patient));
  } else {
    session_.Print(RenderDemoPhase(phase, patients_, patients_[index % patients_.size()],
                                   std::min(kWidth, TerminalWidth()), session_.colour()));
  }
  return absl::OkStatus();
}

absl::Status DemoYear::PrintPhasesOver() {
  while (next_phase_ < phases_.size() && phase_ends_[next_phase_] <= now_) {
    const absl::Status printed = PrintPhase(next_phase_++);
    if (!printed.ok()) return printed;
  }
  return absl::OkStatus();
}

absl::Status DemoYear::PlayYear() {
  while (!steps_.empty()) {
    const absl::Time next = *steps_.begin();
    steps_.erase(steps_.begin());
    absl::Status status = MoveClockTo(next);
    if (status.ok()) status = SendWhatIsDue();
    while (status.ok() && !to_answer_.empty()) {
      status = WriteBack();
      if (status.ok()) status = SendWhatIsDue();  // An answer may set off a message at once.
    }
    if (status.ok()) status = DoTasks();
    if (!status.ok()) return status;
    // Messages that failed in the last minute of a phase are tried again before the phase is printed.
    if (steps_.empty() || *steps_.begin() > now_ + kRetryPause) {
      const absl::Status printed = PrintPhasesOver();
      if (!printed.ok()) return printed;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::CountRemindersResponse> DemoYear::Count(v1::Audience audience) {
  v1::CountRemindersRequest request;
  request.set_parent(clinic_.name());
  request.mutable_filter()->set_audience(audience);
  return Call("other", request);
}

// Counts the reminders that answers, or their absence, have set off.
absl::StatusOr<int64_t> DemoYear::CountSetOff() {
  v1::ListRemindersRequest request;
  request.set_parent(clinic_.name());
  request.set_page_size(kPage);
  int64_t count = 0;
  do {
    const auto response = Call("other", request);
    if (!response.ok()) return response.status();
    count += std::count_if(response->reminders().begin(), response->reminders().end(),
                           [](const v1::Reminder& reminder) { return !reminder.cause().empty(); });
    request.set_page_token(response->next_page_token());
  } while (!request.page_token().empty());
  return count;
}

absl::Status DemoYear::CheckAndPrintTotals() {
  const auto messages = Count(v1::AUDIENCE_PATIENT);
  if (!messages.ok()) return messages.status();
  const auto tasks = Count(v1::AUDIENCE_CARE_TEAM);
  if (!tasks.ok()) return tasks.status();
  for (const v1::ReminderCount& count : messages->counts()) {
    const bool open = count.state() == v1::REMINDER_STATE_SCHEDULED || count.state() == v1::REMINDER_STATE_DUE ||
                      count.state() == v1::REMINDER_STATE_LEASED;
    if (open) return BrokenPromise(absl::StrCat(count.count(), " messages of ", count.phase(), " have no end"));
    const bool was_sent = count.state() == v1::REMINDER_STATE_SENT || count.state() == v1::REMINDER_STATE_COMPLETED;
    (was_sent ? totals_.sent : totals_.other_ends) += count.count();
  }
  int64_t done = 0;
  for (const v1::ReminderCount& count : tasks->counts()) {
    const bool is_open = count.state() == v1::REMINDER_STATE_DUE || count.state() == v1::REMINDER_STATE_SCHEDULED;
    const bool is_done = count.state() == v1::REMINDER_STATE_COMPLETED;
    (is_done ? done : is_open ? totals_.tasks_open : totals_.other_ends) += count.count();
  }
  const auto set_off = CountSetOff();
  if (!set_off.ok()) return set_off.status();
  totals_.set_off = *set_off;
  if (messages->total_count() + tasks->total_count() != totals_.planned + totals_.set_off) return BrokenPromise("not all was counted");
  if (totals_.sent != static_cast<int64_t>(sent_.size()))
    return BrokenPromise("the gateway sent another number of messages");
  if (done != totals_.tasks_done) return BrokenPromise("the care team did another number of tasks");
  totals_.elapsed = HostNow() - begin_;
  totals_.calls.assign(calls_.begin(), calls_.end());
  if (session_.json()) {
    session_.PrintJson(JsonOf(totals_));
    return absl::OkStatus();
  }
  const GlobalOptions& options = session_.options();
  const std::string server = AccessFlags(options.server);
  session_.Print(
      absl::StrCat(RenderDemoTotals(totals_, std::min(kWidth, TerminalWidth()), session_.colour()),
                   RenderNextSteps(options.program, absl::StrCat(" --clinic ", IdOf(clinic_.name()), server),
                                   IdOf(patients_.front().enrollment.name()), start_token_, session_.colour())));
  return absl::OkStatus();
}

DemoPhase& DemoYear::PhaseOf(const std::string& id) {
  const auto found =
      std::find_if(phases_.begin(), phases_.end(), [&](const DemoPhase& phase) { return phase.span.phase() == id; });
  return found == phases_.end() ? phases_.back() : *found;
}

DemoPatient& DemoYear::PatientOf(const std::string& reminder) {
  const auto found = std::find_if(patients_.begin(), patients_.end(), [&](const DemoPatient& patient) {
    return absl::StartsWith(reminder, patient.enrollment.name() + "/");
  });
  return found == patients_.end() ? patients_.front() : *found;
}

absl::Status DemoYear::Run() {
  for (const auto step : {&DemoYear::MakeClinic, &DemoYear::StorePathway, &DemoYear::EnrollPatients}) {
    const absl::Status done = (this->*step)();
    if (!done.ok()) return done;
  }
  for (const DemoPatient& patient : patients_) {
    const absl::Status read = ReadPlan(patient);
    if (!read.ok()) return read;
  }
  Introduce();
  const absl::Status lived = PlayYear();
  if (!lived.ok()) return lived;
  return CheckAndPrintTotals();
}

}  // namespace aftercare::client
