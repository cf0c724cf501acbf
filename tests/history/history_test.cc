// Many gateways, watchers and writers, and a server that is killed again and again. What all of them saw is taken down,
// and a checker looks whether it keeps the promises.
//
// AFTERCARE_SEED replays a run's choices, as far as the machine lets it; AFTERCARE_KILLS says how often the server is
// killed in a run; with AFTERCARE_SECONDS there are runs until that much time is over, each with a seed of its own.
// The history of a run that fails is written to a file, which AFTERCARE_HISTORY checks again.
#include <signal.h>

#include <cstdlib>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/history/checker.h"
#include "tests/history/final_state.h"
#include "tests/history/gateway.h"
#include "tests/history/mutations.h"
#include "tests/history/stream_gateway.h"
#include "tests/history/watch.h"
#include "tests/history/writer.h"
#include "tests/support/random.h"

namespace aftercare::history {
namespace {

Watcher From(Watcher::Start start, const std::string& name, const std::string& filter = "") {
  Watcher watcher;
  watcher.set_name(name);
  watcher.set_start(start);
  *watcher.mutable_filter() = FromText<v1::ReminderFilter>(filter);
  return watcher;
}

// All clients of one server.
class Clients {
 public:
  Clients(TestRun& run, uint64_t seed) : run_(run), seeds_(seed) {}

  void Add(const Place& place) {
    const std::string clinic = place.clinic.sandbox() ? "sandbox" : "riverside";
    for (int i = 0; i < (place.clinic.sandbox() ? 1 : 3); ++i) {
      Start(&workers_, [this, &place, name = absl::StrCat(clinic.substr(0, 1), i), seed = seeds_()] {
        Writer(run_, place, name, place.clinic.sandbox() ? 60 : 150, seed).Run();
      });
    }
    if (place.clinic.sandbox()) {
      Start(&workers_, [this, &place, seed = seeds_()] { DriveClock(run_, place, seed); });
    }
    AddGateways(place.clinic.name());
    AddWatchers(place, clinic);
  }

  void AwaitWorkers() { Join(&workers_); }
  void AwaitWatchers() { Join(&watchers_); }

 private:
  void AddGateways(const std::string& clinic) {
    const std::string anywhere = clinic == "clinics/sandbox" ? clinic : "clinics/-";
    Gateway(anywhere, "steady", {{{Behavior::kSend, 1}}});
    Gateway(clinic, "hanging", {{{Behavior::kHang, 2}, {Behavior::kHangAndFail, 2}, {Behavior::kExtend, 2}}});
    Gateway(clinic, "dying", {{{Behavior::kDrop, 2}, {Behavior::kReceipt, 1}, {Behavior::kTwice, 1}}, true});
    Gateway(anywhere, "failing", {{{Behavior::kTemporary, 2}, {Behavior::kPermanent, 3}, {Behavior::kRelease, 3}}});
    Stream(anywhere, "streaming", {{{Behavior::kSend, 3}, {Behavior::kReceipt, 1}, {Behavior::kExtend, 1}}});
    Stream(clinic, "failing-stream",
           {{{Behavior::kDrop, 1}, {Behavior::kHang, 2}, {Behavior::kPermanent, 1}, {Behavior::kRelease, 2}}});
  }

  void AddWatchers(const Place& place, const std::string& clinic) {
    Watch(place, From(Watcher::START_FIRST, clinic + "-first"), {.rewinds = true, .breaks = true});
    Watch(place, From(Watcher::START_NOW, clinic + "-now"), {.joins_after = 200});
    Watch(place, From(Watcher::START_LIST, clinic + "-list-early"), {.breaks = true, .joins_after = 100});
    Watch(place, From(Watcher::START_LIST, clinic + "-list-late"), {.joins_after = 600});
    Watch(place, From(Watcher::START_FIRST, clinic + "-sent", "states: REMINDER_STATE_SENT categories: 'tick'"), {});
    if (place.clinic.sandbox()) return;
    Watch(place, From(Watcher::START_FIRST, clinic + "-slow"), {.slow = true});
    Watch(place, From(Watcher::START_FIRST, clinic + "-one", "enrollment: 'clinics/riverside/enrollments/r0-2'"),
          {.rewinds = true});
    Watch(place, From(Watcher::START_NOW, clinic + "-tasks", "audience: AUDIENCE_CARE_TEAM"),
          {.breaks = true, .joins_after = 300});
  }

