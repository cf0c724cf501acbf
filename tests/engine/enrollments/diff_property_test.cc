// Random patients, gateways and changes of facts: what the difference of a change says is what is sent after it.
//
// AFTERCARE_SEED repeats one history; AFTERCARE_HISTORIES sets how many are played, from that seed on if it is set too.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "scheduler/plan/timestamps.h"
#include "tests/engine/enrollments/random_rules.h"
#include "tests/engine/enrollments/told_world.h"
#include "tests/support/random.h"

namespace aftercare::engine {
namespace {

constexpr uint64_t kHistories = 1000;

// One patient, her gateway and the changes of her facts.
class DiffHistory {
 public:
  DiffHistory(World& world, uint64_t seed) : world_(world), seed_(seed), random_(seed) {}

  // Returns what differs from what the difference said; empty if nothing does.
  std::string Play() {
    Enrol();
    for (int left = 1 + random_.Upto(2); left > 0 && fault_.empty(); --left) {
      Live();
      Change(/*is_last=*/left == 1);
    }
    return fault_;
  }

  std::string story() const { return absl::StrJoin(story_, "\n"); }

 private:
  // The facts that an undo brings back.
  struct Facts {
    absl::CivilDay date;
    std::string zone;
    int revision = 1;
  };

  void Enrol() {
    rules_.push_back(RandomRule(random_, "s0", "s"));
    if (random_.OneIn(4)) rules_.push_back(RandomRule(random_, "s1", "s"));
    if (random_.OneIn(3)) rules_.push_back(RandomRule(random_, "u0", "u"));
    if (random_.OneIn(3)) {
      const std::string until = random_.OneIn(2) ? "schedule { window { until: '20:00' } }" : "";
      const std::vector<int> days = random_.OneIn(2) ? std::vector<int>{-1} : std::vector<int>{-3, -1};
      rules_.push_back(OfVisit("review", "BOOKED", With(On("eve", days, {"10:00"}), until)));
      rules_.push_back(OfVisit("review", "UNBOOKED", On("ask", {-85, -80}, {"09:00"})));
    }
    facts_ = {absl::CivilDay(2026, random_.Of<int>({2, 3, 6, 9, 10}), 1 + random_.Upto(27)),
              RandomPatientZone(random_)};
    first_ = facts_;
    const absl::CivilDay enrolled = facts_.date + random_.Of<int>({-3, -1, 0, 0, 0, 1, 4});
    const std::string time = absl::StrCat(absl::FormatCivilTime(enrolled).substr(5), " 10:00");
    ToldWorld::Start start{.procedure_date = absl::FormatCivilTime(facts_.date), .enrolled = time, .rules = rules_,
                           .zone = facts_.zone};
    ana_ = std::make_unique<ToldWorld>(world_, absl::StrCat("d", seed_), start);
    Tell(absl::StrCat("procedure ", start.procedure_date, " in ", start.zone, ", enrolled"));
    TellRules();
    if (rules_.back().id() == "ask" && random_.OneIn(2)) Book();
  }

  // ---- A gateway with faults

  void Live() {
    const absl::Time end = ana_->now() + absl::Minutes(random_.Upto(random_.Of<int>({600, 1440, 3 * 1440, 8 * 1440})));
    ana_->PlayUntil(end, [this] { RunFaultyGateway(); });
    if (random_.OneIn(5)) SetByHand();
    // What a gateway held until its lease ended has been sent all the same.
    for (const v1::Lease& lease : held_) {
      if (world_.StateOf(lease.reminder()) == "DUE") ReportLate(lease);
    }
  }

  void RunFaultyGateway() {
    if (random_.OneIn(5)) return;
    for (const v1::Lease& lease : ana_->LeaseDue()) {
      const int outcome = random_.Upto(11);
      if (outcome == 0) {
        Tell(absl::StrCat("fails: ", IdOf(lease.reminder())));
        world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
      } else if (outcome <= 2) {
        Tell(absl::StrCat("held: ", IdOf(lease.reminder())));
        held_.push_back(lease);
      } else {
        ReportSent(lease);
      }
    }
    if (held_.empty() || !random_.OneIn(4)) return;
    const int index = random_.Upto(static_cast<int>(held_.size()) - 1);
    ReportLate(held_[index]);
    held_.erase(held_.begin() + index);
  }

