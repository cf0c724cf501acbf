// How long lists and counts over a whole clinic take at the server: a clinic of patients whose procedures were in the
// last year, in several zones, with factors of all sorts, who were enrolled two days ago and were sent what came due
// since. Each line is a question asked one call at a time: its median, and how many calls that do nothing that is, in
// the same run. Server and client share the machine.
//
//   list_bench [ENROLLMENTS]           100,000 by default
#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
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
const absl::Time kEnrolled = absl::FromUnixSeconds(1'781'524'800);      // Monday 2026-06-15, 08:00 in New York
const absl::Time kToday = kEnrolled + absl::Hours(48 - 8);              // Wednesday, 00:00
const absl::Time kNow = kToday + absl::Hours(15) + absl::Minutes(30);

template <typename Stub, typename Request, typename Response>
Response Must(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
              const Request& request) {
  auto answer = e2e::Call(stub, method, request);
  if (answer.ok()) return answer.response;
  std::cerr << answer.status.error_message() << std::endl;
  std::exit(1);
}

google::protobuf::Timestamp EnrollmentRowVersion(absl::Time time) {
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(absl::ToUnixSeconds(time));
  return stamp;
}

std::string Duration(double seconds) { return absl::StrFormat("%8.2f ms", seconds * 1e3); }

// The median of so many runs that they take about a second.
template <typename Work>
double Median(Work work) {
  work();
  std::vector<double> seconds;
  double total = 0;
  while (seconds.size() < 7 || (total < 1 && seconds.size() < 300)) {
    const auto begin = SteadyClock::now();
    work();
    seconds.push_back(std::chrono::duration<double>(SteadyClock::now() - begin).count());
    total += seconds.back();
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

class Bench {
 public:
  Bench(Client& client, Client& no_op) : client_(client), no_op_(no_op) {}

  void Fill(int enrollments);
  void Ask();

 private:
  static v1::ImportLine Patient(int i, std::mt19937& random);
  void MoveTo(absl::Time time);
  void SendAll();

  void Time(const std::string& what, const std::string& filter, absl::Time from, absl::Time before);
  void TimeCount(const std::string& what, const std::string& filter, absl::Time from, absl::Time before);
  void TimeWalk(const std::string& what, absl::Time from, absl::Time before);
  void Print(const std::string& what, double first, double median, const std::string& answer);

  Client& client_;
  Client& no_op_;
};

v1::ImportLine Bench::Patient(int i, std::mt19937& random) {
  const auto one_of = [&random](const std::vector<std::string>& words) { return words[random() % words.size()]; };
  v1::ImportLine line;
  line.set_line_number(i);
  v1::Enrollment& patient = *line.mutable_enrollment();
  patient.set_patient(absl::StrCat("P-", i));
  patient.set_first_name("Ana");
  patient.set_last_name(absl::StrCat("Ruiz ", i));
  patient.set_pathway(absl::StrCat(kClinic, "/pathways/knee"));
  patient.set_procedure_date(absl::FormatCivilTime(absl::CivilDay(2026, 6, 14) - static_cast<int>(random() % 365)));
  patient.set_time_zone(one_of({"America/New_York", "America/Chicago", "America/Denver", "America/Phoenix",
                                "America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "Europe/Madrid"}));
  patient.set_locale(one_of({"en", "es"}));
  patient.set_consent(v1::CONSENT_GRANTED);
  auto& factors = *patient.mutable_factors();
  factors["severity"] = one_of({"mild", "moderate", "severe"});
  factors["age_band"] = one_of({"under-40", "40-59", "60-plus"});
  factors["diet"] = one_of({"healthy", "unhealthy", "unknown"});
  factors["exercise"] = one_of({"regular", "irregular"});
  factors["cell_source"] = one_of({"autologous", "allogeneic"});
  if (random() % 2 == 0) factors["smoker"] = one_of({"true", "false"});
  if (random() % 2 == 0) factors["cell_tissue"] = one_of({"bone-marrow", "adipose"});
  v1::ContactPoint& point = *patient.add_contact_points();
  point.set_channel(random() % 5 == 0 ? v1::CHANNEL_EMAIL : v1::CHANNEL_SMS);
  point.set_address(point.channel() == v1::CHANNEL_EMAIL ? absl::StrFormat("p%d@example.org", i)
                                                         : absl::StrFormat("+1555%07d", i));
  return line;
}

void Bench::MoveTo(absl::Time time) {
  v1::AdvanceTestClockRequest request;
  request.set_name(kClinic);
  *request.mutable_time() = EnrollmentRowVersion(time);
  Must(*client_.clinics, &v1::ClinicService::Stub::AdvanceTestClock, request);
}

void Bench::SendAll() {
  v1::LeaseRemindersRequest lease;
  lease.set_parent(kClinic);
  lease.set_max_reminders(1000);
  lease.mutable_lease_duration()->set_seconds(600);
  while (true) {
    const auto leased = Must(*client_.deliveries, &v1::DeliveryService::Stub::LeaseReminders, lease);
    if (leased.leases().empty()) return;
    v1::ReportDeliveriesRequest report;
    for (const v1::Lease& held : leased.leases()) {
      v1::DeliveryReport& sent = *report.add_reports();
      sent.set_lease_id(held.lease_id());
      sent.set_outcome(v1::DELIVERY_OUTCOME_SENT);
    }
    Must(*client_.deliveries, &v1::DeliveryService::Stub::ReportDeliveries, report);
  }
}

void Bench::Fill(int enrollments) {
  e2e::CreateClinic(client_, "bench", absl::FormatTime(absl::RFC3339_full, kEnrolled, absl::UTCTimeZone()));
  e2e::CreatePathway(client_, "bench", "knee", e2e::KneePathway());
  std::mt19937 random(1);
  grpc::ClientContext context;
  v1::ImportEnrollmentsResponse response;
  auto stream = client_.enrollments->ImportEnrollments(&context, &response);
  for (int i = 0; i < enrollments;) {
    v1::ImportEnrollmentsRequest request;
    request.set_parent(kClinic);
    for (const int end = std::min(i + 1000, enrollments); i < end; ++i) *request.add_lines() = Patient(i, random);
    stream->Write(request);
  }
  stream->WritesDone();
  if (!stream->Finish().ok() || response.created_count() != enrollments) {
    std::cerr << "the import failed: " << response.ShortDebugString().substr(0, 500) << std::endl;
    std::exit(1);
  }
  for (absl::Time time = kEnrolled; time <= kNow; time += absl::Hours(3)) {
    MoveTo(time);
    SendAll();
  }
  MoveTo(kNow);  // what came due in the last half hour waits for a gateway
}

v1::ReminderFilter FilterOf(const std::string& text, absl::Time from, absl::Time before) {
  auto filter = FromText<v1::ReminderFilter>(text);
  if (from > absl::InfinitePast()) *filter.mutable_due_from() = EnrollmentRowVersion(from);
  if (before < absl::InfiniteFuture()) *filter.mutable_due_before() = EnrollmentRowVersion(before);
  return filter;
}

void Bench::Print(const std::string& what, double first, double median, const std::string& answer) {
  const double nothing = Median([this] {
    Must(*no_op_.clinics, &v1::ClinicService::Stub::GetClinic, v1::GetClinicRequest());
  });
  std::cout << absl::StrFormat("%-58s %s, %6.1f of no-op   (first call %s)   %s", what, Duration(median),
                               median / nothing, Duration(first), answer)
            << std::endl;
}

template <typename Work>
double Once(Work work) {
  const auto begin = SteadyClock::now();
  work();
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

void Bench::Time(const std::string& what, const std::string& filter, absl::Time from, absl::Time before) {
  v1::ListRemindersRequest request;
  request.set_parent(kClinic);
  *request.mutable_filter() = FilterOf(filter, from, before);
  v1::ListRemindersResponse response;
  const auto ask = [&] { response = Must(*client_.reminders, &v1::ReminderService::Stub::ListReminders, request); };
  const double first = Once(ask);
  const double median = Median(ask);
  Print(what, first, median, absl::StrCat(response.reminders_size(), " reminders"));
}

void Bench::TimeCount(const std::string& what, const std::string& filter, absl::Time from, absl::Time before) {
  v1::CountRemindersRequest request;
  request.set_parent(kClinic);
  *request.mutable_filter() = FilterOf(filter, from, before);
  v1::CountRemindersResponse response;
  const auto ask = [&] { response = Must(*client_.reminders, &v1::ReminderService::Stub::CountReminders, request); };
  const double first = Once(ask);
  const double median = Median(ask);
  Print(what, first, median, absl::StrCat(response.total_count(), " counted"));
}

// Page after page.
void Bench::TimeWalk(const std::string& what, absl::Time from, absl::Time before) {
  v1::ListRemindersRequest request;
  request.set_parent(kClinic);
  *request.mutable_filter() = FilterOf("", from, before);
  request.set_page_size(1000);
  v1::ListRemindersResponse response;
  int64_t listed = 0;
  const auto ask = [&] {
    response = Must(*client_.reminders, &v1::ReminderService::Stub::ListReminders, request);
    request.set_page_token(response.next_page_token());
    listed += response.reminders_size();
  };
  const double first = Once(ask);
  const double median = Median(ask);
  Print(what, first, median, absl::StrCat(listed, " reminders"));
}

void Bench::Ask() {
  const absl::Time past = absl::InfinitePast();
  const absl::Time ever = absl::InfiniteFuture();
  const absl::Time week = kToday + absl::Hours(24 * 7);
  const absl::Time week_end = kToday + absl::Hours(24 * 14);
  const std::string open = "states: REMINDER_STATE_DUE states: REMINDER_STATE_LEASED";
  Time("due now: DUE or LEASED", open, past, ever);
  Time("due now: DUE or LEASED, due before now", open, past, kNow);
  Time("due now: DUE or LEASED, due today", open, kToday, ever);
  Time("due now: due today, before now, any state", "", kToday, kNow);
  Time("all that was due before now, any state", "", past, kNow);
  Time("what comes next: SCHEDULED", "states: REMINDER_STATE_SCHEDULED", past, ever);
  Time("next week, first page", "", week, week_end);
  Time("next week, one category, first page", "categories: 'therapy'", week, week_end);
  Time("next week, a rare category, first page", "categories: 'care-team-check'", week, week_end);
  TimeWalk("next week, pages of 1,000", week, week_end);
  TimeCount("count of next week", "", week, week_end);
  TimeCount("count of next week, one category", "categories: 'therapy'", week, week_end);
  TimeCount("count of seven days from now", "", kNow, kNow + absl::Hours(24 * 7));
  TimeCount("count of today", "", kToday, kToday + absl::Hours(24));
  TimeCount("count of next quarter", "", week, week + absl::Hours(24 * 90));
}

int Run(const std::string& self, int enrollments) {
  TempDir dir;
  Running no_op({self, kNoOpFlag});
  Running server({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + dir.File("aftercare.db")});
  Bench bench(*server.client, *no_op.client);
  const double seconds = Once([&] { bench.Fill(enrollments); });
  std::cout << absl::StrFormat("%d enrollments, made ready in %.1f s; resident: %.0f MB", enrollments, seconds,
                               ResidentBytes(server.process.pid()) / 1e6)
            << std::endl;
  bench.Ask();
  std::cout << absl::StrFormat("resident: %.0f MB after all this", ResidentBytes(server.process.pid()) / 1e6)
            << std::endl;
  server.process.Signal(SIGTERM);
  return server.process.Wait().exit_code;
}

}  // namespace
}  // namespace aftercare::bench

int main(int argc, char** argv) {
  return aftercare::bench::MainForEnrollments("list_bench", argc, argv, aftercare::bench::Run);
}
