#include "scheduler/plan/groups.h"

#include <algorithm>
#include <tuple>

namespace aftercare::plan {

std::vector<GroupMember> MembersOf(const CompiledPathway& pathway, const PatientFacts& facts, int group) {
  std::vector<GroupMember> members;
  int first = pathway.rule_count();
  PatientFacts concerned = facts;
  for (int i = 0; i < pathway.rule_count(); ++i) {
    if (pathway.rule(i).group != group) concerned.rules.reset(i);
  }
  Plan plan(pathway, concerned);
  for (Occurrence occurrence; plan.Next(&occurrence);) {
    first = std::min(first, occurrence.rule);
    members.push_back({occurrence});
  }
  // At one time the first rule's comes first, being the first in the pathway's order.
  std::sort(members.begin(), members.end(), [](const GroupMember& a, const GroupMember& b) {
    return std::tie(a.occurrence.nominal, a.occurrence.rule, a.occurrence.number) <
           std::tie(b.occurrence.nominal, b.occurrence.rule, b.occurrence.number);
  });
  int instance = 0;
  for (GroupMember& member : members) {
    if (member.occurrence.rule == first) ++instance;
    member.instance = instance;
  }
  return members;
}

}  // namespace aftercare::plan
