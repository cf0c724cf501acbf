#include "tests/plan/matching_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/civil.h"

namespace aftercare::plan {
namespace {

WorldRule MakeRule(const std::string& id, WorldRule::Repeat repeat, std::vector<int> days, const std::string& times) {
  WorldRule rule;
  rule.id = rule.series = id;
  rule.repeat = repeat;
  rule.days = std::move(days);
  for (absl::string_view time : absl::StrSplit(times, ' ')) rule.times.push_back(ParseTimeOfDay(time).value());
  return rule;
}

bool SameAnchor(const Telling& a, const Telling& b) {
  return a.series == b.series && a.visit == b.visit && a.start == b.start;
}

bool SameOccurrence(const Telling& a, const Telling& b) {
  return SameAnchor(a, b) && a.instant == b.instant && a.expire == b.expire && a.line == b.line;
}

}  // namespace

WorldRule On(const std::string& id, std::vector<int> days, const std::string& times) {
  return MakeRule(id, WorldRule::Repeat::kOn, std::move(days), times);
}

WorldRule Daily(const std::string& id, int first, int last, const std::string& times) {
  return MakeRule(id, WorldRule::Repeat::kDaily, {first, last}, times);
}

WorldRule Weekly(const std::string& id, std::vector<int> weekdays, const std::string& times) {
  WorldRule rule = MakeRule(id, WorldRule::Repeat::kWeekly, {0, 60}, times);
  rule.weekdays = std::move(weekdays);
  return rule;
}

WorldRule Monthly(const std::string& id, int first, int last, const std::string& times) {
  return MakeRule(id, WorldRule::Repeat::kMonthly, {first, last}, times);
}

WorldFacts WithDate(WorldFacts facts, const std::string& date) {
  facts.date = Date(date);
  return facts;
}

WorldFacts WithZone(WorldFacts facts, const std::string& zone) {
  facts.zone = zone;
  return facts;
}

WorldFacts WithRules(WorldFacts facts, std::vector<WorldRule> rules) {
  facts.rules = std::move(rules);
  return facts;
}

WorldFacts Booked(WorldFacts facts, const std::string& start) {
  facts.appointments["visit"] = Local(start);
  return facts;
}

absl::CivilDay Date(const std::string& text) { return ParseDate(absl::StrCat("2026-", text)).value(); }

absl::CivilMinute Local(const std::string& text) {
  return ParseMinute(absl::StrCat("2026-", text.substr(0, 5), "T", text.substr(6))).value();
}

MatchingWorld::MatchingWorld(const WorldFacts& facts, absl::CivilMinute now) {
  facts_ = facts;
  zone_ = FindZone(facts.zone).value();
  now_ = InstantOf(now);
  MakePlan();
  Derive();
}

absl::string_view MatchingWorld::Keep(const std::string& text) { return *texts_.insert(text).first; }

absl::Time MatchingWorld::InstantOf(absl::CivilMinute local) const {
  const int64_t seconds = (absl::CivilSecond(local) - absl::CivilSecond(1970));
  return absl::FromUnixSeconds(LocalClock(zone_).At(seconds));
}

std::string MatchingWorld::Shown(int occurrence, absl::Time time) const {
  return absl::StrCat(plan_[occurrence].rule, " ", absl::FormatTime("%m-%d %H:%M", time, zone_));
}

MatchFacts MatchingWorld::match_facts() const { return {.procedure_date = facts_.date, .zone = zone_}; }

std::vector<StoredReminder> MatchingWorld::reminders() const {
  std::vector<StoredReminder> reminders;
  for (const Row& row : rows_) reminders.push_back(row.reminder);
  return reminders;
}

absl::Time MatchingWorld::WindowEnd(const WorldRule& rule, absl::CivilMinute nominal, absl::Time instant) const {
  if (rule.window_hours > 0) return instant + absl::Hours(rule.window_hours);
  const absl::CivilDay day(nominal);
  const absl::Time until = InstantOf(absl::CivilMinute(day) + rule.until);
  if (rule.until > 0 && until > instant) return until;
  return InstantOf(absl::CivilMinute(day + rule.window_days + 1));
}

// The days of a rule that repeats.
std::vector<absl::CivilDay> MatchingWorld::DaysOf(const WorldRule& rule, absl::CivilDay anchor) const {
  std::vector<absl::CivilDay> days;
  for (int i = rule.days.front(); i <= rule.days.back(); ++i) {
    const absl::CivilDay day = rule.repeat == WorldRule::Repeat::kMonthly ? AddMonths(anchor, i) : anchor + i;
    const int weekday = WeekdayOf(DayNumber(day));
    if (rule.repeat == WorldRule::Repeat::kWeekly &&
        std::find(rule.weekdays.begin(), rule.weekdays.end(), weekday) == rule.weekdays.end()) {
      continue;
    }
    days.push_back(day);
  }
  return days;
}

void MatchingWorld::AddOccurrence(int rule_index, absl::CivilMinute nominal, absl::Time instant,
                                  std::optional<Line> line) {
  const WorldRule& rule = facts_.rules[rule_index];
  Telling telling;
  telling.series = Keep(rule.series);
  telling.rule = Keep(rule.id);
  telling.line = line;
  telling.visit = Keep(rule.visit);
  if (!rule.visit.empty()) telling.start = InstantOf(facts_.appointments.at(rule.visit));
  telling.nominal = nominal;
  telling.zone = zone_;
  telling.instant = instant;
  telling.expire = WindowEnd(rule, nominal, instant);
  telling.times = std::max<int>(1, rule.times.size());
  plan_.push_back(telling);
  rule_of_.push_back(rule_index);
  question_of_.push_back(-1);
}

void MatchingWorld::AddNudges(int rule) {
  const int questions = plan_.size();
  for (int i = 0; i < questions; ++i) {
    if (plan_[i].series != Keep(facts_.rules[rule].follows)) continue;
    const absl::Time instant = plan_[i].instant + absl::Hours(facts_.rules[rule].delay_hours);
    AddOccurrence(rule, absl::ToCivilMinute(instant, zone_), instant, std::nullopt);
    question_of_.back() = i;
  }
}

void MatchingWorld::MakePlan() {
  plan_.clear();
  rule_of_.clear();
  question_of_.clear();
  for (int r = 0; r < static_cast<int>(facts_.rules.size()); ++r) {
    const WorldRule& rule = facts_.rules[r];
    if (!rule.follows.empty()) {
      AddNudges(r);
      continue;
    }
    if (!rule.visit.empty() && facts_.appointments.count(rule.visit) == 0) continue;
    const absl::CivilDay anchor = rule.visit.empty() ? facts_.date : absl::CivilDay(facts_.appointments.at(rule.visit));
    const auto add = [&](absl::CivilDay day, std::optional<Line> line) {
      for (const int time : rule.times) {
        const absl::CivilMinute nominal = absl::CivilMinute(day) + time;
        AddOccurrence(r, nominal, InstantOf(nominal), line);
      }
    };
    if (rule.repeat == WorldRule::Repeat::kOn) {
      for (const int offset : rule.days) add(anchor + offset, Line{.days = offset});
    } else {
      for (const absl::CivilDay day : DaysOf(rule, anchor)) add(day, std::nullopt);
    }
  }
  FillGaps(absl::MakeSpan(plan_));
}

void MatchingWorld::Derive() {
  covers_ = Match(reminders(), plan_, match_facts());
  covered_by_.assign(plan_.size(), nullptr);
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (covers_[i].has_value()) covered_by_[*covers_[i]] = &rows_[i];
  }
  next_.clear();
  for (int i = 0; i < static_cast<int>(plan_.size()); ++i) {
    const std::optional<absl::Time> time = TimeToSend(i);
    if (time.has_value()) next_.push_back({.time = *time, .occurrence = i});
  }
  std::sort(next_.begin(), next_.end(), [this](const Next& a, const Next& b) {
    return std::tie(a.time, rule_of_[a.occurrence], plan_[a.occurrence].instant) <
           std::tie(b.time, rule_of_[b.occurrence], plan_[b.occurrence].instant);
  });
}

