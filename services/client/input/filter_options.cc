#include "services/client/input/filter_options.h"

#include "absl/strings/str_cat.h"
#include "aftercare/v1/pathway.pb.h"
#include "scheduler/plan/timestamps.h"
#include "services/client/common/names.h"
#include "services/client/input/repeatable_option.h"

namespace aftercare::client {

void AddFilterOptions(CLI::App* command, FilterOptions* options) {
  const std::string group = "Which reminders";
  const auto more = [&](CLI::Option* option, const char* type) { option->group(group)->type_name(type); };
  more(command->add_option("--patient", options->patient, "Of this patient, by the clinic's own id"), "ID");
  more(command->add_option("--enrollment", options->enrollment, "Of this enrollment"), "ID");
  more(AddRepeatableOption(command, "--phase", &options->phases, "Of this phase; may be repeated"), "ID");
  more(AddRepeatableOption(command, "--category", &options->categories, "Of this category; may be repeated"), "ID");
  more(command->add_option("--audience", options->audience, EnumChoices(*v1::Audience_descriptor())), "WHO");
  more(command->add_option("--channel", options->channel, EnumChoices(*v1::Channel_descriptor())), "HOW");
  more(AddRepeatableOption(command, "--state", &options->states,
                           EnumChoices(*v1::ReminderState_descriptor()) + "; may be repeated"),
       "STATE");
  more(command->add_option("--from", options->from, "Due at or after this time: 2026-03-02, 2026-03-02T09:00, now"),
       "TIME");
  more(command->add_option("--to,--before", options->before, "Due before this time: as --from, or +7d"), "TIME");
}

absl::Status CheckFilter(const FilterOptions& options) {
  return FilterOf(options, "", {absl::UTCTimeZone(), absl::UnixEpoch()}).status();
}

absl::StatusOr<v1::ReminderFilter> FilterOf(const FilterOptions& options, const std::string& clinic,
                                            const TimeFrame& frame) {
  v1::ReminderFilter filter;
  filter.set_patient(options.patient);
  if (!options.enrollment.empty()) filter.set_enrollment(EnrollmentName(clinic, options.enrollment));
  for (const std::string& phase : options.phases) filter.add_phases(phase);
  for (const std::string& category : options.categories) filter.add_categories(category);
  if (!options.audience.empty()) {
    const absl::StatusOr<int> audience = ParseEnum(*v1::Audience_descriptor(), "--audience", options.audience);
    if (!audience.ok()) return audience.status();
    filter.set_audience(static_cast<v1::Audience>(*audience));
  }
  if (!options.channel.empty()) {
    const absl::StatusOr<int> channel = ParseEnum(*v1::Channel_descriptor(), "--channel", options.channel);
    if (!channel.ok()) return channel.status();
    filter.set_channel(static_cast<v1::Channel>(*channel));
  }
  for (const std::string& text : options.states) {
    const absl::StatusOr<int> state = ParseEnum(*v1::ReminderState_descriptor(), "--state", text);
    if (!state.ok()) return state.status();
    filter.add_states(static_cast<v1::ReminderState>(*state));
  }
  if (!options.from.empty()) {
    const absl::StatusOr<absl::Time> from = ParseInstant(options.from, frame);
    if (!from.ok()) return from.status();
    plan::SetTimestamp(*from, filter.mutable_due_from());
  }
  if (!options.before.empty()) {
    const absl::StatusOr<absl::Time> before = ParseInstant(options.before, frame);
    if (!before.ok()) return before.status();
    plan::SetTimestamp(*before, filter.mutable_due_before());
  }
  return filter;
}

}  // namespace aftercare::client
