#include "scheduler/plan/answers/adherence.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"
#include "scheduler/plan/civil.h"

namespace aftercare::plan {
namespace {

// The lengths of the periods in days. 0 is the whole time since the enrollment.
constexpr int kPeriods[] = {7, 14, 28, 0};

// One message, or the messages of one instance of a group.
struct Question {
  absl::string_view category;
  absl::string_view phase;
  absl::Time due;
  absl::CivilDay day;
  bool asks_done = false;    // It asks whether something was done.
  bool is_answered = false;
  std::optional<bool> done;  // The answer to that.
};

using MessagesOfQuestion = std::vector<const AskingMessage*>;

// Orders messages by due time. Messages that are due at the same time have an order too, so that the order in which
// they were given does not matter.
bool IsBefore(const AskingMessage* a, const AskingMessage* b) {
  return std::tie(a->due, a->due_day, a->category, a->phase, a->answer) <
         std::tie(b->due, b->due_day, b->category, b->phase, b->answer);
}

// Orders answers by time. Of answers of the same time, the later says that something was done.
bool IsAnsweredBefore(const AskingMessage* a, const AskingMessage* b) {
  const auto rank = [](const AskingMessage* message) {
    const bool asks_done = message->answer == v1::ANSWER_KIND_DONE;
    return std::make_tuple(message->given->time, asks_done, !message->given->not_done);
  };
  return rank(a) < rank(b);
}

// Returns the question that messages ask by the end of `last_day`. Nothing if none of them counts by then.
std::optional<Question> QuestionOf(const MessagesOfQuestion& messages, absl::CivilDay last_day) {
  const AskingMessage* first = nullptr;
  const AskingMessage* answered = nullptr;
  for (const AskingMessage* message : messages) {
    const bool counts = message->sent_day && *message->sent_day <= last_day && message->due_day <= last_day;
    if (counts && (first == nullptr || IsBefore(message, first))) first = message;
    const bool has_answer = message->given && message->given->day <= last_day;
    if (has_answer && (answered == nullptr || IsAnsweredBefore(answered, message))) answered = message;
  }
  if (first == nullptr) return std::nullopt;
  Question question;
  question.category = first->category;
  question.phase = first->phase;
  question.due = first->due;
  question.day = first->due_day;
  question.asks_done = first->answer == v1::ANSWER_KIND_DONE;
  question.is_answered = answered != nullptr;
  const bool tells_done = question.asks_done && answered != nullptr && answered->answer == v1::ANSWER_KIND_DONE;
  if (tells_done) question.done = !answered->given->not_done;
  return question;
}

std::vector<Question> QuestionsOf(absl::Span<const AskingMessage> messages, absl::CivilDay last_day) {
  std::map<absl::string_view, MessagesOfQuestion> instances;
  std::vector<Question> questions;
  const auto add = [&](const MessagesOfQuestion& of_question) {
    if (auto question = QuestionOf(of_question, last_day)) questions.push_back(*question);
  };
  for (const AskingMessage& message : messages) {
    if (message.instance.empty()) {
      add({&message});
    } else {
      instances[message.instance].push_back(&message);
    }
  }
  for (const auto& [instance, of_instance] : instances) add(of_instance);
  return questions;
}

// Counts the questions of the last `days` days, or all of them if that is 0.
void CountPeriod(const std::vector<Question>& questions, int days, absl::CivilDay last_day,
                 v1::AdherencePeriod* period) {
  std::map<absl::CivilDay, bool> done_by_day;  // Of the days with a question whether something was done.
  int answered = 0;
  int done = 0;
  int not_done = 0;
  int asked = 0;
  for (const Question& question : questions) {
    if (days > 0 && question.day <= last_day - days) continue;
    ++asked;
    answered += question.is_answered;
    done += question.done == true;
    not_done += question.done == false;
    if (!question.asks_done) continue;
    bool& is_done = done_by_day.try_emplace(question.day, true).first->second;
    is_done = is_done && question.done == true;
  }
  period->set_days(days);
  period->set_asked(asked);
  period->set_answered(answered);
  period->set_done(done);
  period->set_not_done(not_done);
  period->set_unanswered(asked - answered);
  const int days_asked = static_cast<int>(done_by_day.size());
  const int days_done = static_cast<int>(
      std::count_if(done_by_day.begin(), done_by_day.end(), [](const auto& day) { return day.second; }));
  period->set_days_asked(days_asked);
  period->set_days_done(days_done);
  if (days_asked > 0) period->set_rate(static_cast<double>(days_done) / days_asked);
}

void CountPeriods(const std::vector<Question>& questions, absl::CivilDay last_day, v1::CategoryAdherence* entry) {
  for (const int days : kPeriods) CountPeriod(questions, days, last_day, entry->add_periods());
}

// Returns the day of the first question that came after the last answered one. Nothing if none came.
std::optional<absl::CivilDay> SilentSince(const std::vector<Question>& questions) {
  absl::Time last_answered = absl::InfinitePast();
  for (const Question& question : questions) {
    if (question.is_answered) last_answered = std::max(last_answered, question.due);
  }
  std::optional<absl::CivilDay> since;
  for (const Question& question : questions) {
    if (question.due <= last_answered) continue;
    since = std::min(since.value_or(question.day), question.day);
  }
  return since;
}

// Returns the first day after `last_day` whose end makes a difference to what counts. Nothing if no day does.
std::optional<absl::CivilDay> NextChange(absl::Span<const AskingMessage> messages, absl::CivilDay last_day) {
  std::optional<absl::CivilDay> next;
  const auto add = [&](absl::CivilDay day) {
    if (day > last_day) next = std::min(next.value_or(day), day);
  };
  for (const AskingMessage& message : messages) {
    if (message.sent_day) add(std::max(*message.sent_day, message.due_day));
    if (message.given) add(message.given->day);
  }
  return next;
}

}  // namespace

void CountAdherence(absl::Span<const AskingMessage> messages, absl::CivilDay last_day,
                    absl::Span<const std::string> phases, v1::Adherence* adherence) {
  const std::vector<Question> questions = QuestionsOf(messages, last_day);
  std::map<absl::string_view, std::vector<Question>> by_category;
  std::map<std::pair<size_t, absl::string_view>, std::vector<Question>> by_phase;  // By place in the pathway and id.
  for (const Question& question : questions) {
    by_category[question.category].push_back(question);
    const size_t place = std::find(phases.begin(), phases.end(), question.phase) - phases.begin();
    by_phase[{place, question.phase}].push_back(question);
  }
  adherence->set_end_date(FormatDate(last_day));
  CountPeriods(questions, last_day, adherence->add_categories());
  for (const auto& [category, of_category] : by_category) {
    v1::CategoryAdherence* entry = adherence->add_categories();
    entry->set_category(std::string(category));
    CountPeriods(of_category, last_day, entry);
  }
  for (const auto& [phase, of_phase] : by_phase) {
    v1::CategoryAdherence* entry = adherence->add_phases();
    entry->set_phase(std::string(phase.second));
    CountPeriods(of_phase, last_day, entry);
  }
}

AdherenceDays CountDays(absl::Span<const AskingMessage> messages, absl::CivilDay last_day) {
  AdherenceDays days;
  days.last_day = last_day;
  const std::vector<Question> questions = QuestionsOf(messages, last_day);
  uint32_t not_done = 0;
  for (const Question& question : questions) {
    const absl::civil_diff_t age = last_day - question.day;
    if (!question.asks_done || age >= kDaysOfAdherence) continue;
    days.asked |= uint32_t{1} << age;
    if (question.done != true) not_done |= uint32_t{1} << age;
  }
  days.done = days.asked & ~not_done;
  days.silent_since = SilentSince(questions);
  days.next_change = NextChange(messages, last_day);
  return days;
}

}  // namespace aftercare::plan