  void ReportSent(const v1::Lease& lease) {
    const std::string id = IdOf(lease.reminder());
    if (ever_sent_.contains(id)) return;  // under another lease of it
    ever_sent_.insert(id);
    Tell(absl::StrCat("sent: ", id));
    ana_->ReportSent(lease);
  }

  // A message counts from its lease.
  void ReportLate(const v1::Lease& lease) {
    reported_late_.insert(IdOf(lease.reminder()));
    ReportSent(lease);
  }

  void SetByHand() {
    std::vector<v1::Reminder> scheduled;
    for (const v1::Reminder& reminder : ana_->Reminders()) {
      if (reminder.state() == v1::REMINDER_STATE_SCHEDULED) scheduled.push_back(reminder);
    }
    if (scheduled.empty()) return;
    const v1::Reminder& chosen = scheduled[random_.Upto(std::min<int>(5, static_cast<int>(scheduled.size())) - 1)];
    // What is moved past a newer one of a rule that supersedes is not sent, which no difference says.
    const auto is_superseding = [](const v1::Rule& rule) { return rule.supersede(); };
    const bool supersedes = std::any_of(rules_.begin(), rules_.end(), is_superseding);
    if (supersedes || random_.OneIn(2)) {
      Tell(absl::StrCat("called off: ", IdOf(chosen.name())));
      ana_->CallOff(IdOf(chosen.name()));
    } else {
      const absl::Time due = plan::ToTime(chosen.due_time()) + absl::Minutes(30 * (1 + random_.Upto(10)));
      if (!world_.Move(chosen.name(), due).ok()) return;  // not past an appointment
      Tell(absl::StrCat("moved by hand: ", IdOf(chosen.name()), " to ", ana_->Shown(due)));
      moved_ = true;
    }
  }

  // ---- A change, and what follows from it

  void Change(bool is_last) {
    const std::map<std::string, absl::Time> pending = Pending();
    const std::vector<SentMessage> told = ana_->sent();
    const v1::PlanDiff diff = MakeChange();
    TellDiff(diff);
    std::map<std::string, absl::Time> expected = Expected(pending, diff);
    ExpectTodayIsSaid(diff, told);
    for (const v1::Lease& lease : held_) {
      if (world_.StateOf(lease.reminder()) == "LEASED") ReportLate(lease);
    }
    const absl::Time end = is_last ? absl::InfiniteFuture() : ana_->now() + absl::Minutes(random_.Upto(4 * 1440));
    ana_->PlayUntil(end, [this] {
      for (const v1::Lease& lease : ana_->LeaseDue()) {
        if (ever_sent_.contains(IdOf(lease.reminder()))) Fault(IdOf(lease.reminder()), "is sent twice");
        ReportSent(lease);
      }
    });
    for (size_t i = told.size(); i < ana_->sent().size(); ++i) {
      const SentMessage& sent = ana_->sent()[i];
      const auto found = expected.find(sent.id);
      if (found == expected.end()) {
        Fault(sent.id, absl::StrCat("is sent at ", ana_->Shown(sent.time), ", of which the difference says nothing"));
      } else if (found->second != sent.time) {
        Fault(sent.id, absl::StrCat("is sent at ", ana_->Shown(sent.time), ", not at ", ana_->Shown(found->second)));
      }
      if (found != expected.end()) expected.erase(found);
    }
    for (const auto& [id, due] : expected) {
      if (due <= end) Fault(id, absl::StrCat("is not sent at ", ana_->Shown(due), " but is ", ana_->StateOf(id)));
    }
    if (!is_last) return;
    for (const auto& [id, due] : Pending()) Fault(id, "has come to no end");
  }