  void Gateway(const std::string& parent, const std::string& name, const GatewayProfile& profile) {
    Start(&workers_, [this, parent, name, profile, seed = seeds_()] {
      history::Gateway(run_, parent, name + "@" + parent, profile, seed).Run();
    });
  }

  void Stream(const std::string& parent, const std::string& name, const GatewayProfile& profile) {
    Start(&workers_, [this, parent, name, profile, seed = seeds_()] {
      StreamGateway(run_, parent, name + "@" + parent, profile, seed).Run();
    });
  }

  void Watch(const Place& place, const Watcher& watcher, const Habits& habits) {
    Start(&watchers_, [this, &place, watcher, habits, seed = seeds_()] {
      WatcherRun(run_, place, watcher, habits, seed).Run();
    });
  }

  static void Start(std::vector<std::thread>* threads, std::function<void()> work) {
    threads->emplace_back(std::move(work));
  }

  static void Join(std::vector<std::thread>* threads) {
    for (std::thread& thread : *threads) thread.join();
    threads->clear();
  }

  TestRun& run_;
  std::mt19937_64 seeds_;
  std::vector<std::thread> workers_;
  std::vector<std::thread> watchers_;
};

void ReadLogs(TestRun& run, const std::vector<Place>& places, History* end) {
  std::vector<std::thread> readers;
  for (size_t i = 0; i < places.size(); ++i) {
    readers.emplace_back([&run, &places, end, i] {
      const std::vector<int> log = ReadLog(run, places[i]);
      end->mutable_clinics(static_cast<int>(i))->mutable_log()->Assign(log.begin(), log.end());
    });
  }
  for (std::thread& reader : readers) reader.join();
}

// Kills the server and starts it again, and leaves it running. Returns what went wrong, or nothing.
std::optional<std::string> KillAgainAndAgain(TestRun& run, uint64_t kills, uint64_t seed) {
  Chance chance(seed);
  for (uint64_t kill = 0; kill <= kills; ++kill) {
    if (chance.OneIn(20)) run.server.StartAndKill(absl::Milliseconds(chance.Number(0, 100)));
    if (!run.server.Start()) return absl::StrCat("the server does not come up after ", kill, " kills");
    const bool is_last = kill == kills;
    const bool goes_on = run.recorder.AwaitMore(is_last ? 200 : chance.OneIn(10) ? 0 : chance.Number(1, 200));
    if (is_last && goes_on) return std::nullopt;
    const int signal = chance.OneIn(20) ? SIGTERM : SIGKILL;
    const int exit_code = run.server.Stop(signal);
    if (exit_code == (signal == SIGTERM ? 0 : 128 + SIGKILL) && goes_on) continue;
    return absl::StrCat("after ", kill, " kills ", goes_on ? "" : "nothing went on any more, and ", "signal ", signal,
                        " ended the server with ", exit_code);
  }
  return std::nullopt;
}

// A whole run, from an empty database to its end. Nothing if it had to be given up.
std::optional<History> Live(uint64_t seed, uint64_t kills) {
  TempDir dir;
  TestRun run(dir.File("aftercare.db"), seed);
  std::mt19937_64 seeds(seed);
  EXPECT_TRUE(run.server.Start());
  std::vector<Place> places;
  for (bool sandbox : {false, true}) places.push_back(MakeClinic(*run.server.AwaitClient(nullptr), sandbox));
  EXPECT_EQ(run.server.Stop(SIGKILL), 128 + SIGKILL);

  Clients clients(run, seeds());
  for (const Place& place : places) clients.Add(place);
  const std::optional<std::string> wrong = KillAgainAndAgain(run, kills, seeds());
  run.working = false;
  run.recorder.NoMore();
  if (wrong.has_value()) run.server.Close();
  clients.AwaitWorkers();
  History end;
  if (!wrong.has_value()) {
    end = FinishAndReadState(run, places);
    run.finished = true;
    ReadLogs(run, places, &end);
  }
  clients.AwaitWatchers();
  if (wrong.has_value()) {
    ADD_FAILURE() << *wrong;
    return std::nullopt;
  }
  EXPECT_EQ(run.server.Stop(SIGTERM), 0);
  History history = run.recorder.Take();
  history.MergeFrom(end);
  return history;
}

// What there was of what matters: a run in which nothing happened proves nothing.
std::string Summary(const History& history) {
  int leases = 0;
  int sent = 0;
  int unknown = 0;
  int seen = 0;
  int dangers = 0;
  int acknowledged = 0;
  int for_teams = 0;
  for (const Observation& observation : history.observations()) {
    leases += observation.has_lease() ? 1 : 0;
    for_teams += observation.lease().audience() == v1::AUDIENCE_CARE_TEAM ? 1 : 0;
    sent += observation.report().outcome() == v1::DELIVERY_OUTCOME_SENT && observation.outcome() == OUTCOME_DONE;
    unknown += observation.outcome() == OUTCOME_UNKNOWN;
    dangers += observation.change().kind() == Change::KIND_DANGER && observation.outcome() == OUTCOME_DONE;
    acknowledged += observation.change().kind() == Change::KIND_ACKNOWLEDGE && observation.outcome() == OUTCOME_DONE;
  }
  int steps = 0;
  int told = 0;
  for (const v1::Event& event : history.events()) {
    steps += event.reminder().escalation_step() > 0 ? 1 : 0;
    told += event.reminder().has_notify_time() ? 1 : 0;
  }
  for (const Segment& segment : history.segments()) seen += segment.events_size();
  return absl::StrCat(history.enrollments_size(), " enrollments, ", history.observations_size(), " observations (",
                      unknown, " without an answer), ", leases, " leases (", for_teams, " for care teams), ", sent,
                      " sendings acknowledged, ", dangers,
                      " signs of danger, ", acknowledged, " of their tasks acknowledged, ", steps,
                      " events of tasks that escalated, ", told, " of tasks that a team was told of, ",
                      history.events_size(), " events, seen ", seen, " times by ", history.watchers_size(),
                      " watchers");
}

void ExpectPromisesKept(const History& history) {
  std::cout << Summary(history) << std::endl;
  const std::vector<std::string> faults = Check(history);
  if (faults.empty()) return;
  const std::string path = absl::StrCat(::testing::TempDir(), "aftercare-history-", history.seed(), ".txt");
  ADD_FAILURE() << absl::StrJoin(faults, "\n") << "\nThe history is in " << path
                << (Save(history, path) ? "" : ", as far as it could be written");
}

// The checker would have found it, had this run lost, doubled or delayed something.
void ExpectFaultsFound(const History& history) {
  for (const Mutation& mutation : AllMutations()) {
    History faulty = history;
    ASSERT_TRUE(mutation.apply(&faulty)) << "the run has nothing for " << mutation.name;
    EXPECT_THAT(Check(faulty), testing::Contains(testing::HasSubstr(mutation.expected))) << mutation.name;
  }
}

TEST(HistoryTest, ThePromisesAreKeptHoweverOftenTheServerIsKilled) {
  if (const char* path = std::getenv("AFTERCARE_HISTORY")) {
    const auto history = Load(path);
    ASSERT_TRUE(history.ok()) << history.status();
    return ExpectPromisesKept(*history);
  }
  const absl::Time end = absl::Now() + absl::Seconds(NumberFromEnvironment("AFTERCARE_SECONDS", 0));
  uint64_t seed = NumberFromEnvironment("AFTERCARE_SEED", std::random_device()());
  do {
    std::cout << "AFTERCARE_SEED=" << seed << std::endl;
    const uint64_t kills = NumberFromEnvironment("AFTERCARE_KILLS", 200);
    const std::optional<History> history = Live(seed, kills);
    if (!history.has_value()) return;
    ExpectPromisesKept(*history);
    // A shorter run may have nothing to make some fault of.
    if (kills >= 200 && !HasFailure()) ExpectFaultsFound(*history);
    ++seed;
  } while (absl::Now() < end && !HasFailure());
}

}  // namespace
}  // namespace aftercare::history
