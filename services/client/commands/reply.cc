#include "services/client/commands/reply.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/client/commands/listing.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/labels.h"
#include "services/client/render/lists.h"

namespace aftercare::client {
namespace {

struct ReplyOptions {
  std::string text;
  std::string channel;
  std::string from;
  std::string reminder;
  std::string request_id;
};

absl::StatusOr<v1::Channel> ChannelOf(const std::string& text) {
  const absl::StatusOr<int> channel = ParseEnum(*v1::Channel_descriptor(), "--channel", text);
  if (!channel.ok()) return channel.status();
  return static_cast<v1::Channel>(*channel);
}

absl::Status Reply(Session& session, const ReplyOptions& options) {
  v1::RecordReplyRequest request;
  request.set_parent(session.clinic());
  const absl::StatusOr<v1::Channel> channel = ChannelOf(options.channel);
  if (!channel.ok()) return channel.status();
  request.set_channel(*channel);
  request.set_address(options.from);
  request.set_text(options.text);
  request.set_request_id(options.request_id);
  if (!options.reminder.empty()) {
    const absl::StatusOr<std::string> name = ReminderName(session.clinic(), options.reminder);
    if (!name.ok()) return name.status();
    request.set_reminder(*name);
  }
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  session.PrintResult(response->reply(), RenderReply(response->reply()));
  return absl::OkStatus();
}

struct RepliesOptions {
  std::string patient;
  int limit = 100;
};

absl::Status ListReplies(Session& session, const RepliesOptions& options) {
  if (options.limit < 0) return UsageError("--limit must be 0 (no limit) or more");
  const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  v1::ListRepliesRequest request;
  request.set_parent(session.clinic());
  request.set_patient(options.patient);
  const auto replies = ReadList(session, request, &v1::ListRepliesResponse::replies, options.limit);
  if (!replies.ok()) return replies.status();
  PrintList(session, replies->items, RenderReplies, frame->zone, "No replies.\n");
  if (replies->more) session.Note("There are older ones; --limit 0 shows all.\n");
  return absl::OkStatus();
}

struct ConsentOptions {
  std::string patient;
  std::string channel;
  std::string decision;
};

absl::Status SetConsent(Session& session, const ConsentOptions& options) {
  v1::SetChannelConsentRequest request;
  request.set_parent(session.clinic());
  request.set_patient(options.patient);
  const absl::StatusOr<v1::Channel> channel = ChannelOf(options.channel);
  if (!channel.ok()) return channel.status();
  request.set_channel(*channel);
  const absl::StatusOr<int> consent = ParseEnum(*v1::Consent_descriptor(), "consent", options.decision);
  if (!consent.ok()) return consent.status();
  request.set_consent(static_cast<v1::Consent>(*consent));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  const std::string channels = ChannelLabels(response->opted_out_channels());
  session.PrintResult(*response, absl::StrCat("Patient ", options.patient, " has opted out of ",
                                              channels.empty() ? "nothing" : channels, ".\n"));
  return absl::OkStatus();
}

}  // namespace

void AddReplyCommand(CLI::App& app, Action* action) {
  CLI::App* reply = app.add_subcommand("reply", "Record what a patient wrote back, and do what it says");
  const auto options = std::make_shared<ReplyOptions>();
  reply->add_option("TEXT", options->text, "What the patient wrote")->required();
  reply->add_option("--channel", options->channel, "How it came: " + EnumChoices(*v1::Channel_descriptor()))
      ->required()
      ->type_name("HOW");
  reply->add_option("--from", options->from, "The patient's number or address on it")->required()->type_name("ADDRESS");
  reply->add_option("--reminder", options->reminder, "Which reminder it answers. Default: the newest that asked")
      ->type_name("REMINDER");
  reply->add_option("--request-id", options->request_id, "Makes it safe to send the same again")->type_name("ID");
  reply->footer(
      "Examples:\n  aftercare reply --clinic demo --channel sms --from +15550100 7\n"
      "  aftercare reply --channel email --from ana@example.org STOP\n\n"
      "A stop word ends messages on that channel at once, a start word lets them come again; `done`, or a score from\n"
      "0 to 10, answers the newest message that asked for it. Everything else is kept, for `aftercare replies`.");
  reply->callback([=] { *action = [=](Session& session) { return Reply(session, *options); }; });
}

void AddRepliesCommand(CLI::App& app, Action* action) {
  CLI::App* replies = app.add_subcommand("replies", "List what patients wrote back, newest first");
  const auto options = std::make_shared<RepliesOptions>();
  replies->add_option("--patient", options->patient, "Of this patient, by the clinic's own id")->type_name("ID");
  replies->add_option("--limit", options->limit, "How many to print at most; 0 for all")
      ->capture_default_str()
      ->type_name("N");
  replies->footer("Example:\n  aftercare replies --clinic demo --patient P-17");
  replies->callback([=] { *action = [=](Session& session) { return ListReplies(session, *options); }; });
}

void AddConsentCommand(CLI::App& app, Action* action) {
  CLI::App* consent = app.add_subcommand("consent", "Record whether a patient wants messages on a channel");
  const auto options = std::make_shared<ConsentOptions>();
  consent->add_option("PATIENT", options->patient, "The clinic's own id of the patient")->required();
  consent->add_option("DECISION", options->decision, EnumChoices(*v1::Consent_descriptor()))->required();
  consent->add_option("--channel", options->channel, EnumChoices(*v1::Channel_descriptor()))
      ->required()
      ->type_name("HOW");
  consent->footer("Example:\n  aftercare consent P-17 --channel sms refused --clinic demo");
  consent->callback([=] { *action = [=](Session& session) { return SetConsent(session, *options); }; });
}

}  // namespace aftercare::client
