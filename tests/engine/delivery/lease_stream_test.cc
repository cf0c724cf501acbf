// StreamReminders, without its transport: permits, answers, ends of leases, and how the stream itself ends.
#include "scheduler/engine/delivery/lease_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/runtime/names.h"
#include "tests/engine/clinic_fixture.h"

namespace aftercare::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A gateway's end of a stream.
class Gateway {
 public:
  explicit Gateway(World& world, const Caller& caller = Operator())
      : world_(world),
        stream_(world.engine().deliveries.OpenStream(world.CallOf(v1::StreamRemindersRequest(), caller))) {}
  ~Gateway() {
    if (!waiting_ && end_) return;  // while something is waited for, end_ is not ours to read
    stream_->Abort(absl::CancelledError("over"));
    do {
      if (!waiting_) Ask();
      waiting_ = false;
      pending_->Wait().IgnoreError();  // how it ends is of no matter
    } while (!end_);
  }

  // Sends a message, in text. True once the stream is ready for the next.
  void Send(const std::string& text) {
    stream_->Receive(FromText<v1::StreamRemindersRequest>(text), [] {});
  }
  void Configure(const std::string& more) {
    Send(absl::StrCat("configuration { ", more.find("parent") == std::string::npos ? "parent: 'clinics/box' " : "",
                      more.find("max_outstanding") == std::string::npos ? "max_outstanding: 100 " : "", more, " }"));
  }
  void Report(const std::string& lease_id, const std::string& outcome) {
    Send(absl::StrCat("reports { reports { lease_id: '", lease_id, "' outcome: DELIVERY_OUTCOME_", outcome, " } }"));
  }
  void Close() { stream_->Close(); }

  // The next message of the stream, which must come; or how it ended.
  absl::StatusOr<v1::StreamRemindersResponse> Read() {
    if (!waiting_) Ask();
    waiting_ = false;
    absl::Status status = pending_->Wait();
    if (!status.ok()) return status;
    if (end_) return absl::OutOfRangeError("the end");
    return response_;
  }
  // The ids of the leases that come next.
  std::vector<std::string> ReadLeases() {
    std::vector<std::string> ids;
    const v1::StreamRemindersResponse response = Good(Read());
    EXPECT_TRUE(response.results().empty() && response.ended_leases().empty()) << response.DebugString();
    for (const v1::Lease& lease : response.leases()) ids.push_back(lease.lease_id());
    return ids;
  }
  // Whether nothing has come by now, after all that is under way is done.
  bool IsQuiet() {
    if (!waiting_) Ask();
    for (int i = 0; i < 3; ++i) {  // a look, what it found being shown, and what that leads to
      world_.Drain();
      AwaitReads();
    }
    world_.Drain();
    return !pending_->over();
  }

 private:
  void Ask() {
    pending_.emplace();
    waiting_ = true;
    stream_->Next(&response_, &end_, pending_->done());
  }

  // Waits until every read that was begun before is over: at the end each of the store's reader threads is in one of
  // these reads.
  void AwaitReads() {
    const int threads = store::StoreOptions().reader_threads;
    std::latch all(threads);
    std::vector<std::promise<void>> begun(threads);
    std::vector<Pending> reads(threads);
    for (int i = 0; i < threads; ++i) {
      SystemAccess::Read(
          world_.engine().context,
          [&all, &begun = begun[i]](store::ReadTransaction&) {
            begun.set_value();
            all.arrive_and_wait();
            return absl::OkStatus();
          },
          reads[i].done());
      begun[i].get_future().wait();  // so that no thread takes two of them
    }
    for (Pending& read : reads) EXPECT_TRUE(read.Wait().ok());
  }

  World& world_;
  std::shared_ptr<LeaseStream> stream_;
  v1::StreamRemindersResponse response_;
  bool end_ = false;
  bool waiting_ = false;
  std::optional<Pending> pending_;
};

class LeaseStreamTest : public SandboxFixture {
 protected:
  // Enrolls `patients` patients, each with a message that is due.
  void Fill(int patients) {
    for (int i = 0; i < patients; ++i) world_.Enrol("box", absl::StrCat("e", i), KneePatient("box"));
    world_.Advance("box", At("2029-03-02T09:00"));
  }
  static std::string NameOf(int patient) {
    return absl::StrCat("clinics/box/enrollments/e", patient, "/reminders/ice.2029-03-02-0900");
  }
};

