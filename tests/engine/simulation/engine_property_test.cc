// Random simulations of clinics: after each step the engine and a simple model agree on every question.
// AFTERCARE_SEED repeats one simulation; AFTERCARE_HISTORIES sets how many are played.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/engine/simulation/simulation.h"
#include "tests/support/random.h"

namespace aftercare::engine {
namespace {

constexpr int kShards = 4;           // Of seeds without reactions.
constexpr int kWithReactions = 400;  // Simulations of each shard with reactions, unless more are asked for.

uint64_t SimulationsOf(int shard) {
  const bool is_asked = std::getenv("AFTERCARE_HISTORIES") != nullptr;
  if (shard >= kShards && !is_asked) return kWithReactions;
  return NumberFromEnvironment("AFTERCARE_HISTORIES", 10'000) / kShards;
}

// Plays a script in a new world, so that it always ends the same way.
std::string PlayAlone(const Script& script, std::vector<std::string>* story = nullptr) {
  World world(StartOfSimulation());
  Simulation simulation(world, script);
  std::string difference = simulation.Play();
  if (story != nullptr) *story = simulation.story();
  return difference;
}

// Returns the script without the steps that are not needed to make it fail.
Script Shrunk(Script script) {
  for (size_t length = script.steps.size(); length >= 1; length /= 2) {
    for (size_t at = 0; at + length <= script.steps.size();) {
      Script shorter = script;
      shorter.steps.erase(shorter.steps.begin() + at, shorter.steps.begin() + at + length);
      if (PlayAlone(shorter).empty()) {
        at += length;
      } else {
        script = shorter;
      }
    }
  }
  return script;
}

void Explain(uint64_t seed, const std::string& difference) {
  const Script script = Script::Of(seed);
  std::vector<std::string> story;
  const std::string alone = PlayAlone(Shrunk(script), &story);
  ADD_FAILURE() << "AFTERCARE_SEED=" << seed << "\n"
                << difference << "\n\n"
                << (alone.empty()
                        ? "In a world of its own it does not fail."
                        : absl::StrCat("The shortest script like it:\n", absl::StrJoin(story, "\n"), "\n\n", alone));
}

class EnginePropertyTest : public ::testing::TestWithParam<int> {};

TEST_P(EnginePropertyTest, TheEngineDoesWhatTheModelSays) {
  if (std::getenv("AFTERCARE_SEED") != nullptr) {
    const uint64_t seed = SeedOfRun();
    const std::string difference = PlayAlone(Script::Of(seed));
    if (!difference.empty()) Explain(seed, difference);
    return;
  }
  // Every run plays the same simulations, so that its result says something about the change under test. A run with
  // AFTERCARE_HISTORIES plays new ones.
  const bool is_long = std::getenv("AFTERCARE_HISTORIES") != nullptr;
  const uint64_t first = (is_long ? std::random_device()() : 1 + GetParam()) * uint64_t{1'000'000};
  std::cout << "AFTERCARE_SEED=" << first << " and on" << std::endl;
  World world(StartOfSimulation());
  for (uint64_t seed = first; seed < first + SimulationsOf(GetParam()); ++seed) {
    const std::string difference = Simulation(world, Script::Of(seed)).Play();
    if (!difference.empty()) return Explain(seed, difference);
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, EnginePropertyTest, ::testing::Range(0, kShards + 4));

}  // namespace
}  // namespace aftercare::engine
