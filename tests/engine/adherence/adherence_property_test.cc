// Lists of enrollments say of each patient what GetAdherence says, whatever has happened. Each history prints its seed;
// AFTERCARE_SEED repeats one, and AFTERCARE_HISTORIES plays that many new ones.
#include "tests/engine/adherence/following.h"
#include "tests/support/random.h"

namespace aftercare::engine {
namespace {

const std::vector<std::string> kIds = {"a", "b", "c", "d", "e"};
const std::vector<std::string> kZones = {"UTC", "America/New_York", "Pacific/Auckland", "Europe/Madrid",
                                         "Pacific/Honolulu"};

class AdherencePropertyTest : public Following {
 protected:
  std::string NameOf(const std::string& id) { return "clinics/box/enrollments/" + id; }

  // Sends what is due, or some of it. What a gateway holds may be reported late.
  void SendSome(Random& random) {
    for (const v1::Lease& lease : world_.Lease("box")) held_.push_back(lease);
    std::vector<v1::Lease> kept;
    for (const v1::Lease& lease : held_) {
      if (random.OneIn(4)) {
        kept.push_back(lease);
        continue;
      }
      world_.Report(lease.lease_id(), v1::DELIVERY_OUTCOME_SENT);
      sent_.push_back(lease);
    }
    held_ = kept;
  }

  void Change(Random& random) {
    const std::string id = random.Of(kIds);
    switch (random.Upto(11)) {
      case 0:
        world_.Update(NameOf(id), absl::StrCat("time_zone: '", random.Of(kZones), "'"));
        break;
      case 1:
        if (!world_.Pause(NameOf(id)).ok()) world_.Resume(NameOf(id)).IgnoreError();
        break;
      case 2:
        if (random.OneIn(4)) {
          world_.Update(NameOf(id), absl::StrCat("procedure_date: '2029-03-0", 1 + random.Upto(8), "'"));
        }
        break;
      case 3:
        if (!sent_.empty()) world_.Report(random.Of(sent_).lease_id(), v1::DELIVERY_OUTCOME_BOUNCED);
        break;
      case 4:
      case 5:
        if (!sent_.empty()) world_.Complete(random.Of(sent_).reminder()).IgnoreError();
        break;
      case 6:
        if (!held_.empty()) world_.Complete(random.Of(held_).reminder()).IgnoreError();
        break;
      default:
        ReplyOf(id, random.Of(std::vector<std::string>{"done", "done", "no", "7", "3", "done"}));
    }
  }

  // Fails the test unless the list agrees with GetAdherence about each patient.
  void ExpectAgreement() {
    const auto list = Good(TryEnrollments("adherence {}"));
    ASSERT_EQ(list.enrollments_size(), static_cast<int>(kIds.size()));
    int with_rate = 0;
    for (int i = 0; i < list.enrollments_size(); ++i) {
      const std::string id = IdOf(list.enrollments(i).name());
      const v1::AdherenceSummary& summary = list.summaries(i);
      const v1::Adherence adherence = Adherence(id);
      ASSERT_EQ(summary.end_date(), adherence.end_date()) << id;
      for (int p = 0; p < 3; ++p) {
        const v1::AdherencePeriod& counted = adherence.categories(0).periods(p);
        ASSERT_EQ(summary.periods(p).days_asked(), counted.days_asked()) << id << " " << counted.days() << " days";
        ASSERT_EQ(summary.periods(p).days_done(), counted.days_done()) << id << " " << counted.days() << " days";
      }
      if (summary.periods(1).has_rate()) ++with_rate;
    }
    const auto ranked = Good(TryEnrollments("order: ENROLLMENT_ORDER_ADHERENCE"));
    ASSERT_EQ(ranked.enrollments_size(), with_rate);
    for (int i = 1; i < ranked.enrollments_size(); ++i) {
      const double before = ranked.summaries(i - 1).periods(1).rate();
      const double rate = ranked.summaries(i).periods(1).rate();
      ASSERT_LE(before, rate);
      if (before == rate) {
        ASSERT_LT(ranked.enrollments(i - 1).name(), ranked.enrollments(i).name());
      }
    }
  }

  std::vector<v1::Lease> held_, sent_;
};

TEST_F(AdherencePropertyTest, ListsSayWhatIsSaidOfEachPatient) {
  Random random(SeedOfRun());
  const uint64_t steps = NumberFromEnvironment("AFTERCARE_HISTORIES", 1) * 220;
  for (const std::string& id : kIds) Enrol(id, random.Of(kZones));
  absl::Time now = At("2029-03-01T08:00");
  for (uint64_t step = 0; step < steps; ++step) {
    SCOPED_TRACE(absl::StrCat("step ", step, " at ", absl::FormatTime(now, absl::UTCTimeZone())));
    if (random.OneIn(3)) {
      now += absl::Minutes(30 * random.Upto(random.OneIn(8) ? 90 : 16));
      world_.Advance("box", now);
      SendSome(random);
    }
    Change(random);
    if (random.OneIn(4)) CountAll();
    ExpectAgreement();
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace aftercare::engine
