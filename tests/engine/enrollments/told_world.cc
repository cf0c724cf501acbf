#include "tests/engine/enrollments/told_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/plan/civil.h"
#include "scheduler/plan/timestamps.h"
#include "tests/support/random.h"

namespace aftercare::engine {
namespace {

constexpr char kPathway[] = "told";

v1::Rule RuleOf(const std::string& id, const std::string& days, const std::vector<std::string>& times) {
  v1::Rule rule = FromText<v1::Rule>(
      absl::StrCat("phase: 'all' texts { key: 'en' value: 'Text' } schedule { ", days, " }"));
  rule.set_id(id);
  rule.set_category(id);
  for (const std::string& time : times) rule.mutable_schedule()->add_times(time);
  return rule;
}

std::string SpanOf(const char* unit, int first, int last) {
  return absl::StrCat("span { ", unit, " { first: ", first, " last: ", last, " } } ");
}

absl::TimeZone ZoneOf(const std::string& name) { return plan::FindZone(name).value(); }

v1::Enrollment PatientOf(const std::string& clinic, const ToldWorld::Start& start) {
  v1::Enrollment patient = FromText<v1::Enrollment>(R"pb(
    patient: "p-1" first_name: "Ana" consent: CONSENT_GRANTED
    contact_points { channel: CHANNEL_SMS address: "+15550100" }
  )pb");
  patient.set_pathway(PathwayNameOf(clinic, kPathway));
  patient.set_procedure_date(start.procedure_date);
  patient.set_time_zone(start.zone);
  return patient;
}

}  // namespace

v1::Rule Daily(const std::string& id, int first_day, int last_day, const std::vector<std::string>& times,
               int interval) {
  return RuleOf(id, absl::StrCat(SpanOf("days", first_day, last_day), "daily { interval: ", interval, " }"), times);
}

v1::Rule Weekly(const std::string& id, const std::vector<v1::Weekday>& weekdays, const std::string& time,
                int last_day) {
  v1::Rule rule = RuleOf(id, absl::StrCat(SpanOf("days", 0, last_day), "weekly {}"), {time});
  for (const v1::Weekday weekday : weekdays) rule.mutable_schedule()->mutable_weekly()->add_weekdays(weekday);
  return rule;
}

v1::Rule Monthly(const std::string& id, int first_month, int last_month, const std::string& time) {
  return RuleOf(id, absl::StrCat(SpanOf("months", first_month, last_month + 1), "monthly {}"), {time});
}

v1::Rule On(const std::string& id, const std::vector<int>& days, const std::vector<std::string>& times) {
  std::string on;
  for (const int day : days) absl::StrAppend(&on, "on { days: ", day, " } ");
  return RuleOf(id, on, times);
}

v1::Rule With(v1::Rule rule, const std::string& fields) {
  rule.MergeFrom(FromText<v1::Rule>(fields));
  return rule;
}

v1::Rule OfVisit(const std::string& visit, const std::string& state, v1::Rule rule) {
  return With(std::move(rule), absl::StrCat("visit { visit: '", visit, "' state: VISIT_STATE_", state, " }"));
}

v1::Pathway PathwayOf(const std::vector<v1::Rule>& rules) {
  v1::Pathway pathway = FromText<v1::Pathway>(R"pb(
    display_name: "Told" default_locale: "en"
    factors { id: "severity" values: "mild" values: "severe" default_value: "mild" }
    phases { id: "all" display_name: "All" span { days { first: 0 last: 400 } } }
    visits { id: "operation" display_name: "Operation" target {} }
    visits { id: "review" display_name: "Review" target { days: 90 } }
  )pb");
  for (const v1::Rule& rule : rules) {
    if (!rule.group().empty() && pathway.groups().empty()) pathway.add_groups()->set_id(rule.group());
    *pathway.add_rules() = rule;
  }
  return pathway;
}

ToldWorld::ToldWorld(World& world, const std::string& clinic, const Start& start)
    : world_(world), clinic_(clinic), zone_(ZoneOf(start.zone)), now_(Local(start.enrolled)) {
  v1::CreateClinicRequest request;
  request.set_clinic_id(clinic);
  request.mutable_clinic()->set_display_name("Told");
  request.mutable_clinic()->set_time_zone(start.zone);
  plan::SetTimestamp(now_, request.mutable_clinic()->mutable_test_clock_time());
  Good(world_.Call(&Engine::clinics, &Clinics::Create, request));
  world_.CreatePathway(clinic, kPathway, PathwayOf(start.rules));
  for (const v1::Rule& rule : start.rules) rules_.push_back(rule.id());
  enrollment_ = world_.Enrol(clinic, "e", PatientOf(clinic, start));
}

absl::Time ToldWorld::Local(const std::string& text) const {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d %H:%M", absl::StrCat("2026-", text), zone_, &time, &error)) << text << error;
  return time;
}

std::string ToldWorld::Shown(absl::Time time) const { return absl::FormatTime("%m-%d %H:%M", time, zone_); }

// ---- Time and the gateway

void ToldWorld::MoveTo(absl::Time time) {
  world_.Advance(clinic_, time);
  now_ = time;
}

std::optional<absl::Time> ToldWorld::NextWake() {
  std::optional<absl::Time> next;
  world_.Read([&](store::ReadTransaction& tx) {
    auto wake = tx.NextWake(clinic_);
    if (wake.ok()) next = *wake;
    return wake.status();
  });
  return next;
}

void ToldWorld::PlayUntil(absl::Time end, const std::function<void()>& gateway) {
  gateway();
  while (now_ < end) {
    const std::optional<absl::Time> next = NextWake();
    if (!next && end == absl::InfiniteFuture()) return;
    if (next && *next <= now_) {
      ADD_FAILURE() << "what was to be done by " << Shown(*next) << " is not done at " << Shown(now_);
      return;
    }
    MoveTo(next ? std::min(*next, end) : end);
    gateway();
  }
}

std::vector<std::string> ToldWorld::Play(const std::string& until, const std::string& except) {
  const size_t first = sent_.size();
  PlayUntil(Local(until), [&] { SendDue(except); });
  std::vector<std::pair<absl::Time, std::string>> played;
  for (size_t i = first; i < sent_.size(); ++i) played.emplace_back(sent_[i].time, sent_[i].rule);
  std::sort(played.begin(), played.end());
  std::vector<std::string> lines;
  for (const auto& [time, rule] : played) lines.push_back(absl::StrCat(rule, " ", Shown(time)));
  return lines;
}

void ToldWorld::SendDue(const std::string& except) {
  if (except.empty()) {
    for (const v1::Lease& lease : LeaseDue()) ReportSent(lease);
    return;
  }
  for (const std::string& rule : rules_) {
    if (rule == except) continue;
    for (const v1::Lease& lease : LeaseDue(rule)) ReportSent(lease);
  }
}

std::vector<v1::Lease> ToldWorld::LeaseDue(const std::string& rule) {
  v1::LeaseRemindersRequest request;
  request.set_parent(ClinicNameOf(clinic_));
  request.set_max_reminders(1000);
  request.mutable_lease_duration()->set_seconds(3600);
  if (!rule.empty()) request.mutable_filter()->add_categories(rule);
  return world_.Lease(request);
}

void ToldWorld::ReportSent(const v1::Lease& lease) {
  EXPECT_EQ(ErrorOf(world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT).status()), "OK") << lease.reminder();
  sent_.push_back({now_, IdOf(lease.reminder()), lease.category(), lease.text()});
}

