#include "tests/history/recorder.h"

#include <google/protobuf/text_format.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace aftercare::history {
namespace {

using google::protobuf::TextFormat;

// One line for each entry of a field: together they are the text format of the whole.
class Lines {
 public:
  explicit Lines(std::ofstream& file) : file_(file) { printer_.SetSingleLineMode(true); }

  template <typename Entries, typename Add>
  void Print(const Entries& entries, Add add) {
    for (const auto& entry : entries) {
      History one;
      *add(one) = entry;
      Print(one);
    }
  }

  void Print(const History& history) {
    std::string line;
    printer_.PrintToString(history, &line);
    file_ << line << "\n";
  }

 private:
  std::ofstream& file_;
  TextFormat::Printer printer_;
};

}  // namespace

void Recorder::Ask(Observation* observation) {
  std::lock_guard<std::mutex> lock(mutex_);
  observation->set_asked(++moments_);
  observation->set_asked_micros(absl::ToUnixMicros(absl::Now()));
}

void Recorder::Answer(Observation* observation) {
  std::lock_guard<std::mutex> lock(mutex_);
  observation->set_answered(++moments_);
  observation->set_answered_micros(absl::ToUnixMicros(absl::Now()));
}

int64_t Recorder::Moment() {
  std::lock_guard<std::mutex> lock(mutex_);
  return ++moments_;
}

void Recorder::Add(Observation observation) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (observation.outcome() == OUTCOME_DONE) ++done_;
  *history_.add_observations() = std::move(observation);
  changed_.notify_all();
}

void Recorder::Add(Watcher watcher) {
  std::lock_guard<std::mutex> lock(mutex_);
  *history_.add_watchers() = std::move(watcher);
}

void Recorder::Add(const Listed& listed) {
  std::lock_guard<std::mutex> lock(mutex_);
  *history_.add_listed() = listed;
}

void Recorder::Seen(const std::string& watcher, int from, const std::vector<v1::Event>& events) {
  std::lock_guard<std::mutex> lock(mutex_);
  Segment* segment = history_.add_segments();
  segment->set_watcher(watcher);
  segment->set_from(from);
  for (const v1::Event& event : events) segment->add_events(InternLocked(event));
}

int Recorder::Intern(v1::Event event) {
  std::lock_guard<std::mutex> lock(mutex_);
  return InternLocked(std::move(event));
}

int Recorder::InternLocked(v1::Event event) {
  event.clear_resume_token();
  const auto [place, added] = places_.try_emplace(event.SerializeAsString(), history_.events_size());
  if (added) *history_.add_events() = std::move(event);
  return place->second;
}

bool Recorder::AwaitMore(int64_t count) {
  std::unique_lock<std::mutex> lock(mutex_);
  const int64_t wanted = done_ + count;
  return changed_.wait_for(lock, std::chrono::minutes(5), [&] { return done_ >= wanted || no_more_; });
}

void Recorder::NoMore() {
  std::lock_guard<std::mutex> lock(mutex_);
  no_more_ = true;
  changed_.notify_all();
}

int64_t Recorder::done() {
  std::lock_guard<std::mutex> lock(mutex_);
  return done_;
}

History Recorder::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::move(history_);
}

bool Save(const History& history, const std::string& path) {
  std::ofstream file(path);
  Lines lines(file);
  History head;
  head.set_seed(history.seed());
  lines.Print(head);
  lines.Print(history.clinics(), [](History& one) { return one.add_clinics(); });
  lines.Print(history.events(), [](History& one) { return one.add_events(); });
  lines.Print(history.observations(), [](History& one) { return one.add_observations(); });
  lines.Print(history.watchers(), [](History& one) { return one.add_watchers(); });
  lines.Print(history.segments(), [](History& one) { return one.add_segments(); });
  lines.Print(history.listed(), [](History& one) { return one.add_listed(); });
  lines.Print(history.enrollments(), [](History& one) { return one.add_enrollments(); });
  lines.Print(history.timelines(), [](History& one) { return one.add_timelines(); });
  lines.Print(history.reminders(), [](History& one) { return one.add_reminders(); });
  return file.good();
}

absl::StatusOr<History> Load(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  History history;
  if (!file.good() || !TextFormat::ParseFromString(text.str(), &history)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is no history"));
  }
  return history;
}

}  // namespace aftercare::history
