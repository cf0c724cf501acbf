#include "scheduler/engine/replies/replies.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/replies/record_reply.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/replies.h"
#include "scheduler/plan/text_validation.h"

namespace aftercare::engine {
namespace {

constexpr size_t kMaxAddress = 254;

// Every fault that can be told without the store.
plan::FieldErrors FaultsOf(const v1::RecordReplyRequest& request) {
  plan::FieldErrors errors;
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (!v1::Channel_IsValid(request.channel()) || request.channel() == v1::CHANNEL_UNSPECIFIED) {
    errors.push_back({"channel", "must be SMS, EMAIL or WEBHOOK"});
  }
  const std::string& address = request.address();
  if (address.empty() || address.size() > 4 * kMaxAddress || plan::CountCharacters(address) > kMaxAddress ||
      !plan::IsCleanText(address, /*allow_newline=*/false)) {
    errors.push_back({"address", "must have 1 to 254 characters, without control characters"});
  }
  if (!plan::IsReplyText(request.text())) {
    errors.push_back(
        {"text", "must have 1 to 4000 characters, without control characters other than tabs and line ends"});
  }
  const auto reminder = ParseReminderName(request.reminder());
  if (!request.reminder().empty() && (!reminder || (clinic && reminder->clinic != *clinic))) {
    errors.push_back({"reminder", "must be {parent}/enrollments/{enrollment}/reminders/{rule}.{n}"});
  }
  CheckRequestId(request.request_id(), &errors);
  return errors;
}

}  // namespace

void Replies::Record(const Caller& caller, const v1::RecordReplyRequest& request, v1::RecordReplyResponse* response,
                     Done done) {
  const plan::FieldErrors errors = FaultsOf(request);
  if (!errors.empty()) return done(InvalidFields(errors));
  const std::string clinic = *ParseClinicName(request.parent());
  if (absl::Status status = CheckClinic(caller, clinic); !status.ok()) return done(status);
  auto wake = std::make_shared<absl::Time>(absl::InfiniteFuture());
  engine_.Mutate(
      request, clinic, request.request_id(), response,
      [this, clinic, &request, response, wake](store::WriteTransaction& tx) -> absl::Status {
        *wake = absl::InfiniteFuture();
        auto owner = RequireClinic(tx, clinic);
        if (!owner.ok()) return owner.status();
        auto reply = RecordReply(engine_, tx, request, *std::move(owner), wake.get());
        if (!reply.ok()) return reply.status();
        // What was answered is remembered with the request: not what a patient wrote.
        reply->clear_text();
        *response->mutable_reply() = *std::move(reply);
        return absl::OkStatus();
      },
      [this, &request, response, wake, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) {
          response->mutable_reply()->set_text(request.text());  // the same under the same request_id
          sweeper_.WakeAt(*wake);
        }
        done(std::move(status));
      });
}

void Replies::List(const Caller& caller, const v1::ListRepliesRequest& request, v1::ListRepliesResponse* response,
                   Done done) {
  plan::FieldErrors errors;
  store::ReplyQuery query;
  if (const auto clinic = ParseClinicName(request.parent())) query.clinic = *clinic;
  if (query.clinic.empty()) errors.push_back({"parent", "must be clinics/{clinic}"});
  if (!request.patient().empty() && !IsForeignId(request.patient())) {
    errors.push_back({"patient", "must be 1 to 64 letters, digits, '.', '_' or '-'"});
  }
  query.patient = request.patient();
  const int page = PageSize(request.page_size(), &errors);
  query.limit = page + 1;
  const std::string context = absl::StrCat("list-replies/", request.parent(), "/", request.patient());
  if (!request.page_token().empty()) {
    const auto opened = engine_.tokens().Open(context, request.page_token());
    if (opened) query.before = *opened;
    if (!opened) errors.push_back({"page_token", "must come from an answer to the same request"});
  }
  if (!errors.empty()) return done(InvalidFields(errors));
  if (absl::Status status = CheckClinic(caller, query.clinic); !status.ok()) return done(status);
  engine_.Read(
      [this, query, page, context, response](store::ReadTransaction& tx) -> absl::Status {
        auto owner = RequireClinic(tx, query.clinic);
        if (!owner.ok()) return owner.status();
        auto rows = tx.ListReplies(query);
        if (!rows.ok()) return rows.status();
        for (store::ReplyRow& row : *rows) {
          if (response->replies_size() == page) {
            response->set_next_page_token(engine_.tokens().Seal(context, (*rows)[page - 1].reply));
            break;
          }
          row.data.set_name(ReplyNameOf(row.clinic, row.reply));
          *response->add_replies() = std::move(row.data);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
