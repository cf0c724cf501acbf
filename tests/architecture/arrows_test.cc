// The dependency arrows: services -> engine -> {plan, store}, and what else is confined where.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

const fs::path kRoot = AFTERCARE_SOURCE_DIR;

struct Line {
  std::string place;  // file:line
  std::string text;   // without what follows //
};

// Lines of all C++ sources under `room`.
std::vector<Line> LinesOf(const std::string& room) {
  std::vector<Line> lines;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / room)) {
    const std::string extension = entry.path().extension();
    if (extension != ".h" && extension != ".cc") continue;
    std::ifstream file(entry.path());
    std::string text;
    for (int number = 1; std::getline(file, text); ++number) {
      lines.push_back({absl::StrCat(fs::relative(entry.path(), kRoot).string(), ":", number),
                       std::regex_replace(text, std::regex("//.*"), "")});
    }
  }
  EXPECT_GT(lines.size(), 100u) << "is there anything in " << room << "?";
  return lines;
}

// Places in `rooms` where `pattern` stands, but for files whose path matches `allowed`.
std::vector<std::string> Places(const std::vector<std::string>& rooms, const std::string& pattern,
                                const std::string& allowed = "") {
  const std::regex wanted(pattern);
  const std::regex exempt(allowed);
  std::vector<std::string> places;
  for (const std::string& room : rooms) {
    for (const Line& line : LinesOf(room)) {
      if (!std::regex_search(line.text, wanted)) continue;
      if (!allowed.empty() && std::regex_search(line.place, exempt)) continue;
      places.push_back(absl::StrCat(line.place, " ", line.text));
    }
  }
  return places;
}

std::string Include(const std::string& path) { return "#include +[\"<]" + path; }

TEST(ArrowsTest, ThePlanIncludesOnlyItselfAndMessages) {
  EXPECT_THAT(Places({"scheduler/plan"}, Include("(scheduler|services|tests)/"), "^$"),
              ::testing::Each(::testing::HasSubstr("scheduler/plan/")));
  EXPECT_THAT(Places({"scheduler/plan"}, "#include.*(scheduler/(store|engine)|services)/"), IsEmpty());
}

TEST(ArrowsTest, TheStoreKnowsNeitherPlanNorEngineNorServices) {
  EXPECT_THAT(Places({"scheduler/store"}, Include("(scheduler/(plan|engine)|services)/")), IsEmpty());
}

TEST(ArrowsTest, TheEngineKnowsNoServices) {
  EXPECT_THAT(Places({"scheduler/engine"}, Include("services/")), IsEmpty());
}

TEST(ArrowsTest, OnlyServicesUseGrpc) {
  EXPECT_THAT(Places({"scheduler"}, Include("grpc(pp)?/")), IsEmpty());
  EXPECT_THAT(Places({"scheduler"}, Include(".*\\.grpc\\.pb\\.h")), IsEmpty());
}

TEST(ArrowsTest, TheClientReachesTheServerOnlyThroughItsApi) {
  EXPECT_THAT(Places({"services/client"}, Include("(scheduler/(store|engine)|services/server)/")), IsEmpty());
}

TEST(ArrowsTest, TheGatewayReachesTheServerOnlyThroughItsApiAndInOneFile) {
  EXPECT_THAT(Places({"services/gateway"}, Include("(scheduler|services/(server|client))/")), IsEmpty());
  EXPECT_THAT(Places({"services/gateway"}, Include("(grpc(pp)?/|.*\\.grpc\\.pb\\.h)"),
                     "services/gateway/server_link\\.cc"),
              IsEmpty());
}

TEST(ArrowsTest, TheProgramsShareWhatKnowsNoneOfThem) {
  EXPECT_THAT(Places({"services/common"}, Include("(scheduler|services/(server|client|gateway))/")), IsEmpty());
}

TEST(ArrowsTest, ADatabasesHeadersAreIncludedByItsOwnDriverOnly) {
  EXPECT_THAT(Places({"scheduler", "services"}, Include("(sqlite3|libpq-fe)\\.h"),
                     "scheduler/store/(sqlite_driver|sqlite_file)\\.cc"),
              IsEmpty());
}

TEST(ArrowsTest, SqlStandsInTheStoreOnly) {
  EXPECT_THAT(Places({"scheduler/plan", "scheduler/engine", "services"},
                     "\"[^\"]*(SELECT .* FROM|INSERT INTO|DELETE FROM|UPDATE .* SET|CREATE TABLE)\\b"),
              IsEmpty());
}

TEST(ArrowsTest, NobodyButTheClocksAsksWhatTimeItIs) {
  EXPECT_THAT(Places({"scheduler", "services"}, "absl::Now\\(|system_clock::now\\(|[^_]time\\((NULL|nullptr|0)\\)",
                     "scheduler/engine/runtime/clock\\.cc|services/common/host_clock\\.cc"),
              IsEmpty());
}

TEST(ArrowsTest, FilesStayReadable) {
  std::vector<std::string> long_files;
  for (const std::string room : {"scheduler", "services", "tests"}) {
    for (const Line& line : LinesOf(room)) {
      if (line.place.size() > 4 && line.place.substr(line.place.rfind(':')) == ":451") long_files.push_back(line.place);
    }
  }
  EXPECT_THAT(long_files, IsEmpty());
}

}  // namespace
