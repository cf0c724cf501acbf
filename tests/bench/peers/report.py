#!/usr/bin/env python3
"""Makes the table, the plot and the kept results of what tests/bench/run measured.
Usage: report.py MEASURED.jsonl BENCH_DIRECTORY --data DIRECTORY [--quick] [--print]

Each line of MEASURED.jsonl is a JSON object of one peer in one repeat. --data is on the disk that was measured.
--print only prints the table.
"""

import argparse
import json
import os
import pathlib
import platform
import re
import statistics
import subprocess
import time

from plot import plot

BEGIN = "<!-- peers: begin. tests/bench/run writes what stands between these marks. -->"
END = "<!-- peers: end -->"
KEYS = ("per_second", "late_p50_ms", "late_p99_ms", "bytes_per_million")


def family(peer):
    """Peers that differ by their settings only, and so keep their jobs in the same way."""
    return peer.split(",")[0]


def gather(lines):
    """One row a peer, in the order in which they ran: each measured value as a list of its repeats."""
    rows, weights = {}, {}
    for line in lines:
        if "bytes_per_million" in line:
            weights[family(line["peer"])] = (line["bytes_per_million"], line["weighed"])
        if "per_second" not in line and "left_out" not in line:
            continue
        row = rows.setdefault(line["peer"], {"peer": line["peer"]})
        if family(line["peer"]) == "Aftercare":
            line["ours"] = True
        row.update({k: v for k, v in line.items() if k not in KEYS})
        for key in KEYS[:3]:
            if key in line:
                row.setdefault(key, []).append(line[key])
    for row in rows.values():
        if family(row["peer"]) in weights:
            row["bytes_per_million"], row["weighed"] = weights[family(row["peer"])]
    return list(rows.values())


def number(value):
    """Three figures are as many as mean anything."""
    if value >= 100:
        digits = len(str(int(value))) - 3
        return f"{round(value, -digits):,.0f}"
    return f"{value:.3g}"


def spread(values):
    if not values:
        return "–"
    text = number(statistics.median(values))
    return text if len(values) == 1 else f"{text} ({number(min(values))}–{number(max(values))})"


def compared(row, ours):
    """How the throughput compares with ours, in words where the other is faster."""
    if row.get("limit") or row.get("ours") or not ours:
        return ""
    ratio = statistics.median(row["per_second"]) / statistics.median(ours["per_second"])
    return f"**faster, × {ratio:.2g}**" if ratio > 1 else f"× {ratio:.2g}"


def table(rows, ours):
    head = ["", "settings", "reminders a second", "of Aftercare", "late, p50, ms", "late, p99, ms", "MB a million"]
    head.append("jobs")
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        if "per_second" not in row:
            continue
        name = f"**{row['peer']}**" if row.get("ours") else row["peer"]
        weight = number(row["bytes_per_million"] / 1e6) if "bytes_per_million" in row else "–"
        late = [spread(row.get(key)) for key in ("late_p50_ms", "late_p99_ms")]
        count = f"{row['n']:,}" if "n" in row else "–"
        cells = [name, row["settings"], spread(row["per_second"]), compared(row, ours), *late, weight, count]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def better(rows, ours):
    """In so many words, which peers are ahead of ours in what."""
    if not ours:
        return "Aftercare itself was not measured in this run, so nothing is compared with it."
    sentences = []
    names = {
        "per_second": ("faster than Aftercare", max),
        "late_p50_ms": ("earlier than Aftercare at p50", min),
        "late_p99_ms": ("earlier than Aftercare at p99", min),
        "bytes_per_million": ("smaller on disk than Aftercare", min),
    }
    for key, (words, best) in names.items():
        value = lambda row: row[key] if key == "bytes_per_million" else statistics.median(row[key])
        others = [row for row in rows if key in row and not row.get("ours") and not row.get("limit")]
        ahead = [row["peer"] for row in others if best(value(row), value(ours)) != value(ours)]
        sentences.append(f"{words.capitalize().replace('aftercare', 'Aftercare')}: {'; '.join(ahead) or 'none'}.")
    return " ".join(sentences)


