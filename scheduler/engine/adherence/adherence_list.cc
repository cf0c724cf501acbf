#include "scheduler/engine/adherence/adherence_list.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/engine/adherence/count_adherence.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/plan/civil.h"

namespace aftercare::engine {
namespace {

// How many enrollments a list counts itself.
constexpr int kMaxCounted = 200;

// Collects the first enrollments in the order of their positions.
class FirstInOrder {
 public:
  FirstInOrder(int limit, const std::optional<AdherencePosition>& after) : limit_(limit), after_(after) {}

  void Add(int numerator, int denominator, const store::AdherenceRow& row, const plan::AdherenceDays& days) {
    const bool is_full = static_cast<int>(heap_.size()) == limit_;
    // Most enrollments are past the last one so far. This needs no copy of their ids.
    const double rank = static_cast<double>(numerator) / denominator;
    if (is_full && rank > RankOf(heap_.front().position)) return;
    AdherencePosition position{numerator, denominator, row.enrollment};
    if (after_ && !(*after_ < position)) return;
    if (is_full) {
      if (!(position < heap_.front().position)) return;
      std::pop_heap(heap_.begin(), heap_.end(), IsBefore);
      heap_.pop_back();
    }
    heap_.push_back({std::move(position), row.enrollment_row_id, days});
    std::push_heap(heap_.begin(), heap_.end(), IsBefore);
  }

  std::vector<ListedAdherence> Take() && {
    std::sort_heap(heap_.begin(), heap_.end(), IsBefore);
    return std::move(heap_);
  }

 private:
  static double RankOf(const AdherencePosition& position) {
    return static_cast<double>(position.numerator) / position.denominator;
  }
  static bool IsBefore(const ListedAdherence& a, const ListedAdherence& b) { return a.position < b.position; }

  const int limit_;
  const std::optional<AdherencePosition>& after_;
  std::vector<ListedAdherence> heap_;  // the last one first
};

}  // namespace

absl::StatusOr<PresentAdherence> PresentAdherence::Read(EngineContext& engine, store::ReadTransaction& tx,
                                                        const store::ClinicRow& clinic) {
  PresentAdherence present(tx, clinic.clinic, engine.Now(clinic));
  const store::ClockId clock = ClockOf(clinic);
  auto marks = tx.AdherenceMarks(clock, clinic.clinic, present.now_, kMaxCounted + 1);
  if (!marks.ok()) return marks.status();
  if (marks->size() > kMaxCounted) {
    marks = tx.AdherenceMarks(clock, clinic.clinic, present.now_, std::numeric_limits<int>::max());
    if (!marks.ok()) return marks.status();
    for (const store::AdherenceMark& mark : *marks) present.outdated_.insert(mark.enrollment_row_id);
    return present;
  }
  for (const store::AdherenceMark& mark : *marks) {
    if (present.counted_.contains(mark.enrollment_row_id)) continue;
    auto counted = CountAdherenceOf(engine, tx, mark, present.now_);
    if (!counted.ok()) return counted.status();
    present.counted_.emplace(mark.enrollment_row_id, std::move(counted->row));
  }
  return present;
}

absl::CivilDay PresentAdherence::YesterdayIn(const std::string& time_zone) {
  const auto found = yesterdays_.find(time_zone);
  if (found != yesterdays_.end()) return found->second;
  const absl::TimeZone zone = plan::FindZone(time_zone).value_or(absl::UTCTimeZone());
  return yesterdays_.emplace(time_zone, absl::ToCivilDay(now_, zone) - 1).first->second;
}

plan::AdherenceDays PresentAdherence::Present(const store::AdherenceRow& row) {
  const plan::AdherenceDays days = DaysOf(row);
  const absl::CivilDay yesterday = YesterdayIn(row.time_zone);
  // It is later than yesterday if the clock was set back.
  if (days.last_day >= yesterday || outdated_.contains(row.enrollment_row_id)) return days;
  return plan::MovedTo(days, yesterday);
}

absl::Status PresentAdherence::ForEach(Use use) {
  absl::Status status = tx_->ForEachAdherence(clinic_, [&](const store::AdherenceRow& row) {
    if (!counted_.contains(row.enrollment_row_id)) use(row, Present(row));
  });
  if (!status.ok()) return status;
  for (const auto& [enrollment, row] : counted_) {
    if (row) use(*row, Present(*row));
  }
  return absl::OkStatus();
}

absl::Status PresentAdherence::ForEachOf(absl::string_view patient, Use use) {
  auto enrollments = EnrollmentRowsOf(*tx_, clinic_, patient);
  if (!enrollments.ok()) return enrollments.status();
  for (const store::EnrollmentRow& enrollment : *enrollments) {
    auto row = RowOf(enrollment.row_id);
    if (!row.ok()) return row.status();
    if (row->has_value()) use(**row, Present(**row));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<store::AdherenceRow>> PresentAdherence::RowOf(int64_t enrollment_row_id) {
  const auto counted = counted_.find(enrollment_row_id);
  if (counted != counted_.end()) return counted->second;
  return tx_->GetAdherence(clinic_, enrollment_row_id);
}

absl::StatusOr<plan::AdherenceDays> PresentAdherence::DaysOfEnrollment(const store::EnrollmentRow& row) {
  auto found = RowOf(row.row_id);
  if (!found.ok()) return found.status();
  if (found->has_value()) return Present(**found);
  plan::AdherenceDays days;
  days.last_day = YesterdayIn(row.data.time_zone());
  return days;
}

std::string AdherenceQuery::Fingerprint() const {
  if (!is_asked) return "";
  return absl::StrCat("/adherence/", days, "/", rate_below_percent, "/", min_days_asked, "/", silent_days, "/", order);
}

AdherenceQuery AdherenceQueryOf(const v1::ListEnrollmentsRequest& request, plan::FieldErrors* errors) {
  const v1::AdherenceFilter& filter = request.adherence();
  AdherenceQuery query;
  if (filter.days() != 0 && filter.days() != 7 && filter.days() != 14 && filter.days() != 28) {
    errors->push_back({"adherence.days", "must be 7, 14 or 28"});
  }
  const auto check = [errors](const char* field, int value, int max) {
    if (value < 0 || value > max) errors->push_back({field, absl::StrCat("must be from 1 to ", max)});
  };
  check("adherence.rate_below_percent", filter.rate_below_percent(), 100);
  check("adherence.min_days_asked", filter.min_days_asked(), plan::kDaysOfAdherence);
  check("adherence.silent_days", filter.silent_days(), plan::kMaxSilentDays);
  if (!v1::EnrollmentOrder_IsValid(request.order())) errors->push_back({"order", "must be a known order"});
  query.order = request.order();
  query.is_asked = request.has_adherence() || query.order != v1::ENROLLMENT_ORDER_UNSPECIFIED;
  if (filter.days() != 0) query.days = filter.days();
  query.rate_below_percent = filter.rate_below_percent();
  query.min_days_asked = std::max(1, filter.min_days_asked());
  query.silent_days = filter.silent_days();
  return query;
}

std::string AdherencePosition::ToText() const { return absl::StrCat(numerator, "/", denominator, "/", enrollment); }

std::optional<AdherencePosition> AdherencePosition::FromText(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('/', 2));
  AdherencePosition position;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &position.numerator) ||
      !absl::SimpleAtoi(parts[1], &position.denominator) || position.denominator <= 0) {
    return std::nullopt;
  }
  position.enrollment = std::string(parts[2]);
  return position;
}