TEST_F(LeaseStreamTest, WhatIsDueComesAtOnceAndWhatComesDueLaterFollows) {
  Fill(2);
  Gateway gateway(world_);
  gateway.Configure("");
  EXPECT_THAT(gateway.ReadLeases(), SizeIs(2));
  EXPECT_TRUE(gateway.IsQuiet());
  world_.Enrol("box", "late", KneePatient("box", "p-9"));
  EXPECT_THAT(gateway.ReadLeases(), SizeIs(1));
}

TEST_F(LeaseStreamTest, NoMoreThanMaxOutstandingAreWithTheGatewayAtATime) {
  Fill(5);
  Gateway gateway(world_);
  gateway.Configure("max_outstanding: 2");
  const std::vector<std::string> first = gateway.ReadLeases();
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_TRUE(gateway.IsQuiet());
  gateway.Report(first[0], "SENT");
  const v1::StreamRemindersResponse answer = Good(gateway.Read());
  ASSERT_THAT(answer.results(), SizeIs(1));
  EXPECT_EQ(answer.results(0).lease_id(), first[0]);
  EXPECT_EQ(answer.results(0).state(), v1::REMINDER_STATE_SENT);
  EXPECT_THAT(gateway.ReadLeases(), SizeIs(1)) << "the report gave its permit back";
  EXPECT_TRUE(gateway.IsQuiet());
}

TEST_F(LeaseStreamTest, ALeaseThatRunsOutIsToldAndGivesItsPermitBack) {
  Fill(1);
  Gateway gateway(world_);
  gateway.Configure("max_outstanding: 1 lease_duration { seconds: 60 }");
  const std::vector<std::string> first = gateway.ReadLeases();
  ASSERT_THAT(first, SizeIs(1));
  EXPECT_TRUE(gateway.IsQuiet());
  world_.Advance("box", At("2029-03-02T09:01"));
  const v1::StreamRemindersResponse ended = Good(gateway.Read());
  ASSERT_THAT(ended.ended_leases(), SizeIs(1));
  EXPECT_EQ(ended.ended_leases(0).lease_id(), first[0]);
  EXPECT_EQ(ended.ended_leases(0).state(), v1::REMINDER_STATE_LEASED);
  const std::vector<std::string> second = gateway.ReadLeases();
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_NE(second[0], first[0]);
}

TEST_F(LeaseStreamTest, AGatewayThatHoldsAReminderPastItsWindowIsToldSo) {
  Fill(1);
  Gateway gateway(world_);
  gateway.Configure("lease_duration { seconds: 3600 }");
  world_.Advance("box", At("2029-03-02T12:30"));
  gateway.ReadLeases();
  EXPECT_TRUE(gateway.IsQuiet());
  world_.Advance("box", At("2029-03-02T13:00"));
  const v1::StreamRemindersResponse ended = Good(gateway.Read());
  ASSERT_THAT(ended.ended_leases(), SizeIs(1));
  EXPECT_EQ(StateAndReason(ended.ended_leases(0).state(), ended.ended_leases(0).reason()), "EXPIRED/WINDOW_CLOSED");
}

TEST_F(LeaseStreamTest, WhatIsCalledOffWhileTheGatewayHasItIsToldAtOnce) {
  Fill(3);
  Gateway gateway(world_);
  gateway.Configure("");
  EXPECT_THAT(gateway.ReadLeases(), SizeIs(3));
  EXPECT_TRUE(gateway.IsQuiet());
  ASSERT_TRUE(world_.Cancel(NameOf(0)).ok());
  EXPECT_EQ(StateAndReason(Good(gateway.Read()).ended_leases(0).state(), {}), "CANCELLED");
  EXPECT_TRUE(gateway.IsQuiet());
  ASSERT_TRUE(world_.Pause("clinics/box/enrollments/e1").ok());
  EXPECT_EQ(StateAndReason(Good(gateway.Read()).ended_leases(0).state(), {}), "DUE");
  EXPECT_TRUE(gateway.IsQuiet());
  ASSERT_TRUE(world_.End("clinics/box/enrollments/e2", v1::END_REASON_DECEASED).ok());
  const v1::StreamRemindersResponse ended = Good(gateway.Read());
  EXPECT_EQ(StateAndReason(ended.ended_leases(0).state(), ended.ended_leases(0).reason()),
            "CANCELLED/ENROLLMENT_ENDED");
}

