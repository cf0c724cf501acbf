#include "scheduler/engine/replies/understand_reply.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/reminder_view.h"
#include "scheduler/engine/lifecycle/transitions.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/input/choices.h"

namespace aftercare::engine {
namespace {

using plan::ReplySense;

// Returns whether these words are about messages, whatever was asked.
bool IsAboutMessages(ReplySense sense) {
  return sense == ReplySense::kStop || sense == ReplySense::kDoubtfulStop || sense == ReplySense::kStart ||
         sense == ReplySense::kHelp;
}

bool IsSameDay(const EnrollmentContext& context, absl::Time a, absl::Time b) {
  return absl::ToCivilDay(a, context.facts.zone) == absl::ToCivilDay(b, context.facts.zone);
}

// Understands one reply. A class so that its steps can share what they need.
class Reader {
 public:
  Reader(store::ReadTransaction& tx, const store::ClinicRow& clinic, const Senders& senders, absl::string_view text,
         absl::Time time)
      : tx_(tx), clinic_(clinic), senders_(senders), time_(time), text_(text), choice_(text) {}

  absl::StatusOr<UnderstoodReply> Run(const std::string& reminder) {
    const plan::ReadReply read = plan::ReplyVocabulary(clinic_.data).Read(text_);
    understood_.sense = read.sense;
    score_ = read.score;
    if (read.sense == ReplySense::kStopUnlessAsked) {
      understood_.sense = IsAnythingAsked() ? ReplySense::kDoubtfulStop : ReplySense::kStop;
    }
    reply().set_meaning(v1::REPLY_MEANING_OTHER);
    if (absl::Status status = FindReminder(reminder); !status.ok()) return status;
    Explain(read.sense);
    if (!IsAboutMessages(understood_.sense)) FindAnswered();
    Attribute();
    return std::move(understood_);
  }

 private:
  v1::Reply& reply() { return understood_.reply; }

  const EnrollmentContext& EnrollmentOf(const SentMessage& message) const {
    return senders_.enrollments[message.enrollment];
  }

  // Returns the choice that the reply is as an answer to the message; nothing if that asked for no choice, or the reply
  // is none of its choices.
  std::optional<int> ChoiceFor(const SentMessage& message) const {
    const plan::CompiledRule& rule = RuleOf(EnrollmentOf(message), message.row).compiled();
    return rule.answer == v1::ANSWER_KIND_CHOICE ? choice_.In(rule.choices) : std::nullopt;
  }

  // Returns whether the message asked for an answer such as the reply.
  bool Fits(const SentMessage& message) const {
    const plan::CompiledRule& rule = RuleOf(EnrollmentOf(message), message.row).compiled();
    switch (rule.answer) {
      case v1::ANSWER_KIND_DONE:
        return understood_.sense == ReplySense::kDone || understood_.sense == ReplySense::kNotDone;
      case v1::ANSWER_KIND_SCORE:
        return understood_.sense == ReplySense::kScore && score_.IsWithin(rule.min_score, rule.max_score);
      case v1::ANSWER_KIND_CHOICE:
        return ChoiceFor(message).has_value();
      default:
        return false;
    }
  }

  // Returns whether the reply may answer the message: it has no answer, or an earlier one of the same day, which the
  // reply replaces.
  bool IsOpen(const SentMessage& message) const {
    if (message.row.state != v1::REMINDER_STATE_COMPLETED) return true;
    return message.IsAnswered() && message.row.state_time <= time_ &&
           IsSameDay(EnrollmentOf(message), message.row.state_time, time_);
  }

  // Returns whether a question waits for its answer, or the patient was written to about a visit, so that a word may be
  // meant as an answer to it.
  bool IsAnythingAsked() const {
    return std::any_of(senders_.sent.begin(), senders_.sent.end(), [this](const SentMessage& message) {
      const plan::CompiledRule& rule = RuleOf(EnrollmentOf(message), message.row).compiled();
      const bool waits = message.row.state != v1::REMINDER_STATE_COMPLETED;
      return (rule.answer != v1::ANSWER_KIND_UNSPECIFIED && waits) || rule.visit >= 0;
    });
  }

