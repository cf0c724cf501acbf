#include "services/client/commands/delivery.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/client/common/failure.h"
#include "services/client/common/interrupt.h"
#include "services/client/common/names.h"
#include "services/client/common/values.h"
#include "services/client/render/lists.h"
#include "services/client/render/table.h"
#include "services/common/backoff.h"

namespace aftercare::client {
namespace {

struct DeliverOptions {
  std::string channel;
  bool all_clinics = false;
  bool once = false;
  int max = 100;
  std::string wait = "30s";
};

absl::StatusOr<v1::LeaseRemindersRequest> LeaseRequest(const Session& session, const DeliverOptions& options) {
  v1::LeaseRemindersRequest request;
  request.set_parent(options.all_clinics ? "clinics/-" : session.clinic());
  request.set_max_reminders(options.max);
  const absl::StatusOr<absl::Duration> wait = ParseDuration("--wait", options.wait);
  if (!wait.ok()) return wait.status();
  if (!options.once) *request.mutable_wait() = ToProto(*wait);
  if (!options.channel.empty()) {
    const absl::StatusOr<int> channel = ParseEnum(*v1::Channel_descriptor(), "--channel", options.channel);
    if (!channel.ok()) return channel.status();
    request.mutable_filter()->set_channel(static_cast<v1::Channel>(*channel));
  }
  return request;
}

// A gateway that sends by printing. Lives for one command.
class PrintingGateway {
 public:
  PrintingGateway(Session& session, const Interrupt& interrupt, ListStyle style)
      : session_(session), interrupt_(interrupt), style_(style) {}

  int64_t sent() const { return sent_; }

  // Sends what was leased and reports it. After an interrupt, or when standard output cannot be written, the rest is
  // released instead.
  absl::Status Send(const v1::LeaseRemindersResponse& leased) {
    v1::ReportDeliveriesRequest reports;
    for (const v1::Lease& lease : leased.leases()) {
      v1::DeliveryReport* report = reports.add_reports();
      report->set_lease_id(lease.lease_id());
      const bool is_sent = Print(lease);
      report->set_outcome(is_sent ? v1::DELIVERY_OUTCOME_SENT : v1::DELIVERY_OUTCOME_RELEASED);
      if (is_sent) ++sent_;
    }
    const auto response = session_.Call(reports);
    if (!response.ok()) return response.status();
    for (int i = 0; i < response->results_size(); ++i) {
      if (response->results(i).status().code() == 0) continue;
      session_.Note(absl::StrCat("The report on ", ShortReminder(leased.leases(i).reminder()),
                                 " was not taken: ", RenderItemStatus(response->results(i).status()), "\n"));
    }
    return Session::CheckOutput();
  }

 private:
  // Returns whether the message was printed.
  bool Print(const v1::Lease& lease) {
    if (interrupt_.Happened() || !Session::CheckOutput().ok()) return false;
    if (session_.json()) {
      session_.PrintJson(lease);
    } else {
      session_.Print(RenderLease(lease, style_));
    }
    return Session::CheckOutput().ok();
  }

  Session& session_;
  const Interrupt& interrupt_;
  const ListStyle style_;
  int64_t sent_ = 0;
};

// Leases and sends until the user interrupts it, or with --once until there is nothing to send.
absl::Status Run(Session& session, const DeliverOptions& options, const v1::LeaseRemindersRequest& request,
                 const Interrupt& interrupt, PrintingGateway* gateway) {
  Backoff backoff;
  while (!interrupt.Happened()) {
    const auto leased = session.Call(request);
    absl::Status status = leased.status();
    if (leased.ok()) {
      if (options.once && leased->leases_size() == 0) return absl::OkStatus();
      if (leased->leases_size() > 0) status = gateway->Send(*leased);
    }
    if (interrupt.Happened()) return absl::IsCancelled(status) ? absl::OkStatus() : status;
    if (status.ok()) {
      backoff.Reset();
      continue;
    }
    // A message that was sent but not reported is leased again later, with the same idempotency key.
    if (options.once || !IsRetryable(status)) return status;
    const absl::Duration pause = backoff.Next();
    session.Note(absl::StrCat("No answer from the server; trying again in ", absl::FormatDuration(pause), "\n"));
    interrupt.WaitFor(pause);
  }
  return absl::OkStatus();
}

absl::Status Deliver(Session& session, const DeliverOptions& options) {
  const auto request = LeaseRequest(session, options);
  if (!request.ok()) return request.status();
  Interrupt interrupt([&] { session.connection().StopWaiting(); });
  ListStyle style{session.list_width(), session.colour()};
  if (!options.all_clinics) {
    const absl::StatusOr<TimeFrame> frame = session.ClinicFrame();
    if (!frame.ok()) return frame.status();
    style.zone = frame->zone;
  }
  PrintingGateway gateway(session, interrupt, style);
  const absl::Status status = Run(session, options, *request, interrupt, &gateway);
  session.Note(absl::StrCat(Counted(gateway.sent(), "message"), " sent.\n"));
  return status;
}

}  // namespace

void AddDeliverCommand(CLI::App& app, Action* action) {
  CLI::App* deliver = app.add_subcommand("deliver", "Be a gateway: take due messages, print them, report them sent");
  const auto options = std::make_shared<DeliverOptions>();
  deliver->add_option("--channel", options->channel, "Only " + EnumChoices(*v1::Channel_descriptor()))
      ->type_name("HOW");
  deliver->add_flag("--all-clinics", options->all_clinics, "For every clinic in real time (times in UTC)");
  deliver->add_flag("--once", options->once, "Stop when nothing is due, instead of waiting for more");
  deliver->add_option("--max", options->max, "How many messages to lease at a time, 1 to 1000")
      ->capture_default_str()
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""));
  deliver->add_option("--wait", options->wait, "How long one request waits for messages, at most 60s")
      ->capture_default_str()
      ->type_name("DURATION");
  deliver->footer(
      "Examples:\n  aftercare deliver --clinic demo --once\n  aftercare deliver --all-clinics --channel sms\n\n"
      "Ctrl-C gives back what is not sent.");
  deliver->callback([=] { *action = [=](Session& session) { return Deliver(session, *options); }; });
}

}  // namespace aftercare::client
