// Which room of the sources may include which, and what else is confined to a place. Tests are not looked at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::IsEmpty;

const fs::path kRoot = AFTERCARE_SOURCE_DIR;

// A row is a room and, behind the arrow, the rooms it may include. A room is a folder of scheduler/ or services/, named
// without that beginning; a main.cc is a room of its own. Every room may include itself, scheduler/sync.h and the
// generated messages. Rows only name rooms of rows below them, so there are no circles.
constexpr char kArrows[] = R"(
server/main.cc      -> server, common, engine/runtime, plan, store
server              -> common, engine, engine/access, engine/delivery, engine/enrollments, engine/events,
                       engine/runtime, plan, plan/input, store
gateway/main.cc     -> gateway, common
gateway             -> channel, common
client/main.cc      -> client/commands/access, client/commands, client, client/render, client/common, channel, common
client/commands/access -> client/commands, client, client/render, client/common
client/commands     -> client/demo, client, client/render, client/input, client/common, common, plan, plan/input,
                       plan/year
client/demo         -> client, client/render, client/input, client/common, common, plan
client              -> client/common, channel, common, plan
client/render       -> client/common, plan
client/input        -> client/common, plan, plan/input
client/common       -> plan, plan/input
channel             -> common
common              ->

engine              -> engine/access, engine/delivery, engine/reminders, engine/enrollments, engine/adherence,
                       engine/events, engine/replies, engine/clinics, engine/planning, engine/lifecycle, engine/runtime, plan, store
engine/delivery     -> engine/reminders, engine/enrollments, engine/events, engine/replies, engine/clinics,
                       engine/planning, engine/lifecycle, engine/runtime, plan, plan/input, store
engine/reminders    -> engine/events, engine/replies, engine/clinics, engine/planning, engine/lifecycle,
                       engine/runtime, plan, store
engine/enrollments  -> engine/adherence, engine/events, engine/replies, engine/clinics, engine/planning,
                       engine/lifecycle, engine/runtime, plan, plan/input, store
engine/adherence    -> engine/lifecycle, engine/runtime, plan/answers, plan, plan/input, store
engine/access       -> engine/runtime, plan, plan/input, store
engine/events       -> engine/planning, engine/lifecycle, engine/runtime, plan, plan/input, store
engine/replies      -> engine/planning, engine/lifecycle, engine/runtime, plan/answers, plan, plan/input, store
engine/clinics      -> engine/planning, engine/lifecycle, engine/runtime, plan, plan/input, store
engine/planning     -> engine/lifecycle, engine/runtime, plan/answers, plan, plan/input, store
engine/lifecycle    -> engine/runtime, plan/answers, plan, plan/input, store
engine/runtime      -> plan, plan/input, store
plan/answers        -> plan, plan/input
plan/year           -> plan, plan/input
plan                -> plan/input
plan/input          ->
store               ->
)";

struct Line {
  std::string file;
  int number = 0;
  std::string text;  // without what follows //

  std::string place() const { return absl::StrCat(file, ":", number); }
};

// Lines of all C++ sources under `folder`.
std::vector<Line> LinesOf(const std::string& folder) {
  std::vector<Line> lines;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
    const std::string extension = entry.path().extension();
    if (extension != ".h" && extension != ".cc") continue;
    std::ifstream file(entry.path());
    std::string text;
    for (int number = 1; std::getline(file, text); ++number) {
      lines.push_back({fs::relative(entry.path(), kRoot).string(), number, text.substr(0, text.find("//"))});
    }
  }
  EXPECT_GT(lines.size(), 100u) << "is there anything in " << folder << "?";
  return lines;
}