TEST_F(LeaseStreamTest, WhatIsCalledOffWhileItIsHandedOutIsToldToo) {
  Fill(1);
  Gateway gateway(world_);
  EXPECT_TRUE(gateway.IsQuiet());
  std::promise<void> begun;
  std::promise<void> both;
  SystemAccess::Write(
      world_.engine().context,
      [&, go = both.get_future().share(), told = false](store::WriteTransaction&) mutable {
        if (!std::exchange(told, true)) begun.set_value();
        go.wait();
        return absl::OkStatus();
      },
      [](absl::Status) {});
  begun.get_future().wait();
  // The lease and its end are committed together, so the end is heard of before the lease is.
  gateway.Configure("");
  v1::CancelReminderRequest request;
  request.set_name(NameOf(0));
  v1::CancelReminderResponse response;
  Pending cancelled;
  world_.engine().reminders.Cancel(world_.CallOf(request), request, &response, cancelled.done());
  both.set_value();
  ASSERT_TRUE(cancelled.Wait().ok());
  EXPECT_THAT(gateway.ReadLeases(), SizeIs(1));
  EXPECT_EQ(StateAndReason(Good(gateway.Read()).ended_leases(0).state(), {}), "CANCELLED");
}

TEST_F(LeaseStreamTest, AGatewayIsToldWhenAnotherHasSentWhatItHolds) {
  Fill(1);
  const std::string older = world_.Lease("box")[0].lease_id();
  world_.Advance("box", At("2029-03-02T09:01"));
  Gateway gateway(world_);
  gateway.Configure("");
  const std::string newer = gateway.ReadLeases()[0];
  EXPECT_TRUE(gateway.IsQuiet());
  world_.Report(older, v1::DELIVERY_OUTCOME_SENT);
  const v1::StreamRemindersResponse ended = Good(gateway.Read());
  ASSERT_THAT(ended.ended_leases(), SizeIs(1));
  EXPECT_EQ(ended.ended_leases(0).lease_id(), newer);
  EXPECT_EQ(ended.ended_leases(0).state(), v1::REMINDER_STATE_SENT);
}

TEST_F(LeaseStreamTest, LeasesAreExtendedOnTheStream) {
  Fill(1);
  Gateway gateway(world_);
  gateway.Configure("");
  const std::string lease = gateway.ReadLeases()[0];
  gateway.Send(absl::StrCat("extensions { lease_ids: '", lease, "' lease_ids: 'x' lease_duration { seconds: 600 } }"));
  const v1::StreamRemindersResponse answer = Good(gateway.Read());
  ASSERT_THAT(answer.extensions(), SizeIs(2));
  EXPECT_TRUE(answer.extensions(0).has_expire_time());
  EXPECT_EQ(ErrorOf(answer.extensions(1).status()), "INVALID_ARGUMENT/INVALID_LEASE_ID");
  world_.Advance("box", At("2029-03-02T09:09:59"));
  EXPECT_TRUE(gateway.IsQuiet());
  world_.Advance("box", At("2029-03-02T09:10"));
  EXPECT_THAT(Good(gateway.Read()).ended_leases(), SizeIs(1));
}

TEST_F(LeaseStreamTest, OneBadReportIsToldAndEndsNoStream) {
  Fill(1);
  Gateway gateway(world_);
  gateway.Configure("");
  const std::string lease = gateway.ReadLeases()[0];
  gateway.Send(absl::StrCat("reports { reports { lease_id: 'x' outcome: DELIVERY_OUTCOME_SENT } reports { lease_id: '",
                            lease, "' outcome: DELIVERY_OUTCOME_SENT } }"));
  const v1::StreamRemindersResponse answer = Good(gateway.Read());
  EXPECT_EQ(ErrorOf(answer.results(0).status()), "INVALID_ARGUMENT/INVALID_LEASE_ID");
  EXPECT_EQ(ErrorOf(answer.results(1).status()), "OK");
  EXPECT_EQ(world_.StateOf(NameOf(0)), "SENT");
}

TEST_F(LeaseStreamTest, LeasesOutliveTheStreamAndAreReportedOnAnother) {
  Fill(1);
  std::string lease;
  {
    Gateway gateway(world_);
    gateway.Configure("");
    lease = gateway.ReadLeases()[0];
  }
  EXPECT_EQ(world_.StateOf(NameOf(0)), "LEASED");
  Gateway other(world_);
  other.Configure("");
  other.Report(lease, "SENT");
  EXPECT_EQ(ErrorOf(Good(other.Read()).results(0).status()), "OK");
}

TEST_F(LeaseStreamTest, UnreadLeasesGoToOthersAtOnce) {
  Fill(2);
  {
    Gateway gateway(world_);
    gateway.Configure("max_outstanding: 1");
    const std::string lease = gateway.ReadLeases()[0];
    gateway.Report(lease, "SENT");
    Good(gateway.Read());
    world_.Drain();  // nobody reads: nothing is leased
  }
  EXPECT_THAT(world_.Lease("box"), SizeIs(1));
}

