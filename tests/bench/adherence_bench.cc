// How long lists of enrollments by adherence take at the server, beside the list by name, and how long the server takes
// to count a clinic in the background. The clinic is a sandbox whose patients were asked to walk on each of the last
// days: a third of them did it every day, a third on some days, a third never answered. Each line is a question asked
// one call at a time: its median, and how many calls that do nothing that is, in the same run. Server and client share
// the machine.
//
//   adherence_bench [ENROLLMENTS]      100,000 by default
#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/running.h"
#include "tests/e2e/harness.h"

namespace aftercare::bench {
namespace {

using e2e::Client;
using SteadyClock = std::chrono::steady_clock;

constexpr char kClinic[] = "clinics/bench";
constexpr int kDays = 3;  // on which the patients are asked
const absl::Time kBegin = absl::FromUnixSeconds(1'781'481'600);  // Monday 2026-06-15, 00:00 UTC

template <typename Stub, typename Request, typename Response>
Response Must(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
              const Request& request) {
  auto answer = e2e::Call(stub, method, request);
  if (!answer.ok()) Fail(answer.status.error_message());
  return answer.response;
}

template <typename Work>
double Once(Work work) {
  const auto begin = SteadyClock::now();
  work();
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

// The median of so many runs that they take about a second.
template <typename Work>
double Median(Work work) {
  std::vector<double> seconds;
  double total = 0;
  while (seconds.size() < 7 || (total < 1 && seconds.size() < 300)) {
    seconds.push_back(Once(work));
    total += seconds.back();
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

v1::Pathway WalkPathway() {
  return FromText<v1::Pathway>(R"pb(
    display_name: "Walk" default_locale: "en"
    phases { id: "p" display_name: "Phase" span { days { first: 1 last: 300 } } }
    rules {
      id: "walk" phase: "p" category: "walk" answer: ANSWER_KIND_DONE
      schedule { daily {} times: "09:00" window { hours: 12 } } texts { key: "en" value: "Walk, and reply DONE." }
    }
  )pb");
}

class Bench {
 public:
  Bench(Client& client, Client& no_op) : client_(client), no_op_(no_op) {}

  void Fill(int enrollments);
  void Ask();

 private:
  void Import(int enrollments);
  void MoveTo(absl::Time time);
  void SendAll(int day);
  // Returns how many enrollments are counted to the end of a day, or fewer if not all are.
  int Counted(int day);
  void AwaitCounts(int day, int enrollments);
  v1::ListEnrollmentsResponse List(const std::string& fields);
  void Time(const std::string& what, const std::string& fields);

  Client& client_;
  Client& no_op_;
};

void Bench::MoveTo(absl::Time time) {
  v1::AdvanceTestClockRequest request;
  request.set_name(kClinic);
  request.mutable_time()->set_seconds(absl::ToUnixSeconds(time));
  Must(*client_.clinics, &v1::ClinicService::Stub::AdvanceTestClock, request);
}

// Sends what is due, and completes it for those who did it.
void Bench::SendAll(int day) {
  v1::LeaseRemindersRequest lease;
  lease.set_parent(kClinic);
  lease.set_max_reminders(1000);
  lease.mutable_lease_duration()->set_seconds(600);
  while (true) {
    const auto leased = Must(*client_.deliveries, &v1::DeliveryService::Stub::LeaseReminders, lease);
    if (leased.leases().empty()) return;
    v1::ReportDeliveriesRequest report;
    std::vector<v1::CompleteReminderRequest> done;
    for (const v1::Lease& held : leased.leases()) {
      v1::DeliveryReport& sent = *report.add_reports();
      sent.set_lease_id(held.lease_id());
      sent.set_outcome(v1::DELIVERY_OUTCOME_SENT);
      const size_t kind = std::hash<std::string>()(held.patient()) % 3;
      if (kind == 2 || (kind == 1 && day % 2 == 1)) continue;
      done.emplace_back().set_name(held.reminder());
    }
    Must(*client_.deliveries, &v1::DeliveryService::Stub::ReportDeliveries, report);
    CallAll<v1::CompleteReminderRequest, v1::CompleteReminderResponse>(
        done, [this](grpc::ClientContext* context, const auto* request, auto* response, auto on_done) {
          client_.reminders->async()->CompleteReminder(context, request, response, on_done);
        });
  }
}

void Bench::Import(int enrollments) {
  grpc::ClientContext context;
  v1::ImportEnrollmentsResponse response;
  auto stream = client_.enrollments->ImportEnrollments(&context, &response);
  for (int i = 0; i < enrollments;) {
    v1::ImportEnrollmentsRequest request;
    request.set_parent(kClinic);
    for (const int end = std::min(i + 1000, enrollments); i < end; ++i) {
      v1::ImportLine& line = *request.add_lines();
      line.set_line_number(i);
      *line.mutable_enrollment() = FromText<v1::Enrollment>(absl::StrFormat(
          R"pb(patient: "P-%d" first_name: "Ana" pathway: "%s/pathways/walk" procedure_date: "2026-06-15"
               time_zone: "%s" consent: CONSENT_GRANTED contact_points { channel: CHANNEL_SMS address: "+1555%07d" })pb",
          i, kClinic, i % 2 == 0 ? "America/New_York" : "Europe/Madrid", i));
    }
    stream->Write(request);
  }
  stream->WritesDone();
  if (!stream->Finish().ok() || response.created_count() != enrollments) Fail("the import failed");
}

int Bench::Counted(int day) {
  const std::string yesterday = absl::FormatCivilTime(absl::CivilDay(2026, 6, 15) + day);
  v1::ListEnrollmentsRequest request;
  request.set_parent(kClinic);
  request.set_order(v1::ENROLLMENT_ORDER_ADHERENCE);
  request.set_page_size(1000);
  int counted = 0;
  do {
    const auto page = Must(*client_.enrollments, &v1::EnrollmentService::Stub::ListEnrollments, request);
    for (const v1::AdherenceSummary& summary : page.summaries()) counted += summary.end_date() == yesterday;
    if (counted % 1000 != 0) return counted;  // It is not done, so that the lists do not take its time.
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return counted;
}

void Bench::AwaitCounts(int day, int enrollments) {
  const double first = Once([this] { List("order: ENROLLMENT_ORDER_ADHERENCE"); });
  const double seconds = Once([&] {
    while (Counted(day) < enrollments) std::this_thread::sleep_for(std::chrono::seconds(1));
  });
  std::cout << absl::StrFormat("first page by adherence while the last day is being counted: %.1f ms\n", first * 1e3)
            << absl::StrFormat("%d enrollments counted in the background in %.1f s, with the lists that wait for it\n",
                               enrollments, seconds);
}

void Bench::Fill(int enrollments) {
  e2e::CreateClinic(client_, "bench", absl::FormatTime(absl::RFC3339_full, kBegin, absl::UTCTimeZone()));
  e2e::CreatePathway(client_, "bench", "walk", WalkPathway());
  Import(enrollments);
  for (int day = 1; day <= kDays; ++day) {
    for (const int hour : {7, 13}) {  // 9:00 in Madrid, and in New York.
      MoveTo(kBegin + absl::Hours(24 * day + hour));
      SendAll(day);
    }
    MoveTo(kBegin + absl::Hours(24 * (day + 1) + 5));  // The day is over in both.
    AwaitCounts(day, enrollments);
  }
  std::this_thread::sleep_for(std::chrono::seconds(3));  // A list counts the last few itself.
}

v1::ListEnrollmentsResponse Bench::List(const std::string& fields) {
  auto request = FromText<v1::ListEnrollmentsRequest>(fields);
  request.set_parent(kClinic);
  return Must(*client_.enrollments, &v1::EnrollmentService::Stub::ListEnrollments, request);
}

void Bench::Time(const std::string& what, const std::string& fields) {
  int listed = 0;
  const double median = Median([&] { listed = List(fields).enrollments_size(); });
  const double nothing =
      Median([this] { Must(*no_op_.clinics, &v1::ClinicService::Stub::GetClinic, v1::GetClinicRequest()); });
  std::cout << absl::StrFormat("%-58s %8.2f ms, %6.1f of no-op   %d enrollments", what, median * 1e3, median / nothing,
                               listed)
            << std::endl;
}

void Bench::Ask() {
  Time("by name, first page", "");
  Time("by name with summaries, first page", "adherence {}");
  Time("by adherence, first page", "order: ENROLLMENT_ORDER_ADHERENCE");
  Time("by adherence, active ones, first page", "order: ENROLLMENT_ORDER_ADHERENCE state: ENROLLMENT_STATE_ACTIVE");
  Time("by silence, first page", "order: ENROLLMENT_ORDER_SILENCE");
  Time("below 50 %, by name, first page", "adherence { rate_below_percent: 50 }");
  Time("silent for 3 days, by adherence, first page",
       "adherence { silent_days: 3 } order: ENROLLMENT_ORDER_ADHERENCE");
  Time("by adherence, first 1,000", "order: ENROLLMENT_ORDER_ADHERENCE page_size: 1000");
  Time("by name, first 1,000", "page_size: 1000");
}

int Run(const std::string& self, int enrollments) {
  TempDir dir;
  Running no_op({self, kNoOpFlag});
  Running server({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + dir.File("aftercare.db")});
  Bench bench(*server.client, *no_op.client);
  bench.Fill(enrollments);
  bench.Ask();
  server.process.Signal(SIGTERM);
  return server.process.Wait().exit_code;
}

}  // namespace
}  // namespace aftercare::bench

int main(int argc, char** argv) {
  return aftercare::bench::MainForEnrollments("adherence_bench", argc, argv, aftercare::bench::Run);
}
