#include "scheduler/engine/replies/reactions.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "scheduler/engine/lifecycle/covers.h"
#include "scheduler/engine/planning/effects.h"
#include "scheduler/engine/planning/firing.h"
#include "scheduler/engine/replies/score_reactions.h"
#include "scheduler/engine/runtime/names.h"
#include "scheduler/plan/answers/reactions.h"
#include "scheduler/plan/groups.h"
#include "scheduler/plan/reminder_name.h"

namespace aftercare::engine {
namespace {

using Records = google::protobuf::RepeatedPtrField<record::v1::ReactionRecord>;

std::string IdOf(const store::ReminderKey& key) { return absl::StrCat(key.rule, ".", plan::FormatNameCode(key.code)); }

bool HasReactions(const EnrollmentContext& context) {
  return context.row.state != v1::ENROLLMENT_STATE_ENDED && !context.pathway->reactions().empty();
}

// Changes what is recorded of one enrollment, of which what is due has fired. One use.
class RecordChange {
 public:
  explicit RecordChange(EnrollmentContext* context) : context_(*context), records_(context->row.history.reactions()) {}

  // Adds a record, given the index of the rule that reacts.
  void Add(int rule, absl::Time time, const std::string& reply, const std::string& reminder) {
    const std::string& id = context_.pathway->rule_source(rule).id();
    record::v1::ReactionRecord& record = *records_.Add();
    record.set_rule(id);
    record.set_time_micros(absl::ToUnixMicros(time));
    record.set_reply(reply);
    record.set_reminder(reminder);
    changed_ = true;
    ForgetOldest(id);
  }

  // Withdraws the records that are of a rule of one kind, and that `does_apply`. The kind is that of the rule now.
  void Withdraw(absl::FunctionRef<bool(const record::v1::ReactionRecord&, const plan::CompiledRule&)> does_apply) {
    for (record::v1::ReactionRecord& record : records_) {
      const int rule = record.withdrawn() ? -1 : context_.pathway->FindRule(record.rule());
      if (rule < 0 || !does_apply(record, context_.pathway->rule(rule))) continue;
      record.set_withdrawn(true);
      changed_ = true;
    }
  }

  // Returns whether a rule reacts to a reminder already.
  bool Has(int rule, const std::string& reminder) const {
    const std::string& id = context_.pathway->rule_source(rule).id();
    return std::any_of(records_.begin(), records_.end(), [&](const record::v1::ReactionRecord& record) {
      return !record.withdrawn() && record.rule() == id && record.reminder() == reminder;
    });
  }

  // Stores the change and what follows from it.
  absl::Status Apply(store::WriteTransaction& tx, absl::Time now) {
    return changed_ ? ReplaceReactions(tx, &context_, std::move(records_), now) : absl::OkStatus();
  }

 private:
  // Bounds what one patient can make the enrollment grow by.
  void ForgetOldest(const std::string& rule) {
    const auto is_of_rule = [&rule](const record::v1::ReactionRecord& record) { return record.rule() == rule; };
    if (std::count_if(records_.begin(), records_.end(), is_of_rule) <= plan::kMaxTriggers) return;
    records_.erase(std::find_if(records_.begin(), records_.end(), is_of_rule));
  }

