// `aftercare import`, as a clinic would use it.
#include <signal.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/client/server_fixture.h"

namespace aftercare::client {
namespace {

using testing::HasSubstr;
using testing::Not;

class ImportE2eTest : public ServerFixture {
 protected:
  ImportE2eTest() { MakeSandbox(); }

  // Writes a file of `count` patients; the middle one's enrollment is called `middle`.
  void WritePatients(const std::string& name, int count) {
    std::string text = "\xEF\xBB\xBFpatient,first_name,procedure_date,consent,sms,factor:severity,enrollment_id\r\n";
    for (int i = 0; i < count; ++i) {
      absl::StrAppend(&text, "Q-", i, ",\"Ana, ", i, "\",2026-04-01,granted,+1555", 1000000 + i, ",severe,",
                      i == count / 2 ? "middle" : "", "\r\n");
    }
    WriteFile(Path(name), text);
  }

  // Begins an import of many patients, and waits until it is in the middle.
  std::unique_ptr<ChildProcess> BeginLongImport(const std::vector<std::string>& more = {}) {
    WritePatients("many.csv", kMany);
    const auto watch = Begin({"watch", "--json"});
    EXPECT_TRUE(watch->AwaitErr("Watching"));
    std::vector<std::string> arguments = {"import", Path("many.csv"), "--pathway", "knee"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto import = Begin(arguments);
    EXPECT_TRUE(watch->AwaitOut("enrollments/middle"));
    return import;
  }

  // Imports the many once more: how many of them were there already.
  int64_t ImportAgain() {
    const auto summary = ObjectsOf(Must({"import", Path("many.csv"), "--pathway", "knee", "--json"})).at(0);
    const auto number = [&](const char* name) {
      return static_cast<int64_t>(summary.fields().at(name).number_value());
    };
    EXPECT_EQ(number("lines"), kMany);
    EXPECT_EQ(number("created") + number("unchanged"), kMany);
    EXPECT_EQ(number("failed"), 0);
    return number("unchanged");
  }

  static constexpr int kMany = 20000;
};

TEST_F(ImportE2eTest, AFileIsImportedAndAgainChangesNothing) {
  WritePatients("p.csv", 1200);
  const ProcessResult first = Aftercare({"import", Path("p.csv"), "--pathway", "knee"});
  EXPECT_EQ(first.exit_code, 0);
  EXPECT_EQ(first.out, "1,200 lines: 1,200 created, 0 unchanged, 0 failed.\n");
  EXPECT_EQ(first.err, "") << "no progress where nobody sees it";
  EXPECT_EQ(Must({"import", Path("p.csv"), "--pathway", "knee"}),
            "1,200 lines: 0 created, 1,200 unchanged, 0 failed.\n");
  EXPECT_EQ(Must({"import", Path("p.csv"), "--pathway", "knee", "--json"}),
            "{\"lines\":1200,\"created\":0,\"unchanged\":1200,\"failed\":0}\n");
  EXPECT_FALSE(std::filesystem::exists(Path("p.errors.csv")));
  const auto enrollments = ObjectsOf(Must({"enrollments", "--patient", "Q-7", "--json"}));
  ASSERT_EQ(enrollments.size(), 1u);
  EXPECT_EQ(TextOf(enrollments[0], "firstName"), "Ana, 7");
}

TEST_F(ImportE2eTest, BadLinesAreWrittenDownAndTheOthersImported) {
  WriteFile(Path("p.csv"),
            "patient,first_name,procedure_date,consent,pathway,sms,factor:severity,enrollment_id\n"
            "Q-1,Bea,2026-03-02,granted,knee,+15550101,mild,\n"
            "Q-2,Cy,2026-02-30,granted,knee,555,odd,\n"
            "\n"
            "Q-1,Bea,2026-03-02,granted,knee,,,\n"
            "Q-4,Di,2026-03-02,granted,hip,,,\n"
            "P-17,Ana,2026-03-02,granted,knee,,,ana\n"
            "Q-5,Eva,2026-03-02,perhaps\n"
            "Q-6,F\xff,2026-03-02,granted,knee,,,\n"
            "Q-7,\"Gil\nGo\",2026-03-02,granted,knee,,,\n"
            "Q-8,Hal,2026-03-02,refused,knee,,,\n");
  const ProcessResult outcome = Aftercare({"import", Path("p.csv")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "9 lines: 2 created, 0 unchanged, 7 failed.\n");
  EXPECT_THAT(outcome.err, HasSubstr(absl::StrCat("7 lines failed; every one is in ", Path("p.errors.csv"))));
  EXPECT_THAT(outcome.err, HasSubstr(absl::StrCat(Path("p.csv"), ":3: procedure_date must be a date")));
  const std::vector<std::string> faults = LinesOf(ReadFile(Path("p.errors.csv")));
  ASSERT_EQ(faults.size(), 8u);
  EXPECT_EQ(faults[0], "\"line\",\"columns\",\"message\"");
  EXPECT_THAT(faults[1], testing::StartsWith("\"3\",\"procedure_date sms factor:severity\",\"procedure_date must be"));
  EXPECT_THAT(faults[2], HasSubstr("line 5 repeats line 2"));
  EXPECT_THAT(faults[3], testing::StartsWith("\"6\",\"\",\"NOT_FOUND (PATHWAY_NOT_FOUND)"));
  EXPECT_THAT(faults[4], testing::StartsWith("\"7\",\"\",\"ALREADY_EXISTS (ENROLLMENT_EXISTS)"));
  EXPECT_THAT(faults[5], HasSubstr("has 4 fields, but the header has 8"));
  EXPECT_THAT(faults[6], testing::StartsWith("\"9\",\"first_name\""));
  EXPECT_THAT(faults[7], testing::StartsWith("\"10\",\"first_name\""));

  WriteFile(Path("p.csv"), "patient,first_name,procedure_date,consent,pathway,sms,factor:severity,enrollment_id\n"
                           "Q-1,Bea,2026-03-02,granted,knee,+15550101,mild,\n"
                           "Q-2,Cy,2026-03-02,granted,knee,+15550102,mild,\n");
  EXPECT_EQ(Must({"import", Path("p.csv")}), "2 lines: 1 created, 1 unchanged, 0 failed.\n");
  EXPECT_FALSE(std::filesystem::exists(Path("p.errors.csv"))) << "what is mended is not to be read again";
}

TEST_F(ImportE2eTest, APatientWithARunningEnrollmentIsImportedOnlyIfAllowed) {
  WriteFile(Path("p.csv"), "patient,first_name,procedure_date,consent\n"
                           "Q-1,Bea,2026-03-02,granted\n"
                           "Q-1,Bea,2026-04-02,granted\n");
  const ProcessResult refused = Aftercare({"import", Path("p.csv"), "--pathway", "knee"});
  EXPECT_EQ(refused.out, "2 lines: 1 created, 0 unchanged, 1 failed.\n");
  const std::vector<std::string> faults = LinesOf(ReadFile(Path("p.errors.csv")));
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_THAT(faults[1], testing::StartsWith("\"3\",\"\",\"ALREADY_EXISTS (PATIENT_ENROLLED)"));
  EXPECT_EQ(Must({"import", Path("p.csv"), "--pathway", "knee", "--allow-concurrent"}),
            "2 lines: 1 created, 1 unchanged, 0 failed.\n");
}

TEST_F(ImportE2eTest, EveryOneOfManyBadLinesIsWrittenDownInOrder) {
  std::string text = "patient,first_name,procedure_date,consent\n";
  for (int i = 0; i < 1700; ++i) {
    absl::StrAppend(&text, "Q-", i, ",Ana,", i % 5 == 0 ? "2026-03-02" : "soon", i % 7 == 0 ? "" : ",granted", "\n");
  }
  WriteFile(Path("p.csv"), text);
  const ProcessResult outcome = Aftercare({"import", Path("p.csv"), "--pathway", "knee", "--errors", Path("bad.csv")});
  EXPECT_EQ(outcome.out, "1,700 lines: 291 created, 0 unchanged, 1,409 failed.\n");
  const std::vector<std::string> faults = LinesOf(ReadFile(Path("bad.csv")));
  ASSERT_EQ(faults.size(), 1410u);
  size_t next = 1;
  for (int i = 0; i < 1700; ++i) {
    if (i % 5 == 0 && i % 7 != 0) continue;
    EXPECT_THAT(faults[next++], testing::StartsWith(absl::StrCat("\"", i + 2, "\",")));
  }
}

TEST_F(ImportE2eTest, AFileThatDoesNotFitIsRefusedWhole) {
  WriteFile(Path("p.csv"), "patient,first_name,procedure_date,consent,colour\nQ-1,Ana,2026-03-02,granted,red\n");
  const ProcessResult header = Aftercare({"import", Path("p.csv"), "--pathway", "knee"});
  EXPECT_EQ(header.exit_code, 1);
  EXPECT_THAT(header.err, HasSubstr("p.csv:1: unknown column \"colour\""));
  WriteFile(Path("p.csv"),
            "patient,first_name,procedure_date,consent\nQ-1,Ana,2026-03-02,granted\nQ-2,\"B,2026-03-02\n");
  const ProcessResult quote = Aftercare({"import", Path("p.csv"), "--pathway", "knee"});
  EXPECT_THAT(quote.err, HasSubstr("p.csv:3: a quote is not closed"));
  EXPECT_EQ(Aftercare({"import", Path("none.csv")}).exit_code, 2);
  EXPECT_EQ(Aftercare({"import", Path("p.csv"), "--errors", Path("p.csv")}).exit_code, 2);
  EXPECT_EQ(Aftercare({"import", Path("p.csv"), "--retry-for", "soon"}).exit_code, 2);
  EXPECT_EQ(Must({"enrollments", "--patient", "Q-1"}), "No enrollments.\n");
}

TEST_F(ImportE2eTest, AnUnknownClinicEndsItAndSaysHowFarItCame) {
  WritePatients("p.csv", 3);
  const ProcessResult outcome = Aftercare({"import", Path("p.csv"), "--pathway", "knee", "--clinic", "nowhere"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("NOT_FOUND (CLINIC_NOT_FOUND)"));
  EXPECT_THAT(outcome.err, HasSubstr("Stopped after 0 of 3 lines"));
}

TEST_F(ImportE2eTest, ErrorsThatCannotBeWrittenAreAFailure) {
  WriteFile(Path("p.csv"), "patient,first_name,procedure_date,consent\nQ-1,Ana,soon,granted\n");
  const ProcessResult outcome =
      Aftercare({"import", Path("p.csv"), "--pathway", "knee", "--errors", Path("no/such/e.csv")});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("cannot write"));
}

TEST_F(ImportE2eTest, AServerThatIsKilledAndComesBackIsWaitedFor) {
  const auto import = BeginLongImport();
  KillServer();
  EXPECT_TRUE(import->AwaitErr("No answer from the server; trying again in"));
  StartServer();
  const ProcessResult outcome = import->Wait();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("20,000 lines: "));
  EXPECT_THAT(outcome.out, HasSubstr(", 0 failed."));
  EXPECT_EQ(ImportAgain(), kMany);
}

TEST_F(ImportE2eTest, AServerThatDoesNotComeBackEndsItAndItGoesOnLater) {
  const auto import = BeginLongImport({"--retry-for", "1s"});
  KillServer();
  const ProcessResult outcome = import->Wait();
  EXPECT_EQ(outcome.exit_code, 3) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("Run the same command again to go on"));
  EXPECT_EQ(Aftercare({"import", Path("many.csv"), "--pathway", "knee"}).exit_code, 3) << "nobody there from the start";
  StartServer();
  EXPECT_GE(ImportAgain(), kMany / 2);
}

TEST_F(ImportE2eTest, CtrlCEndsItInOrderAndItGoesOnLater) {
  const auto import = BeginLongImport();
  import->Signal(SIGINT);
  const ProcessResult outcome = import->Wait();
  EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(" created, "));
  EXPECT_THAT(outcome.err, HasSubstr("Run the same command again to go on"));
  EXPECT_GE(ImportAgain(), kMany / 2);
}

TEST_F(ImportE2eTest, OnATerminalABarShowsHowFarItIsAndGoesAway) {
  WritePatients("p.csv", 600);
  const std::string both = "exec \"$0\" \"$@\" 2>&1";  // errors onto the terminal too
  const ProcessResult outcome =
      RunProgram({"/bin/sh", "-c", both, AFTERCARE_CLIENT, "import", Path("p.csv"), "--pathway", "knee"},
                 {.environment = environment(), .columns = 80});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, HasSubstr("\r[--------------------] 0 %  0 of 600 lines\033[K"));
  EXPECT_THAT(outcome.out, testing::EndsWith("\r\033[K600 lines: 600 created, 0 unchanged, 0 failed.\n"));
}

}  // namespace
}  // namespace aftercare::client
