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
#include "tests/history/ending.h"
#include "tests/history/gateway.h"
#include "tests/history/mutations.h"
#include "tests/history/stream_gateway.h"
#include "tests/history/watch.h"
#include "tests/history/writer.h"

namespace aftercare::history {
namespace {

uint64_t Number(const char* name, uint64_t otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : std::strtoull(value, nullptr, 10);
}

Watcher From(Watcher::Start start, const std::string& name, const std::string& filter = "") {
  Watcher watcher;
  watcher.set_name(name);
  watcher.set_start(start);
  *watcher.mutable_filter() = e2e::FromText<v1::ReminderFilter>(filter);
  return watcher;
}

// Everybody who works with one server.
class Company {
 public:
  Company(World& world, uint64_t seed) : world_(world), seeds_(seed) {}

  void Hire(const Place& place) {
    const std::string clinic = place.clinic.sandbox() ? "sandbox" : "riverside";
    for (int i = 0; i < (place.clinic.sandbox() ? 1 : 3); ++i) {
      Start(&workers_, [this, &place, name = absl::StrCat(clinic.substr(0, 1), i), seed = seeds_()] {
        Writer(world_, place, name, place.clinic.sandbox() ? 60 : 150, seed).Run();
      });
    }
    if (place.clinic.sandbox()) {
      Start(&workers_, [this, &place, seed = seeds_()] { DriveClock(world_, place, seed); });
    }
    HireGateways(place.clinic.name());
    HireWatchers(place, clinic);
  }

  void AwaitWorkers() { Join(&workers_); }
  void AwaitWatchers() { Join(&watchers_); }

 private:
  void HireGateways(const std::string& clinic) {
    const std::string anywhere = clinic == "clinics/sandbox" ? clinic : "clinics/-";
    Gateway(anywhere, "steady", {{{Habit::kSend, 1}}});
    Gateway(clinic, "hanging", {{{Habit::kHang, 2}, {Habit::kHangAndFail, 2}, {Habit::kExtend, 2}}});
    Gateway(clinic, "dying", {{{Habit::kDrop, 2}, {Habit::kReceipt, 1}, {Habit::kTwice, 1}}, true});
    Gateway(anywhere, "failing", {{{Habit::kTemporary, 2}, {Habit::kPermanent, 3}, {Habit::kRelease, 3}}});
    Stream(anywhere, "streaming", {{{Habit::kSend, 3}, {Habit::kReceipt, 1}, {Habit::kExtend, 1}}});
    Stream(clinic, "failing-stream",
           {{{Habit::kDrop, 1}, {Habit::kHang, 2}, {Habit::kPermanent, 1}, {Habit::kRelease, 2}}});
  }

