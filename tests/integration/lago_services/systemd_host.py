# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with real systemd and a Docker Engine of its own, and units with containers on it."""
import dataclasses
import io
import json
import pathlib
import shlex
import subprocess
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[3]

# Its container is made anew with each start, labelled with what it is made of.
UNIT = """[Unit]
Description={name}
Requires=docker.service {requires}
After=docker.service {requires}
[Service]
ExecStartPre=-docker rm --force {name}
{prepare}
ExecStartPre=/bin/sh -c 'docker create --name {name} --env-file /srv/{name}/env {arguments} \
--label mash.lago.config=$$(sha256sum {files} | sha256sum | cut -d " " -f 1) {image} {command}'
ExecStart=docker start --attach {name}
ExecStop=-docker stop --time 1 {name}
ExecStopPost=-docker rm --force {name}
Restart=always
RestartSec={restart_sec}
{extra}
[Install]
WantedBy=multi-user.target
"""
# Answers on port 8080, and ends when it is told to.
SERVER = "sh -c \"mkdir -p /tmp/www && echo well >/tmp/www/health && exec busybox httpd -f -p 8080 -h /tmp/www\""
SLEEPER = "sh -c \"trap exit TERM; sleep 100000 & wait\""


@dataclasses.dataclass
class Outcome:
    """One run on the host: its result and all that it printed."""
    json: dict
    everything: str

    def service(self, name):
        return next(one for one in self.json["services"] if one["name"] == f"{name}.service")


class Host:
    """Reached through `docker exec`; the binary is mounted into it."""

    def __init__(self, engine, name):
        self.engine, self.name = engine, name

    def sh(self, script, check=True, user="root", stdin=None):
        words = ["docker", "--host", self.engine, "exec", "-i", "-u", user, self.name, "sh", "-c", script]
        done = subprocess.run(words, input=stdin, capture_output=True, check=False, timeout=200)
        assert not check or done.returncode == 0, f"{script}: {done.stderr.decode()}"
        return done.stdout.decode().strip()

    def write(self, path, content):
        self.sh(f"mkdir -p {shlex.quote(str(pathlib.PurePath(path).parent))} && cat >{shlex.quote(path)}",
                stdin=content.encode())

    def module(self, check=False, user="root", **options):
        """One run of lago_services; `user` other than root runs it as that."""
        arguments = {"_ansible_check_mode": check, "_ansible_diff": True, "_ansible_version": "2.19.0", **options}
        printed = self.sh("lago lago_services; true", user=user, stdin=json.dumps(arguments).encode())
        return Outcome(json.loads(printed), printed)

    def show(self, name, prop):
        return self.sh(f"systemctl show --value --property={prop} {name}")

    def import_image(self, name, **changes):
        """A small image with a shell, of this machine's own static busybox."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            tar.add("/usr/bin/busybox", "bin/busybox")
            for program in ("sh", "sleep", "cat", "mkdir", "echo", "wget"):
                link = tarfile.TarInfo(f"bin/{program}")
                link.type, link.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(link)
        change = " ".join(f"-c {shlex.quote(f'ENV {key}={value}')}" for key, value in changes.items())
        self.sh(f"docker import {change} - {name}", stdin=archive.getvalue())

    def add_unit(self, name, *, command=SLEEPER, image="lago-test:1", requires="", prepare="", arguments="", extra="",
                 restart_sec="100ms", env="A=1\n"):
        """Writes a unit and its configuration; gives the service's options."""
        files = [f"/etc/systemd/system/{name}.service", f"/srv/{name}/env"]
        self.write(files[1], env)
        self.write(files[0], UNIT.format(name=name, command=command, image=image, requires=requires, prepare=prepare,
                                         arguments=arguments, extra=extra, restart_sec=restart_sec,
                                         files=" ".join(files)))
        return {"name": name, "config_files": files}

    def remove_units(self):
        """All that tests have left."""
        self.sh("""cd /etc/systemd/system && for unit in lt-*; do [ -e "$unit" ] || continue
            systemctl disable "$unit"; systemctl kill --signal=KILL "$unit"; systemctl stop "$unit"; rm -f "$unit"
            done; docker ps -aq --filter name=lt- | xargs -r docker rm -f; rm -rf /srv/lt-*
            systemctl daemon-reload; systemctl reset-failed""", check=False)