  // Finds the reminder that the reply is known to answer, and so the enrollment.
  absl::Status FindReminder(const std::string& name) {
    if (name.empty()) return absl::OkStatus();
    const store::ReminderKey key = *ParseReminderName(name);
    const auto& enrollments = senders_.enrollments;
    const auto context = std::find_if(enrollments.begin(), enrollments.end(), [&](const EnrollmentContext& candidate) {
      return candidate.row.enrollment == key.enrollment;
    });
    if (context == enrollments.end()) {
      auto row = tx_.GetEnrollment(key.clinic, key.enrollment);
      if (!row.ok()) return row.status();
      if (!row->has_value()) return ReminderNotFound(key);
      // A wish holds for the address, whatever message it was written to.
      if (understood_.sense == ReplySense::kStop || understood_.sense == ReplySense::kStart) return absl::OkStatus();
      return MakeError(absl::StatusCode::kFailedPrecondition, "NOT_OF_SENDER",
                       absl::StrCat(name, " is not one of the sender's"));
    }
    named_enrollment_ = static_cast<size_t>(context - enrollments.begin());
    auto found = engine::FindReminder(tx_, *context, key);
    if (!found.ok()) return found.status();
    is_named_ = true;
    if (found->row) named_ = SentMessage{*named_enrollment_, *std::move(found->row), time_, ""};
    return absl::OkStatus();
  }

  // Says what the reply means by its words alone. A decision holds for the address, whatever message it was written to.
  void Explain(ReplySense read) {
    switch (understood_.sense) {
      case ReplySense::kStop:
        reply().set_meaning(v1::REPLY_MEANING_STOP);
        return Because("It is a stop word, or plainly a wish to get no more messages.");
      case ReplySense::kStart:
        reply().set_meaning(v1::REPLY_MEANING_START);
        return Because("It is a start word.");
      case ReplySense::kHelp:
        reply().set_meaning(v1::REPLY_MEANING_HELP);
        return Because("It is a help word.");
      case ReplySense::kDoubtfulStop:
        reply().set_meaning(v1::REPLY_MEANING_DOUBTFUL);
        return Because(read == ReplySense::kDoubtfulStop
                           ? "It may be a wish to get no more messages."
                           : "It is a stop word, but may be meant as an answer: a question waits for one, or a message "
                             "about a visit was sent in the last 7 days.");
      default:
        return Because("It is no word of the clinic's, and no answer.");
    }
  }

  void Because(std::string why) { reply().set_explanation(std::move(why)); }

  // Finds the message that the reply answers, if it is an answer. A word or a number may fit questions of several
  // kinds. Then the newest of them counts.
  void FindAnswered() {
    if (is_named_) return AnswerNamed();
    std::vector<const SentMessage*> asking = Asking(/*only_here=*/true);
    if (asking.empty()) asking = Asking(/*only_here=*/false);
    if (asking.empty()) {
      if (understood_.sense == ReplySense::kOther) return;
      return Because(senders_.enrollments.empty()
                         ? "It may be an answer, but nobody who is known has this address."
                         : "It may be an answer, but no message of the last 7 days asked for one like it.");
    }
    const std::vector<const SentMessage*> open = OpenAmong(asking);
    if (open.empty()) return Because("The newest message that asked for such an answer was answered on another day.");
    if (open.size() > 1) {
      reply().set_meaning(v1::REPLY_MEANING_AMBIGUOUS);
      return Because(absl::StrCat(open.size(), " patients who share this address were asked for such an answer."));
    }
    Answer(*open.front(), "the newest message that asked for such an answer");
  }

  // Returns the messages that asked for such an answer, the newest first: all, or those to this address.
  std::vector<const SentMessage*> Asking(bool only_here) const {
    std::vector<const SentMessage*> asking;
    for (const SentMessage& message : senders_.sent) {
      const bool counts = message.row.state != v1::REMINDER_STATE_COMPLETED || message.IsAnswered();
      if (!counts || (only_here && !senders_.WentHere(message))) continue;
      if (Fits(message)) asking.push_back(&message);
    }
    return asking;
  }

  // Returns the newest message to each patient among these, if it may be answered now.
  std::vector<const SentMessage*> OpenAmong(const std::vector<const SentMessage*>& asking) const {
    std::set<std::string> patients;
    std::vector<const SentMessage*> open;
    for (const SentMessage* const message : asking) {
      const bool is_newest = patients.insert(EnrollmentOf(*message).row.data.patient()).second;
      if (is_newest && IsOpen(*message)) open.push_back(message);
    }
    return open;
  }

