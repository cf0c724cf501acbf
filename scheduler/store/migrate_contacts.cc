#include "scheduler/store/migrate_contacts.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/strip.h"
#include "aftercare/v1/enrollment.pb.h"
#include "scheduler/store/address_key.h"
#include "scheduler/store/query.h"

namespace aftercare::store {
namespace {

constexpr int kAtOnce = 1000;
constexpr size_t kContactsAtOnce = 1'000'000;

// The parts of an enrollment that this migration reads.
struct Addressee {
  std::string clinic;
  std::string enrollment;
  v1::Enrollment data;
};

absl::StatusOr<std::vector<Addressee>> After(Connection& connection, const Addressee& last) {
  Query query(connection,
              "SELECT clinic, enrollment, data FROM enrollment WHERE (clinic, enrollment) > ($1, $2)"
              " ORDER BY clinic, enrollment LIMIT $3");
  query.Text(last.clinic).Text(last.enrollment).Int(kAtOnce);
  return AllRows<Addressee>(query, [](const Statement& row, Addressee& addressee) {
    addressee.clinic = StringAt(row, 0);
    addressee.enrollment = StringAt(row, 1);
    return ParseAt(row, 2, addressee.data);
  });
}

absl::Status Enter(Connection& connection, const Addressee& addressee) {
  int index = 0;
  for (const v1::ContactPoint& point : addressee.data.contact_points()) {
    const std::string key = AddressKey(point.channel(), point.address());
    absl::Status status = Query(connection,
                                "INSERT INTO contact (clinic, address, enrollment) VALUES ($1, $2, $3)"
                                " ON CONFLICT (clinic, address, enrollment) DO NOTHING")
                              .Text(addressee.clinic)
                              .Text(key)
                              .Text(addressee.enrollment)
                              .Run();
    if (!status.ok()) return status;
    status = Query(connection,
                   "UPDATE reminder SET channel = $1 WHERE clinic = $2 AND enrollment = $3 AND contact_point = $4"
                   " AND (is_open = 1 OR attempts > 0)")
                 .Int(point.channel())
                 .Text(addressee.clinic)
                 .Text(addressee.enrollment)
                 .Int(index++)
                 .Run();
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// The key of an address, given the one that it had before step 9: a phone number was as it was written.
std::string PresentKey(absl::string_view key) {
  absl::string_view address = key;
  return absl::ConsumePrefix(&address, "sms:") ? AddressKey(v1::CHANNEL_SMS, address) : std::string(key);
}

// A row of `contact` since step 9.
struct HashedContact {
  int64_t clinic = 0;
  int64_t address = 0;
  int64_t enrollment = 0;

  auto operator<=>(const HashedContact&) const = default;
};

absl::Status Insert(Connection& connection, std::vector<HashedContact>& contacts) {
  std::sort(contacts.begin(), contacts.end());  // a table is filled faster in the order of its key
  for (const HashedContact& contact : contacts) {
    absl::Status status = Query(connection,
                                "INSERT INTO contact (clinic, address, enrollment) VALUES ($1, $2, $3)"
                                " ON CONFLICT (clinic, address, enrollment) DO NOTHING")
                              .Int(contact.clinic)
                              .Int(contact.address)
                              .Int(contact.enrollment)
                              .Run();
    if (!status.ok()) return status;
  }
  contacts.clear();
  return absl::OkStatus();
}

}  // namespace

absl::Status MigrateContacts(Connection& connection) {
  Addressee last;
  while (true) {
    auto next = After(connection, last);
    if (!next.ok()) return next.status();
    if (next->empty()) return absl::OkStatus();
    for (const Addressee& addressee : *next) {
      if (absl::Status status = Enter(connection, addressee); !status.ok()) return status;
    }
    last = std::move(next->back());
  }
}

absl::Status HashContacts(Connection& connection) {
  {
    Query before(connection, "SELECT clinic, address, enrollment FROM contact_before");
    std::vector<HashedContact> contacts;
    while (true) {
      const absl::StatusOr<bool> found = before.Next();
      if (!found.ok()) return found.status();
      if (!*found) break;
      const Statement& row = before.row();
      contacts.push_back({row.Int(0), AddressHash(PresentKey(row.Text(1))), row.Int(2)});
      if (contacts.size() < kContactsAtOnce) continue;
      if (absl::Status status = Insert(connection, contacts); !status.ok()) return status;
    }
    if (absl::Status status = Insert(connection, contacts); !status.ok()) return status;
  }
  return connection.Execute("DROP TABLE contact_before");
}

}  // namespace aftercare::store