// Lines in `folders` that match `pattern`, but for files whose path matches `allowed`: place and text of each.
std::vector<std::string> Places(const std::vector<std::string>& folders, const std::string& pattern,
                                const std::string& allowed = "^$") {
  const std::regex wanted(pattern);
  const std::regex exempt(allowed);
  std::vector<std::string> places;
  for (const std::string& folder : folders) {
    for (const Line& line : LinesOf(folder)) {
      if (!std::regex_search(line.text, wanted) || std::regex_search(line.file, exempt)) continue;
      places.push_back(absl::StrCat(line.place(), " ", line.text));
    }
  }
  return places;
}

std::string Include(const std::string& path) { return "#include +[\"<]" + path; }

// The rows of kArrows, in order.
using Arrows = std::vector<std::pair<std::string, std::set<std::string>>>;

Arrows ReadArrows() {
  Arrows arrows;
  for (absl::string_view line : absl::StrSplit(kArrows, '\n', absl::SkipWhitespace())) {
    const size_t arrow = line.find("->");
    if (arrow != line.npos) {
      arrows.emplace_back(absl::StripAsciiWhitespace(line.substr(0, arrow)), std::set<std::string>());
      line.remove_prefix(arrow + 2);
    }
    for (absl::string_view room : absl::StrSplit(line, ',', absl::SkipWhitespace())) {
      arrows.back().second.emplace(absl::StripAsciiWhitespace(room));
    }
  }
  return arrows;
}

// The room of a file of scheduler/ or services/, `engine/runtime` of `scheduler/engine/runtime/clock.h`.
std::string RoomOf(absl::string_view file) {
  file = file.substr(file.find('/') + 1);
  return std::string(absl::EndsWith(file, "/main.cc") ? file : file.substr(0, file.rfind('/')));
}

TEST(ArrowsTest, RowsNameRoomsBelowThemOnly) {
  std::set<std::string> below;
  const Arrows arrows = ReadArrows();
  for (auto row = arrows.rbegin(); row != arrows.rend(); ++row) {
    for (const std::string& room : row->second) EXPECT_THAT(below, Contains(room)) << row->first;
    EXPECT_TRUE(below.insert(row->first).second) << row->first << " has two rows";
  }
}

TEST(ArrowsTest, EachRoomIncludesOnlyWhatItsRowNames) {
  const Arrows rows = ReadArrows();
  const std::map<std::string, std::set<std::string>> arrows(rows.begin(), rows.end());
  const std::regex include("#include +\"((?:scheduler|services|tests)/[^\"]+)\"");
  std::vector<std::string> wrong;
  for (const std::string folder : {"scheduler", "services"}) {
    for (const Line& line : LinesOf(folder)) {
      std::smatch parts;
      if (!absl::StartsWith(line.text, "#include")) continue;
      if (!std::regex_search(line.text, parts, include) || parts[1] == "scheduler/sync.h") continue;
      const std::string from = RoomOf(line.file);
      const std::string to = absl::StartsWith(parts[1].str(), "tests/") ? "tests" : RoomOf(parts[1].str());
      const auto row = arrows.find(from);
      if (from == to || (row != arrows.end() && row->second.contains(to))) continue;
      wrong.push_back(absl::StrCat(line.place(), " ", from, " -> ", to));
    }
  }
  EXPECT_THAT(wrong, IsEmpty()) << absl::StrJoin(wrong, "\n") << "\nThe arrows that are allowed stand above.";
}

TEST(ArrowsTest, OnlyServicesUseGrpc) {
  EXPECT_THAT(Places({"scheduler"}, Include("(grpc(pp)?/|.*\\.grpc\\.pb\\.h)")), IsEmpty());
}

TEST(ArrowsTest, TheClientAndTheGatewayUseGrpcInOneFileEach) {
  EXPECT_THAT(Places({"services/client"}, Include("(grpc(pp)?/|.*\\.grpc\\.pb\\.h)"), "client/connection\\.cc"),
              IsEmpty());
  EXPECT_THAT(Places({"services/gateway"}, Include("(grpc(pp)?/|.*\\.grpc\\.pb\\.h)"), "gateway/server_link\\.cc"),
              IsEmpty());
}

