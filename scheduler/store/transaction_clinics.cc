// Clinics, pathways, requests, and what the database knows about itself.
#include "absl/strings/str_cat.h"
#include "scheduler/store/query.h"
#include "scheduler/store/transaction.h"

// A literal, because a statement's text must be one.
#define CLINIC_COLUMNS "clinic, version, data, calendar, replan_after"

namespace aftercare::store {
namespace {

absl::Status ReadClinic(const Statement& row, ClinicRow& clinic) {
  clinic.clinic = StringAt(row, 0);
  clinic.version = row.Int(1);
  clinic.calendar_fingerprint = row.Int(3);
  if (!row.IsNull(4)) clinic.replan_after = StringAt(row, 4);
  return ParseAt(row, 2, clinic.data);
}

Query& BindReplan(Query& query, const ClinicRow& row) {
  return row.replan_after.has_value() ? query.Text(*row.replan_after) : query.Null();
}

absl::Status ReadPathway(const Statement& row, PathwayRow& pathway) {
  pathway.clinic = StringAt(row, 0);
  pathway.pathway = StringAt(row, 1);
  pathway.revision = static_cast<int32_t>(row.Int(2));
  pathway.create_time = InstantAt(row, 3);
  return ParseAt(row, 4, pathway.data);
}

absl::Status ReadRequest(const Statement& row, RequestRow& request) {
  request.body_hash = static_cast<uint64_t>(row.Int(0));
  request.time = InstantAt(row, 1);
  request.response = std::string(row.Bytes(2));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<int64_t> WriteTransaction::MakeNumberOf(absl::string_view clinic) {
  auto number = NumberOf(clinic);
  if (!number.ok() || *number != ClinicNumbers::kNoNumber) return number;
  numbers_are_committed_ = false;
  Query query(connection_, "INSERT INTO clinic_number (clinic) VALUES ($1) RETURNING number");
  return FirstIntOrZero(query.Text(clinic));
}

absl::StatusOr<int64_t> WriteTransaction::NumberToWrite(absl::string_view clinic) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  wrote_ = true;
  return MakeNumberOf(clinic);
}

absl::StatusOr<std::string> ReadTransaction::Secret() {
  Query query(connection_, "SELECT bytes FROM meta WHERE key = 'secret'");
  const absl::StatusOr<bool> found = query.Next();
  if (!found.ok()) return found.status();
  if (!*found) return absl::DataLossError("the database has lost its secret");
  return std::string(query.row().Bytes(0));
}

absl::StatusOr<int64_t> ReadTransaction::ZoneDatabase() {
  Query query(connection_, "SELECT number FROM meta WHERE key = 'zone_database'");
  return FirstIntOrZero(query);
}

absl::StatusOr<std::optional<ClinicRow>> ReadTransaction::GetClinic(absl::string_view clinic) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT " CLINIC_COLUMNS " FROM clinic WHERE clinic = $1");
  query.Text(clinic);
  return FirstRow<ClinicRow>(query, ReadClinic);
}

absl::StatusOr<int64_t> ReadTransaction::ClinicVersion(absl::string_view clinic) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT version FROM clinic WHERE clinic = $1");
  query.Text(clinic);
  return FirstIntOrZero(query);
}

absl::StatusOr<std::vector<ClinicRow>> ReadTransaction::ListClinics(absl::string_view after, int limit) {
  std::vector<ClinicRow> rows;
  std::string last(after);
  while (true) {
    const size_t missing = limit - rows.size();
    Query query(connection_, "SELECT " CLINIC_COLUMNS " FROM clinic WHERE clinic > $1 ORDER BY clinic LIMIT $2");
    query.Text(last).Int(static_cast<int64_t>(missing));
    auto page = AllRows<ClinicRow>(query, ReadClinic);
    if (!page.ok()) return page.status();
    const bool at_end = page->size() < missing;
    if (!page->empty()) last = page->back().clinic;
    for (ClinicRow& row : *page) {
      if (MayAccess(row.clinic)) rows.push_back(std::move(row));
    }
    if (at_end || rows.size() == static_cast<size_t>(limit)) return rows;
  }
}

