#include "tests/history/watch.h"

#include <utility>

namespace aftercare::history {
namespace {

constexpr size_t kTokensKept = 300;

// A broken connection, a server that goes, or a watch that was broken off.
bool IsBreak(const grpc::Status& status) {
  Observation call;
  NoteStatus(status, &call);
  return call.outcome() == OUTCOME_UNKNOWN;
}

}  // namespace

WatcherRun::WatcherRun(TestRun& run, const Place& place, Watcher watcher, const Habits& habits, uint64_t seed)
    : run_(run), watcher_(std::move(watcher)), habits_(habits), chance_(seed) {
  watcher_.set_clinic(place.clinic.name());
  if (watcher_.start() != Watcher::START_FIRST) return;
  started_ = true;
  tokens_.emplace_back(place.token, 0);
}

void WatcherRun::Run() {
  if (habits_.joins_after > 0) run_.recorder.AwaitMore(habits_.joins_after);
  ClientPtr client;
  bool at_end = false;
  while (!at_end) {
    client = run_.server.AwaitClient(client);
    if (client == nullptr) break;
    if (!started_ && watcher_.start() == Watcher::START_LIST && !List(*client)) continue;
    while (!at_end && client == run_.server.AwaitClient(nullptr)) at_end = Watch(*client);
  }
  EXPECT_TRUE(at_end) << watcher_.name() << " did not reach the end of the log";
  run_.recorder.Add(watcher_);
}

// All pages, from the first: the token is of the first, so that nothing is missed that happens while they are read.
bool WatcherRun::List(e2e::Client& client) {
  v1::ListRemindersRequest request;
  request.set_parent(watcher_.clinic());
  request.set_page_size(500);
  std::string token;
  std::vector<Listed> all;
  do {
    const auto answer = e2e::Call(*client.reminders, &v1::ReminderService::Stub::ListReminders, request);
    if (!answer.ok()) return false;
    if (token.empty()) token = answer->resume_token();
    for (const v1::Reminder& reminder : answer->reminders()) {
      Listed listed;
      listed.set_watcher(watcher_.name());
      listed.set_reminder(reminder.name());
      listed.set_state(reminder.state());
      all.push_back(std::move(listed));
    }
    request.set_page_token(answer->next_page_token());
  } while (!request.page_token().empty());
  for (const Listed& listed : all) run_.recorder.Add(listed);
  watcher_.set_began(run_.recorder.Moment());
  tokens_.emplace_back(token, 0);
  started_ = true;
  return true;
}

WatcherRun::Token WatcherRun::Choose() {
  if (tokens_.empty()) return {"", 0};
  if (!habits_.rewinds || chance_.OneIn(3)) return tokens_.back();
  return tokens_[static_cast<size_t>(chance_.Number(0, static_cast<int64_t>(tokens_.size()) - 1))];
}

bool WatcherRun::Watch(e2e::Client& client) {
  const Token token = Choose();
  int position = token.second;
  v1::WatchEventsRequest request;
  request.set_parent(watcher_.clinic());
  *request.mutable_filter() = watcher_.filter();
  request.set_resume_token(token.first);
  grpc::ClientContext context;
  const auto stream = client.reminders->WatchEvents(&context, request);
  v1::WatchEventsResponse response;
  // Before the message is read: what was bookmarked before the run was finished is not the end.
  bool finished = run_.finished;
  for (int messages = 0; stream->Read(&response); ++messages) {
    Take(response, &position);
    if (finished && response.events().empty()) {
      context.TryCancel();
      return true;
    }
    finished = run_.finished;
    if (habits_.slow) run_.recorder.AwaitMore(chance_.Number(1, 40));
    if (habits_.breaks && messages > 2 && !finished && chance_.OneIn(10)) context.TryCancel();
  }
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(IsBreak(status)) << watcher_.name() << ": " << status.error_message();
  return false;
}

void WatcherRun::Take(const v1::WatchEventsResponse& response, int* position) {
  if (!started_) {
    watcher_.set_began(run_.recorder.Moment());
    started_ = true;
  }
  if (!response.events().empty()) {
    run_.recorder.Seen(watcher_.name(), *position, {response.events().begin(), response.events().end()});
  }
  // Older tokens than the newest are of no account to a watcher that goes back: it knows what was after them.
  for (const v1::Event& event : response.events()) tokens_.emplace_back(event.resume_token(), ++*position);
  tokens_.emplace_back(response.resume_token(), *position);
  while (tokens_.size() > kTokensKept) tokens_.pop_front();
}

std::vector<int> ReadLog(TestRun& run, const Place& place) {
  std::vector<int> log;
  const ClientPtr client = run.server.AwaitClient(nullptr);
  v1::WatchEventsRequest request;
  request.set_parent(place.clinic.name());
  request.set_resume_token(place.token);
  grpc::ClientContext context;
  const auto stream = client->reminders->WatchEvents(&context, request);
  v1::WatchEventsResponse response;
  while (stream->Read(&response) && !response.events().empty()) {
    for (const v1::Event& event : response.events()) log.push_back(run.recorder.Intern(event));
  }
  context.TryCancel();
  return log;
}

}  // namespace aftercare::history