  // The reminder that the request names may be of any age, but must have been with a gateway.
  void AnswerNamed() {
    const bool was_sent = named_ && named_->row.attempts > 0;
    if (understood_.sense == ReplySense::kOther && !(was_sent && Fits(*named_))) return;
    if (!was_sent) return Because("The message that it answers was never sent.");
    if (!Fits(*named_)) return Because("The message that it answers asked for no such answer.");
    const bool was_completed = named_->row.state == v1::REMINDER_STATE_COMPLETED;
    const bool may_complete = NextState(named_->row.state, ReminderEvent::kComplete).has_value();
    if (was_completed ? !IsOpen(*named_) : !may_complete) return Because("The message that it answers is dealt with.");
    Answer(*named_, "the message that the channel names");
  }

  void Answer(const SentMessage& message, absl::string_view which) {
    reply().set_meaning(v1::REPLY_MEANING_ANSWER);
    reply().set_reminder(ReminderNameOf(message.row.key));
    std::string with;
    if (const std::optional<int> choice = ChoiceFor(message)) {
      reply().set_choice(*choice);
      with = absl::StrCat(" with choice ", *choice);
    } else if (understood_.sense == ReplySense::kScore) {
      reply().set_score(score_.number);
    } else {
      reply().set_done(understood_.sense == ReplySense::kDone);
    }
    Because(absl::StrCat("It answers ", which, with,
                         message.IsAnswered() ? ", and replaces the answer of the same day." : "."));
    understood_.answered = message;
  }

  // Says whose the reply is, or that the care team has to find out.
  void Attribute() {
    if (senders_.enrollments.empty() || reply().meaning() == v1::REPLY_MEANING_AMBIGUOUS) {
      reply().set_task(v1::REPLY_TASK_ASSIGN);
      return;
    }
    const EnrollmentContext& sender = senders_.enrollments[Sender()];
    reply().set_patient(sender.row.data.patient());
    reply().set_enrollment(EnrollmentNameOf(clinic_.clinic, sender.row.enrollment));
  }

  // Returns the index of the enrollment whose message is answered or named, else of the one that was last written to,
  // else of the newest. Those that run come before those that have ended, which react to nothing.
  size_t Sender() const {
    if (understood_.answered) return understood_.answered->enrollment;
    if (named_enrollment_) return *named_enrollment_;
    const auto& enrollments = senders_.enrollments;
    const auto runs = [](const EnrollmentContext& context) {
      return context.row.state != v1::ENROLLMENT_STATE_ENDED;
    };
    const auto last = std::find_if(senders_.sent.begin(), senders_.sent.end(),
                                   [&](const SentMessage& message) { return runs(EnrollmentOf(message)); });
    if (last != senders_.sent.end()) return last->enrollment;
    const bool any_runs = std::any_of(enrollments.begin(), enrollments.end(), runs);
    if (!any_runs && !senders_.sent.empty()) return senders_.sent.front().enrollment;
    const auto newest = std::max_element(enrollments.begin(), enrollments.end(),
                                         [&runs](const EnrollmentContext& a, const EnrollmentContext& b) {
                                           if (runs(a) != runs(b)) return runs(b);
                                           return a.facts.enroll_time < b.facts.enroll_time;
                                         });
    return static_cast<size_t>(newest - enrollments.begin());
  }

  store::ReadTransaction& tx_;
  const store::ClinicRow& clinic_;
  const Senders& senders_;
  const absl::Time time_;
  const absl::string_view text_;
  const plan::ChoiceReply choice_;  // The reply, as an answer to a question with choices.
  plan::WrittenScore score_;        // The same for a score. Only used if the reply is one.
  std::optional<size_t> named_enrollment_;  // of the reminder that the request names
  bool is_named_ = false;
  std::optional<SentMessage> named_;  // that reminder, if it has come due
  UnderstoodReply understood_;
};

}  // namespace

absl::StatusOr<UnderstoodReply> UnderstandReply(store::ReadTransaction& tx, const store::ClinicRow& clinic,
                                                const Senders& senders, absl::string_view text,
                                                const std::string& reminder, absl::Time time) {
  return Reader(tx, clinic, senders, text, time).Run(reminder);
}

}  // namespace aftercare::engine
