#include "scheduler/engine/planning/reconcile.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "scheduler/engine/lifecycle/escalation.h"
#include "scheduler/engine/lifecycle/leased_text.h"
#include "scheduler/engine/lifecycle/reaction_records.h"
#include "scheduler/engine/lifecycle/reminder_changes.h"
#include "scheduler/engine/lifecycle/told_reminders.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/planning/answers.h"
#include "scheduler/engine/planning/message_caps.h"
#include "scheduler/engine/planning/passed_occurrences.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/placement.h"
#include "scheduler/plan/reminder_name.h"

namespace aftercare::engine {
namespace {

// One comparison. A class so that its steps can share what they need.
class Reconciler {
 public:
  Reconciler(const EnrollmentContext& context, const v1::Clinic* clinic, absl::Time now, Occasion occasion,
             std::vector<store::ReminderRow>* rows)
      : context_(context),
        clinic_(clinic),
        now_(now),
        facts_changed_(occasion == Occasion::kFactsChanged || occasion == Occasion::kReported),
        by_report_(occasion == Occasion::kReported),
        changes_nothing_(occasion == Occasion::kComesDue || context.row.state == v1::ENROLLMENT_STATE_ENDED),
        rows_(*rows),
        result_{std::make_shared<plan::PlanTellings>(*context.pathway, context.facts)},
        tellings_(*result_.tellings),
        told_(context, tellings_),
        passed_(context, tellings_, now, *rows, stored_),
        changed_(rows->size()),
        relabelled_(rows->size()) {
    result_.items.reserve(tellings_.occurrences().size());
    for (const plan::Occurrence& occurrence : tellings_.occurrences()) {
      const bool missed = occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED;
      result_.items.push_back({occurrence, KeyOf(context, occurrence), missed ? Fate::kMissed : Fate::kToCome});
    }
    had_row_.resize(result_.items.size());
    was_covered_.resize(result_.items.size());
    if (by_report_) NoteCovered();
  }

  Reconciliation Run() {
    if (changes_nothing_) {
      TakeStored();
      return std::move(result_);
    }
    if (HasOnlyOwnOccurrences()) {
      TakeStored();
      AdjustRows();
    } else {
      // A row that ends sets its occurrence free, which another row may stand for.
      do {
        MatchRows();
        AdjustRows();
      } while (freed_);
    }
    needless_ = NeedlessByAnswers(context_, rows_, now_);
    if (matched_) {
      for (size_t i = 0; i < rows_.size(); ++i) NoteUnsent(i);
      for (size_t i = 0; i < rows_.size(); ++i) Revive(i);
      for (size_t item = 0; item < result_.items.size(); ++item) ReviveByName(static_cast<int>(item));
    }
    ApplyAnswers();
    if (facts_changed_) {
      for (size_t i = 0; i < result_.items.size(); ++i) DecideUncovered(i);
    }
    if (matched_) {
      for (size_t i = 0; i < rows_.size(); ++i) KeepEnded(i);
    }
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (changed_[i]) {
        result_.changed.push_back(i);
      } else if (relabelled_[i]) {
        result_.relabelled.push_back(i);
      }
    }
    return std::move(result_);
  }

 private:
  // ---- Covers ----

  // Returns whether every row was told under the present facts and has its own occurrence in the plan. Matching would
  // then find nothing else.
  bool HasOnlyOwnOccurrences() const {
    if (facts_changed_ || context_.row.history.earlier_facts_size() > 0) return false;
    return std::all_of(rows_.begin(), rows_.end(), [this](const store::ReminderRow& row) {
      if (row.cover || !plan::DecodeName(row.key.code)) return false;
      const int item = OwnItem(row);
      return item >= 0 && StandingOf(row) != plan::Standing::kEndedByChange &&
             !MovesWithCalendar(result_.items[item].occurrence.rule);
    });
  }

  // Returns whether the days of a rule count from the target date of a visit, which the clinic's closed days move.
  bool MovesWithCalendar(int rule) const {
    const plan::CompiledRule& compiled = context_.pathway->rule(rule);
    return compiled.visit >= 0 && compiled.visit_state == v1::VISIT_STATE_UNBOOKED;
  }