TEST(ArrowsTest, ExperimentalGrpcIsUsedInOneFileTowardsTheServer) {
  EXPECT_THAT(Places({"services/channel", "services/client", "services/common", "services/gateway"},
                     "grpc::experimental|grpcpp/security/tls_", "channel/tls_credentials\\.cc"),
              IsEmpty());
}

TEST(ArrowsTest, ADatabasesHeadersAreIncludedByItsOwnDriverOnly) {
  EXPECT_THAT(Places({"scheduler", "services"}, Include("(sqlite3|libpq-fe)\\.h"),
                     "scheduler/store/(sqlite_driver|sqlite_file)\\.cc"),
              IsEmpty());
}

// Use cases reach data through the call that they are given.
TEST(ArrowsTest, TheStoreIsKnownToTheEnginesRuntimeOnly) {
  EXPECT_THAT(Places({"scheduler/engine"}, Include("scheduler/store/(store|driver|writer|reader_pool)\\.h"),
                     "scheduler/engine/runtime/(engine_context|zone_check)\\.h"),
              IsEmpty());
  EXPECT_THAT(Places({"scheduler/engine"}, "[sS]tore_?(\\(\\))?(\\.|->)(Read|ReadInBackground|Submit)\\(",
                     "scheduler/engine/runtime/(call|system_access|engine_context|zone_check)\\.cc"),
              IsEmpty());
}

TEST(ArrowsTest, OnlyWorkForNoCallerReachesDataWithoutACall) {
  EXPECT_THAT(Places({"scheduler/engine", "services"}, Include("scheduler/engine/runtime/system_access\\.h"),
                     "engine/(adherence/adherence_counter|events/event_feed|events/event_log_cleaner|planning/sweeper|"
                     "statistics|access/access_table|runtime/system_access)\\.cc"),
              IsEmpty());
}

TEST(ArrowsTest, ServicesSpeakToUseCasesOnly) {
  EXPECT_THAT(Places({"services"},
                     "engine_?\\.(context|sweeper|event_feed|enrollment_cache|enrollment_index_cache|"
                     "event_log_cleaner|adherence_counter|lease_revocations)\\b"),
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

// The thread-safety analysis does not see the locks of the standard library.
TEST(ArrowsTest, LocksAreThoseOfSyncHeader) {
  EXPECT_THAT(Places({"scheduler", "services"},
                     "std::(\\w*mutex|condition_variable\\w*|lock_guard|unique_lock|scoped_lock|shared_lock)\\b",
                     "scheduler/sync\\.h"),
              IsEmpty());
}

// A test that no CMakeLists.txt names is never run, and nobody notices.
TEST(ArrowsTest, EveryTestIsBuilt) {
  int tests = 0;
  for (const auto& entry : fs::recursive_directory_iterator(kRoot / "tests")) {
    const fs::path file = entry.path();
    if (!absl::EndsWith(file.filename().string(), "_test.cc")) continue;
    fs::path folder = file.parent_path();
    while (!fs::exists(folder / "CMakeLists.txt")) folder = folder.parent_path();
    std::ifstream lists(folder / "CMakeLists.txt");
    const std::string text{std::istreambuf_iterator<char>(lists), std::istreambuf_iterator<char>()};
    const std::string name = file.lexically_relative(folder).string();
    EXPECT_TRUE(std::regex_search(text, std::regex(absl::StrCat("[\\s(]", name, "[\\s)]")))) << file;
    ++tests;
  }
  EXPECT_GT(tests, 100);
}

TEST(ArrowsTest, FilesStayReadable) {
  std::vector<std::string> long_files;
  for (const std::string folder : {"scheduler", "services", "tests"}) {
    for (const Line& line : LinesOf(folder)) {
      if (line.number == 451) long_files.push_back(line.file);
    }
  }
  EXPECT_THAT(long_files, IsEmpty());
}

}  // namespace
