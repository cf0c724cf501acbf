// Random changes of facts of a patient whose messages are all sent: no change makes a silence longer than one and a
// half times the longest gap of the series.
//
// AFTERCARE_SEED repeats one history; AFTERCARE_HISTORIES sets how many are played.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/engine/enrollments/random_rules.h"
#include "tests/engine/enrollments/told_world.h"
#include "tests/support/random.h"

namespace aftercare::engine {
namespace {

constexpr uint64_t kHistories = 100;

// One patient with one repeating message, which is open to the end of its day.
class SilenceHistory {
 public:
  SilenceHistory(World& world, uint64_t seed) : world_(world), seed_(seed), random_(seed) {}

  void Play() {
    zone_ = RandomPatientZone(random_);
    date_ = absl::CivilDay(2026, random_.Of<int>({2, 3, 6, 9, 10}), 1 + random_.Upto(27));
    ToldWorld ana(world_, absl::StrCat("s", seed_),
                  {.procedure_date = absl::FormatCivilTime(date_),
                   .enrolled = absl::StrCat(absl::FormatCivilTime(date_).substr(5), " 00:10"),
                   .rules = {NextRule()},
                   .zone = zone_});
    PlayUntil(ana, ana.now() + absl::Minutes(4 * 1440 + random_.Upto(8 * 1440)));
    const int old_gap = interval_;
    const size_t sent = ana.sent().size();
    const absl::Time changed = ana.now();
    Change(ana);
    PlayUntil(ana, ana.now() + absl::Hours(24 * 15));
    // Of a procedure that is still ahead nothing comes yet.
    const bool is_ahead = absl::ToCivilDay(changed, ana.zone()) <= date_ + 1;
    if (sent == 0 || is_ahead || ana.sent().size() == sent) return;
    const absl::Time last = ana.sent()[sent - 1].time;
    const absl::Time next = ana.sent()[sent].time;
    const std::string what = absl::StrCat(ana.Shown(last), ", then ", ana.Shown(next), " in ", zone_, "; ", story_);
    // One hour for a change of clocks. Where another zone puts a time into the past whose window has closed, nothing is
    // left to send for it: then a message that comes once a day still skips no local day. Zones are at most 26 hours
    // apart.
    const absl::Duration bound = 1.5 * absl::Hours(24 * std::max(old_gap, interval_)) + absl::Hours(1);
    const bool skips_no_day = absl::ToCivilDay(next, ana.zone()) - absl::ToCivilDay(last, ana.zone()) <= 1;
    EXPECT_TRUE(next - last <= bound || (std::max(old_gap, interval_) == 1 && skips_no_day) ||
                (interval_ > 1 && next - last <= bound + absl::Hours(26)))
        << what;
    for (size_t i = sent + 1; i < ana.sent().size(); ++i) {
      EXPECT_LE(ana.sent()[i].time - ana.sent()[i - 1].time, absl::Hours(24 * interval_ + 1)) << ana.sent()[i].id;
    }
  }

 private:
  v1::Rule NextRule() {
    interval_ = random_.Of<int>({1, 1, 1, 2, 3});
    const std::string time = random_.Of<std::string>({"00:30", "06:00", "08:00", "12:00", "17:00", "21:00", "23:30"});
    absl::StrAppend(&story_, "every ", interval_, " days at ", time, "; ");
    return Daily("ice", 1, 50, {time}, interval_);
  }

  void Change(ToldWorld& ana) {
    v1::UpdateEnrollmentRequest request;
    const int kind = random_.Upto(3);
    if (kind == 0 || kind == 3) {
      zone_ = RandomPatientZone(random_);
      request.mutable_enrollment()->set_time_zone(zone_);
    }
    if (kind == 1 || kind == 3) {
      date_ += random_.Of<int>({-2, -1, 1, 2, -7});
      request.mutable_enrollment()->set_procedure_date(absl::FormatCivilTime(date_));
    }
    if (kind == 2) request.mutable_enrollment()->set_pathway_revision(ana.NewRevision({NextRule()}));
    absl::StrAppend(&story_, "at ", ana.Shown(ana.now()), " ", request.ShortDebugString());
    ana.Update(request);
  }

  static void PlayUntil(ToldWorld& ana, absl::Time end) {
    ana.PlayUntil(end, [&ana] {
      for (const v1::Lease& lease : ana.LeaseDue()) ana.ReportSent(lease);
    });
  }

  World& world_;
  const uint64_t seed_;
  Random random_;
  std::string zone_;
  absl::CivilDay date_;
  int interval_ = 1;
  std::string story_;
};

TEST(SilencePropertyTest, NoChangeMakesASilenceLongerThanOneAndAHalfGaps) {
  PlayHistories(kHistories, [](World& world, uint64_t seed) { SilenceHistory(world, seed).Play(); });
}

}  // namespace
}  // namespace aftercare::engine
