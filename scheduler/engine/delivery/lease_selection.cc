#include "scheduler/engine/delivery/lease_selection.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "absl/status/statusor.h"
#include "scheduler/engine/lifecycle/fair_share.h"
#include "scheduler/engine/delivery/send_rate.h"
#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/leased_text.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/team_notices.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/wakeup_topics.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/reminder.h"

namespace aftercare::engine {
namespace {

constexpr size_t kMaxLeaseBytes = 1024;  // of a lease as a message, without its text
constexpr int kMaxLooks = 4000;  // rows looked at and clinics visited in one mutation

using ClinicPtr = std::shared_ptr<const store::ClinicRow>;

// Returns when the patient may next be contacted: `now`, or the next opening of the contact hours, or `expire` if there
// is no opening before it.
absl::Time NextContactTime(const EnrollmentContext& context, absl::Time now, absl::Time expire) {
  if (context.facts.hours.always_open()) return now;
  plan::LocalClock clock(context.facts.zone);
  const int64_t second = absl::ToUnixSeconds(now);
  const int64_t open = context.facts.hours.NextOpen(second, absl::ToUnixSeconds(expire), &clock);
  return open == second ? now : std::min(absl::FromUnixSeconds(open), expire);
}

// Makes a reminder that must not be sent now available at `until`. The reminder was DUE, or its lease has expired and
// is given up.
absl::Status Postpone(store::WriteTransaction& tx, const EnrollmentContext& context, absl::Time until, absl::Time now,
                      store::ReminderRow* row) {
  row->available = until;
  if (row->state == v1::REMINDER_STATE_DUE) return tx.UpdateReminder(*row);
  return ChangeReminder(tx, context, ReminderEvent::kRelease, v1::REMINDER_REASON_UNSPECIFIED, now, row);
}

// One selection: leases from one clinic at a time into the batch.
class LeaseSelection : public FairSource {
 public:
  LeaseSelection(DeliveryContext& context, store::WriteTransaction& tx, LeaseTerms& terms, store::ClockId clock,
                 LookBudget& budget, LeaseBatch* batch)
      : context_(context), tx_(tx), terms_(terms), clock_(std::move(clock)), budget_(budget), batch_(*batch) {}

  absl::StatusOr<std::optional<std::string>> NextClinic(const std::string& after) override {
    return tx_.NextLeaseClinic(clock_, terms_.channels, after);
  }

  absl::StatusOr<int> TakeFrom(const std::string& id, int max) override {
    auto clinic = context_.engine.definitions().Clinic(tx_, id);
    if (!clinic.ok()) return clinic.status();
    return *clinic == nullptr ? 0 : LeaseFromClinic(*clinic, max);
  }

  // Leases what the send rate of the clinic allows. Returns how many.
  absl::StatusOr<int> LeaseFromClinic(const ClinicPtr& clinic, int max) {
    auto rate = SendRate::Load(tx_, *clinic, batch_.now);
    if (!rate.ok()) return rate.status();
    const int allowed = std::min(max, rate->allowance());
    const size_t before = batch_.leased.size();
    if (allowed > 0) {
      if (absl::Status status = LeaseAllowed(clinic, allowed); !status.ok()) return status;
    }
    const int leased = static_cast<int>(batch_.leased.size() - before);
    // A test clock moves by hand, so its times say nothing about real time.
    if (allowed < max && leased == allowed && clock_.empty()) tx_.NoteWake(rate->NextAfter(leased));
    if (absl::Status status = rate->Consume(tx_, leased); !status.ok()) return status;
    return leased;
  }

 private:
  // Leases up to `max` reminders of all channels, in order of availability.
  absl::Status LeaseAllowed(const ClinicPtr& clinic, int max) {
    const size_t end = batch_.leased.size() + max;
    while (batch_.leased.size() < end) {
      auto rows = NextRows(clinic->clinic, static_cast<int>(end - batch_.leased.size()));
      if (!rows.ok()) return rows.status();
      if (rows->empty()) return absl::OkStatus();
      for (store::ReminderRow& row : *rows) {
        if (batch_.leased.size() == end) return absl::OkStatus();
        batch_.positions[{row.channel, row.key.clinic}] = {*row.available, row.row_id};
        if (absl::Status status = LeaseIfMatching(clinic, std::move(row)); !status.ok()) return status;
        if (bytes_ >= kMaxPageBytes) budget_.Exhaust();
        if (!budget_.Spend()) return absl::OkStatus();
      }
    }
    return absl::OkStatus();
  }

  // Returns the next rows of all queues of a clinic, behind the positions of the batch: at most `limit`, in order of
  // availability.
  absl::StatusOr<std::vector<store::ReminderRow>> NextRows(const std::string& clinic, int limit) {
    std::vector<store::ReminderRow> all;
    for (const v1::Channel channel : terms_.channels) {
      std::optional<store::QueuePosition> after;
      if (const auto found = batch_.positions.find({channel, clinic}); found != batch_.positions.end()) {
        after = found->second;
      }
      auto rows = tx_.LeasableReminders({clock_, channel, clinic}, batch_.now, after, limit);
      if (!rows.ok()) return rows.status();
      if (all.empty()) {
        all = *std::move(rows);
      } else {
        std::move(rows->begin(), rows->end(), std::back_inserter(all));
      }
    }
    const auto is_before = [](const auto& a, const auto& b) { return *a.available < *b.available; };
    if (!std::is_sorted(all.begin(), all.end(), is_before)) std::stable_sort(all.begin(), all.end(), is_before);
    if (static_cast<int>(all.size()) > limit) all.resize(limit);
    return all;
  }

