// WatchEvents over a real channel.
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "scheduler/engine/events/event_log_cleaner.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::SizeIs;

// What this process has allocated and not freed. Unlike its resident memory, this does not depend on what the allocator
// and the database keep for later.
int64_t AllocatedBytes() {
  const struct mallinfo2 info = mallinfo2();
  return static_cast<int64_t>(info.uordblks + info.hblkhd);
}

// One stream, which is read only when it is told to be.
class Stream {
 public:
  Stream(Client& client, const std::string& token, const std::string& filter = "",
         const std::string& parent = "clinics/west") {
    v1::WatchEventsRequest request;
    request.set_parent(parent);
    request.set_resume_token(token);
    *request.mutable_filter() = FromText<v1::ReminderFilter>(filter);
    context_.set_deadline(std::chrono::system_clock::now() + kPatience);
    reader_ = client.reminders->WatchEvents(&context_, request);
  }

  // Reads until `last` has come, or all of a number of events, or the stream ends. Texts of the events.
  const std::vector<std::string>& ReadTo(size_t count) {
    v1::WatchEventsResponse response;
    while (events_.size() < count && reader_->Read(&response)) {
      for (v1::Event& event : *response.mutable_events()) {
        event.clear_resume_token();
        events_.push_back(event.SerializeAsString());
      }
      count_ = events_.size();
      token_ = response.resume_token();
    }
    return events_;
  }
  const std::vector<std::string>& events() const { return events_; }
  // How many events there are; may be asked while it is read.
  size_t count() const { return count_; }
  const std::string& token() const { return token_; }

  grpc::Status Cancel() {
    context_.TryCancel();
    return End();
  }
  // The status with which it ends.
  grpc::Status End() {
    v1::WatchEventsResponse rest;
    while (reader_->Read(&rest)) {
    }
    return reader_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchEventsResponse>> reader_;
  std::vector<std::string> events_;
  std::atomic<size_t> count_{0};
  std::string token_;
};

class WatchTest : public Service {
 protected:
  WatchTest() {
    CreateClinic(*client, "west", "2026-03-01T12:00:00Z");
    CreatePathway(*client, "west", "knee", KneePathway());
  }

  // One whose streams take in 64 KB ahead of what is read of them, whatever the connection could carry.
  std::shared_ptr<grpc::Channel> ChannelOfSmallWindows() {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
    arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, 64 << 10);
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server->port()), grpc::InsecureChannelCredentials(),
                                     arguments);
  }
  std::string TokenOfNow() {
    v1::ListRemindersRequest request;
    request.set_parent("clinics/west");
    return Call(*client->reminders, &v1::ReminderService::Stub::ListReminders, request)->resume_token();
  }
  void EnrollMany(const std::string& prefix, int count, const std::string& date = "2026-03-01") {
    for (int i = 0; i < count; ++i) Enroll(*client, Patient("west", absl::StrCat(prefix, i), date));
  }
};

TEST_F(WatchTest, SlowReadersCostBoundedMemoryDelayNobodyAndSeeEachEventOnce) {
  constexpr size_t kEvents = 10'000;
  constexpr int kSlow = 100;
  const std::string begin = TokenOfNow();
  // They live in this process too, so they take in no more than a little of what they do not read.
  Client sluggish(ChannelOfSmallWindows());
  std::vector<std::unique_ptr<Stream>> slow;
  for (int i = 0; i < kSlow; ++i) slow.push_back(std::make_unique<Stream>(sluggish, begin));
  Stream fast(*client, begin);
  std::thread reading([&] { fast.ReadTo(kEvents); });
  const int64_t before = AllocatedBytes();
  for (int year = 0; fast.count() < kEvents && year < 8; ++year) {
    EnrollMany(absl::StrCat("y", year, "-"), 70, absl::StrFormat("20%02d-03-01", 26 + year));
    Advance(*client, "west", absl::StrFormat("20%02d-03-01T12:00:00Z", 27 + year));
  }
  reading.join();
  ASSERT_GE(fast.events().size(), kEvents) << "nobody waited for the slow ones";
  // Had the server queued for each what it did not read, that would be some 3 MB for each: 300 MB.
  EXPECT_LT(AllocatedBytes() - before, 100 << 20);
  const std::vector<std::string>& all = fast.events();
  for (int i = 0; i < 3; ++i) {
    const std::vector<std::string>& seen = slow[i]->ReadTo(kEvents);
    ASSERT_GE(seen.size(), kEvents);
    EXPECT_TRUE(std::equal(seen.begin(), seen.begin() + kEvents, all.begin())) << "each once, in order";
  }
  for (auto& stream : slow) stream->Cancel();
  fast.Cancel();
}