  int OwnItem(const store::ReminderRow& row) const {
    return tellings_.Find(context_.pathway->FindRule(row.key.rule), plan::WithoutCount(row.key.code));
  }

  void NoteCovered() {
    for (const store::ReminderRow& row : rows_) {
      const auto cover = CoverOf(context_, row);
      const int item = cover ? tellings_.Find(cover->rule, cover->code) : -1;
      if (item >= 0) was_covered_[item] = true;
    }
  }

  void TakeStored() {
    for (size_t i = 0; i < rows_.size(); ++i) {
      const auto cover = CoverOf(context_, rows_[i]);
      const int item = cover ? tellings_.Find(cover->rule, cover->code) : -1;
      if (item >= 0) Take(item, i);
    }
  }

  void Take(int item, size_t row) {
    result_.items[item].fate = Fate::kCovered;
    result_.items[item].row = static_cast<int>(row);
  }

  void Release(int item) {
    PlannedItem& released = result_.items[item];
    released.row = -1;
    const bool missed = released.occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED;
    released.fate = missed ? Fate::kMissed : Fate::kToCome;
  }

  void MatchRows() {
    matched_ = true;
    freed_ = false;
    for (size_t item = 0; item < result_.items.size(); ++item) Release(static_cast<int>(item));
    stored_.clear();
    stored_.reserve(rows_.size());
    for (const store::ReminderRow& row : rows_) stored_.push_back(told_.Read(row));
    const auto covers = plan::Match(stored_, tellings_.tellings(), match_facts());
    for (size_t i = 0; i < rows_.size(); ++i) {
      if (covers[i]) Take(*covers[i], i);
      std::optional<OccurrenceKey> cover;
      if (covers[i]) cover = result_.items[*covers[i]].key;
      if (SetCover(context_, cover, &rows_[i])) relabelled_[i] = true;
    }
  }

  plan::MatchFacts match_facts() const { return {context_.facts.procedure_date, context_.facts.zone}; }

  // Returns the item that a row covers; -1 if it covers nothing.
  int ItemOf(size_t row) const {
    const auto cover = CoverOf(context_, rows_[row]);
    if (!cover) return -1;
    const int item = tellings_.Find(cover->rule, cover->code);
    return item >= 0 && result_.items[item].row == static_cast<int>(row) ? item : -1;
  }

  // ---- Rows that are not sent yet ----

  void AdjustRows() {
    for (size_t i = 0; i < rows_.size(); ++i) AdjustRow(i);
  }

  void AdjustRow(size_t i) {
    store::ReminderRow& row = rows_[i];
    if (!IsPending(row.state) && !IsMoveEndedByChange(row)) return;
    const int item = ItemOf(i);
    if (item < 0) return IsPending(row.state) && !OutlivesPlan(context_, row) ? Cancel(i) : void();
    const plan::Occurrence& occurrence = result_.items[item].occurrence;
    // Another rule says the same now. The row would say it in the old words.
    if (context_.pathway->rule_source(occurrence.rule).id() != row.key.rule) return Replace(i, item);
    Retag(i, occurrence);
    if (HasAnotherText(row)) return Replace(i, item);
    if (row.moved) return AdjustMoved(i, item);
    if (row.state == v1::REMINDER_STATE_SCHEDULED) FollowPlan(i, item);
  }

  // Ends a row whose occurrence stays planned. The occurrence comes due anew, under another name if the row has its
  // own.
  void Replace(size_t i, int item) {
    had_row_[item] = true;
    if (rows_[i].moved && IsPending(rows_[i].state)) result_.no_longer_by_hand.push_back(i);
    rows_[i].moved = false;
    Free(item);
    if (SetCover(context_, std::nullopt, &rows_[i])) relabelled_[i] = true;
    if (IsPending(rows_[i].state)) Cancel(i);
  }

  void Free(int item) {
    Release(item);
    freed_ = true;
  }

