// Random histories of clinics: after each step the engine and a naive model agree on everything that may be asked.
// AFTERCARE_SEED repeats one history; AFTERCARE_HISTORIES asks for another number of them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/engine/simulation/history.h"

namespace aftercare::engine {
namespace {

constexpr int kShards = 4;

uint64_t HistoriesOfAShard() {
  const char* given = std::getenv("AFTERCARE_HISTORIES");
  return (given == nullptr ? 10'000 : std::strtoull(given, nullptr, 10)) / kShards;
}

// In a world of its own, so that it ends the same way each time.
std::string PlayAlone(const Script& script, std::vector<std::string>* story = nullptr) {
  World world(BeginningOfHistory());
  History history(world, script);
  std::string difference = history.Play();
  if (story != nullptr) *story = history.story();
  return difference;
}

// The script without every step that is not needed to fail.
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
                        : absl::StrCat("The shortest history like it:\n", absl::StrJoin(story, "\n"), "\n\n", alone));
}

class EnginePropertyTest : public ::testing::TestWithParam<int> {};

TEST_P(EnginePropertyTest, TheEngineDoesWhatTheModelSays) {
  if (const char* given = std::getenv("AFTERCARE_SEED"); given != nullptr) {
    const uint64_t seed = std::strtoull(given, nullptr, 10);
    const std::string difference = PlayAlone(Script::Of(seed));
    if (!difference.empty()) Explain(seed, difference);
    return;
  }
  // Every run plays the same ones, so that it says something of a change; a longer one looks for what nobody has seen.
  const bool is_long = std::getenv("AFTERCARE_HISTORIES") != nullptr;
  const uint64_t first = (is_long ? std::random_device()() : 1 + GetParam()) * uint64_t{1'000'000};
  std::cout << "AFTERCARE_SEED=" << first << " and on" << std::endl;
  World world(BeginningOfHistory());
  for (uint64_t seed = first; seed < first + HistoriesOfAShard(); ++seed) {
    const std::string difference = History(world, Script::Of(seed)).Play();
    if (!difference.empty()) return Explain(seed, difference);
  }
}

INSTANTIATE_TEST_SUITE_P(Shards, EnginePropertyTest, ::testing::Range(0, kShards));

}  // namespace
}  // namespace aftercare::engine
