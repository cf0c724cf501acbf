#ifndef AFTERCARE_TESTS_ENGINE_SIMULATION_SIMULATION_H_
#define AFTERCARE_TESTS_ENGINE_SIMULATION_SIMULATION_H_

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
#include "tests/engine/simulation/random_clinic.h"
#include "tests/engine/world.h"

namespace aftercare::engine {

// What happens to one clinic, as random numbers. Each number makes one step, whatever steps came before it. So a script
// that fails can be shortened: leave steps out and play it again.
struct Script {
  uint64_t seed = 0;
  std::vector<uint64_t> steps;

  static Script Of(uint64_t seed);

  // Returns whether the clinic's pathways have rules that react to answers. Seeds below leave them out, so that they
  // play what they always have.
  bool PlaysReactions() const { return seed >= 5'000'000; }

  // Returns whether rules have conditions on answers as well, and reactions effects on the plan.
  bool PlaysEffects() const { return seed >= 6'000'000; }

  // Returns whether patients decide about categories and health information as well, and rules have texts without it.
  bool PlaysConsents() const { return seed >= 7'000'000; }

  // Returns whether clinics and pathways have caps on messages as well.
  bool PlaysCaps() const { return seed >= 8'000'000; }
};

// Plays a script on the engine and on a model of it, and compares the two after each step. For one thread.
class Simulation {
 public:
  // `world` must outlive the simulation. Other simulations may have run in it before.
  Simulation(World& world, const Script& script);

  // Plays the whole script, and then lets time pass until every patient's year is over. Returns the first difference
  // between engine and model, or an empty string.
  std::string Play();

  // What happened, one line for each step.
  const std::vector<std::string>& story() const { return story_; }

 private:
  // One kind of step, and how often it is taken compared with others. `play` returns the step's line in the story.
  struct Kind {
    int weight;
    std::string (Simulation::*play)(Random&);
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
  std::string ReportOne(const v1::Lease& lease, v1::DeliveryOutcome outcome);
  std::string SendAll(Random& random);
  std::string DoAndChange(Random& random);
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
  std::string DecideAbout(Random& random);
  std::string Reply(Random& random);
  std::string AssignReply(Random& random);
  std::string DecideReply(Random& random);
  std::string WriteAndMore(Random& random);
  std::string ReceiveLate(Random& random);

  // A reminder of the model.
  struct Chosen {
    std::string enrollment;
    Model::Key key;
    std::string name;
  };
  // Returns a random reminder, usually one that is due about now, or nothing if there is none.
  std::optional<Chosen> ChooseItem(Random& random) const;
  std::optional<std::string> ChooseEnrollment(Random& random) const;
  absl::Time ChooseInstant(Random& random) const;
  // Returns a reply, usually one that waits for the care team to do `task`. There must be one.
  int ChooseReply(v1::ReplyTask task, Random& random) const;
  v1::ReminderFilter ChooseFilter(Random& random) const;

  void MoveTo(absl::Time to);
  void CheckLease(const v1::Lease& lease, absl::Duration duration, const v1::ReminderFilter& filter);

  // Compares what the engine answers to every kind of question with what the model says.
  void Compare(Random& random);
  struct Line {  // One reminder of the model, as a list should show it.
    std::string name;
    const Model::Patient* patient;
    const Model::Item* item;
  };
  std::vector<Line> LinesOf(const v1::ReminderFilter& filter) const;
  void CompareList(const std::string& what, const std::vector<Line>& expected,
                   const google::protobuf::RepeatedPtrField<v1::Reminder>& listed);
  void CompareReminder(const std::string& what, const Line& line, const v1::Reminder& reminder);
  void CompareCause(const Line& line, const v1::Reminder& reminder);
  void CompareCounts(const std::vector<Line>& expected, const v1::CountRemindersResponse& counts);
  void CompareTimeline(const v1::GetTimelineResponse& timeline);
  void CompareContacts(const v1::Enrollment& enrollment, const Model::Patient& patient);
  void CompareReplies(Random& random);
  void CompareReply(const v1::Reply& reply);
  void ReadLog();
  void CompareToLog(const v1::Reminder& reminder);

  // Notes a difference, if it is the first.
  void Differ(const std::string& what);
  void Expect(bool good, const std::string& what) {
    if (!good) Differ(what);
  }
  void ExpectSame(const std::string& what, const std::string& engine, const std::string& model);
  // Compares how a step ended in the engine and in the model. Returns the step's line in the story.
  std::string Told(const std::string& step, const std::string& engine, const std::string& model);
  // The same for a step whose response has a PlanDiff.
  template <typename Response>
  std::string Told(const std::string& step, const absl::StatusOr<Response>& response, const std::string& model,
                   const Model::Diff& diff);
  // Checks that the changes of a PlanDiff tell exactly of what changes for the model. If `has_changes` is false, the
  // PlanDiff only has counts.
  void CompareDiff(const std::string& step, const v1::PlanDiff& diff, const Model::Diff& expected, bool has_changes);

  World& world_;
  const Script script_;
  const std::string clinic_;
  std::unique_ptr<Model> model_;
  std::vector<v1::Lease> leases_;
  std::vector<std::string> reply_names_;  // by the model's index
  std::set<std::string> sent_;                         // names of the reminders that were reported sent
  std::map<std::string, v1::ReminderChange> changes_;  // what the log last said of each reminder
  int64_t log_position_ = 0;
  absl::Time latest_ = absl::InfinitePast();  // the latest time that a clock ever showed
  std::vector<std::string> story_;
  std::string difference_;
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_SIMULATION_SIMULATION_H_
