#include "scheduler/plan/year/broken_promises.h"

#include <utility>

namespace aftercare::plan {

void SharedCase::Begin(int kind, int year, int day, const PatientKinds& kinds) {
  kind_ = kind;
  year_ = year;
  day_ = day;
  kinds_.assign(kinds.count(), false);
  kinds_[kind] = true;
}

void SharedCase::Join(int kind, int year, int day) {
  if (year == year_ && day == day_) kinds_[kind] = true;
}

std::vector<FactorValue> SharedCase::Factors(const PatientKinds& kinds) const {
  return empty() ? std::vector<FactorValue>() : kinds.Example(kinds_, kind_);
}

BrokenPromise* BrokenPromises::Note(const BrokenPromise& whose, int kind, int count, int year, int day) {
  Entry& entry = entries_[KeyOf(whose)];
  if (entry.kinds.empty()) entry.kinds.assign(kinds_.count(), false);
  entry.kinds[kind] = true;
  if (!entry.shared.empty() && count <= entry.broken.count) {
    if (count == entry.broken.count) entry.shared.Join(kind, year, day);
    return nullptr;
  }
  if (entry.shared.empty()) entry.broken = whose;
  entry.shared.Begin(kind, year, day, kinds_);
  entry.broken.count = count;
  return &entry.broken;
}

void BrokenPromises::NoteDay(const BrokenPromise& whose, int day) { entries_.at(KeyOf(whose)).days.insert(day); }

void BrokenPromises::NoteForRule(const BrokenPromise& broken, int rule) {
  for (int kind = 0; kind < kinds_.count(); ++kind) {
    if (!kinds_.rules(kind)[rule]) continue;
    BrokenPromise* const noted = Note(broken, kind, broken.count, 0, 0);
    if (noted != nullptr) *noted = broken;
  }
}

std::vector<BrokenPromise> BrokenPromises::Take() {
  std::vector<BrokenPromise> all;
  for (auto& [unused, entry] : entries_) {
    BrokenPromise& broken = all.emplace_back(std::move(entry.broken));
    broken.days.assign(entry.days.begin(), entry.days.end());
    broken.patient.factors = entry.shared.Factors(kinds_);
    broken.combinations = 0;
    for (int kind = 0; kind < kinds_.count(); ++kind) {
      if (entry.kinds[kind]) broken.combinations += kinds_.combinations(kind);
    }
  }
  entries_.clear();
  return all;
}

}  // namespace aftercare::plan
