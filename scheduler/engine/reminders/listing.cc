#include "scheduler/engine/reminders/listing.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "absl/container/node_hash_map.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/reminders/enrollment_index.h"
#include "scheduler/plan/timestamps.h"

namespace aftercare::engine {
namespace {

constexpr int kRowsAtOnce = 1000;

auto AsTuple(const store::DuePosition& p) { return std::tie(p.due, p.enrollment, p.rule, p.number); }
bool Before(const store::DuePosition& a, const store::DuePosition& b) { return AsTuple(a) < AsTuple(b); }

store::DuePosition PositionOf(const PlannedItem& item) {
  return {item.due, std::string(item.enrollment), (*item.pathway)->rule_source(item.rule).id(), item.number};
}

store::DuePosition PositionOf(const store::ReminderRow& row) {
  return {row.due, row.key.enrollment, row.key.rule, row.key.number};
}

// One reminder of the clinic.
std::string RecordKey(absl::string_view enrollment, absl::string_view rule, int number) {
  return absl::StrCat(enrollment, "/", rule, "/", number);
}

std::string KeyOf(const PlannedItem& item) {
  return RecordKey(item.enrollment, (*item.pathway)->rule_source(item.rule).id(), item.number);
}

// Rows that pass to `use`, page by page, until it answers false.
template <typename Use>
absl::Status ForEachStored(store::ReadTransaction& tx, store::ReminderQuery query, Use use) {
  while (true) {
    auto rows = tx.ListReminders(query);
    if (!rows.ok()) return rows.status();
    for (store::ReminderRow& row : *rows) {
      query.after = PositionOf(row);
      auto more = use(row);
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
    }
    if (static_cast<int>(rows->size()) < query.limit) return absl::OkStatus();
  }
}

// Counts by rule and state first, since that takes no words.
class PlannedCounts {
 public:
  void Add(const PlannedItem& item) {
    if (item.pathway->get() != last_) {
      last_ = item.pathway->get();
      counts_ = &by_pathway_.try_emplace(*item.pathway, last_->rule_count()).first->second;
    }
    ++(*counts_)[item.rule][item.state];
  }

  void AddTo(Listing::Counts* counts) const {
    for (const auto& [pathway, by_rule] : by_pathway_) {
      for (size_t rule = 0; rule < by_rule.size(); ++rule) {
        for (size_t state = 0; state < by_rule[rule].size(); ++state) {
          if (by_rule[rule][state] == 0) continue;
          const std::string& phase = pathway->rule_source(static_cast<int>(rule)).phase();
          (*counts)[{phase, static_cast<v1::ReminderState>(state)}] += by_rule[rule][state];
        }
      }
    }
  }

 private:
  using ByRule = std::vector<std::array<int64_t, v1::ReminderState_MAX + 1>>;

  const plan::CompiledPathway* last_ = nullptr;
  ByRule* counts_ = nullptr;  // of the last
  absl::node_hash_map<std::shared_ptr<const plan::CompiledPathway>, ByRule> by_pathway_;
};

}  // namespace

std::string EncodePosition(const store::DuePosition& position) {
  return absl::StrCat(absl::ToUnixMicros(position.due), "/", position.enrollment, "/", position.rule, "/",
                      position.number);
}

std::optional<store::DuePosition> DecodePosition(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, '/');
  int64_t micros = 0;
  store::DuePosition position;
  if (parts.size() != 4 || !absl::SimpleAtoi(parts[0], &micros) || !absl::SimpleAtoi(parts[3], &position.number)) {
    return std::nullopt;
  }
  position.due = absl::FromUnixMicros(micros);
  position.enrollment = std::string(parts[1]);
  position.rule = std::string(parts[2]);
  return position;
}

bool Listing::PlannedCanMatch() const {
  return filter_.MatchesState(v1::REMINDER_STATE_SCHEDULED) || filter_.MatchesState(v1::REMINDER_STATE_EXPIRED) ||
         filter_.MatchesState(v1::REMINDER_STATE_CANCELLED) || filter_.MatchesState(v1::REMINDER_STATE_SUPPRESSED);
}

absl::StatusOr<std::shared_ptr<const EnrollmentContext>> Listing::ContextOf(const std::string& enrollment) {
  const auto found = contexts_.find(enrollment);
  if (found != contexts_.end()) return found->second;
  auto context = RequireEnrollmentContext(engine_, tx_, clinic_.clinic, enrollment);
  if (!context.ok()) return context.status();
  constexpr size_t kMaxKept = 2000;
  if (contexts_.size() >= kMaxKept) contexts_.clear();
  return contexts_[enrollment] = std::make_shared<const EnrollmentContext>(*std::move(context));
}

