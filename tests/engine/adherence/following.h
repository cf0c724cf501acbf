#ifndef AFTERCARE_TESTS_ENGINE_ADHERENCE_FOLLOWING_H_
#define AFTERCARE_TESTS_ENGINE_ADHERENCE_FOLLOWING_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/adherence/adherence_counter.h"
#include "tests/engine/replies/replying.h"

namespace aftercare::engine {

// A fixture for tests of lists by adherence, in the sandbox of Replying. A walk is a question whether something was
// done.
class Following : public Replying {
 protected:
  // Enrols a patient, whose id and telephone number follow from that of the enrollment.
  void Enrol(const std::string& id, const std::string& zone = "UTC", const std::string& pathway = "asks") {
    v1::Enrollment patient = Patient("p-" + id);
    patient.set_time_zone(zone);
    patient.set_pathway("clinics/box/pathways/" + pathway);
    patient.mutable_contact_points()->DeleteSubrange(1, 1);
    patient.mutable_contact_points(0)->set_address(PhoneOf(id));
    world_.Enrol("box", id, patient);
  }
  static std::string PhoneOf(const std::string& id) {
    int number = 0;
    for (const char c : id) number = number * 31 % 10'000 + c;
    return absl::StrCat("+1555", 1'000'000 + number);
  }
  std::string ReplyOf(const std::string& id, const std::string& text) {
    return Reply(text, absl::StrCat("address: '", PhoneOf(id), "'"));
  }

  // Lists enrollments of the sandbox. `fields` are those of the request, in text format.
  absl::StatusOr<v1::ListEnrollmentsResponse> TryEnrollments(const std::string& fields) {
    v1::ListEnrollmentsRequest request;
    request.set_parent("clinics/box");
    request.MergeFrom(FromText<v1::ListEnrollmentsRequest>(fields));
    return world_.Call(&Engine::enrollments, &Enrollments::List, request);
  }
  // Returns `e 1/2 silent 3` for each: the days of the last seven.
  std::vector<std::string> Enrollments(const std::string& fields) {
    std::vector<std::string> lines;
    const v1::ListEnrollmentsResponse list = Good(TryEnrollments(fields));
    EXPECT_EQ(list.summaries_size(), list.enrollments_size());
    for (int i = 0; i < list.enrollments_size(); ++i) {
      const v1::AdherenceSummary& summary = list.summaries(i);
      lines.push_back(absl::StrCat(IdOf(list.enrollments(i).name()), " ", summary.periods(0).days_done(), "/",
                                   summary.periods(0).days_asked(), " silent ", summary.silent_days()));
    }
    return lines;
  }
  v1::Adherence Adherence(const std::string& id) {
    v1::GetAdherenceRequest request;
    request.set_name("clinics/box/enrollments/" + id);
    return Good(world_.Call(&Engine::enrollments, &Enrollments::GetAdherence, request)).adherence();
  }

  // Waits until the background has counted all that is marked and may be counted. Moves real time on by some seconds.
  void CountAll() {
    // A round that began before may end first.
    for (int round = 0; round < 2; ++round) {
      const uint64_t seen = world_.engine().context.wakeups().Seen(kAdherenceCountedTopic);
      world_.engine().adherence_counter.WakeAt(absl::InfinitePast());
      world_.clock().Advance(absl::Seconds(2));
      world_.AwaitTopic(kAdherenceCountedTopic, seen);
    }
  }
};

}  // namespace aftercare::engine

#endif  // AFTERCARE_TESTS_ENGINE_ADHERENCE_FOLLOWING_H_
