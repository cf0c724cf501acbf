// What it costs the server when patients change their consent while gateways hold many leases.
//
// Usage: revocation_bench [AFTERCARED [LEASES]]
//   AFTERCARED  the server to measure, in place of the one that was built with this
//   LEASES      how many leases the streams hold together; default 10,000
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "tests/bench/running.h"

namespace aftercare::bench {
namespace {

using e2e::Call;
using e2e::Client;
using Stream = grpc::ClientReaderWriter<v1::StreamRemindersRequest, v1::StreamRemindersResponse>;
using SteadyClock = std::chrono::steady_clock;

constexpr int kStreams = 20;
constexpr int kConsentsPerSecond = 100;
constexpr int kSeconds = 10;

// Seconds of processor time that a process has used.
double CpuSeconds(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  const std::vector<std::string> fields = absl::StrSplit(line.substr(line.rfind(')') + 2), ' ');
  return (std::atof(fields[11].c_str()) + std::atof(fields[12].c_str())) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

// Enrolls patients of a clinic by one import.
void Import(Client& client, const std::string& clinic, int patients) {
  grpc::ClientContext context;
  v1::ImportEnrollmentsResponse response;
  auto import = client.enrollments->ImportEnrollments(&context, &response);
  v1::ImportEnrollmentsRequest request;
  request.set_parent(absl::StrCat("clinics/", clinic));
  for (int i = 0; i < patients; ++i) {
    v1::ImportLine* line = request.add_lines();
    line->set_enrollment_id(absl::StrCat("p", i));
    *line->mutable_enrollment() = e2e::Patient(clinic, line->enrollment_id(), "2040-03-02").enrollment();
    if (request.lines_size() < 1000 && i + 1 < patients) continue;
    import->Write(request);
    request.clear_lines();
  }
  import->WritesDone();
  if (!import->Finish().ok() || response.created_count() != patients) Fail("the import failed");
}

// Opens streams that together take `leases` leases, and waits until they have them.
void Hold(Client& client, int leases, std::vector<std::unique_ptr<grpc::ClientContext>>* contexts,
          std::vector<std::unique_ptr<Stream>>* streams) {
  for (int i = 0; i < kStreams; ++i) {
    contexts->push_back(std::make_unique<grpc::ClientContext>());
    streams->push_back(client.deliveries->StreamReminders(contexts->back().get()));
    v1::StreamRemindersRequest request;
    request.mutable_configuration()->set_parent("clinics/held");
    request.mutable_configuration()->set_max_outstanding(leases / kStreams);
    request.mutable_configuration()->mutable_lease_duration()->set_seconds(3600);
    streams->back()->Write(request);
    for (int held = 0; held < leases / kStreams;) {
      v1::StreamRemindersResponse response;
      if (!streams->back()->Read(&response)) Fail("a stream broke");
      held += response.leases_size();
    }
  }
}

// Changes the consent of patients of another clinic at a steady pace. Returns what each call took, in milliseconds.
std::vector<double> ChangeConsents(Client& client) {
  std::vector<double> took;
  const auto begin = SteadyClock::now();
  for (int i = 0; i < kSeconds * kConsentsPerSecond; ++i) {
    std::this_thread::sleep_until(begin + i * std::chrono::microseconds(1'000'000 / kConsentsPerSecond));
    v1::SetConsentRequest request;
    request.set_parent("clinics/other");
    request.set_patient(absl::StrCat("mrn-p", i % 100));
    request.mutable_decision()->set_channel(v1::CHANNEL_SMS);
    request.mutable_decision()->set_consent(i / 100 % 2 == 0 ? v1::CONSENT_REFUSED : v1::CONSENT_GRANTED);
    const auto sent = SteadyClock::now();
    const auto answer = Call(*client.enrollments, &v1::EnrollmentService::Stub::SetConsent, request);
    if (!answer.ok()) Fail(answer.status.error_message());
    took.push_back(std::chrono::duration<double, std::milli>(SteadyClock::now() - sent).count());
  }
  std::sort(took.begin(), took.end());
  return took;
}

int Run(const std::string& program, int leases) {
  TempDir dir;
  Running server({program, "--listen=127.0.0.1:0", "--database=" + dir.File("aftercare.db")});
  Client& client = *server.client;
  for (const std::string clinic : {"held", "other"}) {
    e2e::CreateClinic(client, clinic, "2040-03-01T09:00:00-05:00");
    e2e::CreatePathway(client, clinic, "knee", e2e::KneePathway());
  }
  Import(client, "held", leases);
  Import(client, "other", 100);
  e2e::Advance(client, "held", "2040-03-03T08:00:00-05:00");
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::unique_ptr<Stream>> streams;
  Hold(client, leases, &contexts, &streams);
  const double cpu = CpuSeconds(server.process.pid());
  const auto begin = SteadyClock::now();
  const std::vector<double> took = ChangeConsents(client);
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  std::cout << absl::StrFormat(
                   "%d streams hold %d leases; %d consents in %.1f s: median %.1f ms, p99 %.1f ms; "
                   "the server took %.1f %% of a core",
                   kStreams, leases, took.size(), seconds, took[took.size() / 2], took[took.size() * 99 / 100],
                   100 * (CpuSeconds(server.process.pid()) - cpu) / seconds)
            << std::endl;
  for (auto& context : contexts) context->TryCancel();
  return 0;
}

}  // namespace
}  // namespace aftercare::bench

int main(int argc, char** argv) {
  return aftercare::bench::Run(argc > 1 ? argv[1] : AFTERCARED, argc > 2 ? std::atoi(argv[2]) : 10000);
}
