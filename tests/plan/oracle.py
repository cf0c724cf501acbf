#!/usr/bin/env python3
"""The plan a third time, made of nothing of ours: Python's zoneinfo reads the zones, dateutil counts days and months.

Reads cases from standard input, one JSON object a line, and answers each with one line an occurrence, in order of due
time, rule and number, and an empty line:

    rule.number  nominal-time  due  expire  reason-it-lapsed  when-it-lapsed  whether-it-is-outside-contact-hours

Instants are Unix nanoseconds. A case has the pathway and the clinic as protobuf JSON; which of the rules apply, and the
seconds by which each is spread for this patient; and zone, date, hours, holds and booked visits of the patient.
"""

import datetime as dt
import functools
import json
import os
import sys
import zoneinfo

from dateutil.relativedelta import relativedelta
from dateutil.rrule import DAILY, WEEKLY, rrule

NANOS = 10**9
DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
EPOCH = dt.datetime(1970, 1, 1)
WEEKDAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]

zoneinfo.reset_tzpath(to=[os.environ.get("TZDIR") or "/usr/share/zoneinfo"])


def seconds(delta):
    return delta.days * 86400 + delta.seconds


class Clock:
    """What clocks of one zone show, in whole Unix seconds."""

    def __init__(self, zone):
        self.zone = zoneinfo.ZoneInfo(zone)

    def instant(self, local):
        # Fold 0: of a time that is skipped or repeated, the offset in force before the change. That is RFC 5545, 3.3.5.
        return seconds(local - EPOCH - local.replace(tzinfo=self.zone, fold=0).utcoffset())

    def shows(self, instant):
        utc = dt.datetime(1970, 1, 1, tzinfo=dt.timezone.utc) + dt.timedelta(seconds=instant)
        return utc.astimezone(self.zone).replace(tzinfo=None, fold=0)

    def offset(self, instant):
        return seconds(self.shows(instant) - EPOCH) - instant

    def midnight(self, date):
        return self.instant(dt.datetime.combine(date, dt.time()))

    def step(self, instant, to):
        """`to`, or the instant before it at which clocks change. A day apart at most: they change once in it."""
        if self.offset(instant) == self.offset(to):
            return to
        before, after = instant, to
        while after - before > 1:
            middle = (before + after) // 2
            before, after = (middle, after) if self.offset(middle) == self.offset(instant) else (before, middle)
        return after


class Hours:
    """Contact hours; always open where there are no openings."""

    def __init__(self, hours, clock):
        self.clock = clock
        self.days = [[] for _ in WEEKDAYS]  # Of each weekday: minutes [opens, closes).
        self.always = not hours.get("openings")
        for opening in hours.get("openings", []):
            for day in opening.get("weekdays") or ["WEEKDAY_" + day for day in WEEKDAYS]:
                bounds = [int(text[:2]) * 60 + int(text[3:]) for text in (opening["opens"], opening["closes"])]
                self.days[WEEKDAYS.index(day[len("WEEKDAY_"):])].append(bounds)

    def open(self, instant):
        shown = self.clock.shows(instant)
        minute = shown.hour * 60 + shown.minute
        return self.always or any(opens <= minute < closes for opens, closes in self.days[shown.weekday()])

    def first(self, wanted, instant, end):
        """The first instant from `instant` on at which they are open (or closed), or `end`."""
        while instant < end and self.open(instant) != wanted:
            shown = self.clock.shows(instant)
            today = dt.datetime.combine(shown.date(), dt.time())
            bounds = [today + bound * MINUTE for pair in self.days[shown.weekday()] for bound in pair] + [today + DAY]
            ahead = min(seconds(bound - shown) for bound in bounds if bound > shown)
            instant = self.clock.step(instant, instant + ahead)
        return min(instant, end)


class ClosedDays:
    def __init__(self, clinic):
        self.clock = Clock(clinic["timeZone"])
        self.weekdays = {WEEKDAYS.index(day[len("WEEKDAY_"):]) for day in clinic.get("closedWeekdays", [])}
        self.holidays = {dt.date.fromisoformat(holiday["date"]) for holiday in clinic.get("holidays", [])}

    def closed(self, instant):
        return self.closed_on(self.clock.shows(instant).date())

    def closed_on(self, date):
        return date.weekday() in self.weekdays or date in self.holidays

    def last_open(self, instant):
        while self.closed(instant):
            instant = self.clock.midnight(self.clock.shows(instant).date()) - 1
        return instant


