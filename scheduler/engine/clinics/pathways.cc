#include "scheduler/engine/clinics/pathways.h"

#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/lifecycle/resource_view.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/civil.h"

namespace aftercare::engine {
namespace {

// What is stored of a pathway: what the clinic says, nothing the server adds.
v1::Pathway Stored(const v1::Pathway& pathway) {
  v1::Pathway stored = pathway;
  stored.clear_name();
  stored.clear_revision();
  stored.clear_revision_create_time();
  stored.clear_etag();
  return stored;
}

void CheckPathway(const v1::Pathway& pathway, plan::FieldErrors* errors) {
  plan::FieldErrors found;
  plan::CompiledPathway::Compile(pathway, &found);
  AddPrefixed("pathway", found, errors);
}

bool SamePathway(const v1::Pathway& a, const v1::Pathway& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

}  // namespace

void AddPhases(const plan::CompiledPathway& pathway, absl::CivilDay procedure_date,
               google::protobuf::RepeatedPtrField<v1::TimelinePhase>* phases) {
  for (int i = 0; i < pathway.phase_count(); ++i) {
    const plan::DateRange dates = plan::PhaseDates(pathway, i, procedure_date);
    v1::TimelinePhase* phase = phases->Add();
    phase->set_phase(pathway.phase_source(i).id());
    phase->set_display_name(pathway.phase_source(i).display_name());
    phase->set_first_date(plan::FormatDate(dates.first));
    phase->set_last_date(plan::FormatDate(dates.last));
  }
}

void Pathways::Create(const Caller& caller, const v1::CreatePathwayRequest& request,
                      v1::CreatePathwayResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (!IsPathwayId(request.pathway_id())) {
    errors.push_back({"pathway_id", "must be 1 to 40 lower-case letters, digits, '_' or '-', beginning with a letter"});
  }
  CheckPathway(request.pathway(), &errors);
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);

  auto prepare = [this, clinic = *clinic, &request, response](store::ReadTransaction& tx,
                                                              store::PathwayRow* row) -> absl::Status {
    auto owner = RequireClinic(tx, clinic);
    if (!owner.ok()) return owner.status();
    auto existing = tx.GetPathway(clinic, request.pathway_id(), 0);
    if (!existing.ok()) return existing.status();
    if (existing->has_value()) {
      return MakeError(absl::StatusCode::kAlreadyExists, "PATHWAY_EXISTS",
                       absl::StrCat(PathwayNameOf(clinic, request.pathway_id()),
                                    " exists already; UpdatePathway makes a new revision"));
    }
    *row = {clinic, request.pathway_id(), 1, engine_.clock().Now(), Stored(request.pathway())};
    *response->mutable_pathway() = PathwayToProto(*row);
    return absl::OkStatus();
  };
  if (request.validate_only()) {
    return engine_.Read(
        [prepare](store::ReadTransaction& tx) mutable {
          store::PathwayRow row;
          return prepare(tx, &row);
        },
        std::move(done));
  }
  engine_.Mutate(
      request, *clinic, request.request_id(), response,
      [prepare](store::WriteTransaction& tx) mutable -> absl::Status {
        store::PathwayRow row;
        if (absl::Status status = prepare(tx, &row); !status.ok()) return status;
        return tx.InsertPathwayRevision(row);
      },
      std::move(done));
}

void Pathways::Update(const Caller& caller, const v1::UpdatePathwayRequest& request,
                      v1::UpdatePathwayResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParsePathwayName(request.pathway().name());
  if (!name) errors.push_back({"pathway.name", "must be clinics/{clinic}/pathways/{pathway}"});
  CheckPathway(request.pathway(), &errors);
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);

  // Answers whether there is a new revision to store.
  auto prepare = [this, name = *name, &request, response](store::ReadTransaction& tx,
                                                          store::PathwayRow* row) -> absl::StatusOr<bool> {
    auto existing = tx.GetPathway(name.clinic, name.pathway, 0);
    if (!existing.ok()) return existing.status();
    if (!existing->has_value()) return ResourceNotFound("PATHWAY_NOT_FOUND", request.pathway().name());
    *row = **std::move(existing);
    absl::Status status = CheckEtag(request.pathway().etag(), row->revision, request.pathway().name());
    if (!status.ok()) return status;
    v1::Pathway wanted = Stored(request.pathway());
    const bool changed = !SamePathway(wanted, row->data);
    if (changed) *row = {name.clinic, name.pathway, row->revision + 1, engine_.clock().Now(), std::move(wanted)};
    *response->mutable_pathway() = PathwayToProto(*row);
    return changed;
  };
  if (request.validate_only()) {
    return engine_.Read(
        [prepare](store::ReadTransaction& tx) mutable {
          store::PathwayRow row;
          return prepare(tx, &row).status();
        },
        std::move(done));
  }
  engine_.Mutate(
      request, name->clinic, request.request_id(), response,
      [prepare](store::WriteTransaction& tx) mutable -> absl::Status {
        store::PathwayRow row;
        auto changed = prepare(tx, &row);
        if (!changed.ok() || !*changed) return changed.status();
        return tx.InsertPathwayRevision(row);
      },
      std::move(done));
}

void Pathways::Get(const Caller& caller, const v1::GetPathwayRequest& request, v1::GetPathwayResponse* response,
                   Done done) {
  plan::FieldErrors errors;
  const auto name = ParsePathwayName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/pathways/{pathway}"});
  if (request.revision() < 0) errors.push_back({"revision", "must not be negative"});
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  engine_.Read(
      [name = *name, &request, response](store::ReadTransaction& tx) -> absl::Status {
        auto row = tx.GetPathway(name.clinic, name.pathway, request.revision());
        if (!row.ok()) return row.status();
        if (!row->has_value()) return ResourceNotFound("PATHWAY_NOT_FOUND", request.name());
        *response->mutable_pathway() = PathwayToProto(**row);
        return absl::OkStatus();
      },
      std::move(done));
}

void Pathways::List(const Caller& caller, const v1::ListPathwaysRequest& request, v1::ListPathwaysResponse* response,
                    Done done) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  const int page = PageSize(request.page_size(), &errors);
  const std::string context = absl::StrCat("list-pathways/", request.parent());
  std::string after;
  if (!request.page_token().empty()) {
    const auto opened = engine_.tokens().Open(context, request.page_token());
    if (opened) after = *opened;
    if (!opened) errors.push_back({"page_token", "must come from an answer to the same request"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, *clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, clinic = *clinic, page, context, after, response](store::ReadTransaction& tx) -> absl::Status {
        auto owner = RequireClinic(tx, clinic);
        if (!owner.ok()) return owner.status();
        auto rows = tx.ListPathways(clinic, after, page + 1);
        if (!rows.ok()) return rows.status();
        for (const store::PathwayRow& row : *rows) {
          if (response->pathways_size() == page) {
            response->set_next_page_token(engine_.tokens().Seal(context, (*rows)[page - 1].pathway));
            break;
          }
          *response->add_pathways() = PathwayToProto(row);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

void Pathways::ListRevisions(const Caller& caller, const v1::ListPathwayRevisionsRequest& request,
                             v1::ListPathwayRevisionsResponse* response, Done done) {
  plan::FieldErrors errors;
  const auto name = ParsePathwayName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/pathways/{pathway}"});
  const int page = PageSize(request.page_size(), &errors);
  const std::string context = absl::StrCat("list-revisions/", request.name());
  int32_t before = 0;
  if (!request.page_token().empty()) {
    const auto opened = engine_.tokens().Open(context, request.page_token());
    if (!opened || !absl::SimpleAtoi(*opened, &before)) {
      errors.push_back({"page_token", "must come from an answer to the same request"});
    }
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, name->clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, name = *name, page, context, before, response](store::ReadTransaction& tx) -> absl::Status {
        auto rows = tx.ListPathwayRevisions(name.clinic, name.pathway, before, page + 1);
        if (!rows.ok()) return rows.status();
        if (rows->empty() && before == 0) {
          return ResourceNotFound("PATHWAY_NOT_FOUND", PathwayNameOf(name.clinic, name.pathway));
        }
        for (const store::PathwayRow& row : *rows) {
          if (response->pathways_size() == page) {
            response->set_next_page_token(engine_.tokens().Seal(context, absl::StrCat((*rows)[page - 1].revision)));
            break;
          }
          *response->add_pathways() = PathwayToProto(row);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
