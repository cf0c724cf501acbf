// Who may do what: every RPC of the API is refused to whom the authorizer refuses it, in time also while it is open.
#include <atomic>
#include <future>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "scheduler/engine/runtime/authorizer.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/permissions.h"
#include "tests/e2e/every_rpc.h"
#include "tests/e2e/harness.h"

namespace aftercare::e2e {
namespace {

using ::testing::SizeIs;

// Allows everything, except what a test forbids: a clinic, or a permission.
class TestAuthorizer : public engine::Authorizer {
 public:
  absl::Status Authorize(const engine::Caller&, engine::Permission permission,
                         absl::string_view clinic) const override {
    const MutexLock lock(mutex_);
    if (!clinic.empty() && clinic == foreign_clinic_) {
      return engine::MakeError(absl::StatusCode::kPermissionDenied, "CLINIC_NOT_YOURS", "not yours");
    }
    if (permission == forbidden_) {
      return engine::MakeError(absl::StatusCode::kPermissionDenied, "ROLE_NOT_ALLOWED", "not allowed");
    }
    return absl::OkStatus();
  }
  uint64_t Generation() const override { return generation_; }

  void ForbidClinic(const std::string& clinic) {
    const MutexLock lock(mutex_);
    foreign_clinic_ = clinic;
    ++generation_;
  }
  void Forbid(std::optional<engine::Permission> permission) {
    const MutexLock lock(mutex_);
    forbidden_ = permission;
    ++generation_;
  }

 private:
  mutable Mutex mutex_;
  std::string foreign_clinic_ ABSL_GUARDED_BY(mutex_);
  std::optional<engine::Permission> forbidden_ ABSL_GUARDED_BY(mutex_);
  std::atomic<uint64_t> generation_{0};
};

class AccessTest : public Service {
 protected:
  // The fixture's own server has no such authorizer, so it is replaced by one that has.
  AccessTest() {
    options_.engine.authorizer = &authorizer_;
    Start();
    CreateClinic(*client, "south", "2026-03-01T09:00:00-05:00");
    CreateClinic(*client, "north", "2026-03-01T09:00:00-05:00");
    CreatePathway(*client, "south", "knee", KneePathway());
    Enroll(*client, Patient("south", "e", "2026-03-01", kWithPhone));
    Advance(*client, "south", "2026-03-03T23:00:00-05:00");
  }

  // A lease of a message of `south`.
  std::string Lease() {
    v1::LeaseRemindersRequest request;
    request.set_parent("clinics/south");
    const auto leased = Call(*client->deliveries, &v1::DeliveryService::Stub::LeaseReminders, request);
    EXPECT_TRUE(leased.ok()) << leased.status.error_message();
    EXPECT_GT(leased->leases_size(), 0);
    return leased->leases().empty() ? "" : leased->leases(0).lease_id();
  }

  // The reasons with which each RPC refuses, by its status or by that of its only item; empty if it does not.
  std::string RefusalOf(const std::string& name) {
    std::string answer;
    const grpc::Status status = CallOnce(client->channel, name, RequestOf(name, lease_id_), {}, &answer);
    if (!status.ok()) {
      return status.error_code() == grpc::StatusCode::PERMISSION_DENIED ? ReasonOf(status) : status.error_message();
    }
    google::rpc::Status item;
    if (name == "DeliveryService/ReportDeliveries") {
      v1::ReportDeliveriesResponse response;
      response.ParseFromString(answer);
      item = response.results(0).status();
    } else if (name == "DeliveryService/ExtendLeases") {
      v1::ExtendLeasesResponse response;
      response.ParseFromString(answer);
      item = response.extensions(0).status();
    }
    google::rpc::ErrorInfo info;
    if (item.details_size() > 0) item.details(0).UnpackTo(&info);
    return info.reason();
  }

  static constexpr char kWithPhone[] = "contact_points { channel: CHANNEL_SMS address: '+15550100' }";