// What nothing covers is due as planned. Returns nothing for an occurrence that will not be sent.
std::optional<absl::Time> MatchingWorld::TimeToSend(int occurrence) const {
  const Telling& telling = plan_[occurrence];
  const Row* row = covered_by_[occurrence];
  if (row != nullptr && (row->reminder.standing != Standing::kOpen || row->leased)) return std::nullopt;
  if (NotWanted(occurrence)) return std::nullopt;
  if (telling.instant > now_) return telling.instant;
  if (telling.expire <= now_) return std::nullopt;
  if (row == nullptr && !telling.line.has_value() && FindRow(occurrence, Standing::kEndedByChange) == nullptr &&
      !LatestOfItsSeries(occurrence)) {
    return std::nullopt;
  }
  return now_;
}

// Returns true for a superseded occurrence, and for a nudge whose question was answered or not sent.
bool MatchingWorld::NotWanted(int occurrence) const {
  const Telling& telling = plan_[occurrence];
  for (size_t i = 0; i < rows_.size() && facts_.rules[rule_of_[occurrence]].supersede; ++i) {
    const StoredReminder& reminder = rows_[i].reminder;
    if (reminder.standing != Standing::kTold || !SameAnchor(reminder.telling, telling)) continue;
    const absl::Time told = covers_[i].has_value() ? plan_[*covers_[i]].instant : reminder.telling.instant;
    if (StandsForProcedure(reminder, match_facts()) && told > telling.instant) return true;
  }
  if (question_of_[occurrence] < 0) return false;
  const Row* question = covered_by_[question_of_[occurrence]];
  if (question != nullptr && question->answered) return true;
  const bool sent = question != nullptr && question->reminder.standing == Standing::kTold;
  return plan_[question_of_[occurrence]].instant <= now_ && !sent;
}