absl::StatusOr<std::optional<std::vector<std::string>>> Listing::Named() {
  using Ids = std::vector<std::string>;
  if (filter_.patient().empty()) {
    return filter_.enrollment().empty() ? std::optional<Ids>() : std::optional<Ids>({filter_.enrollment()});
  }
  auto ids = tx_.EnrollmentsOf(clinic_.clinic, filter_.patient());
  if (!ids.ok()) return ids.status();
  if (!filter_.enrollment().empty()) {
    const bool is_theirs = std::find(ids->begin(), ids->end(), filter_.enrollment()) != ids->end();
    *ids = is_theirs ? Ids{filter_.enrollment()} : Ids{};
  }
  return std::optional<Ids>(*std::move(ids));
}

absl::Status Listing::VisitPlannedOf(store::EnrollmentRow row, absl::Time from, PlannedVisitor visit) {
  auto made = MakeEnrollmentContext(engine_, tx_, std::move(row));
  if (!made.ok()) return made.status();
  const EnrollmentContext* context = &*made;
  absl::flat_hash_set<std::string> recorded;
  bool recorded_all = false;
  absl::Status status;
  if (context->row.state == v1::ENROLLMENT_STATE_ENDED && filter_.MatchesState(v1::REMINDER_STATE_CANCELLED)) {
    // What was dealt with ahead of time keeps its row however long ago that would have been due.
    status = LoadRecorded(context->row.enrollment, plan::ToTime(context->row.data.end_time()), &recorded);
  }
  if (!status.ok()) return status;
  plan::Plan plan(*context->pathway, context->facts);
  if (from > absl::InfinitePast()) plan.Seek(from);
  plan::Occurrence occurrence;
  bool skipped_fired = false;
  while (plan.Next(&occurrence)) {
    if (occurrence.due > wanted_until_ || (filter_.due_before() && occurrence.due >= *filter_.due_before())) break;
    if (NeedsRowLookup(*context, occurrence, now_)) {
      if (!recorded_all) status = LoadRecorded(context->row.enrollment, absl::InfinitePast(), &recorded);
      if (!status.ok()) return status;
      recorded_all = true;
    } else if (!IsDerived(*context, occurrence)) {
      // The stretch between enrollment and next_due has fired: over it in one step. Not where some of it has missed.
      const bool all_fired = context->row.history.ByteSizeLong() == 0;
      if (!skipped_fired && all_fired && context->row.next_due) plan.Seek(*context->row.next_due);
      skipped_fired = true;
      continue;
    }
    const v1::ReminderState state = DerivedStatus(*context, occurrence, now_).state;
    const PlannedItem item{context->row.enrollment, &context->pathway, occurrence.rule,
                           occurrence.number,       occurrence.due,    state};
    if (filter_.MatchesState(state) && filter_.MatchesRule(context->pathway, occurrence.rule) &&
        filter_.MatchesChannel(PlannedChannel(*context, context->pathway->rule(occurrence.rule).audience)) &&
        !recorded.contains(KeyOf(item)) && !HasEarlyRow(item)) {
      visit(item);
    }
  }
  return absl::OkStatus();
}

absl::Status Listing::LoadRecorded(const std::string& enrollment, absl::Time from,
                                   absl::flat_hash_set<std::string>* keys) {
  store::ReminderQuery query;
  query.clinic = clinic_.clinic;
  query.enrollment = enrollment;
  query.due_from = from;
  return ForEachStored(tx_, std::move(query), [keys](const store::ReminderRow& row) -> absl::StatusOr<bool> {
    keys->insert(RecordKey(row.key.enrollment, row.key.rule, row.key.number));
    return true;
  });
}

bool Listing::HasEarlyRow(const PlannedItem& item) const {
  return !has_early_.empty() && has_early_.contains(item.enrollment) && early_.contains(KeyOf(item));
}

absl::Status Listing::VisitPlanned(absl::Time from, PlannedVisitor visit) {
  if (!PlannedCanMatch()) return absl::OkStatus();
  // Everything up to the next wake has fired; a row beyond it was made ahead of time.
  auto wake = tx_.NextWake(ClockOf(clinic_));
  if (!wake.ok()) return wake.status();
  const absl::Time fired = wake->has_value() ? std::min(now_, **wake) : now_;
  if (absl::Status status = LoadRecorded(filter_.enrollment(), fired, &early_); !status.ok()) return status;
  for (const std::string& key : early_) has_early_.insert(key.substr(0, key.find('/')));
  if (filter_.due_from()) from = std::max(from, *filter_.due_from());
  auto named = Named();
  if (!named.ok()) return named.status();
  if (named->has_value()) {
    for (const std::string& enrollment : **named) {
      if (absl::Status status = VisitById(enrollment, from, visit); !status.ok()) return status;
    }
    return absl::OkStatus();
  }
  // While its enrollments are planned anew there is no telling without their rows which have been.
  if (way_ == Way::kRows || clinic_.replan_after) return VisitClinic(from, visit);
  return VisitIndex({from, filter_.due_before().value_or(absl::InfiniteFuture()), now_}, visit);
}