def months_after(anchor, months):
    return anchor + relativedelta(months=months)


def span_dates(span, anchor):
    (unit, bounds), = span.items()
    first, last = bounds.get("first", 0), bounds.get("last", 0)
    if unit == "days":
        return anchor + first * DAY, anchor + last * DAY
    if unit == "weeks":
        return anchor + (7 * first - 6) * DAY, anchor + 7 * last * DAY
    return months_after(anchor, first), months_after(anchor, last) - DAY


def days_of(schedule, phase, anchor):
    if schedule.get("on"):
        return [months_after(anchor, on.get("months", 0)) + on.get("days", 0) * DAY for on in schedule["on"]]
    first, last = span_dates(schedule.get("span", phase), anchor)
    midnights = {"dtstart": dt.datetime.combine(first, dt.time()), "until": dt.datetime.combine(last, dt.time())}
    if "daily" in schedule:
        return [day.date() for day in rrule(DAILY, interval=schedule["daily"].get("interval") or 1, **midnights)]
    if "weekly" in schedule:
        named = [WEEKDAYS.index(day[len("WEEKDAY_"):]) for day in schedule["weekly"].get("weekdays", [])]
        return [day.date() for day in rrule(WEEKLY, interval=schedule["weekly"].get("interval") or 1,
                                            wkst=first.weekday(), byweekday=named or [first.weekday()], **midnights)]
    if "monthly" in schedule:
        dates = [date for date in (months_after(anchor, n) for n in range(400)) if first <= date <= last]
        return dates[::schedule["monthly"].get("interval") or 1]
    return [first]