// Returns true if no later occurrence of the series has come due, and nothing of the series was sent since its time.
bool MatchingWorld::LatestOfItsSeries(int occurrence) const {
  const Telling& telling = plan_[occurrence];
  const bool later = std::any_of(plan_.begin(), plan_.end(), [&](const Telling& other) {
    return SameAnchor(other, telling) && other.instant > telling.instant && other.instant <= now_;
  });
  const bool sent = std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) {
    const StoredReminder& reminder = row.reminder;
    return reminder.standing == Standing::kTold && SameAnchor(reminder.telling, telling) &&
           (reminder.telling.instant > telling.instant || reminder.time >= telling.instant);
  });
  return !later && !sent;
}

const MatchingWorld::Row* MatchingWorld::FindRow(int occurrence, Standing standing) const {
  for (const Row& row : rows_) {
    if (row.reminder.standing == standing && SameOccurrence(row.reminder.telling, plan_[occurrence])) return &row;
  }
  return nullptr;
}

void MatchingWorld::ExpireRows() {
  for (Row& row : rows_) {
    if (row.reminder.standing != Standing::kOpen || row.leased || row.reminder.telling.expire > now_) continue;
    row.reminder.standing = Standing::kEndedUnsent;
    row.reminder.time = now_;
  }
}

std::string MatchingWorld::NameFor(int occurrence) const {
  const Telling& telling = plan_[occurrence];
  std::string name = absl::StrCat(telling.rule, ".", FormatMinute(telling.nominal));
  int count = 1;
  for (const Row& row : rows_) {
    if (absl::StartsWith(row.reminder.name, name)) ++count;
  }
  if (count > 1) absl::StrAppend(&name, "~", count);
  return name;
}

// The row that holds the occurrence from now on: the open one, one that a change ended and was never leased, or
// another.
MatchingWorld::Row* MatchingWorld::RowToSend(int occurrence) {
  const Row* row = covered_by_[occurrence];
  if (row == nullptr) row = FindRow(occurrence, Standing::kEndedByChange);
  if (row != nullptr && !row->leased) return const_cast<Row*>(row);
  const absl::string_view name = Keep(NameFor(occurrence));
  rows_.emplace_back().reminder.name = name;
  return &rows_.back();
}

