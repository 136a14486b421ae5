# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures from seconds, and how they are shown: tables, bars of text, an SVG, JSON."""
import dataclasses
import html
import statistics

from pairs import CONTROLLER, FLOOR

# How many times as fast as the peers we promise to be, by the setting of pipelining.
EXPECTED = {"off": 7, "on": 5}
# The same of the role and a plain one that lays down the same files and units, with Ansible's defaults.
EXPECTED_OF_ROLE = 10
ROLE_PARTS = {"run": "ansible-playbook", "tasks": "all tasks", "files": "tasks with files"}
MODE_TITLES = {"off": "pipelining off (Ansible's default)", "on": "pipelining on"}
BAR = 50


@dataclasses.dataclass(frozen=True)
class Row:
    """One line of a table. `ratio` is the median of the rounds' ratios to our task, None for floors and for ourselves."""
    label: str
    median: float
    low: float
    high: float
    ratio: float | None = None
    whole: bool = False  # all that does the work of our module: what the promise is about


def row(label, times, ours=None, whole=False):
    ratio = statistics.median(theirs / one for theirs, one in zip(times, ours)) if ours else None
    return Row(label, statistics.median(times), min(times), max(times), ratio, whole)


def table(seconds, chosen):
    """[(pair or None for the floors, [Row])] of one setting."""
    groups = [(None, [row(task.label, seconds[task.label]) for task in (CONTROLLER, FLOOR)])]
    for pair in chosen:
        ours = seconds[pair.name]
        theirs = [seconds[peer.label] for peer in pair.peers]
        rows = [row(pair.name, ours)]
        rows += [row(peer.label, times, ours, len(theirs) == 1) for peer, times in zip(pair.peers, theirs)]
        if len(theirs) > 1:
            label = " + ".join(peer.label.removeprefix("postgresql_") for peer in pair.peers)
            rows.append(row(label, [sum(parts) for parts in zip(*theirs)], ours, True))
        groups.append((pair, rows))
    return groups


def ratios(seconds, chosen):
    """{mode: {label: how many times as long as ours}}."""
    return {mode: {one.label: one.ratio for _, rows in table(times, chosen) for one in rows if one.ratio is not None}
            for mode, times in seconds.items()}


def milliseconds(value):
    return f"{value * 1000:.0f}"


def ratio_text(one, mode):
    if one.ratio is None:
        return ""
    text = f"{one.ratio:.1f} x"
    if one.whole:
        text += f"  {'reached' if one.ratio >= EXPECTED[mode] else 'BELOW'} {EXPECTED[mode]}"
    return text


def table_lines(mode, groups):
    yield MODE_TITLES[mode]
    yield f"  {'ms for a task':<24}{'median':>8}{'min':>7}{'max':>7}   ratio"
    for _, rows in groups:
        for one in rows:
            yield (f"  {one.label:<24}{milliseconds(one.median):>8}{milliseconds(one.low):>7}"
                   f"{milliseconds(one.high):>7}   {ratio_text(one, mode)}").rstrip()


def bar_lines(groups):
    widest = max(one.median for _, rows in groups for one in rows)
    for pair, rows in groups:
        for one in rows:
            mark = "#" if pair and one.label == pair.name else "="
            yield f"  {one.label:<24}{mark * max(1, round(one.median / widest * BAR))} {milliseconds(one.median)}"


@dataclasses.dataclass(frozen=True)
class Split:
    """Where the time of one of our tasks goes, in seconds."""
    controller: float  # what a task costs that goes nowhere
    ssh: float         # one execution on the target, of nothing
    program: float     # our program alone
    rest: float        # what is left: options, encoding, the shell's start of the program, the result's way back


def split(seconds, pair, alone):
    controller = statistics.median(seconds[CONTROLLER.label])
    floor = statistics.median(seconds[FLOOR.label])
    ours = statistics.median(seconds[pair.name])
    return Split(controller, floor - controller, alone, ours - floor - alone)


