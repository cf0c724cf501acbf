#include "scheduler/engine/enrollments/migrate_enrollments.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/engine/enrollments/change_facts.h"
#include "scheduler/engine/enrollments/diff_counts.h"
#include "scheduler/engine/lifecycle/enrollment_context.h"
#include "scheduler/engine/planning/ending.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"

namespace aftercare::engine {
namespace {

// What a request asks for.
struct BatchRequest {
  PathwayName pathway{};
  int32_t revision = 0;  // 0: the newest
  std::string after{};   // id of the last enrollment of the batch before
  int size = 0;
  std::string token_query{};
};

// Adds every error of the request to `errors`.
BatchRequest ReadBatchRequest(EngineContext& engine, const v1::MigrateEnrollmentsRequest& request,
                              plan::FieldErrors* errors) {
  BatchRequest batch;
  const auto pathway = ParsePathwayName(request.pathway());
  if (!pathway) errors->push_back({"pathway", "must be clinics/{clinic}/pathways/{pathway}"});
  if (pathway) batch.pathway = *pathway;
  if (request.revision() < 0) errors->push_back({"revision", "must not be negative"});
  batch.revision = request.revision();
  batch.size = PageSize(request.page_size(), errors);
  batch.token_query =
      absl::StrCat("migrate/", request.pathway(), "/", request.revision(), "/", request.validate_only());
  const auto position = OpenPageToken(engine.tokens(), batch.token_query, request.page_token(), errors);
  if (!position) return batch;
  // The revision stays what was the newest at the first batch.
  const std::pair<std::string, std::string> parts = absl::StrSplit(*position, absl::MaxSplits('/', 1));
  if (!absl::SimpleAtoi(parts.first, &batch.revision)) AddPageTokenError(errors);
  batch.after = parts.second;
  return batch;
}

// One run over a batch. A class so that its steps can share what they need. Without `write` nothing is stored.
class BatchMigration {
 public:
  BatchMigration(EngineContext& engine, store::ReadTransaction& tx, store::WriteTransaction* write,
                 const v1::MigrateEnrollmentsRequest& request, BatchRequest batch,
                 v1::MigrateEnrollmentsResponse* response)
      : engine_(engine),
        tx_(tx),
        write_(write),
        request_(request),
        batch_(std::move(batch)),
        response_(*response) {}

  absl::Status Run() {
    auto clinic = RequireClinic(tx_, batch_.pathway.clinic);
    if (!clinic.ok()) return clinic.status();
    if (absl::Status status = ResolveRevision(); !status.ok()) return status;
    response_.set_revision(batch_.revision);
    response_.mutable_diff();
    if (absl::Status status = CountAll(); !status.ok()) return status;
    store::EnrollmentQuery query;
    query.clinic = batch_.pathway.clinic;
    query.pathway = batch_.pathway.pathway;
    query.after = batch_.after;
    query.limit = batch_.size;
    auto rows = tx_.ListEnrollments(query);
    if (!rows.ok()) return rows.status();
    bool more = static_cast<int>(rows->size()) == batch_.size;
    for (store::EnrollmentRow& row : *rows) {
      if (failure_bytes_ >= kMaxPageBytes) {
        more = true;
        break;
      }
      batch_.after = row.enrollment;
      if (row.state == v1::ENROLLMENT_STATE_ENDED) continue;
      if (absl::Status status = Migrate(std::move(row), engine_.Now(*clinic)); !status.ok()) return status;
    }
    if (more) {
      const std::string position = absl::StrCat(batch_.revision, "/", batch_.after);
      response_.set_next_page_token(SealPageToken(engine_.tokens(), batch_.token_query, position));
    }
    for (const std::string& rule : dropped_rules_) response_.add_dropped_rules(rule);
    for (const std::string& rule : new_rules_due_now_) response_.add_new_rules_due_now(rule);
    return absl::OkStatus();
  }

 private:
  absl::Status ResolveRevision() {
    if (batch_.revision == 0) {
      auto newest = tx_.NewestRevision(batch_.pathway.clinic, batch_.pathway.pathway);
      if (!newest.ok()) return newest.status();
      if (*newest == 0) return ResourceNotFound("PATHWAY_NOT_FOUND", request_.pathway());
      batch_.revision = *newest;
    }
    return engine_.definitions().Pathway(tx_, batch_.pathway.clinic, batch_.pathway.pathway, batch_.revision).status();
  }