  EnrollmentContext& context_;
  Records records_;
  bool changed_ = false;
};

// Returns what a patient answered to the rule with an index in the present pathway.
plan::GivenAnswer AnswerOf(const EnrollmentContext& context, const store::ReminderRow& row, int rule) {
  plan::GivenAnswer answer;
  answer.rule = rule;
  switch (RuleOf(context, row).compiled().answer) {
    case v1::ANSWER_KIND_DONE:
      answer.done = row.score.value_or(1) != 0;
      break;
    case v1::ANSWER_KIND_SCORE:
      answer.score = row.score;
      break;
    case v1::ANSWER_KIND_CHOICE:
      answer.choice = row.score;
      break;
    default:
      break;
  }
  return answer;
}

// The reminders that are answered together: one, and those of its instance of the group.
struct Question {
  std::set<std::string> ids;
  bool is_answered = false;
};

// Returns the question that the reminder of a row asks.
absl::StatusOr<Question> QuestionOf(store::ReadTransaction& tx, const EnrollmentContext& context,
                                    const store::ReminderRow& row) {
  Question question{{IdOf(row.key)}, row.state == v1::REMINDER_STATE_COMPLETED};
  const auto cover = CoverOf(context, row);
  const int group = cover ? context.pathway->rule(cover->rule).group : -1;
  if (group < 0) return question;
  const std::vector<plan::GroupMember> members = plan::MembersOf(*context.pathway, context.facts, group);
  const auto own = std::find_if(members.begin(), members.end(), [&](const plan::GroupMember& member) {
    return KeyOf(context, member.occurrence) == *cover;
  });
  if (own == members.end()) return question;
  auto rows = RowsOf(tx, context, {});
  if (!rows.ok()) return rows.status();
  for (const store::ReminderRow& other : *rows) {
    const auto covered = CoverOf(context, other);
    const bool is_in = covered && std::any_of(members.begin(), members.end(), [&](const plan::GroupMember& member) {
      return member.instance == own->instance && KeyOf(context, member.occurrence) == *covered;
    });
    if (!is_in) continue;
    question.ids.insert(IdOf(other.key));
    question.is_answered |= other.state == v1::REMINDER_STATE_COMPLETED;
  }
  return question;
}

bool Contains(const std::vector<int>& rules, int rule) {
  return std::find(rules.begin(), rules.end(), rule) != rules.end();
}

}  // namespace

absl::Status ReactToAnswer(store::WriteTransaction& tx, const store::ReminderRow& row, const std::string& reply,
                           absl::Time time, absl::Time now, EnrollmentContext* context) {
  const int asked = context->pathway->FindRule(row.key.rule);
  if (asked < 0 || !HasReactions(*context)) return absl::OkStatus();
  if (auto fired = FireEnrollment(tx, context, now); !fired.ok()) return fired.status();
  if (!HasReactions(*context)) return absl::OkStatus();  // It has ended by itself.
  auto answered = QuestionOf(tx, *context, row);
  if (!answered.ok()) return answered.status();
  const std::vector<int> rules = plan::ReactionsTo(*context->pathway, AnswerOf(*context, row, asked));
  auto rounds = ReactionsToRounds(tx, *context, row);
  if (!rounds.ok()) return rounds.status();
  const std::string id = IdOf(row.key);
  RecordChange change(context);
  change.Withdraw([&](const record::v1::ReactionRecord& record, const plan::CompiledRule& rule) {
    const int index = context->pathway->FindRule(record.rule());
    if (rule.reaction.kind == plan::ReactionKind::kWord) return false;
    if (rule.reaction.kind == plan::ReactionKind::kNoAnswer) return answered->ids.count(record.reminder()) > 0;
    if (rule.reaction.questionnaire >= 0) return IsOutdated(*rounds, record.reminder(), index);
    return record.reminder() == id && !Contains(rules, index);
  });
  const auto add = [&](int rule, const std::string& reminder) {
    if (!change.Has(rule, reminder)) change.Add(rule, time, reply, reminder);
  };
  for (const int rule : rules) add(rule, id);
  for (const ScoreReactions& round : *rounds) {
    for (const int rule : round.rules) add(rule, round.reminder);
  }
  return change.Apply(tx, now);
}

absl::Status ReactToWords(EngineContext& engine, store::WriteTransaction& tx, const store::ReplyRow& reply,
                          absl::Time time, absl::Time now) {
  if (reply.data.word_lists().empty()) return absl::OkStatus();
  auto context =
      RequireEnrollmentContext(engine, tx, reply.clinic, ParseEnrollmentName(reply.data.enrollment())->enrollment);
  if (!context.ok()) return context.status();
  if (!HasReactions(*context)) return absl::OkStatus();
  if (auto fired = FireEnrollment(tx, &*context, now); !fired.ok()) return fired.status();
  if (!HasReactions(*context)) return absl::OkStatus();  // It has ended by itself.
  std::vector<int> lists;
  for (const std::string& list : reply.data.word_lists()) lists.push_back(context->pathway->FindWordList(list));
  const std::string& name = reply.data.reminder();
  const std::string reminder = name.substr(name.rfind('/') + 1);
  const int answered = name.empty() ? -1 : context->pathway->FindRule(reminder.substr(0, reminder.find('.')));
  RecordChange change(&*context);
  for (const int rule : plan::ReactionsToWords(*context->pathway, lists, answered)) {
    change.Add(rule, time, reply.reply, reminder);
  }
  return change.Apply(tx, now);
}

absl::Status ReactToReport(store::WriteTransaction& tx, const store::ReminderRow& row, absl::Time now,
                           EnrollmentContext* context) {
  const int asked = context->pathway->FindRule(row.key.rule);
  if (asked < 0 || !HasReactions(*context)) return absl::OkStatus();
  if (auto fired = FireEnrollment(tx, context, now); !fired.ok()) return fired.status();
  if (!HasReactions(*context)) return absl::OkStatus();  // It has ended by itself.
  const std::string id = IdOf(row.key);
  auto question = QuestionOf(tx, *context, row);
  if (!question.ok()) return question.status();
  const bool was_sent = row.state == v1::REMINDER_STATE_SENT || row.state == v1::REMINDER_STATE_DELIVERED;
  RecordChange change(context);
  if (was_sent && !question->is_answered) {
    for (const int rule : plan::ReactionsToSilence(*context->pathway, asked)) {
      if (!change.Has(rule, id)) change.Add(rule, row.expire, "", id);
    }
  } else {
    change.Withdraw([&id](const record::v1::ReactionRecord& record, const plan::CompiledRule& rule) {
      return rule.reaction.kind == plan::ReactionKind::kNoAnswer && record.reminder() == id;
    });
  }
  return change.Apply(tx, now);
}

bool ReactsToSilence(const EnrollmentContext& context, const store::ReminderRow& row) {
  const int asked = context.pathway->reactions().empty() ? -1 : context.pathway->FindRule(row.key.rule);
  return asked >= 0 && !plan::ReactionsToSilence(*context.pathway, asked).empty();
}

void NoteWordLists(const EnrollmentContext& context, v1::Reply* reply) {
  reply->clear_word_lists();
  for (const int list : plan::WordListsIn(*context.pathway, reply->text())) {
    reply->add_word_lists(context.pathway->word_list_source(list).id());
  }
}

}  // namespace aftercare::engine
