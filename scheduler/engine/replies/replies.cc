#include "scheduler/engine/replies/replies.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/replies/record_reply.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"
#include "scheduler/plan/input/replies.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::engine {
namespace {

constexpr size_t kMaxAddressLength = 254;

// Returns every error that can be found without the store.
plan::FieldErrors CheckRequest(const v1::RecordReplyRequest& request) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (!v1::Channel_IsValid(request.channel()) || request.channel() == v1::CHANNEL_UNSPECIFIED) {
    errors.push_back({"channel", "must be SMS, EMAIL or WEBHOOK"});
  }
  const std::string& address = request.address();
  if (address.empty() || address.size() > 4 * kMaxAddressLength || plan::CountCharacters(address) > kMaxAddressLength ||
      !plan::IsCleanText(address, /*allow_newline=*/false)) {
    errors.push_back({"address", "must have 1 to 254 characters, without control characters"});
  }
  if (!plan::IsReplyText(request.text())) {
    errors.push_back(
        {"text", "must have 1 to 4000 characters, without control characters other than tabs and line ends"});
  }
  const auto reminder = ParseReminderName(request.reminder());
  if (!request.reminder().empty() && (!reminder || (clinic && reminder->clinic != *clinic))) {
    errors.push_back({"reminder", "must be {parent}/enrollments/{enrollment}/reminders/{rule}.{date}"});
  }
  CheckRequestId(request.request_id(), &errors);
  return errors;
}

}  // namespace

void Replies::Record(const CallPtr& call, const v1::RecordReplyRequest& request, v1::RecordReplyResponse* response,
                     Done done) {
  const plan::FieldErrors errors = CheckRequest(request);
  if (!errors.empty()) return done(InvalidFields(errors));
  const std::string clinic = *ParseClinicName(request.parent());
  call->Mutate(
      request, clinic, request.request_id(), response,
      [this, clinic, &request, response](store::WriteTransaction& tx) -> absl::Status {
        auto row = RequireClinic(tx, clinic);
        if (!row.ok()) return row.status();
        auto recorded = RecordReply(engine_, tx, request, *std::move(row));
        if (!recorded.ok()) return recorded.status();
        *response->mutable_reply() = *std::move(recorded);
        // The response is stored under its request_id, which must not keep what a patient wrote.
        response->mutable_reply()->clear_text();
        return absl::OkStatus();
      },
      [&request, response, done = std::move(done)](absl::Status status) mutable {
        // A repeated request has the same text.
        if (status.ok()) response->mutable_reply()->set_text(request.text());
        done(std::move(status));
      });
}

void Replies::Assign(const CallPtr& call, const v1::AssignReplyRequest& request, v1::AssignReplyResponse* response,
                     Done done) {
  done(absl::UnimplementedError("to come"));
}

void Replies::Decide(const CallPtr& call, const v1::DecideReplyRequest& request, v1::DecideReplyResponse* response,
                     Done done) {
  done(absl::UnimplementedError("to come"));
}

void Replies::List(const CallPtr& call, const v1::ListRepliesRequest& request, v1::ListRepliesResponse* response,
                   Done done) {
  plan::FieldErrors errors;
  store::ReplyQuery query;
  if (const auto clinic = ParseClinicName(request.parent())) query.clinic = *clinic;
  if (query.clinic.empty()) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (!request.patient().empty() && !IsForeignId(request.patient())) {
    errors.push_back({"patient", "must be 1 to 64 letters, digits, '.', '_' or '-'"});
  }
  query.patient = request.patient();
  const int page_size = PageSize(request.page_size(), &errors);
  query.limit = page_size + 1;  // one more tells whether there is another page
  const std::string token_query = absl::StrCat("list-replies/", request.parent(), "/", request.patient());
  query.before = OpenPageToken(engine_.tokens(), token_query, request.page_token(), &errors).value_or("");
  if (!errors.empty()) return done(InvalidFields(errors));
  call->Read(
      query.clinic,
      [this, query, page_size, token_query, response](store::ReadTransaction& tx) -> absl::Status {
        if (auto clinic = RequireClinic(tx, query.clinic); !clinic.ok()) return clinic.status();
        auto rows = tx.ListReplies(query);
        if (!rows.ok()) return rows.status();
        PageBudget budget(page_size);
        for (store::ReplyRow& row : *rows) {
          row.data.set_name(ReplyNameOf(row.clinic, row.reply));
          if (!budget.Take(row.data)) {
            const std::string& last = (*rows)[response->replies_size() - 1].reply;
            response->set_next_page_token(SealPageToken(engine_.tokens(), token_query, last));
            break;
          }
          *response->add_replies() = std::move(row.data);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
