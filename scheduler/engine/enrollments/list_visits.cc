#include "scheduler/engine/enrollments/list_visits.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/visit_view.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"
#include "scheduler/plan/civil.h"

namespace aftercare::engine {
namespace {

// How many enrollments one call looks at, so that it ends soon even where few of them have what is asked for.
constexpr int kMaxEnrollmentsPerCall = 4000;
constexpr int kRowsPerRead = 200;

// A visit's place in the listing order, after which a next page begins.
struct VisitPosition {
  std::string enrollment;
  std::string target_date;
  int index = -1;  // in the pathway
};

bool IsListedBefore(const VisitPosition& a, const VisitPosition& b) {
  return std::tie(a.enrollment, a.target_date, a.index) < std::tie(b.enrollment, b.target_date, b.index);
}

// Returns the position after all visits of an enrollment.
VisitPosition EndOf(std::string enrollment) { return {std::move(enrollment), "~", std::numeric_limits<int>::max()}; }

std::string EncodePosition(const VisitPosition& position) {
  return absl::StrCat(position.enrollment, "/", position.target_date, "/", position.index);
}

std::optional<VisitPosition> DecodePosition(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  VisitPosition position;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[2], &position.index)) return std::nullopt;
  position.enrollment = parts[0];
  position.target_date = parts[1];
  return position;
}

// What a call asks for.
struct VisitQuery {
  std::string clinic;
  std::string enrollment;              // empty: all
  bool show_ended = false;             // of all, those too that have ended
  std::vector<v1::VisitState> states;  // empty: all
  VisitPosition after;
  int page_size = 0;

  bool Matches(v1::VisitState state) const {
    return states.empty() || std::find(states.begin(), states.end(), state) != states.end();
  }
};

// One page over a snapshot.
class VisitListing {
 public:
  VisitListing(EngineContext& engine, store::ReadTransaction& tx, const v1::Clinic& clinic, const VisitQuery& query,
               v1::ListVisitsResponse* response)
      : engine_(engine), tx_(tx), clinic_(clinic), query_(query), response_(*response), last_(query.after) {}

  // Returns where the next page begins, if there may be one.
  absl::StatusOr<std::optional<VisitPosition>> Run() {
    if (!query_.enrollment.empty()) {
      auto context = RequireEnrollmentContext(engine_, tx_, query_.clinic, query_.enrollment);
      if (!context.ok()) return context.status();
      return AddVisits(*context) ? std::nullopt : std::make_optional(last_);
    }
    // The page before may have ended amid the visits of an enrollment.
    if (!last_.enrollment.empty()) {
      auto row = tx_.GetEnrollment(query_.clinic, last_.enrollment);
      if (!row.ok()) return row.status();
      if (row->has_value()) {
        auto added = AddVisitsOf(**std::move(row));
        if (!added.ok()) return added.status();
        if (!*added) return last_;
      }
    }
    return RunThroughClinic();
  }

 private:
  absl::StatusOr<std::optional<VisitPosition>> RunThroughClinic() {
    store::EnrollmentQuery query;
    query.clinic = query_.clinic;
    query.after = last_.enrollment;
    query.limit = kRowsPerRead;
    for (int looked_at = 0; looked_at < kMaxEnrollmentsPerCall; looked_at += kRowsPerRead) {
      auto rows = tx_.ListEnrollments(query);
      if (!rows.ok()) return rows.status();
      for (store::EnrollmentRow& row : *rows) {
        query.after = row.enrollment;
        auto added = AddVisitsOf(std::move(row));
        if (!added.ok()) return added.status();
        if (!*added) return last_;
      }
      if (static_cast<int>(rows->size()) < kRowsPerRead) return std::nullopt;
    }
    return EndOf(query.after);
  }

  // These return false if the page is full and there is more.
  absl::StatusOr<bool> AddVisitsOf(store::EnrollmentRow row) {
    if (row.state == v1::ENROLLMENT_STATE_ENDED && !query_.show_ended) return true;
    auto context = MakeEnrollmentContext(engine_, tx_, std::move(row));
    if (!context.ok()) return context.status();
    return AddVisits(*context);
  }

  bool AddVisits(const EnrollmentContext& context) {
    std::vector<VisitPosition> visits;
    for (int i = 0; i < context.pathway->visit_count(); ++i) {
      if (!query_.Matches(VisitAsItStands(context, i).state)) continue;
      visits.push_back({context.row.enrollment, plan::FormatDate(context.facts.visits[i].target), i});
    }
    std::sort(visits.begin(), visits.end(), IsListedBefore);
    for (VisitPosition& visit : visits) {
      if (!IsListedBefore(query_.after, visit)) continue;
      if (response_.visits_size() == query_.page_size) return false;
      *response_.add_visits() = VisitToProto(context, clinic_, visit.index);
      last_ = std::move(visit);
    }
    return true;
  }

  EngineContext& engine_;
  store::ReadTransaction& tx_;
  const v1::Clinic& clinic_;
  const VisitQuery& query_;
  v1::ListVisitsResponse& response_;
  VisitPosition last_;  // of the last visit added, at first that of the page before
};

// Reads clinic and enrollment from `clinics/{clinic}/enrollments/{enrollment or -}`.
void ReadParent(const v1::ListVisitsRequest& request, VisitQuery* query, plan::FieldErrors* errors) {
  const auto name = ParseEnrollmentName(request.parent());
  if (!name) {
    errors->push_back({"parent", "must be clinics/{clinic}/enrollments/{enrollment}, or - for all enrollments"});
    return;
  }
  query->clinic = name->clinic;
  if (name->enrollment != "-") query->enrollment = name->enrollment;
}

void ReadStates(const v1::ListVisitsRequest& request, VisitQuery* query, plan::FieldErrors* errors) {
  for (int i = 0; i < request.states_size(); ++i) {
    const auto state = static_cast<v1::VisitState>(request.states(i));
    if (state == v1::VISIT_STATE_UNSPECIFIED || !v1::VisitState_IsValid(state)) {
      errors->push_back({absl::StrCat("states[", i, "]"), "must be a known state"});
    }
    query->states.push_back(state);
  }
}

}  // namespace

void ListVisits(EngineContext& engine, const CallPtr& call, const v1::ListVisitsRequest& request,
                v1::ListVisitsResponse* response, Done done) {
  plan::FieldErrors errors;
  VisitQuery query;
  ReadParent(request, &query, &errors);
  ReadStates(request, &query, &errors);
  query.show_ended = request.show_ended();
  query.page_size = PageSize(request.page_size(), &errors);
  const std::string token_query =
      absl::StrCat("list-visits/", request.parent(), "/", absl::StrJoin(query.states, ","),
                   query.show_ended ? "/ended" : "");
  if (const auto opened = OpenPageToken(engine.tokens(), token_query, request.page_token(), &errors)) {
    if (auto position = DecodePosition(*opened)) {
      query.after = *std::move(position);
    } else {
      AddPageTokenError(&errors);
    }
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  const std::string clinic_id = query.clinic;
  call->Read(
      clinic_id,
      [&engine, query = std::move(query), token_query, response](store::ReadTransaction& tx) -> absl::Status {
        const auto clinic = RequireClinic(tx, query.clinic);
        if (!clinic.ok()) return clinic.status();
        auto last = VisitListing(engine, tx, clinic->data, query, response).Run();
        if (!last.ok()) return last.status();
        if (*last) {
          response->set_next_page_token(SealPageToken(engine.tokens(), token_query, EncodePosition(**last)));
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
