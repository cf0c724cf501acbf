#ifndef AFTERCARE_TESTS_ENGINE_SIMULATION_HISTORY_H_
#define AFTERCARE_TESTS_ENGINE_SIMULATION_HISTORY_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "aftercare/v1/delivery_service.pb.h"
#include "aftercare/v1/event.pb.h"
#include "tests/engine/simulation/model.h"
#include "tests/engine/simulation/random_care.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

// A history of one clinic, as numbers from which everything that happens is made. Every step makes sense whatever
// happened before, so that a history without some of its steps is one too.
struct Script {
  uint64_t seed = 0;
  std::vector<uint64_t> steps;

  static Script Of(uint64_t seed);
};

// Plays a script to an engine and to a model, and compares them after each step.
class History {
 public:
  // The world may have played others before.
  History(World& world, const Script& script);

  // Plays all, to the end of everybody's year. Answers where engine and model first differ, or nothing.
  std::string Play();

  // What happened, a line for each step, for people.
  const std::vector<std::string>& story() const { return story_; }

 private:
  // One kind of step. What it answers is told.
  struct Kind {
    int weight;
    std::string (History::*play)(Random&);
  };
  static const std::vector<Kind>& Kinds();

  void Begin();
  std::string Step(Random& random);
  std::string Enrol(Random& random);
  std::string MoveTime(Random& random);
  std::string ChangeCalendar(Random& random);
  std::string ChangePathway(Random& random);
  std::string Lease(Random& random);
  std::string Report(Random& random);
  std::string Complete(Random& random);
  std::string End(Random& random);
  std::string Pause(Random& random);
  std::string Resume(Random& random);
  std::string Update(Random& random);
  std::string Migrate(Random& random);
  std::string MoveItem(Random& random);
  std::string CancelItem(Random& random);
  std::string RestoreItem(Random& random);
  std::string ScheduleVisit(Random& random);
  std::string RecordOutcome(Random& random);
  std::string SetConsent(Random& random);
  std::string Reply(Random& random);

  // An item of a patient, mostly one about now.
  struct Chosen {
    std::string enrollment;
    Model::Key key;
    std::string name;
  };
  std::optional<Chosen> ChooseItem(Random& random) const;
  std::optional<std::string> ChooseEnrollment(Random& random) const;
  absl::Time ChooseInstant(Random& random) const;
  v1::ReminderFilter ChooseFilter(Random& random) const;

  void MoveTo(absl::Time to);
  void CheckLease(const v1::Lease& lease, absl::Duration duration, const v1::ReminderFilter& filter);

  // The answers of the engine to everything that may be asked, against the model's.
  void Compare(Random& random);
  struct Line {  // one reminder of the model
    std::string name;
    const Model::Patient* patient;
    const Model::Item* item;
  };
  std::vector<Line> LinesOf(const v1::ReminderFilter& filter) const;
  void CompareList(const std::string& what, const std::vector<Line>& expected,
                   const google::protobuf::RepeatedPtrField<v1::Reminder>& listed);
  void CompareReminder(const std::string& what, const Line& line, const v1::Reminder& reminder);
  void CompareCounts(const std::vector<Line>& expected, const v1::CountRemindersResponse& counts);
  void CompareTimeline(const v1::GetTimelineResponse& timeline);
  void ReadLog();
  void CompareToLog(const v1::Reminder& reminder);

  // Notes the first difference only.
  void Differ(const std::string& what);
  void Expect(bool good, const std::string& what) {
    if (!good) Differ(what);
  }
  void ExpectSame(const std::string& what, const std::string& engine, const std::string& model);

  World& world_;
  const Script script_;
  const std::string clinic_;
  std::unique_ptr<Model> model_;
  std::vector<v1::Lease> leases_;
  std::set<std::string> sent_;                      // names of what was reported sent
  std::map<std::string, v1::ReminderChange> told_;  // the last of each reminder
  int64_t log_place_ = 0;
  absl::Time latest_ = absl::InfinitePast();  // that clocks ever showed
  std::vector<std::string> story_;
  std::string difference_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_SIMULATION_HISTORY_H_
