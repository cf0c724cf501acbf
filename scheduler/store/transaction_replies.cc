// The decisions of patients about messages, the addresses by which patients are found again, and what they wrote back.
#include <algorithm>
#include <string>
#include <vector>

#include "scheduler/store/address_key.h"
#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

namespace aftercare::store {
namespace {

constexpr absl::string_view kAfterEveryId = "\xF4\x8F\xBF\xBF";  // the last character there is

// The keys of an enrollment's contact points. A key may occur twice.
std::vector<std::string> KeysOf(const v1::Enrollment& enrollment) {
  std::vector<std::string> keys;
  for (const v1::ContactPoint& point : enrollment.contact_points()) {
    keys.push_back(AddressKey(point.channel(), point.address()));
  }
  return keys;
}

std::vector<int64_t> HashesOf(const EnrollmentRow& row) {
  std::vector<int64_t> hashes;
  for (const std::string& key : KeysOf(row.data)) hashes.push_back(AddressHash(key));
  return hashes;
}

absl::Status ReadReply(const Statement& row, ReplyRow& reply) {
  reply.clinic = StringAt(row, 0);
  reply.reply = StringAt(row, 1);
  if (absl::Status status = ParseAt(row, 3, reply.data); !status.ok()) return status;
  reply.data.set_patient(StringAt(row, 2));
  return absl::OkStatus();
}

// Returns a reply as it is stored in the column `data`.
std::string DataOf(const ReplyRow& row) {
  v1::Reply rest = row.data;
  rest.clear_name();
  rest.clear_patient();
  return rest.SerializeAsString();
}

// Enters a reply for lists by what is to do about it, if there is something.
absl::Status InsertReplyTask(Connection& connection, const ReplyRow& row) {
  if (row.data.task() == v1::REPLY_TASK_UNSPECIFIED) return absl::OkStatus();
  return Query(connection, "INSERT INTO reply_task (clinic, task, reply) VALUES ($1, $2, $3)")
      .Text(row.clinic)
      .Int(row.data.task())
      .Text(row.reply)
      .Run();
}

}  // namespace

absl::StatusOr<std::vector<EnrollmentAtAddress>> ReadTransaction::EnrollmentsAt(absl::string_view clinic,
                                                                                absl::string_view address_key) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  // The addresses of an enrollment are not in its cohort, so what it has of its own tells them.
  Query query(connection_,
              "SELECT enrollment.enrollment, data FROM contact JOIN enrollment ON row_id = contact.enrollment"
              " WHERE contact.clinic = $1 AND address = $2 ORDER BY enrollment.enrollment");
  query.Int(*number).Int(AddressHash(address_key));
  std::vector<EnrollmentAtAddress> enrollments;
  while (true) {
    const absl::StatusOr<bool> found = query.Next();
    if (!found.ok()) return found.status();
    if (!*found) return enrollments;
    v1::Enrollment data;
    if (absl::Status status = ParseAt(query.row(), 1, data); !status.ok()) return status;
    const std::vector<std::string> keys = KeysOf(data);
    const bool has_address = std::find(keys.begin(), keys.end(), address_key) != keys.end();
    enrollments.push_back({StringAt(query.row(), 0), has_address});
  }
}

absl::StatusOr<int64_t> ReadTransaction::OptedOut(absl::string_view clinic, absl::string_view patient) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT channels FROM opt_out WHERE clinic = $1 AND patient = $2");
  query.Text(clinic).Text(patient);
  return FirstIntOrZero(query);
}

absl::StatusOr<record::v1::ConsentHistory> ReadTransaction::GetConsentHistory(absl::string_view clinic,
                                                                              absl::string_view patient) {
  auto number = NumberToRead(clinic);
  if (!number.ok()) return number.status();
  Query query(connection_, "SELECT data FROM consent_history WHERE clinic = $1 AND patient = $2");
  query.Int(*number).Text(patient);
  auto history = FirstRow<record::v1::ConsentHistory>(
      query, [](const Statement& row, record::v1::ConsentHistory& found) { return ParseAt(row, 0, found); });
  if (!history.ok()) return history.status();
  return history->has_value() ? **std::move(history) : record::v1::ConsentHistory();
}