absl::StatusOr<std::optional<ClinicRow>> ReadTransaction::FirstToReplan() {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  Query query(connection_, "SELECT " CLINIC_COLUMNS
                           " FROM clinic WHERE replan_after IS NOT NULL AND clinic > '' ORDER BY clinic LIMIT 1");
  return FirstRow<ClinicRow>(query, ReadClinic);
}

absl::StatusOr<int32_t> ReadTransaction::NewestRevision(absl::string_view clinic, absl::string_view pathway) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(
      connection_,
      "SELECT revision FROM pathway_revision WHERE clinic = $1 AND pathway = $2 ORDER BY revision DESC LIMIT 1");
  query.Text(clinic).Text(pathway);
  const absl::StatusOr<int64_t> revision = FirstIntOrZero(query);
  if (!revision.ok()) return revision.status();
  return static_cast<int32_t>(*revision);
}

absl::StatusOr<std::optional<PathwayRow>> ReadTransaction::GetPathway(absl::string_view clinic,
                                                                      absl::string_view pathway, int32_t revision) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  if (revision != 0) {
    Query query(connection_,
                "SELECT clinic, pathway, revision, create_time, data FROM pathway_revision"
                " WHERE clinic = $1 AND pathway = $2 AND revision = $3");
    query.Text(clinic).Text(pathway).Int(revision);
    return FirstRow<PathwayRow>(query, ReadPathway);
  }
  Query query(connection_,
              "SELECT clinic, pathway, revision, create_time, data FROM pathway_revision"
              " WHERE clinic = $1 AND pathway = $2 ORDER BY revision DESC LIMIT 1");
  query.Text(clinic).Text(pathway);
  return FirstRow<PathwayRow>(query, ReadPathway);
}

absl::StatusOr<std::vector<PathwayRow>> ReadTransaction::ListPathways(absl::string_view clinic, absl::string_view after,
                                                                      int limit) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_,
              "SELECT clinic, pathway, revision, create_time, data FROM pathway_revision AS newest"
              " WHERE clinic = $1 AND pathway > $2 AND revision ="
              " (SELECT max(revision) FROM pathway_revision AS any_revision"
              "  WHERE any_revision.clinic = newest.clinic AND any_revision.pathway = newest.pathway)"
              " ORDER BY pathway LIMIT $3");
  query.Text(clinic).Text(after).Int(limit);
  return AllRows<PathwayRow>(query, ReadPathway);
}

absl::StatusOr<std::vector<PathwayRow>> ReadTransaction::ListPathwayRevisions(absl::string_view clinic,
                                                                              absl::string_view pathway, int32_t before,
                                                                              int limit) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_,
              "SELECT clinic, pathway, revision, create_time, data FROM pathway_revision"
              " WHERE clinic = $1 AND pathway = $2 AND revision < $3 ORDER BY revision DESC LIMIT $4");
  query.Text(clinic).Text(pathway).Int(before == 0 ? INT32_MAX : before).Int(limit);
  return AllRows<PathwayRow>(query, ReadPathway);
}

absl::StatusOr<std::optional<RequestRow>> ReadTransaction::GetRequest(absl::string_view clinic,
                                                                      absl::string_view request_id) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  Query query(connection_, "SELECT body_hash, time, response FROM request WHERE clinic = $1 AND request_id = $2");
  query.Text(clinic).Text(request_id);
  absl::StatusOr<std::optional<RequestRow>> row = FirstRow<RequestRow>(query, ReadRequest);
  if (row.ok() && row->has_value()) {
    (*row)->clinic = std::string(clinic);
    (*row)->request_id = std::string(request_id);
  }
  return row;
}

absl::Status WriteTransaction::InsertClinic(const ClinicRow& row) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  const std::string data = row.data.SerializeAsString();
  Query query(connection_, "INSERT INTO clinic (" CLINIC_COLUMNS ") VALUES ($1, $2, $3, $4, $5)");
  query.Text(row.clinic).Int(row.version).Bytes(data).Int(row.calendar_fingerprint);
  return BindReplan(query, row).Run();
}