  // Leases a reminder, unless the filter does not match it or the patient must not be contacted now.
  absl::Status LeaseIfMatching(const ClinicPtr& clinic, store::ReminderRow row) {
    if (!terms_.filter.MatchesDue(row.due)) return absl::OkStatus();
    auto found = context_.enrollment_cache.Require(context_.engine, tx_, row.key.clinic, row.key.enrollment,
                                                   row.enrollment_row_id);
    if (!found.ok()) return found.status();
    const std::shared_ptr<const EnrollmentContext>& enrollment = *found;
    if (!terms_.filter.MatchesEnrollment(*enrollment) || !terms_.filter.MatchesRow(*enrollment, row)) {
      return absl::OkStatus();
    }
    if (IsTask(*enrollment, row)) return LeaseToTeam(clinic, *std::move(found), std::move(row));
    const absl::Time open = NextContactTime(*enrollment, batch_.now, row.expire);
    if (open > batch_.now) return Postpone(tx_, *enrollment, open, batch_.now, &row);
    return Lease(clinic, *std::move(found), std::move(row), /*quote=*/"");
  }

  // Leases a task, so that its team is told. If the address may not be told any more, the team is told anew instead.
  absl::Status LeaseToTeam(const ClinicPtr& clinic, std::shared_ptr<const EnrollmentContext> enrollment,
                           store::ReminderRow row) {
    auto may_tell = MayTellTeam(tx_, *enrollment, *clinic, row);
    if (!may_tell.ok()) return may_tell.status();
    if (!*may_tell) {
      auto reason = BeginNotice(tx_, *enrollment, batch_.now, &row);
      if (!reason.ok()) return reason.status();
      MakeDue(*reason, batch_.now, &row);
      return StoreReminder(tx_, *enrollment, row, batch_.now);
    }
    auto quote = QuoteFor(tx_, *enrollment, clinic->data, row);
    if (!quote.ok()) return quote.status();
    return Lease(clinic, std::move(enrollment), std::move(row), *std::move(quote));
  }

  absl::Status Lease(const ClinicPtr& clinic, std::shared_ptr<const EnrollmentContext> enrollment,
                     store::ReminderRow row, std::string quote) {
    const RowRule rule = RuleOf(*enrollment, row);
    if (clock_.empty()) tx_.NoteOffered(*row.available);
    row.available = std::min(batch_.now + terms_.duration, LatestLeaseEnd(*enrollment, row));
    ++row.attempts;
    record::v1::LeasedAttempt attempt = PresentAttempt(*enrollment, clinic->data, row);
    bytes_ += quote.size();
    attempt.set_quote(std::move(quote));
    attempt.set_attempt(row.attempts);
    attempt.set_lease_micros(absl::ToUnixMicros(batch_.now));
    AppendAttempt(attempt, &row);
    row.facts_version = enrollment->row.history.facts_version();
    absl::Status status =
        ChangeReminder(tx_, *enrollment, ReminderEvent::kLease, v1::REMINDER_REASON_UNSPECIFIED, batch_.now, &row);
    if (!status.ok()) return status;
    bytes_ += kMaxLeaseBytes + plan::MaxTextBytes(**rule.pathway, rule.rule, enrollment->row.data,
                                                  plan::ClinicFactsOf(clinic->data));
    batch_.leased.push_back({std::move(enrollment), std::move(row), std::move(attempt)});
    return absl::OkStatus();
  }

  DeliveryContext& context_;
  store::WriteTransaction& tx_;
  LeaseTerms& terms_;
  const store::ClockId clock_;
  LookBudget& budget_;
  LeaseBatch& batch_;
  size_t bytes_ = 0;  // of the leases as messages, at most
};

// Clinics take turns, so their reminders are mixed in another order than that of due time.
void SortByDue(std::vector<LeasedReminder>* leased) {
  const auto by_due = [](const LeasedReminder& a, const LeasedReminder& b) { return a.row.due < b.row.due; };
  if (!std::is_sorted(leased->begin(), leased->end(), by_due)) std::stable_sort(leased->begin(), leased->end(), by_due);
}

}  // namespace

absl::Status LeaseDueReminders(DeliveryContext& context, store::WriteTransaction& tx, LeaseTerms& terms, int max,
                               const QueuePositions& start, LeaseBatch* batch) {
  EngineContext& engine = context.engine;
  const std::string after_clinic = batch->after_clinic.value_or(context.last_clinic.last());
  *batch = LeaseBatch{};
  batch->after_clinic = after_clinic;
  batch->positions = start;
  ClinicPtr clinic;
  if (terms.clinic.empty()) {
    batch->now = engine.RealNow();
  } else {
    auto found = engine.definitions().Clinic(tx, terms.clinic);
    if (!found.ok()) return found.status();
    if (*found == nullptr) return ResourceNotFound("CLINIC_NOT_FOUND", ClinicNameOf(terms.clinic));
    clinic = *std::move(found);
    batch->now = engine.Now(*clinic);
  }
  store::ClockId clock = clinic == nullptr ? store::ClockId() : ClockOf(*clinic);
  batch->has_test_clock = !clock.empty();
  batch->topic = terms.clinic.empty() ? std::string(kAllLeasesTopic) : LeasesTopic(terms.clinic);
  batch->seen = engine.wakeups().Seen(batch->topic);  // before looking, so that nothing is missed
  LookBudget budget(kMaxLooks);
  LeaseSelection selection(context, tx, terms, std::move(clock), budget, batch);
  absl::Status status = clinic == nullptr ? ShareFairly(selection, max, after_clinic, context.last_clinic, budget)
                                          : selection.LeaseFromClinic(clinic, max).status();
  if (!status.ok()) return status;
  batch->more = budget.exceeded();
  if (!batch->more) batch->positions.clear();
  SortByDue(&batch->leased);
  return absl::OkStatus();
}

}  // namespace aftercare::engine
