// Telephone numbers as anybody may write them: what is read is in E.164 form, and is read as itself from then on.
#include "scheduler/plan/input/phone_numbers.h"
#include "tests/fuzz/fuzzing.h"

namespace aftercare {
namespace {

void InRegion(const std::string& input, const char* region) {
  const std::vector<std::string> forms = plan::StoredFormsOf(v1::CHANNEL_SMS, input, region);
  Require(!forms.empty());
  const std::optional<std::string> number = plan::ToE164(input, region);
  Require(forms.front() == number.value_or(input));
  if (!number) return;
  Require(number->front() == '+' && number->find_first_not_of("0123456789", 1) == std::string::npos);
  Require(number->size() >= 3);
}

}  // namespace

void FuzzOne(const std::string& input) {
  for (const char* region : {"", "US", "DE", "ES", "MX", "IT"}) InRegion(input, region);
  if (plan::IsPlainE164(input)) Require(plan::ToE164(input, "DE") == input);
  v1::Clinic clinic;
  clinic.set_phone(input);
  const std::string region = plan::RegionOf(clinic);
  Require(region.empty() || plan::IsRegion(region));
}

}  // namespace aftercare