def split_lines(seconds, chosen, alone):
    yield f"  {'where ours goes (ms)':<24}{'controller':>12}{'ssh':>7}{'program':>9}{'rest':>7}"
    for pair in chosen:
        one = split(seconds, pair, alone[pair.name])
        yield (f"  {pair.name:<24}{milliseconds(one.controller):>12}{milliseconds(one.ssh):>7}"
               f"{one.program * 1000:>9.1f}{milliseconds(one.rest):>7}")


def role_rows(seconds):
    """{part: (Row of ours, Row of the plain role)} of one setting."""
    (ours, ours_times), (plain, plain_times) = seconds.items()
    return {part: (row(ours, ours_times[part]), row(plain, plain_times[part], ours_times[part])) for part in ROLE_PARTS}


def role_lines(role):
    """What roles.measure() gives."""
    if "left_out" in role:
        yield f"The whole role was left out: {role['left_out']}"
        return
    (ours, ours_tasks), (plain, plain_tasks) = role["tasks"].items()
    yield (f"Nothing to do, {role['files']} files and units in {role['folders']} folders: {ours} ({ours_tasks} tasks), "
           f"and a {plain} ({plain_tasks} tasks)")
    for mode, seconds in role["seconds"].items():
        yield ""
        yield MODE_TITLES[mode]
        yield f"  {'seconds':<18}{'':<16}{'median':>8}{'min':>7}{'max':>7}   ratio"
        for part, rows in role_rows(seconds).items():
            for one in rows:
                text = f"{one.ratio:.1f} x" if one.ratio else ""
                if one.ratio and mode == "off":
                    text += f"  {'reached' if one.ratio >= EXPECTED_OF_ROLE else 'BELOW'} {EXPECTED_OF_ROLE}"
                yield (f"  {ROLE_PARTS[part]:<18}{one.label:<16}{one.median:>8.2f}{one.low:>7.2f}{one.high:>7.2f}   "
                       f"{text}").rstrip()


def text(figures, chosen):
    """The whole report. `figures` is what --json writes."""
    lines = [f"An unchanged task, ours and the peers', median of {figures['rounds']} rounds after one to warm up",
             ""]
    lines += [f"  {name:<14}{value}" for name, value in figures["about"].items()]
    for mode, seconds in figures["seconds"].items():
        groups = table(seconds, chosen)
        lines += ["", *table_lines(mode, groups), "", *bar_lines(groups), "",
                  *split_lines(seconds, chosen, figures["alone"])]
    if figures["role"]:
        lines += ["", *role_lines(figures["role"])]
    return "\n".join(lines) + "\n"


def svg(figures, chosen):
    """The bars of all settings as a picture."""
    step, left, scale_to, parts, y = 22, 210, 480, [], 30
    tables = {mode: table(seconds, chosen) for mode, seconds in figures["seconds"].items()}
    widest = max(one.median for groups in tables.values() for _, rows in groups for one in rows)
    for mode, groups in tables.items():
        parts.append(f'<text x="10" y="{y}" font-weight="bold">{html.escape(MODE_TITLES[mode])}, ms</text>')
        for pair, rows in groups:
            for one in rows:
                y += step
                colour = "#0a7d5a" if pair and one.label == pair.name else "#9aa5b1" if pair else "#d5dbe1"
                width = one.median / widest * scale_to
                parts += [f'<text x="{left - 8}" y="{y}" text-anchor="end">{html.escape(one.label)}</text>',
                          f'<rect x="{left}" y="{y - 12}" width="{width:.1f}" height="15" fill="{colour}"/>',
                          f'<text x="{left + width + 6:.1f}" y="{y}">{milliseconds(one.median)}'
                          f'{f" ({one.ratio:.1f} x)" if one.ratio else ""}</text>']
            y += 6
        y += 2 * step
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="800" height="{y - step}" font-family="sans-serif" '
            f'font-size="13"><rect width="100%" height="100%" fill="#ffffff"/>\n' + "\n".join(parts) + "\n</svg>\n")