void ToldWorld::FailDue(const std::string& rule) {
  for (const v1::Lease& lease : LeaseDue(rule)) {
    world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_PERMANENT_FAILURE);
  }
}

// ---- Changes

v1::PlanDiff ToldWorld::Checked(v1::PlanDiff diff) {
  world_.ExpectListsAgree(clinic_, /*page_size=*/50);
  return diff;
}

v1::PlanDiff ToldWorld::Update(v1::UpdateEnrollmentRequest request) {
  request.mutable_enrollment()->set_name(enrollment_);
  request.set_allow_drop(true);
  request.set_validate_only(true);
  const v1::PlanDiff preview = Good(world_.Update(request)).diff();
  request.set_validate_only(false);
  const v1::UpdateEnrollmentResponse applied = Good(world_.Update(request));
  EXPECT_EQ(preview.DebugString(), applied.diff().DebugString()) << request.DebugString();
  zone_ = ZoneOf(applied.enrollment().time_zone());
  return applied.diff();
}

v1::PlanDiff ToldWorld::ChangeFields(const std::string& fields) {
  v1::UpdateEnrollmentRequest request;
  *request.mutable_enrollment() = FromText<v1::Enrollment>(fields);
  return Checked(Update(request));
}

v1::PlanDiff ToldWorld::ChangeDate(const std::string& date, bool keep_sent) {
  v1::UpdateEnrollmentRequest request;
  request.mutable_enrollment()->set_procedure_date(date);
  request.set_keep_sent(keep_sent);
  return Checked(Update(request));
}

v1::PlanDiff ToldWorld::ChangeZone(const std::string& zone) {
  return ChangeFields(absl::StrCat("time_zone: '", zone, "'"));
}

v1::PlanDiff ToldWorld::ChangeSeverity(const std::string& severity) {
  return ChangeFields(absl::StrCat("factors { key: 'severity' value: '", severity, "' }"));
}

