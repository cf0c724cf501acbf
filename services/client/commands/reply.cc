#include "services/client/commands/reply.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/client/commands/choice_label.h"
#include "services/client/commands/listing.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/input/repeatable_option.h"
#include "services/client/render/fields.h"
#include "services/client/render/reply_text.h"

namespace aftercare::client {
namespace {

struct ReplyOptions {
  std::string text;
  std::string channel;
  std::string from;
  std::string reminder;
  std::vector<std::string> other_clinics;
  std::string request_id;
  bool dry_run = false;
};

absl::StatusOr<v1::Channel> ChannelOf(const std::string& text) {
  const absl::StatusOr<int> channel = ParseEnum(*v1::Channel_descriptor(), "--channel", text);
  if (!channel.ok()) return channel.status();
  return static_cast<v1::Channel>(*channel);
}

// Returns the zone of the clinic that the reply belongs to, which may be another one than that of --clinic. Returns UTC
// if the clinic cannot be read: the reply was recorded all the same, and the zone is only needed to show times.
absl::TimeZone ZoneOf(Session& session, const v1::Reply& reply) {
  if (!reply.has_decide_by_time()) return absl::UTCTimeZone();  // There is no time to show.
  std::string clinic = ClinicOf(reply.name());
  if (clinic.empty()) clinic = ClinicOf(reply.enrollment());
  v1::GetClinicRequest request;
  request.set_name(clinic.empty() ? session.clinic() : clinic);
  const auto response = session.Call(request);
  return response.ok() ? FrameOf(response->clinic()).zone : absl::UTCTimeZone();
}

// Returns the reply as text, with the label of the choice that it answers.
std::string Shown(Session& session, const v1::Reply& reply) {
  const std::string choice = reply.has_choice() ? FindChoiceLabel(session, reply.reminder(), reply.choice()) : "";
  return RenderReply(reply, ZoneOf(session, reply), choice);
}

absl::StatusOr<v1::RecordReplyRequest> RequestOf(const std::string& clinic, const ReplyOptions& options) {
  v1::RecordReplyRequest request;
  request.set_parent(clinic);
  const absl::StatusOr<v1::Channel> channel = ChannelOf(options.channel);
  if (!channel.ok()) return channel.status();
  request.set_channel(*channel);
  request.set_address(options.from);
  request.set_text(options.text);
  request.set_request_id(options.request_id);
  request.set_validate_only(options.dry_run);
  for (const std::string& other : options.other_clinics) request.add_other_clinics(ClinicName(other));
  if (!options.reminder.empty()) {
    const absl::StatusOr<std::string> name = ReminderName(clinic, options.reminder);
    if (!name.ok()) return name.status();
    request.set_reminder(*name);
  }
  return request;
}

absl::Status Reply(Session& session, const ReplyOptions& options) {
  const auto request = RequestOf(session.clinic(), options);
  if (!request.ok()) return request.status();
  const auto response = session.Call(*request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(*response);
    return absl::OkStatus();
  }
  session.Print(absl::StrCat(Shown(session, response->reply()), LongField("send back", response->auto_reply())));
  if (options.dry_run) session.Note("Checked only: the reply was not stored, and nothing was changed.\n");
  return absl::OkStatus();
}

struct RepliesOptions {
  std::string patient;
  bool unmatched = false;
  bool held = false;
  int limit = 100;
};

absl::Status ListReplies(Session& session, const RepliesOptions& options) {
  if (options.limit < 0) return UsageError("--limit must be 0 (no limit) or more");
  const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
  if (!frame.ok()) return frame.status();
  v1::ListRepliesRequest request;
  request.set_parent(session.clinic());
  request.set_patient(options.patient);
  absl::string_view none = "No replies.\n";
  if (options.unmatched) {
    request.set_task(v1::REPLY_TASK_ASSIGN);
    none = "No reply waits to be assigned.\n";
  } else if (options.held) {
    request.set_task(v1::REPLY_TASK_DECIDE);
    none = "No reply waits for a decision.\n";
  }
  const auto replies = ReadList(session, request, &v1::ListRepliesResponse::replies, options.limit);
  if (!replies.ok()) return replies.status();
  PrintList(session, replies->items, RenderReplies, frame->zone, none);
  if (replies->more) session.Note("There are older ones; --limit 0 shows all.\n");
  return absl::OkStatus();
}

struct AssignOptions {
  std::string reply;
  std::string enrollment;
  std::string request_id;
};

struct DecideOptions {
  std::string reply;
  std::string decision;
  std::string request_id;
};

// Sends a request of the care team about a reply, and prints the reply as it is then.
template <typename Request>
absl::Status Settle(Session& session, const Request& request) {
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  if (session.json()) {
    session.PrintJson(response->reply());
    return absl::OkStatus();
  }
  session.Print(Shown(session, response->reply()));
  return absl::OkStatus();
}

absl::Status Assign(Session& session, const AssignOptions& options) {
  v1::AssignReplyRequest request;
  request.set_name(ReplyName(session.clinic(), options.reply));
  // A short enrollment is one of the reply's clinic.
  request.set_enrollment(EnrollmentName(ClinicOf(request.name()), options.enrollment));
  request.set_request_id(options.request_id);
  return Settle(session, request);
}

absl::Status Decide(Session& session, const DecideOptions& options) {
  const absl::StatusOr<int> decision = ParseEnum(*v1::ReplyDecision_descriptor(), "DECISION", options.decision);
  if (!decision.ok()) return decision.status();
  v1::DecideReplyRequest request;
  request.set_name(ReplyName(session.clinic(), options.reply));
  request.set_decision(static_cast<v1::ReplyDecision>(*decision));
  request.set_request_id(options.request_id);
  return Settle(session, request);
}

constexpr char kWhichReply[] = "Id of the reply, as `aftercare replies` shows it, or its full name";

void AddRequestId(CLI::App* command, std::string* request_id) {
  command->add_option("--request-id", *request_id, "Makes it safe to send the same again")->type_name("ID");
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
  CLI::Option* reminder =
      reply->add_option("--reminder", options->reminder, "Which reminder it answers. Default: the newest that asked")
          ->type_name("REMINDER");
  AddRepeatableOption(reply, "--other-clinic", &options->other_clinics,
                      "Another clinic that writes from the same number; may be repeated")
      ->type_name("ID")
      ->excludes(reminder);
  AddRequestId(reply, &options->request_id);
  reply->add_flag("--dry-run", options->dry_run, "Only say how it would be understood and why; store nothing");
  reply->footer(
      "Examples:\n  aftercare reply 7 --clinic demo --channel sms --from +15550100\n"
      "  aftercare reply --channel email --from ana@example.org STOP\n"
      "  aftercare reply --channel sms --from \"(555) 0100\" \"not yet\" --dry-run\n"
      "  aftercare reply --channel sms --from +15550100 help --other-clinic lakeside --other-clinic hill\n\n"
      "A stop word ends messages to that address at once, a start word lets them come again; `done`, a\n"
      "score such as 7 or 7/10, or the number or a label of a choice answers the newest message that asked\n"
      "for it. Everything else is kept, for `aftercare replies`. What it shows as `send back` is for you to\n"
      "send: this command sends nothing.");
  reply->callback([=] { *action = [=](Session& session) { return Reply(session, *options); }; });
}

void AddRepliesCommand(CLI::App& app, Action* action) {
  CLI::App* replies = app.add_subcommand("replies", "List what patients wrote back, newest first");
  const auto options = std::make_shared<RepliesOptions>();
  CLI::Option* patient =
      replies->add_option("--patient", options->patient, "Of this patient, by the clinic's own id")->type_name("ID");
  CLI::Option* unmatched = replies->add_flag(
      "--unmatched", options->unmatched, "Only those that wait for `aftercare assign`: nobody knows whose they are");
  CLI::Option* held = replies->add_flag("--held", options->held,
                                        "Only those that wait for `aftercare decide`: they may be a wish to stop");
  unmatched->excludes(patient);
  held->excludes(patient)->excludes(unmatched);
  replies->add_option("--limit", options->limit, "How many to print at most; 0 for all")
      ->capture_default_str()
      ->type_name("N");
  replies->footer(
      "Examples:\n  aftercare replies --clinic demo --patient P-17\n  aftercare replies --unmatched\n"
      "  aftercare replies --held --json");
  replies->callback([=] { *action = [=](Session& session) { return ListReplies(session, *options); }; });
}

void AddAssignCommand(CLI::App& app, Action* action) {
  CLI::App* assign =
      app.add_subcommand("assign", "Say whose a reply is, if nobody known or several may have written it");
  const auto options = std::make_shared<AssignOptions>();
  assign->add_option("REPLY", options->reply, kWhichReply)->required();
  assign->add_option("ENROLLMENT", options->enrollment, "Whose it is: an enrollment of the reply's clinic")->required();
  AddRequestId(assign, &options->request_id);
  assign->footer(
      "The reply then counts from when it came: an answer answers what had been sent by then, and a wish\n"
      "to stop counts for that patient. It can be assigned once. `aftercare replies --unmatched` lists\n"
      "the replies that wait for this, with the addresses they came from.\n\n"
      "Example:\n  aftercare assign 0a1b2c ana --clinic demo");
  assign->callback([=] { *action = [=](Session& session) { return Assign(session, *options); }; });
}

void AddDecideCommand(CLI::App& app, Action* action) {
  CLI::App* decide = app.add_subcommand("decide", "Decide whether a doubtful reply is a wish to stop");
  const auto options = std::make_shared<DecideOptions>();
  decide->add_option("REPLY", options->reply, kWhichReply)->required();
  decide->add_option("DECISION", options->decision, EnumChoices(*v1::ReplyDecision_descriptor()))->required();
  AddRequestId(decide, &options->request_id);
  decide->footer(
      "stop: as if the reply had been a stop word. continue: what was held is sent, if its window is\n"
      "still open and no other reply from the address waits for a decision. It is decided once.\n"
      "`aftercare replies --held` lists the replies that wait for this, and until when.\n\n"
      "Example:\n  aftercare decide 0a1b2c continue --clinic demo");
  decide->callback([=] { *action = [=](Session& session) { return Decide(session, *options); }; });
}

}  // namespace aftercare::client
