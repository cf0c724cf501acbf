#include "scheduler/engine/clinics/pathways.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/clinics/clinic_events.h"
#include "scheduler/engine/clinics/preview.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"
#include "scheduler/plan/pathway.h"

namespace aftercare::engine {
namespace {

using google::protobuf::util::MessageDifferencer;

// Returns a pathway without what only the server sets.
v1::Pathway WithoutOutputFields(v1::Pathway pathway) {
  pathway.clear_name();
  pathway.clear_revision();
  pathway.clear_revision_create_time();
  pathway.clear_etag();
  return pathway;
}

void CheckPathway(const v1::Pathway& pathway, plan::FieldErrors* errors) {
  plan::FieldErrors found;
  plan::CompiledPathway::Compile(pathway, &found);
  AddPrefixed("pathway", found, errors);
  // A pathway is always answered whole. Texts that are too long by themselves are named above.
  if (found.empty() && pathway.ByteSizeLong() > kMaxPageBytes) {
    errors->push_back({"pathway", "must be at most 3 MiB in all"});
  }
}

// Returns the revision to store, if there is a new one, and fills in the response.
using RevisionMaker = absl::AnyInvocable<absl::StatusOr<std::optional<store::PathwayRow>>(store::ReadTransaction& tx)>;

absl::Status StoreAndLog(EngineContext& engine, store::WriteTransaction& tx, const store::PathwayRow& row) {
  auto clinic = RequireClinic(tx, row.clinic);
  if (!clinic.ok()) return clinic.status();
  absl::Status status = tx.InsertPathwayRevision(row);
  return status.ok() ? LogPathway(tx, row, engine.Now(*clinic)) : status;
}

// Stores and logs the revision that `make` returns, unless the request only asks for validation.
template <typename Request, typename Response>
void StoreRevision(EngineContext& engine, const CallPtr& call, const Request& request, const std::string& clinic,
                   Response* response, RevisionMaker make, Done done) {
  call->MutateUnlessValidating(
      request.validate_only(), request, clinic, request.request_id(), response,
      [&engine, make = std::move(make)](store::ReadTransaction& tx,
                                        store::WriteTransaction* write) mutable -> absl::Status {
        auto revision = make(tx);
        if (!revision.ok() || !revision->has_value() || write == nullptr) return revision.status();
        return StoreAndLog(engine, *write, **revision);
      },
      std::move(done));
}

}  // namespace

void Pathways::Create(const CallPtr& call, const v1::CreatePathwayRequest& request, v1::CreatePathwayResponse* response,
                      Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (!IsPathwayId(request.pathway_id())) {
    errors.push_back({"pathway_id", "must be 1 to 40 lower-case letters, digits, '_' or '-', beginning with a letter"});
  }
  CheckPathway(request.pathway(), &errors);
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));

  auto make_revision = [this, clinic = *clinic, &request,
                        response](store::ReadTransaction& tx) -> absl::StatusOr<std::optional<store::PathwayRow>> {
    if (auto row = RequireClinic(tx, clinic); !row.ok()) return row.status();
    auto existing = tx.GetPathway(clinic, request.pathway_id(), 0);
    if (!existing.ok()) return existing.status();
    if (existing->has_value()) {
      return MakeError(absl::StatusCode::kAlreadyExists, "PATHWAY_EXISTS",
                       absl::StrCat(PathwayNameOf(clinic, request.pathway_id()),
                                    " exists already; UpdatePathway makes a new revision"));
    }
    store::PathwayRow row{clinic, request.pathway_id(), 1, engine_.clock().Now(),
                          WithoutOutputFields(request.pathway())};
    *response->mutable_pathway() = PathwayToProto(row);
    return row;
  };
  StoreRevision(engine_, call, request, *clinic, response, std::move(make_revision), std::move(done));
}