  // Returns whether a gateway was given another text than a lease would give now. A SCHEDULED row was moved by somebody
  // after its lease, which may have changed its text. So the texts of such a row are compared only if the facts change.
  // A task of which a team was told in other words stays the same task.
  bool HasAnotherText(const store::ReminderRow& row) const {
    const bool may_differ = row.attempts > 0 && (facts_changed_ || row.state != v1::REMINDER_STATE_SCHEDULED);
    return clinic_ != nullptr && may_differ && !IsTask(context_, row) && !HasPresentText(context_, *clinic_, row);
  }

  // Makes the row one of the present revision and facts. `occurrence` is what it covers.
  void Retag(size_t i, const plan::Occurrence& occurrence) {
    store::ReminderRow& row = rows_[i];
    const int32_t revision = context_.row.data.pathway_revision();
    // What a gateway holds was told by the facts of its lease. What somebody moved says by which facts that was done.
    const bool keeps_version = row.state == v1::REMINDER_STATE_LEASED || row.moved;
    const int32_t version = keeps_version ? row.facts_version : context_.row.history.facts_version();
    if (row.revision == revision && row.facts_version == version) return;
    row.revision = revision;
    WatchDeadline(context_, &row);  // the rule may have other escalation steps now
    if (!keeps_version) NoteTold(context_, occurrence, &row);
    relabelled_[i] = true;
  }

  void Cancel(size_t i) {
    store::ReminderRow& row = rows_[i];
    if (ApplyEvent(ReminderEvent::kCancel, WhyEnded(row), now_, &row)) changed_[i] = true;
  }

  v1::ReminderReason WhyEnded(const store::ReminderRow& row) {
    if (VisitChanged(row)) return v1::REMINDER_REASON_VISIT_CHANGED;
    return IsCauseWithdrawn(context_, row) ? v1::REMINDER_REASON_ANSWER_CORRECTED
                                           : v1::REMINDER_REASON_MOVED_BY_REANCHOR;
  }

  // Returns whether the visit that the row is about is another than when the row was told.
  bool VisitChanged(const store::ReminderRow& row) {
    const plan::CompiledPathway& pathway = told_.PathwayOf(row);
    const int rule = pathway.FindRule(row.key.rule);
    const int visit = rule < 0 ? -1 : pathway.rule(rule).visit;
    const int present = visit < 0 ? -1 : context_.pathway->FindVisit(pathway.visit_source(visit).id());
    if (present < 0) return false;
    const plan::VisitFacts& before = told_.FactsOf(row).visits[visit];
    const plan::VisitFacts& after = context_.facts.visits[present];
    return std::tie(before.state, before.appointment, before.start, before.since) !=
           std::tie(after.state, after.appointment, after.start, after.since);
  }

  void FollowPlan(size_t i, int item) {
    const plan::Occurrence& occurrence = result_.items[item].occurrence;
    if (occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED) {
      Free(item);
      return Cancel(i);
    }
    store::ReminderRow& row = rows_[i];
    const bool stays = IsPutOffWithin(row, occurrence.due, occurrence.expire) && HasSameDay(i, occurrence);
    if (!stays && ForgetPutOff(&row)) changed_[i] = true;
    SetTime(i, stays ? row.due : occurrence.due, occurrence.expire);
  }

  // Returns whether the plan has the row's reminder on the nominal day for which it was told.
  bool HasSameDay(size_t i, const plan::Occurrence& occurrence) const {
    return !matched_ || absl::CivilDay(occurrence.nominal) == absl::CivilDay(stored_[i].telling.nominal);
  }

  void SetTime(size_t i, absl::Time due, absl::Time expire) {
    store::ReminderRow& row = rows_[i];
    if (row.due == due && row.expire == expire) return;
    row.due = due;
    row.expire = expire;
    if (row.closes) row.closes = expire;
    changed_[i] = true;
  }

