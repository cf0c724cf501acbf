#include "scheduler/engine/replies/replies.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/replies/record_reply.h"
#include "scheduler/engine/replies/reply_log.h"
#include "scheduler/engine/runtime/answer_size.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/engine/runtime/page_token.h"
#include "scheduler/plan/input/replies.h"
#include "scheduler/plan/input/text_validation.h"

namespace aftercare::engine {
namespace {

constexpr size_t kMaxAddressLength = 254;
constexpr int kMaxOtherClinics = 100;

void CheckOtherClinics(const v1::RecordReplyRequest& request, plan::FieldErrors* errors) {
  const int size = request.other_clinics_size();
  if (size > kMaxOtherClinics) errors->push_back({"other_clinics", absl::StrCat("must have at most ", kMaxOtherClinics)});
  if (size > 0 && !request.reminder().empty()) {
    errors->push_back({"other_clinics", "must not be set together with reminder"});
  }
  for (int i = 0; i < std::min(size, kMaxOtherClinics); ++i) {
    if (ParseClinicName(request.other_clinics(i))) continue;
    errors->push_back({absl::StrCat("other_clinics[", i, "]"), "must be clinics/{clinic}"});
  }
}

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
  CheckOtherClinics(request, &errors);
  CheckRequestId(request.request_id(), &errors);
  return errors;
}

// Returns the other clinics that the caller may record replies for, by their ids, each once.
std::vector<std::string> OtherClinics(const Call& call, const v1::RecordReplyRequest& request) {
  std::vector<std::string> clinics;
  for (const std::string& name : request.other_clinics()) {
    std::string clinic = *ParseClinicName(name);
    const bool is_new = name != request.parent() && std::find(clinics.begin(), clinics.end(), clinic) == clinics.end();
    if (is_new && call.Authorize(clinic).ok()) clinics.push_back(std::move(clinic));
  }
  return clinics;
}

// What a response says that must not be stored under its request_id: the patient's words and address, and what is to be
// sent once only.
struct Unstored {
  std::string text;
  std::string address;
  std::string auto_reply;

  static Unstored TakeFrom(v1::RecordReplyResponse* response) {
    Unstored taken{"", response->reply().address(), response->auto_reply()};
    taken.text.swap(*response->mutable_reply()->mutable_text());
    response->mutable_reply()->clear_address();
    response->clear_auto_reply();
    return taken;
  }
};

}  // namespace

void Replies::Record(const CallPtr& call, const v1::RecordReplyRequest& request, v1::RecordReplyResponse* response,
                     Done done) {
  const plan::FieldErrors errors = CheckRequest(request);
  if (!errors.empty()) return done(InvalidFields(errors));
  std::vector<std::string> clinics = OtherClinics(*call, request);
  call->AlsoTouch(clinics);
  const std::string parent = *ParseClinicName(request.parent());
  clinics.insert(clinics.begin(), parent);
  const auto unstored = std::make_shared<Unstored>();
  call->MutateUnlessValidating(
      request.validate_only(), request, parent, request.request_id(), response,
      [this, clinics = std::move(clinics), unstored, &request, response](
          store::ReadTransaction& tx, store::WriteTransaction* write) -> absl::Status {
        std::vector<store::ClinicRow> rows;
        for (const std::string& clinic : clinics) {
          auto row = RequireClinic(tx, clinic);
          if (!row.ok()) return row.status();
          rows.push_back(*std::move(row));
        }
        absl::Status status = RecordReply(engine_, tx, write, request, rows, response);
        *unstored = Unstored::TakeFrom(response);
        return status;
      },
      [&request, response, unstored, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) {
          // A repeated request has the same text and address.
          v1::Reply& reply = *response->mutable_reply();
          reply.set_text(request.text());
          if (reply.task() == v1::REPLY_TASK_ASSIGN) reply.set_address(request.address());
          response->set_auto_reply(unstored->auto_reply);
        }
        done(std::move(status));
      });
}

void Replies::Assign(const CallPtr& call, const v1::AssignReplyRequest& request, v1::AssignReplyResponse* response,
                     Done done) {
  plan::FieldErrors errors;
  const auto name = ParseReplyName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/replies/{reply}"});
  const auto enrollment = ParseEnrollmentName(request.enrollment());
  if (!enrollment || (name && enrollment->clinic != name->clinic)) {
    errors.push_back({"enrollment", "must be clinics/{clinic}/enrollments/{enrollment} of the reply's clinic"});
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  Settle(call, request, name->clinic, response, &AssignReply, std::move(done));
}

void Replies::Decide(const CallPtr& call, const v1::DecideReplyRequest& request, v1::DecideReplyResponse* response,
                     Done done) {
  plan::FieldErrors errors;
  const auto name = ParseReplyName(request.name());
  if (!name) errors.push_back({"name", "must be clinics/{clinic}/replies/{reply}"});
  if (request.decision() != v1::REPLY_DECISION_STOP && request.decision() != v1::REPLY_DECISION_CONTINUE) {
    errors.push_back({"decision", "must be STOP or CONTINUE"});
  }
  CheckRequestId(request.request_id(), &errors);
  if (!errors.empty()) return done(InvalidFields(errors));
  Settle(call, request, name->clinic, response, &DecideReply, std::move(done));
}

template <typename Request, typename Response>
void Replies::Settle(const CallPtr& call, const Request& request, const std::string& clinic, Response* response,
                     absl::Status (*settle)(EngineContext&, store::WriteTransaction&, const Request&, Response*),
                     Done done) {
  // What the patient wrote must not be stored under the request_id either.
  const auto text = std::make_shared<std::string>();
  call->Mutate(
      request, clinic, request.request_id(), response,
      [this, settle, text, &request, response](store::WriteTransaction& tx) -> absl::Status {
        absl::Status status = settle(engine_, tx, request, response);
        if (status.ok()) text->swap(*response->mutable_reply()->mutable_text());
        response->mutable_reply()->clear_text();
        return status;
      },
      [text, response, done = std::move(done)](absl::Status status) mutable {
        if (status.ok()) response->mutable_reply()->set_text(*text);
        done(std::move(status));
      });
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
  if (!v1::ReplyTask_IsValid(request.task())) errors.push_back({"task", "must be ASSIGN or DECIDE"});
  if (request.task() != v1::REPLY_TASK_UNSPECIFIED && !request.patient().empty()) {
    errors.push_back({"task", "must not be set together with patient"});
  }
  query.task = request.task();
  const int page_size = PageSize(request.page_size(), &errors);
  query.limit = page_size + 1;  // one more tells whether there is another page
  const std::string token_query = absl::StrCat("list-replies/", request.parent(), "/", request.patient(), "/", request.task());
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
          v1::Reply reply = ReplyToProto(row);
          if (!budget.Take(reply)) {
            const std::string& last = (*rows)[response->replies_size() - 1].reply;
            response->set_next_page_token(SealPageToken(engine_.tokens(), token_query, last));
            break;
          }
          *response->add_replies() = std::move(reply);
        }
        return absl::OkStatus();
      },
      std::move(done));
}

}  // namespace aftercare::engine