TEST_F(LeaseStreamTest, AClosedStreamLeasesNothingMoreAndEndsWhenItsAnswersAreOut) {
  Fill(2);
  Gateway gateway(world_);
  gateway.Configure("max_outstanding: 1");
  const std::string lease = gateway.ReadLeases()[0];
  gateway.Report(lease, "SENT");
  gateway.Close();
  EXPECT_THAT(Good(gateway.Read()).results(), SizeIs(1));
  EXPECT_EQ(gateway.Read().status(), absl::OutOfRangeError("the end"));
  EXPECT_THAT(world_.Lease("box"), SizeIs(1));
}

TEST_F(LeaseStreamTest, EveryClinicInRealTimeMayBeServedByOneStream) {
  for (const char* clinic : {"north", "south"}) {
    world_.CreateClinic(clinic);
    world_.CreatePathway(clinic, "knee", KneePathway());
    world_.Enrol(clinic, "e", KneePatient(clinic));
  }
  Gateway gateway(world_);
  gateway.Configure("parent: 'clinics/-'");
  EXPECT_TRUE(gateway.IsQuiet());
  world_.MoveTo(At("2029-03-02T09:00"));
  EXPECT_THAT(gateway.ReadLeases(), SizeIs(2));
  EXPECT_TRUE(gateway.IsQuiet());
  world_.MoveTo(At("2029-03-02T09:01"));
  EXPECT_THAT(Good(gateway.Read()).ended_leases(), SizeIs(2));
  EXPECT_THAT(gateway.ReadLeases(), SizeIs(2));
}

TEST_F(LeaseStreamTest, EachMisuseEndsTheStreamWithItsReason) {
  const auto end_of = [this](const std::vector<std::string>& messages) {
    Gateway gateway(world_);
    for (const std::string& message : messages) gateway.Send(message);
    return ErrorOf(gateway.Read().status());
  };
  const std::string good = "configuration { parent: 'clinics/box' max_outstanding: 1 }";
  EXPECT_EQ(end_of({"reports {}"}), "INVALID_ARGUMENT/NOT_CONFIGURED");
  EXPECT_EQ(end_of({"extensions {}"}), "INVALID_ARGUMENT/NOT_CONFIGURED");
  EXPECT_EQ(end_of({good, good}), "INVALID_ARGUMENT/ALREADY_CONFIGURED");
  EXPECT_EQ(end_of({""}), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_EQ(end_of({good, "reports {}"}), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_EQ(end_of({good, "extensions {}"}), "INVALID_ARGUMENT/INVALID_FIELDS");
  EXPECT_EQ(end_of({"configuration { parent: 'clinics/nowhere' max_outstanding: 1 }"}), "NOT_FOUND/CLINIC_NOT_FOUND");
}

TEST_F(LeaseStreamTest, EveryBadFieldOfAConfigurationIsNamed) {
  for (const char* max : {"", "max_outstanding: -1", "max_outstanding: 1000000"}) {
    Gateway gateway(world_);
    gateway.Send(absl::StrCat("configuration { parent: 'x' lease_duration { seconds: 3601 } ", max, " }"));
    EXPECT_THAT(BadFields(gateway.Read().status()),
                ElementsAre("configuration.parent", "configuration.lease_duration", "configuration.max_outstanding"));
  }
}

TEST_F(LeaseStreamTest, AClinicThatIsNotTheCallersIsRefused) {
  Gateway gateway(world_, {.principal = "gateway", .role = Role::kGateway, .clinics = {"south"}});
  gateway.Configure("");
  EXPECT_EQ(ErrorOf(gateway.Read().status()), "PERMISSION_DENIED/CLINIC_NOT_YOURS");
}

TEST_F(LeaseStreamTest, TheServersEndEndsTheStreamWhateverItWaitsFor) {
  Gateway idle(world_);
  Gateway waiting(world_);
  waiting.Configure("");
  EXPECT_TRUE(idle.IsQuiet());
  EXPECT_TRUE(waiting.IsQuiet());
  world_.engine().Shutdown();
  EXPECT_EQ(ErrorOf(idle.Read().status()), "UNAVAILABLE/SHUTTING_DOWN");
  EXPECT_EQ(ErrorOf(waiting.Read().status()), "UNAVAILABLE/SHUTTING_DOWN");
}

}  // namespace
}  // namespace aftercare::engine