TEST_F(WatchTest, AFilteredStreamIsWhatMatchesOfTheWholeOne) {
  const std::string begin = TokenOfNow();
  EnrollMany("p", 20);
  Advance(*client, "west", "2026-03-10T12:00:00Z");
  Stream whole(*client, begin);
  const std::string last = "clinics/west/enrollments/last";
  Enroll(*client, Patient("west", "last", "2026-03-01"));
  std::vector<std::string> wanted;
  size_t count = 0;
  for (bool over = false; !over;) {
    const std::vector<std::string>& seen = whole.ReadTo(count + 1);
    for (; count < seen.size(); ++count) {
      v1::Event event;
      event.ParseFromString(seen[count]);
      over = over || event.enrollment() == last;
      const bool due = event.reminder().state() == v1::REMINDER_STATE_DUE;
      if (due && event.patient() == "mrn-p7") wanted.push_back(seen[count]);
    }
  }
  ASSERT_GT(wanted.size(), 3u);
  Stream filtered(*client, begin, "patient: 'mrn-p7' states: REMINDER_STATE_DUE");
  EXPECT_EQ(filtered.ReadTo(wanted.size()), wanted);
  whole.Cancel();
  filtered.Cancel();
}

TEST_F(WatchTest, AnExpiredTokenSaysSoAndAListsTokenDoesNotExpireMeanwhile) {
  const std::string begin = TokenOfNow();
  EnrollMany("p", 3);
  // Each time the log is looked after within moments; that is over when the token is refused.
  clock.Advance(absl::Hours(1));
  grpc::Status status;
  while (status.error_code() != grpc::StatusCode::OUT_OF_RANGE) {
    clock.Advance(engine::kDefaultEventRetention + absl::Hours(1));
    Stream stream(*client, begin);
    if (stream.ReadTo(3).size() == 3) {
      stream.Cancel();
      continue;
    }
    status = stream.End();
    ASSERT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE) << status.error_message();
  }
  EXPECT_EQ(ReasonOf(status), "RESUME_TOKEN_EXPIRED");
  const std::string listed = TokenOfNow();
  EnrollMany("q", 2);
  Stream stream(*client, listed);
  EXPECT_THAT(stream.ReadTo(2), SizeIs(2));
  stream.Cancel();
}

TEST_F(WatchTest, TokensOfOtherClinicsAreRefused) {
  CreateClinic(*client, "east");
  for (const std::string& token : {TokenOfNow(), std::string("nonsense"), std::string(2000, 'A')}) {
    const grpc::Status status = Stream(*client, token, "", "clinics/east").End();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(ReasonOf(status), "INVALID_RESUME_TOKEN");
  }
}

TEST_F(WatchTest, AStreamGoesOnWhereItStoodBeforeTheServerWasRestarted) {
  const std::string begin = TokenOfNow();
  EnrollMany("p", 3);
  std::string token;
  {
    Stream stream(*client, begin);
    ASSERT_THAT(stream.ReadTo(3), SizeIs(3));
    token = stream.token();
    stream.Cancel();
  }
  Start();
  EnrollMany("q", 2);
  Stream stream(*client, token);
  EXPECT_THAT(stream.ReadTo(2), SizeIs(2));
  stream.Cancel();
}

}  // namespace
}  // namespace aftercare::e2e