absl::Status Listing::VisitIndex(const EnrollmentIndexScan::Span& span, PlannedVisitor visit) {
  auto seq = tx_.LastEventSeq();
  if (!seq.ok()) return seq.status();
  std::unique_ptr<EnrollmentIndex> index =
      indexes_.Take(clinic_.clinic, clinic_.calendar_fingerprint, *seq);
  if (absl::Status status = index->BringUpTo(engine_, tx_, *seq); !status.ok()) return status;
  // What is about to fire tells only by its row how far it has.
  auto behind = tx_.EnrollmentsDue(ClockOf(clinic_), clinic_.clinic, now_);
  if (!behind.ok()) return behind.status();
  const absl::flat_hash_set<std::string> late(behind->begin(), behind->end());
  absl::Status status =
      EnrollmentIndexScan(*index, filter_, span, wanted_until_, late)
          .Visit(
              [&](const PlannedItem& item) {
                if (!HasEarlyRow(item)) visit(item);
              },
              [&](absl::string_view enrollment) { return VisitById(std::string(enrollment), span.from, visit); });
  indexes_.GiveBack(std::move(index));
  return status;
}

absl::Status Listing::VisitById(const std::string& enrollment, absl::Time from, PlannedVisitor visit) {
  auto row = tx_.GetEnrollment(clinic_.clinic, enrollment);
  if (!row.ok()) return row.status();
  return row->has_value() ? VisitPlannedOf(**std::move(row), from, visit) : absl::OkStatus();
}

absl::Status Listing::VisitClinic(absl::Time from, PlannedVisitor visit) {
  store::EnrollmentQuery query;
  query.clinic = clinic_.clinic;
  query.limit = kRowsAtOnce;
  // Only what is scheduled: then only enrollments that have something to come.
  query.pending_only = !filter_.MatchesState(v1::REMINDER_STATE_EXPIRED) &&
                       !filter_.MatchesState(v1::REMINDER_STATE_CANCELLED) &&
                       !filter_.MatchesState(v1::REMINDER_STATE_SUPPRESSED);
  while (true) {
    auto rows = tx_.ListEnrollments(query);
    if (!rows.ok()) return rows.status();
    if (!rows->empty()) query.after = rows->back().enrollment;
    for (store::EnrollmentRow& row : *rows) {
      const bool stale = row.plan_fingerprint != engine_.PlanFingerprintOf(row.calendar_fingerprint);
      if (query.pending_only && !stale && row.next_due && filter_.due_before() &&
          *row.next_due >= *filter_.due_before()) {
        continue;
      }
      if (absl::Status status = VisitPlannedOf(std::move(row), from, visit); !status.ok()) return status;
    }
    if (static_cast<int>(rows->size()) < query.limit) return absl::OkStatus();
  }
}

absl::StatusOr<std::vector<store::DuePosition>> Listing::FirstPlanned(const std::optional<store::DuePosition>& after,
                                                                      int limit) {
  // A heap of the `limit` first ones met so far, its last on top: memory is bounded by the page, not by the clinic.
  std::vector<store::DuePosition> first;
  absl::Status status = VisitPlanned(after ? after->due : absl::InfinitePast(), [&](const PlannedItem& item) {
    if (item.due > wanted_until_) return;
    store::DuePosition position = PositionOf(item);
    if (after && !Before(*after, position)) return;
    if (static_cast<int>(first.size()) == limit) {
      if (!Before(position, first.front())) return;
      std::pop_heap(first.begin(), first.end(), Before);
      first.pop_back();
    }
    first.push_back(std::move(position));
    std::push_heap(first.begin(), first.end(), Before);
    if (static_cast<int>(first.size()) == limit) wanted_until_ = first.front().due;
  });
  if (!status.ok()) return status;
  std::sort_heap(first.begin(), first.end(), Before);
  return first;
}

absl::StatusOr<v1::Reminder> Listing::PlannedToProto(const store::DuePosition& position) {
  auto context = ContextOf(position.enrollment);
  if (!context.ok()) return context.status();
  const EnrollmentContext& owner = **context;
  plan::Occurrence occurrence;
  if (!plan::Plan(*owner.pathway, owner.facts).Find(owner.pathway->FindRule(position.rule), position.number,
                                                    &occurrence)) {
    return absl::InternalError("a plan has lost an occurrence it had");
  }
  return DerivedToProto(owner, clinic_.data, occurrence, now_);
}