  // A time set by hand is a local time. It holds while the plan has the day for which it was set; otherwise the plan's
  // time holds. The row keeps what was set, so that an undo restores it.
  void AdjustMoved(size_t i, int item) {
    store::ReminderRow& row = rows_[i];
    const plan::Occurrence& occurrence = result_.items[item].occurrence;
    if (NoteHandTime(told_.FactsOf(row).zone, &row)) relabelled_[i] = true;
    const absl::Time by_hand = HandTime(row, context_.facts.zone);
    const absl::Time appointment = AppointmentOf(context_, context_.pathway->rule_source(occurrence.rule));
    const bool holds = HasSameDay(i, occurrence) && by_hand < appointment;
    // What has come due at that time stays so in another zone where the time has passed too. It is told by the new
    // facts.
    if (row.state == v1::REMINDER_STATE_DUE && holds && row.attempts == 0 && by_hand <= now_) {
      if (row.facts_version != context_.row.history.facts_version()) relabelled_[i] = true;
      return NoteCoverTold(context_, &row);
    }
    const bool held = IsTimeByHand(row);
    const absl::Time window_end =
        plan::WindowEnd(context_.pathway->rule(occurrence.rule), by_hand, context_.facts.zone);
    const absl::Time end = std::min(window_end, appointment);
    const bool is_put_off = held && IsPutOffWithin(row, by_hand, end);
    const bool stays = IsPending(row.state) && held == holds && (!holds || row.due == by_hand || is_put_off);
    if (!holds && held) result_.no_longer_by_hand.push_back(i);
    // What was leased since it came due so is replaced only by a change of facts. A pause, for one, changes no time.
    if (!stays && row.attempts > 0) return facts_changed_ ? Replace(i, item) : void();
    if (stays && row.state != v1::REMINDER_STATE_SCHEDULED) return;
    const bool missed = holds ? !stays && window_end <= now_ : occurrence.missed != v1::REMINDER_REASON_UNSPECIFIED;
    if (missed) return stays || !IsPending(row.state) ? void() : Cancel(i);
    if (!stays) ComeAgain(i);
    SuspendHandTime(!holds, &row);
    if (!holds) return SetTime(i, occurrence.due, occurrence.expire);
    const bool keeps_expire = stays && !is_put_off;
    SetTime(i, stays ? row.due : by_hand, keeps_expire ? std::min(row.expire, appointment) : end);
  }

  // The row comes once more. The caller sets its time.
  void ComeAgain(size_t i) {
    store::ReminderRow& row = rows_[i];
    row.contact_point = 0;
    row.failures = 0;
    if (ApplyEvent(ReminderEvent::kReschedule, v1::REMINDER_REASON_UNSPECIFIED, now_, &row)) changed_[i] = true;
  }

  // ---- Rows that a change cancelled ----

  void NoteUnsent(size_t i) {
    if (StandingOf(rows_[i]) != plan::Standing::kEndedByChange || IsEndedByAnswer(rows_[i])) return;
    for (size_t item = 0; item < had_row_.size(); ++item) {
      if (IsSameOccurrence(stored_[i].telling, tellings_.tellings()[item])) had_row_[item] = true;
    }
  }

  // A row that was leased stays cancelled, since a gateway may have sent it. Its occurrence gets another name.
  void Revive(size_t i) {
    store::ReminderRow& row = rows_[i];
    if (StandingOf(row) != plan::Standing::kEndedByChange) return;
    const bool is_answered = IsEndedByAnswer(row);
    const int item = FindOwn(i);
    // Answers are looked at again when facts change. A pause, for one, brings nothing back.
    const bool stays = item >= 0 && (!facts_changed_ || row.moved || result_.items[item].occurrence.expire <= now_);
    if (is_answered && stays && result_.items[item].row < 0) {
      Take(item, i);
      if (SetCover(context_, result_.items[item].key, &row)) relabelled_[i] = true;
      return;
    }
    if (item < 0 || result_.items[item].fate != Fate::kToCome || needless_.contains(result_.items[item].key)) return;
    if (row.attempts > 0 || (facts_changed_ && IsOld(item))) return;
    Take(item, i);
    Reschedule(i, item);
  }

  // A row that was never leased gives its name to the occurrence that the plan has for that name now.
  void ReviveByName(int item) {
    const PlannedItem& planned = result_.items[item];
    if (planned.fate != Fate::kToCome || needless_.contains(planned.key) || (facts_changed_ && IsOld(item))) return;
    const std::string& rule = context_.pathway->rule_source(planned.occurrence.rule).id();
    for (size_t i = 0; i < rows_.size(); ++i) {
      const store::ReminderRow& row = rows_[i];
      if (plan::WithoutCount(row.key.code) != planned.key.code || row.key.rule != rule || row.attempts > 0) continue;
      if (StandingOf(row) != plan::Standing::kEndedByChange || IsEndedByAnswer(row) || FindOwn(i) >= 0) continue;
      Take(item, i);
      return Reschedule(i, item);
    }
  }

