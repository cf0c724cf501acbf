#include "scheduler/engine/enrollments/import.h"

#include <openssl/sha.h>

#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "scheduler/engine/runtime/checks.h"
#include "scheduler/engine/runtime/errors.h"
#include "scheduler/engine/runtime/names.h"

namespace aftercare::engine {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(20);
constexpr char kShutdownTopic[] = "imports";  // never raised: only closed

// Whether a line says of an enrollment what it was stored with. What the line leaves to defaults says nothing: they may
// have changed since.
bool SaysTheSame(v1::Enrollment asked, v1::Enrollment stored) {
  ClearOutputFields(&asked);
  ClearOutputFields(&stored);
  if (asked.pathway_revision() == 0) asked.set_pathway_revision(stored.pathway_revision());
  if (asked.time_zone().empty()) asked.set_time_zone(stored.time_zone());
  if (asked.locale().empty()) asked.set_locale(stored.locale());
  return google::protobuf::util::MessageDifferencer::Equals(asked, stored);
}

}  // namespace

struct Import::Work {
  int64_t place = 0;
  int64_t line_number = 0;
  v1::CreateEnrollmentRequest request;
  CheckedEnroll checked;

  // Enrols, or finds that it was done before.
  absl::Status Apply(EngineContext& engine, store::WriteTransaction& tx) {
    created = false;
    wake = absl::InfiniteFuture();
    auto existing = tx.GetEnrollment(checked.clinic, request.enrollment_id());
    if (!existing.ok()) return existing.status();
    if (existing->has_value() && SaysTheSame(request.enrollment(), (*existing)->data)) return absl::OkStatus();
    auto context = PrepareEnroll(engine, tx, request, checked);
    if (!context.ok()) return context.status();
    if (existing->has_value()) return EnrollmentExists(context->row);
    created = true;
    auto stored = StoreEnrolled(tx, &*context);
    wake = stored.value_or(absl::InfiniteFuture());
    return stored.status();
  }

  // Of the last Apply.
  bool created = false;
  absl::Time wake;
};

Import::Import(EngineContext& engine, Sweeper& sweeper, Caller caller, Ready ready, Ended ended)
    : engine_(engine),
      sweeper_(sweeper),
      caller_(std::move(caller)),
      shutdown_wait_(engine.wakeups().NewId()),
      ready_(std::move(ready)),
      ended_(std::move(ended)) {}

std::shared_ptr<Import> Import::Begin(EngineContext& engine, Sweeper& sweeper, Caller caller, Ready ready,
                                      Ended ended) {
  std::shared_ptr<Import> import(new Import(engine, sweeper, std::move(caller), std::move(ready), std::move(ended)));
  constexpr absl::Duration kForEver = absl::Hours(24 * 365);
  engine.wakeups().Wait(import->shutdown_wait_, kShutdownTopic, 0, kForEver,
                        [weak = std::weak_ptr<Import>(import)](WakeupHub::Wake) {
                          if (const std::shared_ptr<Import> self = weak.lock()) self->Abort(ShuttingDown());
                        });
  const std::lock_guard<std::mutex> lock(import->mutex_);
  if (!import->over_) import->ready_();
  return import;
}

Import::~Import() { engine_.wakeups().Cancel(shutdown_wait_); }

void Import::Add(v1::ImportEnrollmentsRequest request, Unreadable unreadable) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (over_) return;
    asked_ = false;
    absl::Status status = NameClinic(request);
    if (status.ok()) status = Take(std::move(request), unreadable);
    if (!status.ok()) return End(status);
  }
  Pump();
}

absl::Status Import::NameClinic(const v1::ImportEnrollmentsRequest& request) {
  if (clinic_ != Clinic::kUnnamed) {
    if (request.parent().empty() || request.parent() == parent_) return absl::OkStatus();
    return InvalidField("parent", "must be empty or the same as in the first message");
  }
  const auto clinic = ParseClinicName(request.parent());
  if (!clinic) return InvalidField("parent", "must be clinics/{clinic}");
  parent_ = request.parent();
  clinic_ = Clinic::kNamed;
  return CheckClinic(caller_, *clinic);
}

absl::Status Import::Take(v1::ImportEnrollmentsRequest request, const Unreadable& unreadable) {
  if (request.lines_size() > kMaxLines) {
    return InvalidField("lines", absl::StrCat("must be at most ", kMaxLines, " in a message"));
  }
  for (int i = 0; i < request.lines_size(); ++i) {
    ++places_;
    const auto fault = unreadable.find(i);
    if (fault != unreadable.end()) {
      Fail(places_, request.lines(i).line_number(), fault->second);
    } else {
      TakeLine(std::move(*request.mutable_lines(i)));
    }
  }
  return absl::OkStatus();
}

void Import::TakeLine(v1::ImportLine line) {
  auto work = std::make_shared<Work>();
  work->place = places_;
  work->line_number = line.line_number();
  work->request.set_parent(parent_);
  work->request.set_enrollment_id(line.enrollment_id().empty() ? ImportedEnrollmentId(line.enrollment())
                                                               : line.enrollment_id());
  work->request.mutable_enrollment()->Swap(line.mutable_enrollment());
  auto checked = CheckEnroll(work->request);
  if (!checked.ok()) return Fail(work->place, work->line_number, checked.status());
  work->checked = *std::move(checked);
  waiting_.push_back(std::move(work));
}