def fsync_milliseconds(directory):
    path = os.path.join(directory, "fsync")
    times = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(300):
            begin = time.perf_counter()
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
            times.append(1000 * (time.perf_counter() - begin))
    os.unlink(path)
    return statistics.median(times)


def first_match(pattern, text):
    match = re.search(pattern, text, re.MULTILINE)
    return match.group(1).strip() if match else "unknown"


def version(*command):
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return first_match(r"(\d+\.\d+(?:\.\d+)?)", text)


def machine(directory):
    memory = first_match(r"MemTotal: *(\d+)", pathlib.Path("/proc/meminfo").read_text())
    file_system = subprocess.run(["findmnt", "-no", "FSTYPE", "-T", directory], capture_output=True, text=True).stdout
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory) / 2**20) if memory.isdigit() else memory,
        "cpu": first_match(r"^model name\s*:(.*)$", pathlib.Path("/proc/cpuinfo").read_text()),
        "fsync_ms": round(fsync_milliseconds(directory), 3),
        "file_system": file_system.strip() or "unknown",
        "kernel": platform.release(),
        "postgresql": version("/usr/lib/postgresql/15/bin/postgres", "--version"),
        "redis": version("redis-server", "--version"),
        "node": os.environ.get("BENCH_NODE_VERSION", "unknown"),
        "date": time.strftime("%Y-%m-%d"),
    }


def described(facts, rows):
    versions = {family(r["peer"]): r["version"].lstrip("v") for r in rows if r.get("version")}
    versions |= {"PostgreSQL": facts["postgresql"], "Redis": facts["redis"], "Node": facts["node"].lstrip("v")}
    named = ", ".join(f"{name} {number}" for name, number in versions.items() if number)
    return (
        f"Measured on {facts['date']}: {facts['cores']} cores ({facts['cpu']}), {facts['memory_gb']} GB of memory, "
        f"Linux {facts['kernel']}, {facts['file_system']}; to write 4 KB and sync them takes "
        f"{facts['fsync_ms']:.2g} ms (median). {named}."
    )


def weight_note(rows):
    counts = sorted({row["weighed"] for row in rows if "weighed" in row})
    text = " and ".join(f"{count:,}" for count in counts)
    return f"MB a million: from {text} pending jobs, scaled." if counts else ""


def section(rows, facts, quick):
    # The one that the same program measured.
    measured = {row["peer"]: row for row in rows if "per_second" in row}
    ours = measured.get("Aftercare")
    repeats = max((len(row["per_second"]) for row in measured.values()), default=0)
    parts = [described(facts, rows)]
    if quick:
        parts.append("**A `--quick` run: once, with few jobs. The figures show that it runs, and little more.**")
    else:
        parts.append(f"Medians of {repeats} repeats, and the least and the most of them.")
    parts += [table(rows, ours), better(rows, ours)]
    parts.append(weight_note(rows))
    parts += [f"Left out: {row['peer']}: {row['left_out']}." for row in rows if "left_out" in row]
    return "\n\n".join(part for part in parts if part)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("lines")
    parser.add_argument("bench", type=pathlib.Path)
    parser.add_argument("--data", required=True)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--print", action="store_true")
    arguments = parser.parse_args()
    lines = [json.loads(line) for line in pathlib.Path(arguments.lines).read_text().splitlines()]
    rows, facts = gather(lines), machine(arguments.data)
    text = section(rows, facts, arguments.quick)
    print(text)
    if arguments.print:
        return
    results = arguments.bench / "results"
    results.mkdir(exist_ok=True)
    kept = {"machine": facts, "quick": arguments.quick, "measurements": lines}
    (results / "peers.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
    (results / "peers.svg").write_text(plot(rows))
    readme = arguments.bench / "README.md"
    before, rest = readme.read_text().split(BEGIN)
    after = rest.split(END)[1]
    image = "![Reminders a second, and how late they are claimed](results/peers.svg)"
    readme.write_text(f"{before}{BEGIN}\n\n{text}\n\n{image}\n\n{END}{after}")


main()