bool operator<(const AdherencePosition& a, const AdherencePosition& b) {
  const int left = a.numerator * b.denominator;
  const int right = b.numerator * a.denominator;
  return left != right ? left < right : a.enrollment < b.enrollment;
}

absl::StatusOr<std::vector<ListedAdherence>> ListByAdherence(PresentAdherence& present,
                                                             const store::EnrollmentQuery& filter,
                                                             const AdherenceQuery& query,
                                                             const std::optional<AdherencePosition>& after) {
  FirstInOrder first(filter.limit, after);
  const bool needs_rate = query.rate_below_percent > 0 || query.order == v1::ENROLLMENT_ORDER_ADHERENCE;
  const bool by_silence = query.order == v1::ENROLLMENT_ORDER_SILENCE;
  const auto use = [&](const store::AdherenceRow& row, const plan::AdherenceDays& days) {
    if (filter.state != v1::ENROLLMENT_STATE_UNSPECIFIED && row.state != filter.state) return;
    if (!filter.pathway.empty() && row.pathway != filter.pathway) return;
    const int asked = plan::DaysIn(days.asked, query.days);
    const int done = plan::DaysIn(days.done, query.days);
    if (needs_rate && asked < query.min_days_asked) return;
    if (query.rate_below_percent > 0 && done * 100 >= query.rate_below_percent * asked) return;
    const int silent = plan::SilentDays(days);
    if (silent < std::max(query.silent_days, by_silence ? 1 : 0)) return;
    if (by_silence) {
      first.Add(-silent, 1, row, days);
    } else if (query.order == v1::ENROLLMENT_ORDER_ADHERENCE) {
      first.Add(done, asked, row, days);
    } else {
      first.Add(0, 1, row, days);
    }
  };
  absl::Status status = filter.patient.empty() ? present.ForEach(use) : present.ForEachOf(filter.patient, use);
  if (!status.ok()) return status;
  return std::move(first).Take();
}

}  // namespace aftercare::engine