absl::StatusOr<bool> Listing::MatchesStored(const store::ReminderRow& row) {
  auto context = ContextOf(row.key.enrollment);
  if (!context.ok()) return context.status();
  const RowRule rule = RuleOf(**context, row);
  return filter_.MatchesEnrollment(**context) && filter_.MatchesRule(*rule.pathway, rule.rule) &&
         filter_.MatchesChannel(StoredChannel(**context, row));
}

absl::StatusOr<std::vector<store::ReminderRow>> Listing::FirstStored(std::optional<store::DuePosition> after,
                                                                     int limit) {
  std::vector<store::ReminderRow> first;
  auto named = Named();
  if (!named.ok()) return named.status();
  store::ReminderQuery query{clinic_.clinic, "", std::move(after), filter_.due_from(), filter_.due_before(),
                             filter_.states(), limit};
  const auto collect = [&](const store::ReminderRow& row) -> absl::StatusOr<bool> {
    auto matches = MatchesStored(row);
    if (!matches.ok()) return matches.status();
    if (*matches) first.push_back(row);
    return static_cast<int>(first.size()) < limit;
  };
  if (!named->has_value()) {
    absl::Status status = ForEachStored(tx_, std::move(query), collect);
    if (!status.ok()) return status;
    return first;
  }
  std::vector<store::ReminderRow> all;
  for (const std::string& enrollment : **named) {
    query.enrollment = enrollment;
    first.clear();
    if (absl::Status status = ForEachStored(tx_, query, collect); !status.ok()) return status;
    all.insert(all.end(), first.begin(), first.end());
  }
  std::sort(all.begin(), all.end(), [](const store::ReminderRow& a, const store::ReminderRow& b) {
    return Before(PositionOf(a), PositionOf(b));
  });
  if (static_cast<int>(all.size()) > limit) all.resize(limit);
  return all;
}

absl::StatusOr<Listing::Page> Listing::List(std::optional<store::DuePosition> after, int limit) {
  auto planned = FirstPlanned(after, limit + 1);
  if (!planned.ok()) return planned.status();
  auto stored = FirstStored(after, limit + 1);
  if (!stored.ok()) return stored.status();
  Page page;
  store::DuePosition last;
  auto next_planned = planned->begin();
  auto next_stored = stored->begin();
  while (next_planned != planned->end() || next_stored != stored->end()) {
    const bool take_stored =
        next_planned == planned->end() ||
        (next_stored != stored->end() && Before(PositionOf(*next_stored), *next_planned));
    if (static_cast<int>(page.reminders.size()) == limit) {
      page.last = last;
      break;
    }
    if (take_stored) {
      auto context = ContextOf(next_stored->key.enrollment);
      if (!context.ok()) return context.status();
      last = PositionOf(*next_stored);
      page.reminders.push_back(StoredToProto(**context, clinic_.data, *next_stored++));
    } else {
      auto shown = PlannedToProto(*next_planned);
      if (!shown.ok()) return shown.status();
      last = *next_planned++;
      page.reminders.push_back(*std::move(shown));
    }
  }
  return page;
}

absl::StatusOr<Listing::Counts> Listing::Count() {
  Counts counts;
  auto named = Named();
  if (!named.ok()) return named.status();
  const auto add = [&](const store::ReminderRow& row) -> absl::StatusOr<bool> {
    auto matches = MatchesStored(row);
    if (!matches.ok()) return matches.status();
    if (!*matches) return true;
    auto context = ContextOf(row.key.enrollment);
    if (!context.ok()) return context.status();
    ++counts[{RuleOf(**context, row).source().phase(), row.state}];
    return true;
  };
  store::ReminderQuery query{clinic_.clinic,       "", std::nullopt, filter_.due_from(), filter_.due_before(),
                             filter_.states(), kRowsAtOnce};
  absl::Status status;
  if (!named->has_value()) {
    status = ForEachStored(tx_, query, add);
  } else {
    for (const std::string& enrollment : **named) {
      query.enrollment = enrollment;
      if (status.ok()) status = ForEachStored(tx_, query, add);
    }
  }
  if (!status.ok()) return status;
  PlannedCounts planned;
  status = VisitPlanned(absl::InfinitePast(), [&](const PlannedItem& item) { planned.Add(item); });
  if (!status.ok()) return status;
  planned.AddTo(&counts);
  return counts;
}

}  // namespace aftercare::engine