absl::StatusOr<std::vector<ReplyRow>> ReadTransaction::ListReplies(const ReplyQuery& query) {
  if (absl::Status access = CheckAccess(query.clinic); !access.ok()) return access;
  static constexpr char kAll[] =
      "SELECT clinic, reply, patient, data FROM reply WHERE clinic = $1 AND reply < $2"
      " ORDER BY reply DESC LIMIT $3";
  static constexpr char kOfPatient[] =
      "SELECT clinic, reply, patient, data FROM reply WHERE clinic = $1 AND patient = $4 AND reply < $2"
      " ORDER BY reply DESC LIMIT $3";
  static constexpr char kOfTask[] =
      "SELECT reply.clinic, reply.reply, patient, data FROM reply_task JOIN reply"
      " ON reply.clinic = reply_task.clinic AND reply.reply = reply_task.reply"
      " WHERE reply_task.clinic = $1 AND task = $4 AND reply_task.reply < $2"
      " ORDER BY reply_task.reply DESC LIMIT $3";
  const bool has_task = query.task != v1::REPLY_TASK_UNSPECIFIED;
  Query rows(connection_, has_task ? kOfTask : query.patient.empty() ? kAll : kOfPatient);
  rows.Text(query.clinic).Text(query.before.empty() ? kAfterEveryId : query.before).Int(query.limit);
  if (has_task) {
    rows.Int(query.task);
  } else if (!query.patient.empty()) {
    rows.Text(query.patient);
  }
  return AllRows<ReplyRow>(rows, ReadReply);
}

absl::StatusOr<std::optional<ReplyRow>> ReadTransaction::GetReply(absl::string_view clinic, absl::string_view reply) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT clinic, reply, patient, data FROM reply WHERE clinic = $1 AND reply = $2");
  query.Text(clinic).Text(reply);
  return FirstRow<ReplyRow>(query, ReadReply);
}

absl::Status WriteTransaction::InsertContacts(const EnrollmentRow& row, int64_t clinic, int64_t row_id) {
  for (const int64_t hash : HashesOf(row)) {
    Query query(connection_,
                "INSERT INTO contact (clinic, address, enrollment) VALUES ($1, $2, $3)"
                " ON CONFLICT (clinic, address, enrollment) DO NOTHING");
    query.Int(clinic).Int(hash).Int(row_id);
    if (absl::Status status = query.Run(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status WriteTransaction::AddContacts(const EnrollmentRow& row) {
  auto clinic = NumberToWrite(row.clinic);
  if (!clinic.ok()) return clinic.status();
  return InsertContacts(row, *clinic, row.row_id);
}

absl::Status WriteTransaction::SetOptedOut(absl::string_view clinic, absl::string_view patient, int64_t channels) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  wrote_ = true;
  return Query(connection_,
               "INSERT INTO opt_out (clinic, patient, channels) VALUES ($1, $2, $3)"
               " ON CONFLICT (clinic, patient) DO UPDATE SET channels = excluded.channels")
      .Text(clinic)
      .Text(patient)
      .Int(channels)
      .Run();
}

absl::Status WriteTransaction::PutConsentHistory(absl::string_view clinic, absl::string_view patient,
                                                 const record::v1::ConsentHistory& history) {
  auto number = NumberToWrite(clinic);
  if (!number.ok()) return number.status();
  const std::string data = history.SerializeAsString();
  return Query(connection_,
               "INSERT INTO consent_history (clinic, patient, data) VALUES ($1, $2, $3)"
               " ON CONFLICT (clinic, patient) DO UPDATE SET data = excluded.data")
      .Int(*number)
      .Text(patient)
      .Bytes(data)
      .Run();
}

absl::Status WriteTransaction::InsertReply(const ReplyRow& row) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  const std::string data = DataOf(row);
  absl::Status status = Query(connection_, "INSERT INTO reply (clinic, reply, patient, data) VALUES ($1, $2, $3, $4)")
                            .Text(row.clinic)
                            .Text(row.reply)
                            .Text(row.data.patient())
                            .Bytes(data)
                            .Run();
  return status.ok() ? InsertReplyTask(connection_, row) : status;
}

absl::Status WriteTransaction::UpdateReply(const ReplyRow& row) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  const std::string data = DataOf(row);
  absl::Status status =
      Query(connection_, "UPDATE reply SET patient = $3, data = $4 WHERE clinic = $1 AND reply = $2")
          .Text(row.clinic)
          .Text(row.reply)
          .Text(row.data.patient())
          .Bytes(data)
          .RunOnOne("reply");
  if (!status.ok()) return status;
  for (const v1::ReplyTask task : {v1::REPLY_TASK_ASSIGN, v1::REPLY_TASK_DECIDE}) {
    status = Query(connection_, "DELETE FROM reply_task WHERE clinic = $1 AND task = $2 AND reply = $3")
                 .Text(row.clinic)
                 .Int(task)
                 .Text(row.reply)
                 .Run();
    if (!status.ok()) return status;
  }
  return InsertReplyTask(connection_, row);
}

}  // namespace aftercare::store