  // Tells with the first batch how many enrollments there are in all.
  absl::Status CountAll() {
    if (!batch_.after.empty()) return absl::OkStatus();
    auto count = tx_.CountRunning(batch_.pathway.clinic, batch_.pathway.pathway);
    if (count.ok()) response_.set_total_count(*count);
    return count.status();
  }

  absl::Status Migrate(store::EnrollmentRow row, absl::Time now) {
    if (row.data.pathway_revision() == batch_.revision) {
      response_.set_unchanged_count(response_.unchanged_count() + 1);
      return absl::OkStatus();
    }
    auto before = MakeEnrollmentContext(engine_, tx_, std::move(row));
    if (!before.ok()) return before.status();
    if (EndsAt(*before) <= now) {  // The sweep ends it.
      response_.set_unchanged_count(response_.unchanged_count() + 1);
      return absl::OkStatus();
    }
    absl::Status status;
    if (write_ != nullptr) status = FireEnrollment(*write_, &*before, now).status();
    if (!status.ok()) return status;
    v1::Enrollment data = before->row.data;
    data.set_pathway_revision(batch_.revision);
    auto change = ComputeFactsChange(engine_, tx_, *before, std::move(data), {}, now);
    if (absl::IsInvalidArgument(change.status())) {
      v1::MigrationFailure* failure = response_.add_failures();
      failure->set_enrollment(EnrollmentNameOf(before->row.clinic, before->row.enrollment));
      *failure->mutable_status() = ToStatusProto(change.status());
      failure_bytes_ += failure->ByteSizeLong();
      return absl::OkStatus();
    }
    if (!change.ok()) return change.status();
    Reanchoring& reanchoring = **change;
    response_.set_migrated_count(response_.migrated_count() + 1);
    AddCounts(reanchoring.diff, response_.mutable_diff());
    dropped_rules_.insert(reanchoring.dropped_rules.begin(), reanchoring.dropped_rules.end());
    NoteNewRules(*before->pathway, reanchoring, now);
    if (write_ == nullptr) return absl::OkStatus();
    if (!request_.allow_drop()) status = CheckNothingDropped(reanchoring);
    if (status.ok()) status = ApplyFactsChange(*write_, *before, &reanchoring, now);
    return status;
  }

  // Notes the rules that send something at once and whose series the pathway `before` does not have.
  void NoteNewRules(const plan::CompiledPathway& before, const Reanchoring& change, absl::Time now) {
    const plan::CompiledPathway& after = *change.after.pathway;
    for (const PlannedItem& item : change.reconciliation.items) {
      if (item.fate != Fate::kToCome || item.occurrence.due > now) continue;
      const std::string& series = after.rule(item.occurrence.rule).series;
      bool is_known = false;
      for (int i = 0; i < before.rule_count(); ++i) is_known = is_known || before.rule(i).series == series;
      if (!is_known) new_rules_due_now_.insert(after.rule_source(item.occurrence.rule).id());
    }
  }

  EngineContext& engine_;
  store::ReadTransaction& tx_;
  store::WriteTransaction* const write_;
  const v1::MigrateEnrollmentsRequest& request_;
  BatchRequest batch_;
  v1::MigrateEnrollmentsResponse& response_;
  std::set<std::string> dropped_rules_;
  std::set<std::string> new_rules_due_now_;
  size_t failure_bytes_ = 0;  // in the response
};

}  // namespace

void MigrateEnrollments(EngineContext& engine, const CallPtr& call, const v1::MigrateEnrollmentsRequest& request,
                        v1::MigrateEnrollmentsResponse* response, Done done) {
  plan::FieldErrors errors;
  BatchRequest batch = ReadBatchRequest(engine, request, &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  const std::string clinic = batch.pathway.clinic;
  call->MutateUnlessValidating(
      request.validate_only(), request, clinic, /*request_id=*/"", response,
      [&engine, &request, batch = std::move(batch), response](store::ReadTransaction& tx,
                                                              store::WriteTransaction* write) {
        return BatchMigration(engine, tx, write, request, batch, response).Run();
      },
      std::move(done));
}

}  // namespace aftercare::engine
