// Telephone numbers as clinics, channels and patients write them. They are read by the possible lengths of a country
// only, and never by which numbers are in use, since that changes while a service runs. Functions are pure and thread
// safe.
#ifndef AFTERCARE_SCHEDULER_PLAN_INPUT_PHONE_NUMBERS_H_
#define AFTERCARE_SCHEDULER_PLAN_INPUT_PHONE_NUMBERS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "aftercare/v1/clinic.pb.h"
#include "aftercare/v1/enrollment.pb.h"

namespace aftercare::plan {

// Returns whether `code` is the ISO 3166-1 code of a region that has telephone numbers, in upper case, such as `US`.
bool IsRegion(absl::string_view code);

// Returns the region in which a clinic's numbers without a country code are read: the clinic's own, else that of its
// phone if that begins with a country code, else an empty string. Of regions that share a country code, the largest
// stands for all.
std::string RegionOf(const v1::Clinic& clinic);

// Returns a number in E.164 form, such as `+12125550100`, or nothing if it cannot be read. A number without a country
// code is read in `region`, if that is not empty. What cannot be read there is read as a number with its country code
// if it begins with `00` instead of `+`, or has nothing in front of the country code, as some channels write it.
std::optional<std::string> ToE164(absl::string_view number, absl::string_view region);

// Returns whether a number is in E.164 form, such that ToE164 returns it as it is in any region. Takes no time. Some
// numbers in E.164 form are not recognised.
bool IsPlainE164(absl::string_view number);

// Returns an address as it is stored: telephone numbers of CHANNEL_SMS in E.164 form if they can be read, everything
// else as it is given. Unlike ToE164, takes no digits for a country code that neither `+` nor `00` stands in front of:
// the national number of another region would become a stranger's.
std::string ToStoredAddress(v1::Channel channel, absl::string_view address, absl::string_view region);

// Writes the telephone number of a contact point of a request as it is stored, and clears what the service sets.
void NormalizeContactPoint(const v1::Clinic& clinic, v1::ContactPoint* point);

// The same for all contact points of an enrollment.
void NormalizeContactPoints(const v1::Clinic& clinic, v1::Enrollment* enrollment);

// Returns the forms in which an address may be stored, different ones, the likeliest first: as ToStoredAddress makes
// it, with its country code if it could be read that way too, as it stands, and, if the number is of `region`, without
// the country code, as it may have been stored while the clinic had no region. Never empty.
std::vector<std::string> StoredFormsOf(v1::Channel channel, absl::string_view address, absl::string_view region);

}  // namespace aftercare::plan

#endif  // AFTERCARE_SCHEDULER_PLAN_INPUT_PHONE_NUMBERS_H_
