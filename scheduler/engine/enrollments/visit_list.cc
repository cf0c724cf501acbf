#include <algorithm>
#include <limits>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "scheduler/engine/enrollments/visits.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"

namespace aftercare::engine {
namespace {

// How many enrollments one call looks at, so that it ends soon also where few of them have what is asked for.
constexpr int kLookedAt = 4000;
constexpr int kReadAtOnce = 200;

// Where a listing goes on: after this visit of this enrollment. Ordered as listings are.
struct Position {
  std::string enrollment;
  std::string target;  // the date
  int index = -1;      // in the pathway
};

bool Before(const Position& a, const Position& b) {
  return std::tie(a.enrollment, a.target, a.index) < std::tie(b.enrollment, b.target, b.index);
}

// After all visits of an enrollment.
Position EndOf(std::string enrollment) { return {std::move(enrollment), "~", std::numeric_limits<int>::max()}; }

std::string Encode(const Position& position) {
  return absl::StrCat(position.enrollment, "/", position.target, "/", position.index);
}

std::optional<Position> DecodePosition(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  Position position;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[2], &position.index)) return std::nullopt;
  position.enrollment = parts[0];
  position.target = parts[1];
  return position;
}

// What a call asks for.
struct Query {
  std::string clinic;
  std::string enrollment;  // empty: all that are running
  std::vector<v1::VisitState> states;
  Position after;
  int page = 0;

  bool Wants(v1::VisitState state) const {
    return states.empty() || std::find(states.begin(), states.end(), state) != states.end();
  }
};

// One listing over a snapshot.
class VisitListing {
 public:
  VisitListing(EngineContext& engine, store::ReadTransaction& tx, const Query& query, v1::ListVisitsResponse* response)
      : engine_(engine), tx_(tx), query_(query), response_(*response), last_(query.after) {}

  // Where to go on, if there may be more.
  absl::StatusOr<std::optional<Position>> Run() {
    if (!query_.enrollment.empty()) {
      auto context = RequireEnrollmentContext(engine_, tx_, query_.clinic, query_.enrollment);
      if (!context.ok()) return context.status();
      return Add(*context) ? std::nullopt : std::make_optional(last_);
    }
    // The page before may have ended within an enrollment.
    if (!last_.enrollment.empty()) {
      auto row = tx_.GetEnrollment(query_.clinic, last_.enrollment);
      if (!row.ok()) return row.status();
      if (row->has_value()) {
        auto added = AddRow(**std::move(row));
        if (!added.ok()) return added.status();
        if (!*added) return last_;
      }
    }
    return RunThroughClinic();
  }

 private:
  absl::StatusOr<std::optional<Position>> RunThroughClinic() {
    store::EnrollmentQuery rows;
    rows.clinic = query_.clinic;
    rows.after = last_.enrollment;
    rows.limit = kReadAtOnce;
    for (int looked_at = 0; looked_at < kLookedAt; looked_at += kReadAtOnce) {
      auto read = tx_.ListEnrollments(rows);
      if (!read.ok()) return read.status();
      for (store::EnrollmentRow& row : *read) {
        rows.after = row.enrollment;
        auto added = AddRow(std::move(row));
        if (!added.ok()) return added.status();
        if (!*added) return last_;
      }
      if (static_cast<int>(read->size()) < kReadAtOnce) return std::nullopt;
    }
    return EndOf(rows.after);
  }

  // False: the page is full, and there is more.
  absl::StatusOr<bool> AddRow(store::EnrollmentRow row) {
    if (row.state == v1::ENROLLMENT_STATE_ENDED) return true;
    auto context = MakeEnrollmentContext(engine_, tx_, std::move(row));
    if (!context.ok()) return context.status();
    return Add(*context);
  }

  bool Add(const EnrollmentContext& context) {
    std::vector<Position> visits;
    for (int i = 0; i < context.pathway->visit_count(); ++i) {
      if (!query_.Wants(context.facts.visits[i].state)) continue;
      visits.push_back({context.row.enrollment, plan::FormatDate(context.facts.visits[i].target), i});
    }
    std::sort(visits.begin(), visits.end(), Before);
    for (Position& visit : visits) {
      if (!Before(query_.after, visit)) continue;
      if (response_.visits_size() == query_.page) return false;
      *response_.add_visits() = VisitToProto(context, visit.index);
      last_ = std::move(visit);
    }
    return true;
  }

  EngineContext& engine_;
  store::ReadTransaction& tx_;
  const Query& query_;
  v1::ListVisitsResponse& response_;
  Position last_;  // added
};

// The clinic and enrollment of `clinics/{clinic}/enrollments/{enrollment or -}`.
void ReadParent(const v1::ListVisitsRequest& request, Query* query, plan::FieldErrors* errors) {
  const auto name = ParseEnrollmentName(request.parent());
  if (!name) {
    errors->push_back({"parent", "must be clinics/{clinic}/enrollments/{enrollment}, or - for all enrollments"});
    return;
  }
  query->clinic = name->clinic;
  if (name->enrollment != "-") query->enrollment = name->enrollment;
}

void ReadStates(const v1::ListVisitsRequest& request, Query* query, plan::FieldErrors* errors) {
  for (int i = 0; i < request.states_size(); ++i) {
    const auto state = static_cast<v1::VisitState>(request.states(i));
    if (state == v1::VISIT_STATE_UNSPECIFIED || !v1::VisitState_IsValid(state)) {
      errors->push_back({absl::StrCat("states[", i, "]"), "must be a known state"});
    }
    query->states.push_back(state);
  }
}

}  // namespace

void Visits::List(const Caller& caller, const v1::ListVisitsRequest& request, v1::ListVisitsResponse* response,
                  Done done) {
  plan::FieldErrors errors;
  Query query;
  ReadParent(request, &query, &errors);
  ReadStates(request, &query, &errors);
  query.page = PageSize(request.page_size(), &errors);
  const std::string context = absl::StrCat("list-visits/", request.parent(), "/", absl::StrJoin(query.states, ","));
  if (!request.page_token().empty()) {
    const auto opened = engine_.tokens().Open(context, request.page_token());
    const auto position = opened ? DecodePosition(*opened) : std::nullopt;
    if (position) query.after = *position;
    if (!position) errors.push_back({"page_token", "must come from an answer to the same request"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, query.clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, query = std::move(query), context, response](store::ReadTransaction& tx) -> absl::Status {
        auto owner = RequireClinic(tx, query.clinic);
        if (!owner.ok()) return owner.status();
        auto last = VisitListing(engine_, tx, query, response).Run();
        if (!last.ok()) return last.status();
        if (*last) response->set_next_page_token(engine_.tokens().Seal(context, Encode(**last)));
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