void Pathways::Update(const CallPtr& call, const v1::UpdatePathwayRequest& request, v1::UpdatePathwayResponse* response,
                      Done done) {
  plan::FieldErrors errors;
  const auto name = ParsePathwayName(request.pathway().name());
  if (!name) errors.push_back({"pathway.name", "must be clinics/{clinic}/pathways/{pathway}"});
  CheckPathway(request.pathway(), &errors);
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));

  auto make_revision = [this, name = *name, &request,
                        response](store::ReadTransaction& tx) -> absl::StatusOr<std::optional<store::PathwayRow>> {
    auto newest = tx.GetPathway(name.clinic, name.pathway, 0);
    if (!newest.ok()) return newest.status();
    if (!newest->has_value()) return ResourceNotFound("PATHWAY_NOT_FOUND", request.pathway().name());
    const store::PathwayRow& row = **newest;
    absl::Status status = CheckEtag(request.pathway().etag(), row.revision, request.pathway().name());
    if (!status.ok()) return status;
    v1::Pathway wanted = WithoutOutputFields(request.pathway());
    if (MessageDifferencer::Equals(wanted, row.data)) {
      *response->mutable_pathway() = PathwayToProto(row);
      return std::nullopt;
    }
    store::PathwayRow added{name.clinic, name.pathway, row.revision + 1, engine_.clock().Now(), std::move(wanted)};
    *response->mutable_pathway() = PathwayToProto(added);
    return added;
  };
  StoreRevision(engine_, call, request, name->clinic, response, std::move(make_revision), std::move(done));
}

void Pathways::Get(const CallPtr& call, const v1::GetPathwayRequest& request, v1::GetPathwayResponse* response,
                   Done done) {
  plan::FieldErrors errors;
  const auto name = ParsePathwayName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/pathways/{pathway}"});
  if (request.revision() < 0) errors.push_back({"revision", "must not be negative"});
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      name->clinic,
      [name = *name, &request, response](store::ReadTransaction& tx) -> absl::Status {
        auto row = tx.GetPathway(name.clinic, name.pathway, request.revision());
        if (!row.ok()) return row.status();
        if (!row->has_value()) return ResourceNotFound("PATHWAY_NOT_FOUND", request.name());
        *response->mutable_pathway() = PathwayToProto(**row);
        return absl::OkStatus();
      },
      std::move(done));
}

void Pathways::List(const CallPtr& call, const v1::ListPathwaysRequest& request, v1::ListPathwaysResponse* response,
                    Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  const int page_size = PageSize(request.page_size(), &errors);
  const std::string token_query = absl::StrCat("list-pathways/", request.parent());
  const std::string after = OpenPageToken(engine_.tokens(), token_query, request.page_token(), &errors).value_or("");
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      *clinic,
      [this, clinic = *clinic, page_size, token_query, after, response](store::ReadTransaction& tx) -> absl::Status {
        if (auto row = RequireClinic(tx, clinic); !row.ok()) return row.status();
        auto rows = tx.ListPathways(clinic, after, page_size + 1);
        if (!rows.ok()) return rows.status();
        PageBudget budget(page_size);
        for (const store::PathwayRow& row : *rows) {
          v1::Pathway pathway = PathwayToProto(row);
          if (!budget.Take(pathway)) {
            const std::string& last = (*rows)[response->pathways_size() - 1].pathway;
            response->set_next_page_token(SealPageToken(engine_.tokens(), token_query, last));
            break;
          }
          *response->add_pathways() = std::move(pathway);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

void Pathways::ListRevisions(const CallPtr& call, const v1::ListPathwayRevisionsRequest& request,
                             v1::ListPathwayRevisionsResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParsePathwayName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/pathways/{pathway}"});
  const int page_size = PageSize(request.page_size(), &errors);
  const std::string token_query = absl::StrCat("list-revisions/", request.name());
  int32_t before = 0;  // the revision that the page before ended with
  const auto position = OpenPageToken(engine_.tokens(), token_query, request.page_token(), &errors);
  if (position && !absl::SimpleAtoi(*position, &before)) AddPageTokenError(&errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      name->clinic,
      [this, name = *name, page_size, token_query, before, response](store::ReadTransaction& tx) -> absl::Status {
        auto rows = tx.ListPathwayRevisions(name.clinic, name.pathway, before, page_size + 1);
        if (!rows.ok()) return rows.status();
        if (rows->empty() && before == 0) {
          return ResourceNotFound("PATHWAY_NOT_FOUND", PathwayNameOf(name.clinic, name.pathway));
        }
        PageBudget budget(page_size);
        for (const store::PathwayRow& row : *rows) {
          v1::Pathway pathway = PathwayToProto(row);
          if (!budget.Take(pathway)) {
            const std::string last = absl::StrCat((*rows)[response->pathways_size() - 1].revision);
            response->set_next_page_token(SealPageToken(engine_.tokens(), token_query, last));
            break;
          }
          *response->add_pathways() = std::move(pathway);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

void Pathways::Preview(const CallPtr& call, const v1::PreviewPlanRequest& request, v1::PreviewPlanResponse* response,
                       Done done) {
  PreviewPlan(engine_, call, request, response, std::move(done));
}

}  // namespace aftercare::engine