void Import::Close() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    asked_ = false;
    closed_ = true;
    if (clinic_ == Clinic::kUnnamed) return End(InvalidField("parent", "must be clinics/{clinic}"));
  }
  Pump();
}

void Import::Abort(const absl::Status& status) {
  const std::lock_guard<std::mutex> lock(mutex_);
  End(status);
}

void Import::Pump() {
  bool ask_for_clinic = false;
  std::vector<std::shared_ptr<Work>> next;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (over_ || paused_) return;
    ask_for_clinic = clinic_ == Clinic::kNamed;
    if (ask_for_clinic) clinic_ = Clinic::kAsked;
    if (clinic_ == Clinic::kThere) next = Next();
  }
  // Outside the lock: a store that refuses says so at once.
  if (ask_for_clinic) AskForClinic();
  for (std::shared_ptr<Work>& work : next) Submit(std::move(work));
}

std::vector<std::shared_ptr<Import::Work>> Import::Next() {
  std::vector<std::shared_ptr<Work>> next;
  while (!waiting_.empty() && in_flight_ < kMaxInFlight) {
    next.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    ++in_flight_;
  }
  if (!waiting_.empty()) return next;
  if (closed_) {
    if (in_flight_ == 0) End(absl::OkStatus());
  } else if (!asked_ && in_flight_ < kMaxInFlight) {
    asked_ = true;
    ready_();
  }
  return next;
}

void Import::AskForClinic() {
  const std::string clinic = *ParseClinicName(parent_);
  engine_.Read([clinic](store::ReadTransaction& tx) { return RequireClinic(tx, clinic).status(); },
               [self = shared_from_this()](const absl::Status& status) {
                 {
                   const std::lock_guard<std::mutex> lock(self->mutex_);
                   const bool full = absl::IsResourceExhausted(status);
                   self->clinic_ = full ? Clinic::kNamed : Clinic::kThere;
                   if (full) return self->PauseAWhile();
                   if (!status.ok()) return self->End(status);
                 }
                 self->Pump();
               });
}

void Import::Submit(std::shared_ptr<Work> work) {
  engine_.Write(
      [self = shared_from_this(), work](store::WriteTransaction& tx) { return work->Apply(self->engine_, tx); },
      [self = shared_from_this(), work](const absl::Status& status) { self->OnLineDone(work, status); });
}

void Import::OnLineDone(const std::shared_ptr<Work>& work, const absl::Status& status) {
  if (status.ok()) sweeper_.WakeAt(work->wake);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    --in_flight_;
    if (over_) return;
    if (status.ok() && work->created) {
      response_.set_created_count(response_.created_count() + 1);
    } else if (status.ok()) {
      response_.set_unchanged_count(response_.unchanged_count() + 1);
    } else if (absl::IsResourceExhausted(status)) {
      waiting_.push_front(work);
      PauseAWhile();
    } else if (absl::IsUnavailable(status)) {
      return End(status);
    } else {
      Fail(work->place, work->line_number, status);
    }
  }
  Pump();
}

void Import::Fail(int64_t place, int64_t line_number, const absl::Status& status) {
  response_.set_failed_count(response_.failed_count() + 1);
  v1::ImportFailure& failure = failures_[place];
  failure.set_line_number(line_number);
  *failure.mutable_status() = ToStatusProto(Presentable(status));
  if (failures_.size() > kMaxFailures) failures_.erase(std::prev(failures_.end()));
}

void Import::PauseAWhile() {
  if (over_ || paused_) return;
  paused_ = true;
  // Weak: a timer that never rings, because the server stops, must not keep the import.
  engine_.timers().Start(kPause, [weak = weak_from_this()] {
    if (const std::shared_ptr<Import> self = weak.lock()) self->Resume();
  });
}

void Import::Resume() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    paused_ = false;
  }
  Pump();
}

void Import::End(const absl::Status& status) {
  if (over_) return;
  over_ = true;
  waiting_.clear();
  if (!status.ok()) return ended_(status);
  for (auto& [place, failure] : failures_) *response_.add_failures() = std::move(failure);
  ended_(std::move(response_));
}

std::string ImportedEnrollmentId(const v1::Enrollment& enrollment) {
  // Lengths keep the parts apart.
  const std::string content =
      absl::StrCat(enrollment.patient().size(), ":", enrollment.patient(), enrollment.pathway().size(), ":",
                   enrollment.pathway(), enrollment.procedure_date());
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest);
  // 24 characters of 5 bits, which no id is that CreateEnrollment makes: those have 18.
  constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuv";
  std::string id;
  for (int bit = 0; bit < 120; bit += 5) {
    const int pair = digest[bit / 8] << 8 | digest[bit / 8 + 1];
    id += kDigits[pair >> (11 - bit % 8) & 31];
  }
  return id;
}

}  // namespace aftercare::engine