absl::Status WriteTransaction::UpdateClinic(const ClinicRow& row) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  if (row.replan_after) NoteWake(absl::InfinitePast());  // a sweep replans the rest, test clocks included
  if (row.data.has_test_clock_time()) NoteCount(absl::InfinitePast());  // days may have passed on the test clock
  const std::string data = row.data.SerializeAsString();
  Query query(connection_,
              "UPDATE clinic SET version = $2, data = $3, calendar = $4, replan_after = $5 WHERE clinic = $1");
  query.Text(row.clinic).Int(row.version).Bytes(data).Int(row.calendar_fingerprint);
  return BindReplan(query, row).RunOnOne("clinic");
}

absl::Status WriteTransaction::ReplanAll(int64_t zone_database) {
  if (absl::Status access = CheckAccess(""); !access.ok()) return access;
  wrote_ = true;
  absl::Status status = Query(connection_,
                              "INSERT INTO meta (key, number) VALUES ('zone_database', $1)"
                              " ON CONFLICT (key) DO UPDATE SET number = excluded.number")
                            .Int(zone_database)
                            .Run();
  if (!status.ok()) return status;
  // By other zones, days begin at other instants.
  status = Query(connection_,
                 "INSERT INTO adherence_mark (clock, clinic, count_after, enrollment, stamp)"
                 " SELECT schedule.clock, adherence.clinic, 0, adherence.enrollment, 0 FROM adherence"
                 " JOIN enrollment_schedule AS schedule ON schedule.enrollment = adherence.enrollment WHERE true"
                 " ON CONFLICT (clock, clinic, count_after, enrollment) DO UPDATE SET stamp = adherence_mark.stamp + 1")
               .Run();
  if (!status.ok()) return status;
  NoteCount(kCountAtOnce);
  return Query(connection_, "UPDATE clinic SET replan_after = ''").Run();
}

absl::Status WriteTransaction::InsertPathwayRevision(const PathwayRow& row) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  const std::string data = row.data.SerializeAsString();
  return Query(connection_,
               "INSERT INTO pathway_revision (clinic, pathway, revision, create_time, data)"
               " VALUES ($1, $2, $3, $4, $5)")
      .Text(row.clinic)
      .Text(row.pathway)
      .Int(row.revision)
      .Instant(row.create_time)
      .Bytes(data)
      .Run();
}

absl::Status WriteTransaction::InsertRequest(const RequestRow& row) {
  if (absl::Status access = CheckAccess(row.clinic); !access.ok()) return access;
  wrote_ = true;
  return Query(connection_,
               "INSERT INTO request (clinic, request_id, body_hash, time, response) VALUES ($1, $2, $3, $4, $5)")
      .Text(row.clinic)
      .Text(row.request_id)
      .Int(static_cast<int64_t>(row.body_hash))
      .Instant(row.time)
      .Bytes(row.response)
      .Run();
}

absl::Status WriteTransaction::DeleteRequest(absl::string_view clinic, absl::string_view request_id) {
  if (absl::Status access = CheckAccess(clinic); !access.ok()) return access;
  wrote_ = true;
  return Query(connection_, "DELETE FROM request WHERE clinic = $1 AND request_id = $2")
      .Text(clinic)
      .Text(request_id)
      .Run();
}

// By order of storing, not by time: that order is the table's own, and needs no further index. A request from a clock
// that was set back since is deleted too, or those at the beginning of the table would keep all others from it.
absl::Status WriteTransaction::DeleteRequestsOutside(absl::Time from, absl::Time until, int limit) {
  wrote_ = true;
  return Query(connection_,
               "DELETE FROM request WHERE id IN (SELECT id FROM request ORDER BY id LIMIT $3)"
               " AND (time <= $1 OR time >= $2)")
      .Instant(from)
      .Instant(until)
      .Int(limit)
      .Run();
}

}  // namespace aftercare::store