  // A row that a change cancelled stands for its occurrence if that is not sent anyway.
  void KeepEnded(size_t i) {
    if (StandingOf(rows_[i]) != plan::Standing::kEndedByChange) return;
    const int item = FindOwn(i);
    if (item < 0 || result_.items[item].row >= 0 || result_.items[item].fate == Fate::kToCome) return;
    Take(item, i);
    if (SetCover(context_, result_.items[item].key, &rows_[i])) relabelled_[i] = true;
  }

  void Reschedule(size_t i, int item) {
    store::ReminderRow& row = rows_[i];
    const plan::Occurrence& occurrence = result_.items[item].occurrence;
    row.revision = context_.row.data.pathway_revision();
    NoteTold(context_, occurrence, &row);
    row.due = occurrence.due;
    row.expire = occurrence.expire;
    row.moved = false;
    SetCover(context_, result_.items[item].key, &row);
    ComeAgain(i);
  }

  // Returns the item that is the row's own occurrence, by its own rule; -1 if the plan does not have it.
  int FindOwn(size_t row) const {
    const auto& planned = tellings_.tellings();
    const auto found = std::find_if(planned.begin(), planned.end(), [&](const plan::Telling& candidate) {
      return candidate.rule == rows_[row].key.rule && IsSameOccurrence(candidate, stored_[row].telling);
    });
    return found == planned.end() ? -1 : static_cast<int>(found - planned.begin());
  }

  // ---- Answers ----

  void ApplyAnswers() {
    for (PlannedItem& item : result_.items) {
      const auto found = needless_.find(item.key);
      if (found == needless_.end()) continue;
      if (item.row >= 0) {
        store::ReminderRow& row = rows_[item.row];
        if (!IsPending(row.state)) continue;
        if (ApplyEvent(ReminderEvent::kCancel, found->second, now_, &row)) changed_[item.row] = true;
        if (row.attempts == 0) NoteTold(context_, item.occurrence, &row);
      } else if (item.fate == Fate::kToCome) {
        item.fate = Fate::kNeedless;
        item.needless = found->second;
      }
    }
  }

  // ---- What nothing covers ----

  void DecideUncovered(size_t i) {
    PlannedItem& item = result_.items[i];
    if (item.fate == Fate::kToCome && IsOld(i)) item.fate = Fate::kSuperseded;
  }

  bool IsOld(size_t item) const {
    if (by_report_ && !was_covered_[item]) return false;
    return passed_.IsOld(item, had_row_[item], [this](size_t row) { return ItemOf(row); });
  }

  const EnrollmentContext& context_;
  const v1::Clinic* const clinic_;
  const absl::Time now_;
  const bool facts_changed_;
  const bool by_report_;
  const bool changes_nothing_;
  std::vector<store::ReminderRow>& rows_;
  Reconciliation result_;
  const plan::PlanTellings& tellings_;
  ToldReminders told_;
  bool matched_ = false;
  bool freed_ = false;  // a row has ended since MatchRows whose occurrence nothing covers now
  std::vector<plan::StoredReminder> stored_;  // what the rows told, by index; empty unless matched_
  PassedOccurrences passed_;
  std::vector<bool> changed_;
  std::vector<bool> relabelled_;
  NeedlessOccurrences needless_;
  std::vector<bool> had_row_;  // by item: an unsent row of it was cancelled by a change
  std::vector<bool> was_covered_;  // by item: a row covered it before the report that is the occasion
};

}  // namespace

Reconciliation Reconcile(const EnrollmentContext& context, const v1::Clinic* clinic, absl::Time now, Occasion occasion,
                         std::vector<store::ReminderRow>* rows) {
  return Reconciler(context, clinic, now, occasion, rows).Run();
}

}  // namespace aftercare::engine
