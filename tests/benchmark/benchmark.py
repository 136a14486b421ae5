#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long an unchanged task of each of our modules takes beside the module that people use today.

Both run over OpenSSH on loopback with ansible-core's defaults, in turns, with pipelining off and on; the peers come from
packages. What is needed is installed and built; sshd, PostgreSQL and Redis are started on free ports and stopped.
"""
import argparse
import contextlib
import datetime
import gzip
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys
import tempfile

import loopback
import report
import roles
import rounds
from pairs import Target, pairs

ROOT = pathlib.Path(__file__).resolve().parents[2]
COLLECTIONS = ("community.postgresql", "community.general", "community.crypto")


def arguments(words):
    names = [*(pair.name for pair in pairs(Target("", 0, 0, "", ""))), roles.NAME]
    parser = argparse.ArgumentParser(prog="scripts/benchmark", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, metavar="N", help="rounds that count (default: 15)")
    parser.add_argument("--only", action="append", choices=names, metavar="NAME",
                        help=f"one of {', '.join(names)}; can be given several times")
    parser.add_argument("--core", default="newest", metavar="NAME",
                        help="ansible-core, as scripts/setup/venv.sh names it (default: newest)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write all samples there")
    parser.add_argument("--svg", type=pathlib.Path, metavar="FILE", help="draw the bars there")
    chosen = parser.parse_args(words)
    if chosen.rounds < 1:
        parser.error("--rounds: at least 1")
    for path in filter(None, (chosen.json, chosen.svg)):
        if not path.absolute().parent.is_dir():
            parser.error(f"there is no folder {path.parent}")
    chosen.only = chosen.only or names
    return chosen


def printed(*command):
    """The last line that a script prints; its messages go on to our stderr."""
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def setup(name, *words):
    return pathlib.Path(printed(ROOT / "scripts" / "setup" / name, *words))


def build():
    """The folder with our collection, as it is released."""
    subprocess.run(["bash", "-c", '. "$0/scripts/lib/stage.sh"; build_preset "release-$NATIVE" collection >&2', ROOT],
                   check=True)
    return ROOT / "build" / "collection"


def unpack_program(collections, folder):
    packed = collections / "ansible_collections/mash/lago/plugins/plugin_utils/bin" / f"lago-{platform.machine()}.gz"
    program = folder / "lago"
    program.write_bytes(gzip.decompress(packed.read_bytes()))
    program.chmod(0o700)
    return program


def processor():
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def load():
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def collection_version(path, name):
    manifest = path / "ansible_collections" / name.replace(".", "/") / "MANIFEST.json"
    return json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"]


def about(ansible, peers, interpreter, program, servers, load_before):
    core = printed(ansible / "bin" / "python", "-c", "import ansible.release; print(ansible.release.__version__)")
    controller = printed(ansible / "bin" / "python", "-c", "import platform; print(platform.python_version())")
    target = printed(interpreter, "-c", "import platform; print(platform.python_version())")
    ours = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    ssh = subprocess.run(["ssh", "-V"], capture_output=True, text=True, check=True).stderr.strip()
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{processor()}, {os.cpu_count()} cores, Linux {platform.release()}",
        "load": f"before {load_before}, after {load()} (1, 5, 15 minutes)",
        "controller": f"ansible-core {core}, Python {controller}, {ssh}",
        "target": f"loopback, Python {target} for the peers",
        "servers": ", ".join(servers),
        "ours": ours,
        "peers": ", ".join(f"{name} {collection_version(peers, name)}" for name in COLLECTIONS) +
                 ", ansible.builtin of this core",
    }


def measure(chosen):
    """The report's figures and the pairs they are of."""
    subprocess.run([ROOT / "scripts" / "setup" / "packages.sh", "build", "test"], check=True)
    ansible, peers = setup("venv.sh", chosen.core), setup("collections.sh")
    interpreter = setup("venv.sh", "benchmark") / "bin" / "python"
    ours = build()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lago-benchmark-")))
        program = unpack_program(ours, folder)
        ssh, target, servers = stack.enter_context(loopback.target(folder))
        compared = [pair for pair in pairs(target) if pair.name in chosen.only]
        before = load()
        print(f"measuring {chosen.rounds} rounds of tasks ...", file=sys.stderr)
        seconds = rounds.run(folder, ansible, (ours, peers), ssh, interpreter, compared, chosen.rounds)
        alone = {pair.name: rounds.alone(program, pair, chosen.rounds) for pair in compared}
        role = measure_role(chosen, roles.Setting(folder, ansible, (ours, peers)), ssh, interpreter, target)
        facts = about(ansible, peers, interpreter, program, servers, before)
    return {"rounds": chosen.rounds, "about": facts, "ratios": report.ratios(seconds, compared), "seconds": seconds,
            "alone": alone, "role": role}, compared


def measure_role(chosen, setting, ssh, interpreter, target):
    """The figures of the whole role, {"left_out": reason}, or nothing where it is not asked for."""
    if roles.NAME not in chosen.only:
        return {}
    print(f"measuring {chosen.rounds} rounds of the whole role ...", file=sys.stderr)
    try:
        return roles.measure(setting, ssh, interpreter, target, chosen.rounds)
    except roles.NoEngine as reason:
        return {"left_out": str(reason)}


def main(words):
    chosen = arguments(words)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        figures, compared = measure(chosen)
    except (loopback.Unusable, rounds.Void) as problem:
        sys.exit(f"error: {problem}")
    except subprocess.CalledProcessError as problem:
        sys.exit(f"error: {problem}\n{problem.stderr or ''}")
    except KeyboardInterrupt:
        sys.exit(130)
    print(report.text(figures, compared), end="")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if chosen.svg:
        chosen.svg.write_text(report.svg(figures, compared), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