  // Returns what is to be sent, with its due time.
  std::map<std::string, absl::Time> Pending() {
    std::map<std::string, absl::Time> pending;
    for (const v1::Reminder& reminder : ana_->Reminders()) {
      const v1::ReminderState state = reminder.state();
      if (state != v1::REMINDER_STATE_SCHEDULED && state != v1::REMINDER_STATE_DUE &&
          state != v1::REMINDER_STATE_LEASED) {
        continue;
      }
      pending[IdOf(reminder.name())] = plan::ToTime(reminder.due_time());
    }
    return pending;
  }

  // Returns what will be sent, and when, if the difference is true.
  std::map<std::string, absl::Time> Expected(const std::map<std::string, absl::Time>& pending,
                                             const v1::PlanDiff& diff) {
    std::map<std::string, absl::Time> expected;
    std::set<std::string> mentioned;
    for (const v1::PlanChange& change : diff.changes()) {
      mentioned.insert(IdOf(change.name()));
      if (!change.old_name().empty()) mentioned.insert(IdOf(change.old_name()));
      if (IsSent(change)) expected[IdOf(change.name())] = std::max(ana_->now(), plan::ToTime(change.new_due_time()));
    }
    for (const auto& [id, due] : pending) {
      if (mentioned.contains(id)) continue;
      // A name stays good if the rule gets more times a day, but another is shown then.
      const auto found = world_.Get(ana_->NameOf(id));
      if (!found.ok()) {
        Fault(id, absl::StrCat("was pending, and its name means nothing now: ", ErrorOf(found.status())));
        continue;
      }
      expected.emplace(IdOf(found->name()), std::max(ana_->now(), due));
    }
    return expected;
  }

  static bool IsSent(const v1::PlanChange& change) {
    switch (change.kind()) {
      case v1::PLAN_CHANGE_KIND_MOVED:
      case v1::PLAN_CHANGE_KIND_ADDED:
      case v1::PLAN_CHANGE_KIND_ALSO_TODAY:
      case v1::PLAN_CHANGE_KIND_SENT_AGAIN:
        return true;
      case v1::PLAN_CHANGE_KIND_NOT_MOVED_BY_HAND:
        return change.has_new_due_time();
      default:
        return false;
    }
  }

  // What comes newly on a day on which the patient was told the same must be said to.
  void ExpectTodayIsSaid(const v1::PlanDiff& diff, const std::vector<SentMessage>& told) {
    for (const v1::PlanChange& change : diff.changes()) {
      if (change.kind() != v1::PLAN_CHANGE_KIND_MOVED && change.kind() != v1::PLAN_CHANGE_KIND_ADDED) continue;
      const std::string id = IdOf(change.name());
      const absl::CivilDay day = absl::ToCivilDay(plan::ToTime(change.new_due_time()), ana_->zone());
      for (const SentMessage& sent : told) {
        if (reported_late_.contains(sent.id) || SeriesOf(sent.id) != SeriesOf(id)) continue;
        if (absl::ToCivilDay(sent.time, ana_->zone()) != day) continue;
        Fault(id, absl::StrCat("comes on the day of ", sent.id, ", and the difference does not say so"));
      }
    }
  }

  // The series of a random rule is the first letter of its id.
  static std::string SeriesOf(const std::string& id) {
    const std::string rule = id.substr(0, id.find('.'));
    return rule == "eve" || rule == "ask" ? rule : rule.substr(0, 1);
  }

  v1::PlanDiff MakeChange() {
    v1::UpdateEnrollmentRequest request;
    v1::Enrollment& changed = *request.mutable_enrollment();
    const Facts before = facts_;
    switch (random_.Upto(10)) {
      case 0:
      case 1:
      case 2:
        ChangeDate(&request);
        break;
      case 3:
        ChangeZone(&changed);
        break;
      case 4:
        ChangeDate(&request);
        ChangeZone(&changed);
        break;
      case 5:
        changed.set_procedure_date(absl::FormatCivilTime(first_.date));
        changed.set_time_zone(first_.zone);
        changed.set_pathway_revision(first_.revision);
        facts_ = first_;
        break;
      case 6:
        (*changed.mutable_factors())["severity"] = random_.OneIn(2) ? "severe" : "mild";
        break;
      case 7:
        if (HasVisit()) return Book();
        [[fallthrough]];
      default:
        Revise(&changed);
        break;
    }
    request.set_keep_sent(facts_.date != before.date && random_.OneIn(6));
    Tell(absl::StrCat("change: ", request.ShortDebugString()));
    return ana_->Update(request);
  }

