#!/usr/bin/env python3
"""Turns what server_bench and delivery_bench print, on standard input, into measurements as the peers print them.
Usage: aftercare.py REMINDERS
"""

import json
import re
import sys


def found(pattern, text):
    match = re.search(pattern, text)
    if not match:
        raise SystemExit(f"the benchmarks of this service print nothing like: {pattern}")
    return [float(group) for group in match.groups()]


def main():
    reminders = int(sys.argv[1])
    text = sys.stdin.read()
    rate = r" +([0-9.]+) /s"
    (no_op,) = found(r"no-op unary call, \d+ in flight" + rate, text)
    (store,) = found(r"the store alone[^\n]*?a commit" + rate, text)
    (ours,) = found(r"fire, lease over a stream, report" + rate, text)
    p50, p99, commit50, commit99 = found(
        r"due to offered, idle: median ([0-9.]+) ms, p99 ([0-9.]+) ms.*a commit alone: ([0-9.]+), ([0-9.]+)", text
    )
    limit = {"limit": True, "version": ""}
    lines = [
        {"peer": "a gRPC call that does nothing", "settings": "64 in flight", "per_second": no_op, **limit},
        {
            "peer": "SQLite alone: our rows and events",
            "settings": "1,000 a commit, three commits each; lateness: one commit",
            "per_second": store,
            "late_p50_ms": commit50,
            "late_p99_ms": commit99,
            "n": reminders,
            **limit,
        },
        {
            "peer": "Aftercare, C++ client",
            "settings": "one stream, 4,000 outstanding; lateness: one at a time",
            "version": "",
            "per_second": ours,
            "late_p50_ms": p50,
            "late_p99_ms": p99,
            "n": reminders,
        },
    ]
    for line in lines:
        print(json.dumps(line))


main()