  TestAuthorizer authorizer_;
  std::string lease_id_;
};

TEST_F(AccessTest, EveryRpcIsKnownToTheTableAndToThisTest) {
  std::set<std::string> in_table;
  for (const engine::Method& method : engine::Methods()) {
    EXPECT_TRUE(in_table.insert(std::string(method.name)).second) << method.name << " is there twice";
  }
  std::set<std::string> in_api;
  for (const std::string& name : AllMethods()) {
    in_api.insert(absl::StrCat("aftercare.v1.", name));
    EXPECT_TRUE(HasRequest(name)) << name;
  }
  EXPECT_EQ(in_table, in_api);
}

TEST_F(AccessTest, EveryRpcRefusesAForeignClinic) {
  lease_id_ = Lease();
  authorizer_.ForbidClinic("south");
  for (const std::string& name : AllMethods()) {
    if (name == "ClinicService/ListClinics" || absl::StartsWith(name, "AccessService/")) continue;
    EXPECT_EQ(RefusalOf(name), "CLINIC_NOT_YOURS") << name;
  }
}

TEST_F(AccessTest, ListsAndLeasesOverAllClinicsLeaveOutForeignOnes) {
  authorizer_.ForbidClinic("south");
  const auto clinics = Call(*client->clinics, &v1::ClinicService::Stub::ListClinics, v1::ListClinicsRequest());
  ASSERT_THAT(clinics->clinics(), SizeIs(1));
  EXPECT_EQ(clinics->clinics(0).name(), "clinics/north");
}

TEST_F(AccessTest, EveryRpcRefusesARoleThatLacksItsPermission) {
  lease_id_ = Lease();
  for (const engine::Method& method : engine::Methods()) {
    const std::string name(method.name.substr(method.name.rfind('.') + 1));
    authorizer_.Forbid(method.permission);
    EXPECT_EQ(RefusalOf(name), "ROLE_NOT_ALLOWED") << name;
  }
}

TEST_F(AccessTest, WhatIsOpenEndsWhenThePermissionIsWithdrawn) {
  lease_id_ = Lease();
  v1::LeaseRemindersRequest poll;
  poll.set_parent("clinics/north");
  poll.mutable_wait()->set_seconds(60);
  grpc::ClientContext poll_context;
  auto polled = std::async(std::launch::async, [&] {
    v1::LeaseRemindersResponse response;
    return client->deliveries->LeaseReminders(&poll_context, poll, &response);
  });
  grpc::ClientContext stream_context;
  auto stream = client->deliveries->StreamReminders(&stream_context);
  v1::StreamRemindersRequest configuration;
  configuration.mutable_configuration()->set_parent("clinics/north");
  configuration.mutable_configuration()->set_max_outstanding(1);
  stream->Write(configuration);
  grpc::ClientContext watch_context;
  v1::WatchEventsRequest watch;
  watch.set_parent("clinics/north");
  auto events = client->reminders->WatchEvents(&watch_context, watch);
  grpc::ClientContext import_context;
  v1::ImportEnrollmentsResponse imported;
  auto import = client->enrollments->ImportEnrollments(&import_context, &imported);
  v1::ImportEnrollmentsRequest lines;
  lines.set_parent("clinics/north");
  import->Write(lines);
  authorizer_.ForbidClinic("north");

  const auto expect_denied = [](const grpc::Status& status) {
    EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED) << status.error_message();
    EXPECT_EQ(ReasonOf(status), "CLINIC_NOT_YOURS");
  };
  expect_denied(polled.get());
  v1::StreamRemindersResponse response;
  while (stream->Read(&response)) continue;
  expect_denied(stream->Finish());
  v1::WatchEventsResponse event;
  while (events->Read(&event)) continue;
  expect_denied(events->Finish());
  while (import->Write(lines)) continue;
  expect_denied(import->Finish());
}

}  // namespace
}  // namespace aftercare::e2e