int ToldWorld::NewRevision(const std::vector<v1::Rule>& rules) {
  v1::UpdatePathwayRequest request;
  *request.mutable_pathway() = PathwayOf(rules);
  request.mutable_pathway()->set_name(PathwayNameOf(clinic_, kPathway));
  for (const v1::Rule& rule : rules) {
    if (std::find(rules_.begin(), rules_.end(), rule.id()) == rules_.end()) rules_.push_back(rule.id());
  }
  return Good(world_.Call(&Engine::pathways, &Pathways::Update, request)).pathway().revision();
}

v1::PlanDiff ToldWorld::Revise(const std::vector<v1::Rule>& rules) {
  v1::UpdateEnrollmentRequest single;
  single.mutable_enrollment()->set_name(enrollment_);
  single.mutable_enrollment()->set_pathway_revision(NewRevision(rules));
  single.set_validate_only(true);
  const v1::PlanDiff preview = Good(world_.Update(single)).diff();
  v1::MigrateEnrollmentsRequest request;
  request.set_pathway(PathwayNameOf(clinic_, kPathway));
  request.set_allow_drop(true);
  request.set_validate_only(true);
  const v1::PlanDiff counted = Good(world_.Call(&Engine::enrollments, &Enrollments::Migrate, request)).diff();
  request.set_validate_only(false);
  const auto migrated = Good(world_.Call(&Engine::enrollments, &Enrollments::Migrate, request));
  EXPECT_EQ(migrated.migrated_count(), 1);
  v1::PlanDiff counts = preview;
  counts.clear_changes();
  EXPECT_EQ(counts.DebugString(), counted.DebugString());
  EXPECT_EQ(counts.DebugString(), migrated.diff().DebugString());
  return Checked(preview);
}

v1::PlanDiff ToldWorld::Schedule(absl::Time start) {
  v1::ScheduleVisitRequest request;
  request.set_name(VisitNameOf(clinic_, "e", "review"));
  plan::SetTimestamp(start, request.mutable_start_time());
  request.set_allow_outside_window(true);
  request.set_validate_only(true);
  const v1::PlanDiff preview = Good(world_.Call(&Engine::visits, &Visits::Schedule, request)).diff();
  request.set_validate_only(false);
  const v1::PlanDiff applied = Good(world_.Call(&Engine::visits, &Visits::Schedule, request)).diff();
  EXPECT_EQ(preview.DebugString(), applied.DebugString()) << request.DebugString();
  return applied;
}

v1::PlanDiff ToldWorld::Book(const std::string& start) { return Checked(Schedule(Local(start))); }

// ---- Reminders

std::vector<v1::Reminder> ToldWorld::Reminders() {
  std::vector<v1::Reminder> reminders;
  v1::GetTimelineRequest request;
  request.set_name(enrollment_);
  request.set_page_size(1000);
  do {
    const auto page = Good(world_.Call(&Engine::enrollments, &Enrollments::GetTimeline, request));
    reminders.insert(reminders.end(), page.reminders().begin(), page.reminders().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return reminders;
}

std::string ToldWorld::NameOf(const std::string& id) const { return absl::StrCat(enrollment_, "/reminders/", id); }

void ToldWorld::CallOff(const std::string& id) { EXPECT_TRUE(world_.Cancel(NameOf(id)).ok()) << id; }

void ToldWorld::Complete(const std::string& id) { EXPECT_TRUE(world_.Complete(NameOf(id)).ok()) << id; }

std::vector<std::string> ToldWorld::Changes(const v1::PlanDiff& diff, v1::PlanChangeKind kind) const {
  std::vector<std::string> lines;
  for (const v1::PlanChange& change : diff.changes()) {
    if (change.kind() != kind) continue;
    lines.push_back(IdOf(change.name()));
    if (change.has_new_due_time()) absl::StrAppend(&lines.back(), " ", Shown(plan::ToTime(change.new_due_time())));
  }
  return lines;
}

void PlayHistories(uint64_t count, const std::function<void(World& world, uint64_t seed)>& play) {
  const bool is_single = std::getenv("AFTERCARE_SEED") != nullptr;
  const bool is_long = std::getenv("AFTERCARE_HISTORIES") != nullptr;
  const uint64_t first = is_single ? SeedOfRun() : is_long ? std::random_device()() * uint64_t{1'000'000} : 1;
  const uint64_t end = first + NumberFromEnvironment("AFTERCARE_HISTORIES", is_single ? 1 : count);
  std::cout << "AFTERCARE_SEED=" << first << " and on" << std::endl;
  World world(At("2026-01-01T00:00"));
  for (uint64_t seed = first; seed < end && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(absl::StrCat("AFTERCARE_SEED=", seed));
    play(world, seed);
  }
}

}  // namespace aftercare::engine
