#include "services/client/commands/clinic.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/commands/listing.h"
#include "services/client/common/care_teams.h"
#include "services/client/common/failure.h"
#include "services/client/common/names.h"
#include "services/client/common/reply_words.h"
#include "services/client/common/values.h"
#include "services/client/input/calendar_options.h"
#include "services/client/input/repeatable_option.h"
#include "services/client/render/lists.h"
#include "services/client/render/table.h"

namespace aftercare::client {
namespace {

struct ClinicOptions {
  std::string id;
  std::string name;
  std::string zone;
  std::string phone;
  std::string test_clock;
  std::string contact_hours;
  std::string closed;
  std::vector<std::string> holidays;
  std::string region;
  std::string decision_time;
  std::optional<int> max_messages_per_minute;
  std::string message_cap;
  std::vector<std::string> care_teams;
  std::string quote_patients;
  std::vector<std::string> reply_words;
};

struct ClockOptions {
  std::string to;
  std::string by;
};

absl::Status SetCalendar(const ClinicOptions& options, v1::Clinic* clinic, google::protobuf::FieldMask* given) {
  if (!options.contact_hours.empty()) {
    const absl::StatusOr<v1::ContactHours> hours = ParseContactHours(options.contact_hours);
    if (!hours.ok()) return hours.status();
    if (!hours->openings().empty()) *clinic->mutable_contact_hours() = *hours;
    given->add_paths("contact_hours");
  }
  if (!options.closed.empty()) {
    const absl::StatusOr<std::vector<v1::Weekday>> days = ParseWeekdays("--closed", options.closed);
    if (!days.ok()) return days.status();
    for (const v1::Weekday day : *days) clinic->add_closed_weekdays(day);
    given->add_paths("closed_weekdays");
  }
  if (!options.holidays.empty()) {
    for (v1::Holiday& holiday : ParseHolidays(options.holidays)) *clinic->add_holidays() = std::move(holiday);
    given->add_paths("holidays");
  }
  return absl::OkStatus();
}

// Reads a cap as it is written: `5`, `5/25`, `none`.
absl::StatusOr<v1::MessageCap> ParseMessageCap(const std::string& text) {
  v1::MessageCap cap;
  if (text == "none") return cap;
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  std::vector<int> numbers;
  for (const std::string& part : parts) {
    if (!absl::SimpleAtoi(part, &numbers.emplace_back())) numbers.clear();
    if (numbers.empty()) break;
  }
  if (numbers.empty() || numbers.size() > 2) {
    return UsageError("--message-cap must be a number of messages a day, or a day and a week: 5 or 5/25; or none");
  }
  cap.set_per_day(numbers[0]);
  if (numbers.size() == 2) cap.set_per_week(numbers[1]);
  return cap;
}

// Sets who is told of tasks.
absl::Status SetCareTeams(const ClinicOptions& options, v1::Clinic* clinic, google::protobuf::FieldMask* given) {
  if (!options.care_teams.empty()) {
    absl::StatusOr<std::vector<v1::CareTeam>> teams = ParseCareTeams(options.care_teams);
    if (!teams.ok()) return teams.status();
    for (v1::CareTeam& team : *teams) *clinic->add_care_teams() = std::move(team);
    given->add_paths("care_teams");
  }
  if (!options.quote_patients.empty()) {
    clinic->set_quote_patients(options.quote_patients == "yes");
    given->add_paths("quote_patients");
  }
  return absl::OkStatus();
}

// Sets what concerns messages and replies. Of the reply words, `clinic` must have those that are stored: each option
// changes those of one language and kind.
absl::Status SetMessaging(const ClinicOptions& options, v1::Clinic* clinic, google::protobuf::FieldMask* given) {
  if (!options.region.empty()) {
    if (options.region != "none") clinic->set_region(options.region);
    given->add_paths("region");
  }
  if (!options.decision_time.empty()) {
    const absl::StatusOr<absl::Duration> time = ParseDuration("--decision-time", options.decision_time);
    if (!time.ok()) return time.status();
    *clinic->mutable_decision_time() = ToProto(*time);
    given->add_paths("decision_time");
  }
  if (options.max_messages_per_minute.has_value()) {
    clinic->set_max_messages_per_minute(*options.max_messages_per_minute);
    given->add_paths("max_messages_per_minute");
  }
  if (!options.message_cap.empty()) {
    absl::StatusOr<v1::MessageCap> cap = ParseMessageCap(options.message_cap);
    if (!cap.ok()) return cap.status();
    *clinic->mutable_message_cap() = *std::move(cap);
    given->add_paths("message_cap");
  }
  if (options.reply_words.empty()) return absl::OkStatus();
  given->add_paths("reply_words");
  return ApplyReplyWords(options.reply_words, clinic->mutable_reply_words());
}

// Sets the fields for which there are options, and adds them to `given`.
absl::Status SetFields(const ClinicOptions& options, v1::Clinic* clinic, google::protobuf::FieldMask* given) {
  const auto set = [given](const std::string& value, const char* field, std::string* target) {
    if (value.empty()) return;
    *target = value;
    given->add_paths(field);
  };
  set(options.name, "display_name", clinic->mutable_display_name());
  set(options.zone, "time_zone", clinic->mutable_time_zone());
  set(options.phone, "phone", clinic->mutable_phone());
  if (absl::Status status = SetCalendar(options, clinic, given); !status.ok()) return status;
  if (absl::Status status = SetCareTeams(options, clinic, given); !status.ok()) return status;
  return SetMessaging(options, clinic, given);
}

void ShowClinic(Session& session, const v1::Clinic& clinic) { session.PrintResult(clinic, RenderClinic(clinic)); }

absl::Status CreateClinic(Session& session, const ClinicOptions& options) {
  v1::CreateClinicRequest request;
  request.set_clinic_id(options.id);
  v1::Clinic* clinic = request.mutable_clinic();
  google::protobuf::FieldMask given;
  if (absl::Status status = SetFields(options, clinic, &given); !status.ok()) return status;
  if (!options.test_clock.empty()) {
    // If the zone does not exist, the server refuses it together with all other faults.
    const absl::StatusOr<absl::Time> time = ParseAbsoluteInstant(options.test_clock, FrameOf(*clinic).zone);
    if (!time.ok()) return time.status();
    plan::SetTimestamp(*time, clinic->mutable_test_clock_time());
  }
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  ShowClinic(session, response->clinic());
  return absl::OkStatus();
}

// Reads the reply words that are stored, and the etag under which they can be changed. So the words of one language and
// kind can be changed alone, and what somebody else changed in the meantime is not overwritten.
absl::Status ReadReplyWords(Session& session, v1::Clinic* clinic) {
  v1::GetClinicRequest request;
  request.set_name(clinic->name());
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  *clinic->mutable_reply_words() = response->clinic().reply_words();
  clinic->set_etag(response->clinic().etag());
  return absl::OkStatus();
}

absl::Status UpdateClinic(Session& session, const ClinicOptions& options) {
  v1::UpdateClinicRequest request;
  v1::Clinic* clinic = request.mutable_clinic();
  // A first look at the options finds what makes no sense before the server is asked for anything.
  v1::Clinic unused;
  absl::Status status = SetFields(options, &unused, request.mutable_update_mask());
  if (!status.ok()) return status;
  if (request.update_mask().paths().empty()) {
    return UsageError("clinic update needs something to change: --name, --zone, --phone or another of its options");
  }
  request.clear_update_mask();
  clinic->set_name(options.id.empty() ? session.clinic() : ClinicName(options.id));
  if (!options.reply_words.empty()) status = ReadReplyWords(session, clinic);
  if (status.ok()) status = SetFields(options, clinic, request.mutable_update_mask());
  if (!status.ok()) return status;
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  ShowClinic(session, response->clinic());
  return absl::OkStatus();
}

absl::Status ListClinics(Session& session) {
  const auto clinics = ReadList(session, v1::ListClinicsRequest(), &v1::ListClinicsResponse::clinics);
  if (!clinics.ok()) return clinics.status();
  PrintList(session, clinics->items, RenderClinics, absl::UTCTimeZone(),
            "No clinics yet. Make one: aftercare clinic create demo --name \"Demo\" --zone America/New_York\n");
  return absl::OkStatus();
}

absl::Status GetClinic(Session& session, const std::string& id) {
  v1::GetClinicRequest request;
  request.set_name(id.empty() ? session.clinic() : ClinicName(id));
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  ShowClinic(session, response->clinic());
  return absl::OkStatus();
}

absl::Status AdvanceClock(Session& session, const ClockOptions& options) {
  if (options.to.empty() == options.by.empty()) return UsageError("clock advance needs either --to or --by");
  v1::AdvanceTestClockRequest request;
  request.set_name(session.clinic());
  if (!options.by.empty()) {
    const absl::StatusOr<absl::Duration> by = ParseDuration("--by", options.by);
    if (!by.ok()) return by.status();
    *request.mutable_duration() = ToProto(*by);
  } else {
    const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
    if (!frame.ok()) return frame.status();
    const absl::StatusOr<absl::Time> to = ParseInstant(options.to, *frame);
    if (!to.ok()) return to.status();
    plan::SetTimestamp(*to, request.mutable_time());
  }
  const auto response = session.Call(request);
  if (!response.ok()) return response.status();
  const v1::Clinic& clinic = response->clinic();
  session.PrintResult(
      *response, absl::StrCat("It is now ", FormatInstant(clinic.test_clock_time(), FrameOf(clinic).zone), " (",
                              clinic.time_zone(), "). ", Counted(response->fired_count(), "reminder"), " came due, ",
                              Counted(response->expired_count(), "window"), " closed.\n"));
  return absl::OkStatus();
}

void AddCalendarOptions(CLI::App* command, const std::shared_ptr<ClinicOptions>& options) {
  command->add_option("--contact-hours", options->contact_hours, kContactHoursHelp)->type_name("HOURS");
  command
      ->add_option("--closed", options->closed, "Days of the week on which no task is due: sat,sun; none for no day")
      ->type_name("DAYS");
  AddRepeatableOption(
      command, "--holiday", &options->holidays,
      "A date on which no task is due, 2026-12-25 or 2026-12-25=Christmas; may be repeated; none for none")
      ->type_name("DATE");
}

void AddMessagingOptions(CLI::App* command, const std::shared_ptr<ClinicOptions>& options) {
  command
      ->add_option("--region", options->region,
                   "Where telephone numbers without a country code are: US, ES; none for that of --phone")
      ->type_name("REGION");
  command
      ->add_option("--decision-time", options->decision_time,
                   "How long the care team may take to decide about a doubtful reply: 24h (the default), 90m, 2d")
      ->type_name("DURATION");
  command
      ->add_option("--max-messages-per-minute", options->max_messages_per_minute,
                   "How many messages are sent in a minute at most; 0 for no limit")
      ->type_name("N");
  command
      ->add_option("--message-cap", options->message_cap,
                   "How many messages a patient gets at most: on a day, or on a day and in seven days; none for no cap")
      ->type_name("DAY[/WEEK]");
  AddRepeatableOption(command, "--care-team", &options->care_teams, kCareTeamHelp)->type_name("TEAM");
  command
      ->add_option("--quote-patients", options->quote_patients,
                   "Whether a message to a team quotes what the patient wrote to set its task off: yes or no")
      ->check(CLI::IsMember({"yes", "no"}))
      ->type_name("YES");
  AddRepeatableOption(command, "--reply-words", &options->reply_words,
                      absl::StrCat("LANGUAGE.KIND=WORD,WORD: words by which replies are understood; may be repeated. "
                                   "Kinds: ",
                                   ReplyWordsKinds(),
                                   ". Without words (es.stop=) back to the built-in ones; none for all of them"))
      ->type_name("WORDS");
}

void AddCreate(CLI::App* clinic, Action* action) {
  CLI::App* create = clinic->add_subcommand("create", "Create a clinic, or a sandbox with its own clock");
  const auto options = std::make_shared<ClinicOptions>();
  create->add_option("ID", options->id, "Lower-case letters, digits and -")->required();
  create->add_option("--name", options->name, "What {clinic_name} shows patients")->required()->type_name("NAME");
  create->add_option("--zone", options->zone, "IANA time zone")->required()->type_name("ZONE");
  create->add_option("--phone", options->phone, "What {clinic_phone} shows patients")->type_name("PHONE");
  create->add_option("--test-clock", options->test_clock, "Make it a sandbox where it is this time, until moved")
      ->type_name("TIME");
  AddCalendarOptions(create, options);
  AddMessagingOptions(create, options);
  create->footer(
      "Examples:\n  aftercare clinic create lakeside --name \"Lakeside Knee Clinic\" --zone America/New_York \\\n"
      "      --phone 555-0100 --test-clock 2026-03-01T12:00\n"
      "  aftercare clinic create norte --name \"Clínica Norte\" --zone Europe/Madrid --region ES \\\n"
      "      --decision-time 12h");
  create->callback([=] { *action = [=](Session& session) { return CreateClinic(session, *options); }; });
}

void AddUpdate(CLI::App* clinic, Action* action) {
  CLI::App* update = clinic->add_subcommand("update", "Change a clinic; what has not come due moves with its hours");
  const auto options = std::make_shared<ClinicOptions>();
  update->add_option("ID", options->id, "Id of the clinic. Default: that of --clinic");
  update->add_option("--name", options->name, "What {clinic_name} shows patients")->type_name("NAME");
  update->add_option("--zone", options->zone, "IANA time zone")->type_name("ZONE");
  update->add_option("--phone", options->phone, "What {clinic_phone} shows patients")->type_name("PHONE");
  AddCalendarOptions(update, options);
  AddMessagingOptions(update, options);
  update->footer(
      "What is not named stays. Holidays and care teams are replaced by those that are named, all together;\n"
      "reply words by language and kind. `aftercare clinic get` shows those that are not built in.\n\n"
      "Examples:\n  aftercare clinic update lakeside --contact-hours \"mon-fri 10:00-16:00, sat 10:00-12:00\" \\\n"
      "      --closed sat,sun --holiday 2026-12-25=Christmas --holiday 2027-01-01\n"
      "  aftercare clinic update lakeside --reply-words es.stop=parar,detener --reply-words pt.help=ajuda\n"
      "  aftercare clinic update lakeside --reply-words es.stop= --message-cap 5/25\n"
      "  aftercare clinic update lakeside --care-team on-call=sms:+15550177,email:team@example.org");
  update->callback([=] { *action = [=](Session& session) { return UpdateClinic(session, *options); }; });
}

void AddList(CLI::App* clinic, Action* action) {
  CLI::App* list = clinic->add_subcommand("list", "List all clinics");
  list->footer("Example:\n  aftercare clinic list --json");
  list->callback([=] { *action = ListClinics; });
}

void AddGet(CLI::App* clinic, Action* action) {
  CLI::App* get = clinic->add_subcommand("get", "Show one clinic");
  const auto id = std::make_shared<std::string>();
  get->add_option("ID", *id, "Id of the clinic. Default: that of --clinic");
  get->footer("Example:\n  aftercare clinic get lakeside");
  get->callback([=] { *action = [=](Session& session) { return GetClinic(session, *id); }; });
}

}  // namespace

void AddClinicCommand(CLI::App& app, Action* action) {
  CLI::App* clinic = app.add_subcommand("clinic", "Create, change, show and list clinics");
  clinic->require_subcommand(1);
  AddCreate(clinic, action);
  AddUpdate(clinic, action);
  AddList(clinic, action);
  AddGet(clinic, action);
}

void AddClockCommand(CLI::App& app, Action* action) {
  CLI::App* clock = app.add_subcommand("clock", "Move the clock of a sandbox clinic");
  clock->require_subcommand(1);
  CLI::App* advance = clock->add_subcommand("advance", "Move it forward and fire everything on the way, in order");
  const auto options = std::make_shared<ClockOptions>();
  advance->add_option("--to", options->to, "To this time: 2026-03-02T09:00 (local), RFC 3339, or +3d")
      ->type_name("TIME");
  advance->add_option("--by", options->by, "By this much: 3d, 12h, 90m")->type_name("DURATION");
  advance->footer("Example:\n  aftercare clock advance --clinic demo --by 12h");
  advance->callback([=] { *action = [=](Session& session) { return AdvanceClock(session, *options); }; });
}

}  // namespace aftercare::client
