// How much later a clinic's single messages are offered while a storm of another clinic is delivered, in real time: the
// messages of the one come due at one instant, those of the other one after the other from then on.
//   fairness_bench [PATIENTS]          of the storm; 20,000 by default
#include <algorithm>
#include <iostream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/civil_time.h"
#include "scheduler/plan/timestamps.h"
#include "tests/bench/running.h"

namespace aftercare::bench {
namespace {

using e2e::Client;
using Stream = grpc::ClientReaderWriter<v1::StreamRemindersRequest, v1::StreamRemindersResponse>;

constexpr int kSingles = 40;
constexpr absl::Duration kApart = absl::Milliseconds(25);

// Enrols patients of a new clinic. Returns the names of the reminders that come due on their first day.
std::vector<std::string> Enrol(Client& client, const std::string& clinic, int patients) {
  e2e::CreateClinic(client, clinic);
  e2e::CreatePathway(client, clinic, "knee", e2e::KneePathway());
  const absl::CivilDay procedure = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone()) + 2;
  std::vector<std::string> names = EnrolAll(client, clinic, patients, absl::FormatCivilTime(procedure));
  for (std::string& name : names) {
    absl::StrAppend(&name, "/reminders/ice-am.", absl::FormatCivilTime(procedure + 1));
  }
  return names;
}

// Moves each reminder to `first` and then to `apart` after the one before.
void MoveAll(Client& client, const std::vector<std::string>& names, absl::Time first, absl::Duration apart) {
  std::vector<v1::MoveReminderRequest> requests(names.size());
  for (size_t i = 0; i < names.size(); ++i) {
    requests[i].set_name(names[i]);
    plan::SetTimestamp(first + static_cast<int>(i) * apart, requests[i].mutable_due_time());
  }
  CallAll<v1::MoveReminderRequest, v1::MoveReminderResponse>(
      requests, [&](auto... call) { client.reminders->async()->MoveReminder(call...); });
}

// A gateway of one clinic that sends at once, until it has had `count`. Returns how late each was offered, in order.
std::vector<absl::Duration> Deliver(Client& client, const std::string& clinic, int count) {
  grpc::ClientContext context;
  const std::unique_ptr<Stream> stream = client.deliveries->StreamReminders(&context);
  v1::StreamRemindersRequest configuration;
  configuration.mutable_configuration()->set_parent("clinics/" + clinic);
  configuration.mutable_configuration()->set_max_outstanding(4000);
  stream->Write(configuration);
  std::vector<absl::Duration> late;
  int sent = 0;
  v1::StreamRemindersResponse response;
  while (sent < count) {
    if (!stream->Read(&response)) Fail(stream->Finish().error_message());
    v1::StreamRemindersRequest request;
    for (const v1::Lease& lease : response.leases()) {
      late.push_back(absl::Now() - e2e::ToTime(lease.due_time()));
      v1::DeliveryReport* report = request.mutable_reports()->add_reports();
      report->set_lease_id(lease.lease_id());
      report->set_outcome(v1::DELIVERY_OUTCOME_SENT);
    }
    if (request.reports().reports_size() > 0) stream->Write(request);
    sent += response.results_size();
  }
  context.TryCancel();
  stream->Finish();
  std::sort(late.begin(), late.end());
  return late;
}

void Measure(Client& client, const std::vector<std::string>& storm, const std::vector<std::string>& singles) {
  const absl::Time due = absl::Now() + absl::Seconds(3) + absl::Microseconds(100) * storm.size();
  MoveAll(client, storm, due, absl::ZeroDuration());
  MoveAll(client, singles, due, kApart);
  if (absl::Now() > due) Fail("the reminders could not be moved in time");
  std::vector<absl::Duration> storm_late;
  std::thread gateway([&] { storm_late = Deliver(client, "storm", static_cast<int>(storm.size())); });
  const std::vector<absl::Duration> late = Deliver(client, "other", kSingles);
  gateway.join();
  std::cout << absl::StrFormat(
                   "a storm of %d: its last offered after %.1f s; another clinic's single messages meanwhile: median "
                   "%.0f ms, slowest %.0f ms (target 50)",
                   storm.size(), absl::ToDoubleSeconds(storm_late.back()),
                   absl::ToDoubleMilliseconds(late[late.size() / 2]), absl::ToDoubleMilliseconds(late.back()))
            << std::endl;
}

int Run(int patients) {
  TempDir dir;
  Running server({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + dir.File("aftercare.db")});
  const std::vector<std::string> storm = Enrol(*server.client, "storm", patients);
  const std::vector<std::string> singles = Enrol(*server.client, "other", kSingles);
  Measure(*server.client, storm, singles);
  return 0;
}

}  // namespace
}  // namespace aftercare::bench

int main(int argc, char** argv) { return aftercare::bench::Run(argc > 1 ? std::atoi(argv[1]) : 20000); }