class Occurrence:
    """One occurrence on its way: `due` in nanoseconds, `expire` in seconds."""

    def __init__(self, patient, rule, visit, spread, nominal):
        self.patient, self.spread, self.nominal = patient, spread, nominal
        self.begins, self.since = None, None  # The appointment, and since when it is that.
        holds = patient.holds
        if visit:
            self.since = int(visit["sinceMicros"]) * 1000
            holds = [{"from": holds[0]["from"], "until": self.since, "reason": "VISIT_CHANGED"}]
            holds += [hold for hold in patient.holds[1:] if hold["until"] > self.since]
            asks_later = rule.get("audience") == "AUDIENCE_CARE_TEAM" and rule["schedule"]["on"][0].get("days", 0) > 0
            for_later = asks_later and rule["visit"]["state"] == "VISIT_STATE_BOOKED"
            if visit["state"] == "VISIT_STATE_BOOKED" and not for_later:
                self.begins = int(visit["startMicros"]) // 10**6
        self.window = rule["schedule"].get("window", {})
        self.task = rule.get("audience") == "AUDIENCE_CARE_TEAM"
        self.outside, self.lapsed, self.lapse = False, "-", 0
        opens = patient.clock.instant(nominal)
        self.due, self.expire = opens * NANOS, self.close(nominal, opens)
        if self.begun(opens):
            if self.task:
                self.move_from(nominal.date())
            return
        close = self.expire
        if close * NANOS <= holds[0]["until"]:
            self.lapse_in(holds[0], close)
            return
        self.move_from(nominal.date())
        self.add_spread()
        for hold in holds:
            if self.lapsed != "-" or not hold["from"] <= self.due < hold["until"]:
                continue
            if self.expire * NANOS <= hold["until"]:
                self.lapse_in(hold, self.expire)
                return
            self.due, self.outside = hold["until"], False
            if self.move_from(patient.clock.shows(self.due // NANOS).date() - DAY):
                self.add_spread()

    def lapse_in(self, hold, close):
        self.lapsed, self.lapse = hold["reason"], close * NANOS if hold["reason"] == "PAUSED" else hold["until"]

    def begun(self, instant):
        """Whether the appointment has begun by then, so that this has lapsed."""
        if self.begins is not None and instant >= self.begins:
            self.lapsed, self.lapse = "WINDOW_CLOSED", self.since
        return self.lapsed != "-"

    def close(self, local, opens):
        """When the window closes that opens at local time `local`: at the latest when the appointment begins ahead."""
        close = self.close_by_rule(local, opens)
        return min(close, self.begins) if self.begins is not None and opens < self.begins else close

    def close_by_rule(self, local, opens):
        """When the window closes that opens at local time `local`, which is the instant `opens`."""
        clock = self.patient.clock
        if "hours" in self.window:
            return opens + self.window["hours"] * 3600
        if "until" in self.window:
            until = dt.datetime.combine(local.date(), dt.time.fromisoformat(self.window["until"]))
            return max(clock.instant(until), opens + 60)
        length = 1 + self.window.get("days", 0)
        close = clock.midnight(local.date() + length * DAY)
        if close <= opens:
            close = clock.midnight(clock.shows(opens).date() + length * DAY)
        return max(close, opens + 60)

    def move_from(self, day):
        """To the next opening, or open day; whether it moved. `day` is that of the due time, or earlier."""
        second = self.due // NANOS
        if not self.task:
            opens = self.patient.hours.first(True, second, self.expire)
            self.outside = opens == self.expire
            if self.outside or opens == second:
                return False
            self.due = opens * NANOS
            return True
        if not self.patient.closed.closed(second):
            return False
        local = dt.datetime.combine(day, self.nominal.time())
        while (opens := self.patient.clock.instant(local)) < second or self.patient.closed.closed(opens):
            local += DAY
        self.due, self.expire = opens * NANOS, self.close(local, opens)
        return not self.begun(opens)

    def add_spread(self):
        if self.lapsed != "-" or self.outside or self.spread == 0:
            return
        second = self.due // NANOS
        latest = min(second + self.spread, self.expire - 1)
        if self.task:
            latest = self.patient.closed.last_open(latest)
        elif not self.patient.hours.always:
            latest = self.patient.hours.first(False, second, latest + 1) - 1
        self.due = max(self.due, latest * NANOS)


class Patient:
    def __init__(self, case):
        self.clock = clock_of(case["zone"])
        self.hours = Hours(case["hours"], self.clock)
        self.closed = ClosedDays(case["clinic"])
        self.holds = case["holds"]
        self.procedure = dt.date.fromisoformat(case["date"])
        self.visits = {visit["visit"]: visit for visit in case["visits"]}
        # A change that left messages untold is like an appointment that begins when the change was made.
        change = case["neverToldMicros"]
        self.visits["never told"] = {"state": "", "appointment": 1, "sinceMicros": change, "startMicros": change}
        self.targets = {visit["id"]: visit["target"] for visit in case["pathway"].get("visits", [])}

    def anchor(self, visit):
        """What the days of a rule for that visit count from."""
        if not visit:
            return self.procedure
        if visit in self.visits:
            return self.clock.shows(int(self.visits[visit]["startMicros"]) // 10**6).date()
        target = self.targets[visit]
        date = months_after(self.procedure, target.get("months", 0)) + target.get("days", 0) * DAY
        while self.closed.closed_on(date):
            date += DAY
        return date


@functools.lru_cache(maxsize=None)
def clock_of(zone):
    return Clock(zone)


def plan(case):
    patient = Patient(case)
    phases = {phase["id"]: phase["span"] for phase in case["pathway"]["phases"]}
    occurrences = []
    for index, rule in enumerate(case["pathway"]["rules"]):
        if not case["applies"][index]:
            continue
        times = [dt.time.fromisoformat(time) for time in rule["schedule"]["times"]]
        named = "never told" if rule.get("onNeverTold") else rule.get("visit", {}).get("visit")
        visit = patient.visits.get(named)
        days = days_of(rule["schedule"], phases[rule["phase"]], patient.anchor(named))
        nominals = [dt.datetime.combine(day, time) for day in days for time in times]
        before = (visit["appointment"] - 1) * len(nominals) if visit else 0
        for number, nominal in enumerate(nominals, start=before + 1):
            made = Occurrence(patient, rule, visit, case["spread"][index], nominal)
            occurrences.append((made.due, index, number, made))
    return sorted(occurrences, key=lambda occurrence: occurrence[:3])


def main():
    for line in sys.stdin:
        for due, rule, number, made in plan(json.loads(line)):
            print(f"{rule}.{number} {made.nominal:%Y-%m-%dT%H:%M} {due} {made.expire * NANOS}"
                  f" {made.lapsed} {made.lapse} {'outside' if made.outside else '-'}")
        print()


if __name__ == "__main__":
    main()
