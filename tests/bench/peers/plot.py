"""The plot of peers as an SVG: bars of the throughput, and the span from p50 to p99 of the lateness."""

import html
import math
import statistics

WIDTH, ROW, TOP, LEFT = 900, 26, 56, 260
PANELS = ((LEFT, 300), (LEFT + 350, 260))  # where each begins, and how wide it is
OURS, OTHER, LIMIT = "#0b6e4f", "#6b8cae", "#b8b8b8"


def text(x, y, words, anchor="start", more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" {more}>{html.escape(words)}</text>'


def color(row):
    return OURS if row.get("ours") else LIMIT if row.get("limit") else OTHER


def bars(rows, panel):
    left, width = panel
    medians = [statistics.median(row["per_second"]) for row in rows]
    most = max(max(row["per_second"]) for row in rows)
    shapes = [text(left, 40, "reminders a second", more='font-weight="bold"')]
    for i, (row, median) in enumerate(zip(rows, medians)):
        y = TOP + i * ROW
        scale = lambda value: left + (width - 60) * value / most
        size = f'width="{scale(median) - left:.1f}" height="16"'
        shapes.append(f'<rect x="{left}" y="{y + 4}" {size} fill="{color(row)}"/>')
        low, high = scale(min(row["per_second"])), scale(max(row["per_second"]))
        shapes.append(f'<path d="M{low:.1f} {y + 12}H{high:.1f}" stroke="#222" stroke-width="2"/>')
        shapes.append(text(high + 6, y + 17, f"{median:,.0f}"))
    return shapes


def spans(rows, panel):
    """On a logarithmic scale, since they lie between a millisecond and several seconds."""
    left, width = panel
    values = [value for row in rows for key in ("late_p50_ms", "late_p99_ms") for value in row.get(key, [])]
    if not values:
        return []
    low = math.floor(math.log10(max(min(values), 0.01)))
    high = max(math.ceil(math.log10(max(values))), low + 1)
    scale = lambda value: left + width * (math.log10(max(value, 0.01)) - low) / (high - low)
    bottom = TOP + len(rows) * ROW
    shapes = [text(left, 40, "due to claimed, ms: p50 to p99", more='font-weight="bold"')]
    for power in range(low, high + 1):
        x = scale(10**power)
        shapes.append(f'<path d="M{x:.1f} {TOP}V{bottom}" stroke="#ddd"/>')
        shapes.append(text(x, bottom + 16, f"{10**power:g}", "middle"))
    for i, row in enumerate(rows):
        if "late_p50_ms" not in row:
            continue
        y = TOP + i * ROW + 12
        p50, p99 = (scale(statistics.median(row[key])) for key in ("late_p50_ms", "late_p99_ms"))
        shapes.append(f'<path d="M{p50:.1f} {y}H{p99:.1f}" stroke="{color(row)}" stroke-width="6"/>')
        shapes.append(f'<circle cx="{p50:.1f}" cy="{y}" r="5" fill="{color(row)}"/>')
    return shapes


def plot(rows):
    """The no-op call is not in it: beside it the others could not be told apart."""
    rows = [row for row in rows if "per_second" in row and (not row.get("limit") or "late_p50_ms" in row)]
    height = TOP + len(rows) * ROW + 30
    shapes = [text(LEFT - 10, TOP + i * ROW + 17, row["peer"], "end") for i, row in enumerate(rows)]
    if rows:
        shapes += bars(rows, PANELS[0]) + spans(rows, PANELS[1])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        'font-family="sans-serif" font-size="13" fill="#222">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )
