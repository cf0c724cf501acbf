// Enrollments::Migrate.
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/engine/enrollments/change_facts.h"
#include "scheduler/engine/enrollments/enrollments.h"
#include "scheduler/engine/lifecycle/firing.h"
#include "scheduler/engine/lifecycle/sweeper.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

// One batch. Lives as long as the call.
struct Batch {
  const v1::MigrateEnrollmentsRequest& request;
  v1::MigrateEnrollmentsResponse* response;
  PathwayName pathway{};
  int32_t revision = 0;
  std::string after{};  // id of the last enrollment of the batch before
  int size = 0;
  std::string context{};
  absl::Time wake = absl::InfiniteFuture();
  std::set<std::string> dropped_rules{};
};

// The batch a request asks for; every fault is added to `errors`.
Batch MakeBatch(EngineContext& engine, const v1::MigrateEnrollmentsRequest& request,
                v1::MigrateEnrollmentsResponse* response, plan::FieldErrors* errors) {
  Batch batch{.request = request, .response = response};
  const auto pathway = ParsePathwayName(request.pathway());
  if (!pathway) errors->push_back({"pathway", "must be clinics/{clinic}/pathways/{pathway}"});
  if (pathway) batch.pathway = *pathway;
  if (request.revision() < 0) errors->push_back({"revision", "must not be negative"});
  batch.revision = request.revision();
  batch.size = PageSize(request.page_size(), errors);
  batch.context = absl::StrCat("migrate/", request.pathway(), "/", request.revision(), "/", request.validate_only());
  if (request.page_token().empty()) return batch;
  // The newest revision of the first batch stays that of the others.
  const auto opened = engine.tokens().Open(batch.context, request.page_token());
  const std::pair<std::string, std::string> parts =
      opened ? absl::StrSplit(*opened, absl::MaxSplits('/', 1)) : std::pair<std::string, std::string>();
  if (!absl::SimpleAtoi(parts.first, &batch.revision)) {
    errors->push_back({"page_token", "must come from an answer to the same request"});
  }
  batch.after = parts.second;
  return batch;
}

absl::Status ResolveRevision(EngineContext& engine, store::ReadTransaction& tx, Batch* batch) {
  if (batch->revision == 0) {
    auto newest = tx.NewestRevision(batch->pathway.clinic, batch->pathway.pathway);
    if (!newest.ok()) return newest.status();
    if (*newest == 0) return ResourceNotFound("PATHWAY_NOT_FOUND", batch->request.pathway());
    batch->revision = *newest;
  }
  return engine.definitions().Pathway(tx, batch->pathway.clinic, batch->pathway.pathway, batch->revision).status();
}

// `write` is null where nothing is to be stored.
absl::Status MigrateOne(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                        store::EnrollmentRow row, absl::Time now, Batch* batch) {
  if (row.data.pathway_revision() == batch->revision) {
    batch->response->set_unchanged_count(batch->response->unchanged_count() + 1);
    return absl::OkStatus();
  }
  auto before = MakeEnrollmentContext(engine, tx, std::move(row));
  if (!before.ok()) return before.status();
  absl::Status status;
  if (write != nullptr) status = FireEnrollment(*write, &*before, now).status();
  if (!status.ok()) return status;
  v1::Enrollment data = before->row.data;
  data.set_pathway_revision(batch->revision);
  auto change = ComputeFactsChange(engine, tx, *before, std::move(data), {}, now);
  if (absl::IsInvalidArgument(change.status())) {
    v1::MigrationFailure* failure = batch->response->add_failures();
    failure->set_enrollment(EnrollmentNameOf(before->row.clinic, before->row.enrollment));
    *failure->mutable_status() = ToStatusProto(change.status());
    return absl::OkStatus();
  }
  if (!change.ok()) return change.status();
  Reanchoring& reanchoring = **change;
  batch->response->set_migrated_count(batch->response->migrated_count() + 1);
  AddCounts(reanchoring.diff, batch->response->mutable_diff());
  batch->dropped_rules.insert(reanchoring.dropped_rules.begin(), reanchoring.dropped_rules.end());
  if (write == nullptr) return absl::OkStatus();
  if (!batch->request.allow_drop()) status = CheckNothingDropped(reanchoring);
  if (status.ok()) status = ApplyFactsChange(*write, *before, &reanchoring, now);
  batch->wake = std::min(batch->wake, WakeTimeOf(reanchoring.after.row));
  return status;
}

absl::Status MigrateBatch(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                          Batch batch, absl::Time* wake) {
  auto clinic = RequireClinic(tx, batch.pathway.clinic);
  if (!clinic.ok()) return clinic.status();
  if (absl::Status status = ResolveRevision(engine, tx, &batch); !status.ok()) return status;
  v1::MigrateEnrollmentsResponse& response = *batch.response;
  response.set_revision(batch.revision);
  response.mutable_diff();
  if (batch.after.empty()) {
    auto count = tx.CountRunning(batch.pathway.clinic, batch.pathway.pathway);
    if (!count.ok()) return count.status();
    response.set_total_count(*count);
  }
  store::EnrollmentQuery query;
  query.clinic = batch.pathway.clinic;
  query.pathway = batch.pathway.pathway;
  query.after = batch.after;
  query.limit = batch.size;
  auto rows = tx.ListEnrollments(query);
  if (!rows.ok()) return rows.status();
  if (static_cast<int>(rows->size()) == batch.size) {
    response.set_next_page_token(
        engine.tokens().Seal(batch.context, absl::StrCat(batch.revision, "/", rows->back().enrollment)));
  }
  for (store::EnrollmentRow& row : *rows) {
    if (row.state == v1::ENROLLMENT_STATE_ENDED) continue;
    absl::Status status = MigrateOne(engine, tx, write, std::move(row), engine.Now(*clinic), &batch);
    if (!status.ok()) return status;
  }
  for (const std::string& rule : batch.dropped_rules) response.add_dropped_rules(rule);
  *wake = batch.wake;
  return absl::OkStatus();
}

}  // namespace

void Enrollments::Migrate(const Caller& caller, const v1::MigrateEnrollmentsRequest& request,
                          v1::MigrateEnrollmentsResponse* response, Done done) {
  plan::FieldErrors errors;
  Batch batch = MakeBatch(engine_, request, response, &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  const std::string clinic = batch.pathway.clinic;
  if (absl::Status status = CheckClinic(caller, clinic); !status.ok()) return done(status);
  auto wake = std::make_shared<absl::Time>(absl::InfiniteFuture());
  if (request.validate_only()) {
    engine_.Read([this, batch = std::move(batch),
                  wake](store::ReadTransaction& tx) { return MigrateBatch(engine_, tx, nullptr, batch, wake.get()); },
                 std::move(done));
    return;
  }
  engine_.Mutate(
      request, clinic, "", response,
      [this, batch = std::move(batch), wake](store::WriteTransaction& tx) {
        return MigrateBatch(engine_, tx, &tx, batch, wake.get());
      },
      [this, wake, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) sweeper_.WakeAt(*wake);
        done(std::move(status));
      });
}

}  // namespace aftercare::engine
