// How fast `aftercare import` is, from a file on disk to durable enrollments: new patients, the same file again, and
// patients of whom much is due at once. Server and client share the machine.
//
//   import_bench [ROWS]                100,000 by default
//   import_bench --generate ROWS       writes such a file to standard output
#include <signal.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/running.h"

namespace aftercare::bench {
namespace {

// Patients `{prefix}-{i}`, whose procedures are on 300 days from `first_day` on. Addresses are in no order, as
// patients' are, and different for up to ten million.
void Generate(int rows, const std::string& prefix, absl::CivilDay first_day, std::ostream& out) {
  out << "patient,first_name,last_name,procedure_date,time_zone,locale,consent,sms,email,factor:severity\n";
  for (int i = 0; i < rows; ++i) {
    const int64_t number = int64_t{i} * 7'368'787 % 10'000'000;
    out << absl::StrFormat("%s-%d,Ana,\"Ruiz, %d\",%s,America/New_York,es,granted,+1555%07d,p%d@example.org,severe\n",
                           prefix, i, i, absl::FormatCivilTime(first_day + i % 300), number, number);
  }
}

void Write(const std::string& path, int rows, const std::string& prefix, absl::CivilDay first_day) {
  std::ofstream out(path);
  Generate(rows, prefix, first_day, out);
}

void Measure(const std::string& what, int rows, const std::string& server, const std::string& path) {
  const auto begin = std::chrono::steady_clock::now();
  ChildProcess import({AFTERCARE_CLIENT, "import", path, "--clinic", "bench", "--pathway", "knee", "--server", server},
                      {.inherits_stderr = true});
  const int exit_code = import.Wait().exit_code;
  const std::string summary = import.ReadLineWith("lines:");
  if (exit_code != 0) {
    std::cerr << "the import failed: " << summary << std::endl;
    std::exit(1);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::cout << absl::StrFormat("%-34s %6.2f s %9.0f rows/s   %s", what, seconds, rows / seconds, summary) << std::endl;
}

int Run(int rows) {
  TempDir dir;
  Running server({AFTERCARED, "--listen=127.0.0.1:0", "--database=" + dir.File("aftercare.db")});
  e2e::CreateClinic(*server.client, "bench");
  e2e::CreatePathway(*server.client, "bench", "knee", e2e::KneePathway());

  Write(dir.File("new.csv"), rows, "N", absl::CivilDay(2040, 1, 1));
  Measure("new patients", rows, server.address, dir.File("new.csv"));
  Measure("the same file again", rows, server.address, dir.File("new.csv"));
  const int due = rows / 10;
  const absl::CivilDay today = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  Write(dir.File("due.csv"), due, "D", today - 299);
  Measure("patients of the last 300 days", due, server.address, dir.File("due.csv"));
  server.process.Signal(SIGTERM);
  return server.process.Wait().exit_code;
}

}  // namespace
}  // namespace aftercare::bench

int main(int argc, char** argv) {
  using namespace aftercare::bench;  // NOLINT: main only composes.
  const bool generate = argc > 2 && std::string(argv[1]) == "--generate";
  if (generate) Generate(std::atoi(argv[2]), "N", absl::CivilDay(2040, 1, 1), std::cout);
  return generate ? 0 : Run(argc > 1 ? std::atoi(argv[1]) : 100000);
}