  void HireWatchers(const Place& place, const std::string& clinic) {
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

  void Gateway(const std::string& parent, const std::string& name, const Temper& temper) {
    Start(&workers_, [this, parent, name, temper, seed = seeds_()] {
      history::Gateway(world_, parent, name + "@" + parent, temper, seed).Run();
    });
  }

  void Stream(const std::string& parent, const std::string& name, const Temper& temper) {
    Start(&workers_, [this, parent, name, temper, seed = seeds_()] {
      StreamGateway(world_, parent, name + "@" + parent, temper, seed).Run();
    });
  }

  void Watch(const Place& place, const Watcher& watcher, const Habits& habits) {
    Start(&watchers_, [this, &place, watcher, habits, seed = seeds_()] {
      WatcherRun(world_, place, watcher, habits, seed).Run();
    });
  }

  static void Start(std::vector<std::thread>* threads, std::function<void()> work) {
    threads->emplace_back(std::move(work));
  }

  static void Join(std::vector<std::thread>* threads) {
    for (std::thread& thread : *threads) thread.join();
    threads->clear();
  }

  World& world_;
  std::mt19937_64 seeds_;
  std::vector<std::thread> workers_;
  std::vector<std::thread> watchers_;
};

void ReadLogs(World& world, const std::vector<Place>& places, History* end) {
  std::vector<std::thread> readers;
  for (size_t i = 0; i < places.size(); ++i) {
    readers.emplace_back([&world, &places, end, i] {
      const std::vector<int> log = ReadLog(world, places[i]);
      end->mutable_clinics(static_cast<int>(i))->mutable_log()->Assign(log.begin(), log.end());
    });
  }
  for (std::thread& reader : readers) reader.join();
}

// Lives and deaths of the server, the last of which is a life. Null, or what went wrong.
std::optional<std::string> KillAgainAndAgain(World& world, uint64_t kills, uint64_t seed) {
  Chance chance(seed);
  for (uint64_t kill = 0; kill <= kills; ++kill) {
    if (chance.OneIn(20)) world.lives.Stillbirth(absl::Milliseconds(chance.Number(0, 100)));
    if (!world.lives.Begin()) return absl::StrCat("the server does not come up after ", kill, " kills");
    const bool is_last = kill == kills;
    const bool goes_on = world.recorder.AwaitMore(is_last ? 200 : chance.OneIn(10) ? 0 : chance.Number(1, 200));
    if (is_last && goes_on) return std::nullopt;
    const int signal = chance.OneIn(20) ? SIGTERM : SIGKILL;
    const int outcome = world.lives.End(signal);
    if (outcome == (signal == SIGTERM ? 0 : -SIGKILL) && goes_on) continue;
    return absl::StrCat("after ", kill, " kills ", goes_on ? "" : "nothing went on any more, and ", "signal ", signal,
                        " ended the server with ", outcome);
  }
  return std::nullopt;
}

// A whole run, from an empty database to its end. Nothing if it had to be given up.
std::optional<History> Live(uint64_t seed, uint64_t kills) {
  e2e::TempDir dir;
  World world(dir.File("aftercare.db"), seed);
  std::mt19937_64 seeds(seed);
  EXPECT_TRUE(world.lives.Begin());
  std::vector<Place> places;
  for (bool sandbox : {false, true}) places.push_back(MakeClinic(*world.lives.Await(nullptr), sandbox));
  EXPECT_EQ(world.lives.End(SIGKILL), -SIGKILL);

  Company company(world, seeds());
  for (const Place& place : places) company.Hire(place);
  const std::optional<std::string> wrong = KillAgainAndAgain(world, kills, seeds());
  world.working = false;
  world.recorder.NoMore();
  if (wrong.has_value()) world.lives.Close();
  company.AwaitWorkers();
  History end;
  if (!wrong.has_value()) {
    end = BringToAnEnd(world, places);
    world.finished = true;
    ReadLogs(world, places, &end);
  }
  company.AwaitWatchers();
  if (wrong.has_value()) {
    ADD_FAILURE() << *wrong;
    return std::nullopt;
  }
  EXPECT_EQ(world.lives.End(SIGTERM), 0);
  History history = world.recorder.Take();
  history.MergeFrom(end);
  return history;
}

// What there was of what matters: a run in which nothing happened proves nothing.
std::string Summary(const History& history) {
  int leases = 0;
  int sent = 0;
  int unknown = 0;
  int seen = 0;
  for (const Observation& observation : history.observations()) {
    leases += observation.has_lease() ? 1 : 0;
    sent += observation.report().outcome() == v1::DELIVERY_OUTCOME_SENT && observation.outcome() == OUTCOME_DONE;
    unknown += observation.outcome() == OUTCOME_UNKNOWN;
  }
  for (const Segment& segment : history.segments()) seen += segment.events_size();
  return absl::StrCat(history.enrollments_size(), " enrollments, ", history.observations_size(), " observations (",
                      unknown, " without an answer), ", leases, " leases, ", sent, " sendings acknowledged, ",
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
  const absl::Time end = absl::Now() + absl::Seconds(Number("AFTERCARE_SECONDS", 0));
  uint64_t seed = Number("AFTERCARE_SEED", std::random_device()());
  do {
    std::cout << "AFTERCARE_SEED=" << seed << std::endl;
    const uint64_t kills = Number("AFTERCARE_KILLS", 200);
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