  void ChangeDate(v1::UpdateEnrollmentRequest* request) {
    facts_.date += random_.Of<int>({-2, -1, 1, 2, random_.Upto(25) - 5});
    request->mutable_enrollment()->set_procedure_date(absl::FormatCivilTime(facts_.date));
  }

  void ChangeZone(v1::Enrollment* changed) {
    facts_.zone = RandomPatientZone(random_);
    changed->set_time_zone(facts_.zone);
  }

  void Revise(v1::Enrollment* changed) {
    v1::Rule& rule = rules_[0];
    const std::string id = random_.OneIn(3) ? absl::StrCat("s", ++revisions_ + 1) : rule.id();
    if (random_.OneIn(3)) {
      rule = RandomRule(random_, id, "s");
    } else {
      rule.set_id(id);
      rule.set_category(id);
      rule.mutable_schedule()->clear_times();
      for (const std::string& time : RandomTimes(random_)) rule.mutable_schedule()->add_times(time);
    }
    if (moved_) rule.set_supersede(false);
    facts_.revision = ana_->NewRevision(rules_);
    changed->set_pathway_revision(facts_.revision);
    TellRules();
  }

  bool HasVisit() const { return rules_.back().id() == "ask"; }

  v1::PlanDiff Book() {
    const absl::CivilDay day = absl::ToCivilDay(ana_->now(), ana_->zone()) + random_.Upto(10);
    const absl::Time start = absl::FromCivil(absl::CivilHour(day) + random_.Of<int>({9, 15}), ana_->zone());
    Tell(absl::StrCat("change: the review is booked for ", ana_->Shown(start)));
    return ana_->Schedule(start);
  }

  // ---- The story of a failure

  void Fault(const std::string& id, const std::string& what) {
    if (!fault_.empty()) fault_ += "\n";
    absl::StrAppend(&fault_, id, " ", what);
  }

  void Tell(const std::string& what) { story_.push_back(absl::StrCat(ana_->Shown(ana_->now()), "  ", what)); }

  void TellRules() {
    for (const v1::Rule& rule : rules_) {
      Tell(absl::StrCat("rule ", rule.id(), ": ", rule.schedule().ShortDebugString(),
                        rule.supersede() ? " supersede" : "", rule.conditions().empty() ? "" : " if mild"));
    }
  }

  void TellDiff(const v1::PlanDiff& diff) {
    for (const v1::PlanChange& change : diff.changes()) {
      Tell(absl::StrCat("  ", absl::StripPrefix(v1::PlanChangeKind_Name(change.kind()), "PLAN_CHANGE_KIND_"), " ",
                        IdOf(change.name()), change.old_name().empty() ? "" : " was " + IdOf(change.old_name()),
                        change.has_new_due_time() ? " at " + ana_->Shown(plan::ToTime(change.new_due_time())) : ""));
    }
  }

  World& world_;
  const uint64_t seed_;
  Random random_;
  std::unique_ptr<ToldWorld> ana_;
  std::vector<v1::Rule> rules_;
  Facts facts_;
  Facts first_;
  int revisions_ = 0;
  std::vector<v1::Lease> held_;        // not reported yet
  std::set<std::string> ever_sent_;    // ids of reminders
  std::set<std::string> reported_late_;
  bool moved_ = false;  // by hand
  std::vector<std::string> story_;
  std::string fault_;
};

TEST(DiffPropertyTest, WhatTheDifferenceOfAChangeSaysIsWhatIsSent) {
  PlayHistories(kHistories, [](World& world, uint64_t seed) {
    DiffHistory history(world, seed);
    const std::string fault = history.Play();
    if (!fault.empty() || ::testing::Test::HasFailure()) ADD_FAILURE() << history.story() << "\n\n" << fault;
  });
}

}  // namespace
}  // namespace aftercare::engine