void MatchingWorld::Send(int occurrence, Outcome outcome, std::set<int>* waiting) {
  Row* row = RowToSend(occurrence);
  row->reminder.telling = plan_[occurrence];
  row->reminder.procedure_date = facts_.date;
  row->reminder.time = now_;
  row->leased = outcome == Outcome::kLeased;
  row->answered = outcome == Outcome::kAnswered;
  const bool open = outcome == Outcome::kLeased || outcome == Outcome::kWaits;
  const bool told = outcome == Outcome::kSent || outcome == Outcome::kAnswered;
  row->reminder.standing = open ? Standing::kOpen : told ? Standing::kTold : Standing::kEndedUnsent;
  if (outcome == Outcome::kWaits) waiting->insert(occurrence);
}

std::vector<std::string> MatchingWorld::PlayUntil(const std::string& local, const Decide& decide) {
  return PlayUntil(InstantOf(Local(local)), decide);
}

std::vector<std::string> MatchingWorld::PlayUntil(absl::Time end, const Decide& decide) {
  constexpr size_t kMost = 500;
  std::vector<std::string> sent;
  std::set<int> waiting;  // What came due meanwhile and was left.
  while (sent.size() < kMost) {
    const auto next = std::find_if(next_.begin(), next_.end(),
                                   [&](const Next& n) { return n.time <= end && waiting.count(n.occurrence) == 0; });
    if (next == next_.end()) break;
    const int occurrence = next->occurrence;
    now_ = next->time;
    ExpireRows();
    const Outcome outcome = decide(facts_.rules[rule_of_[occurrence]], plan_[occurrence].nominal);
    sent.push_back(Shown(occurrence, now_));
    Send(occurrence, outcome, &waiting);
    Derive();
  }
  if (sent.size() == kMost) ADD_FAILURE() << "There is no end of messages: " << sent.back();
  now_ = end;
  ExpireRows();
  Derive();
  return sent;
}

void MatchingWorld::Change(const WorldFacts& facts, bool keep_sent) {
  const MatchFacts old = match_facts();
  facts_ = facts;
  zone_ = FindZone(facts.zone).value();
  MakePlan();
  for (Row& row : rows_) {
    StoredReminder& reminder = row.reminder;
    if (keep_sent && reminder.standing == Standing::kTold && StandsForProcedure(reminder, old)) {
      reminder.procedure_date = std::max(reminder.procedure_date, facts.date);
    }
    const bool planned = std::any_of(plan_.begin(), plan_.end(),
                                     [&](const Telling& telling) { return SameOccurrence(telling, reminder.telling); });
    if (reminder.standing == Standing::kOpen && !planned) reminder.standing = Standing::kEndedByChange;
  }
  Derive();
}

void MatchingWorld::CallOff(const std::string& rule, absl::CivilDay date) {
  for (size_t i = 0; i < plan_.size(); ++i) {
    if (plan_[i].rule != Keep(rule) || absl::CivilDay(plan_[i].nominal) != date) continue;
    const absl::string_view name = Keep(NameFor(i));
    rows_.push_back({.reminder = {.name = name,
                                  .telling = plan_[i],
                                  .standing = Standing::kSetByPerson,
                                  .time = now_,
                                  .procedure_date = facts_.date}});
  }
  Derive();
}

void MatchingWorld::ReportAllSent() {
  for (Row& row : rows_) {
    if (row.leased) row.reminder.standing = Standing::kTold;
    row.leased = false;
  }
  Derive();
}

bool MatchingWorld::HasLeases() const {
  return std::any_of(rows_.begin(), rows_.end(), [](const Row& row) { return row.leased; });
}

std::vector<std::string> MatchingWorld::Covers(bool open) const {
  std::vector<std::string> lines;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (!covers_[i].has_value() || (rows_[i].reminder.standing == Standing::kOpen && !open)) continue;
    lines.push_back(absl::StrCat(rows_[i].reminder.name, " covers ", Shown(*covers_[i], plan_[*covers_[i]].instant)));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> MatchingWorld::Due() const {
  std::vector<std::string> lines;
  for (const Next& next : next_) lines.push_back(Shown(next.occurrence, next.time));
  return lines;
}

}  // namespace aftercare::plan
