# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Docker Engine for tests, with a registry beside it: scripts/setup/engine.sh as pytest fixtures."""
import base64
import dataclasses
import gzip
import hashlib
import io
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import urllib.request
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/setup/engine.sh"


@dataclasses.dataclass
class LocalEngine:
    """`host` as DOCKER_HOST has it, `registry` as ADDRESS:PORT; names of this run begin with `prefix`."""
    host: str
    registry: str
    prefix: str

    def docker(self, *words, check=True, **settings):
        """Runs the docker command; gives what it printed, without the last line end."""
        done = subprocess.run(["docker", "--host", self.host, *words], capture_output=True, text=True, check=False,
                              timeout=120, **settings)
        assert not check or done.returncode == 0, f"docker {' '.join(words)}: {done.stderr}"
        return done.stdout.strip()

    def clean(self):
        """Removes containers, networks and images of this run."""
        for container in self.docker("ps", "-aq", "--filter", f"name={self.prefix}").split():
            self.docker("rm", "-f", "-v", container, check=False)
        for network in self.docker("network", "ls", "-q", "--filter", f"name={self.prefix}").split():
            self.docker("network", "rm", network, check=False)
        for image in self.docker("image", "ls", "--format", "{{.Repository}}:{{.Tag}}").split():
            if self.prefix in image and not image.endswith(":<none>"):
                self.docker("image", "rm", "-f", image, check=False)


@dataclasses.dataclass
class Published:
    """An image at a registry: its name there, the ID that it gets in an Engine, its digest at the registry."""
    name: str
    id: str
    digest: str


class Registry:
    """Puts images into a registry through its own API; `login` is USER:PASSWORD."""

    def __init__(self, address, login=None):
        self.address = address
        self.headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()} if login else {}

    def _ask(self, method, url, body=None, kind="application/octet-stream"):
        request = urllib.request.Request(url if url.startswith("http") else f"http://{self.address}{url}", body,
                                         {**self.headers, "Content-Type": kind}, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return answer.headers

    def _blob(self, repository, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        place = self._ask("POST", f"/v2/{repository}/blobs/uploads/", b"")["Location"]
        self._ask("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", content)
        return {"digest": digest, "size": len(content)}

    def _manifest(self, repository, reference, manifest):
        content = json.dumps(manifest).encode()
        self._ask("PUT", f"/v2/{repository}/manifests/{reference}", content, manifest["mediaType"])
        return {"mediaType": manifest["mediaType"], "digest": "sha256:" + hashlib.sha256(content).hexdigest(),
                "size": len(content)}

    def put(self, repository, tag, text, architecture):
        """One image that holds a file with `text`."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            entry = tarfile.TarInfo("text")
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
        layer = self._blob(repository, gzip.compress(archive.getvalue(), mtime=0))
        config = self._blob(repository, json.dumps({
            "architecture": architecture, "os": "linux", "config": {"Cmd": ["/text"]},
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(archive.getvalue()).hexdigest()]},
            "history": [{"created_by": "a test"}]}).encode())
        kind = "application/vnd.docker."
        manifest = self._manifest(repository, tag, {
            "schemaVersion": 2, "mediaType": kind + "distribution.manifest.v2+json",
            "config": {"mediaType": kind + "container.image.v1+json", **config},
            "layers": [{"mediaType": kind + "image.rootfs.diff.tar.gzip", **layer}]})
        return Published(f"{self.address}/{repository}:{tag}", config["digest"], manifest["digest"]), manifest

    def put_list(self, repository, tag, text, architectures):
        """Images for several architectures under one tag; gives {architecture: Published}."""
        made = {one: self.put(repository, f"{tag}-{one}", f"{text} {one}", one) for one in architectures}
        digest = self._manifest(repository, tag, {
            "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.list.v2+json",
            "manifests": [{**manifest, "platform": {"architecture": one, "os": "linux"}}
                          for one, (_, manifest) in made.items()]})["digest"]
        return {one: Published(f"{self.address}/{repository}:{tag}", image.id, digest) for one, (image, _) in made.items()}


# Each folder that imports the fixture has one of its own; the last that ends stops the engine.
IN_USE = []


@pytest.fixture(scope="session")
def docker_engine():
    """A LocalEngine. Skips, with the reason, where this machine cannot run one."""
    user = str(os.getpid())
    started = subprocess.run([SCRIPT, "start", user], capture_output=True, text=True, check=False, timeout=900)
    if started.returncode == 77:
        pytest.skip((started.stderr.strip().splitlines() or ["no Docker Engine can be run here"])[-1])
    assert started.returncode == 0, started.stderr
    registry = subprocess.run([SCRIPT, "registry"], capture_output=True, text=True, check=True).stdout.strip()
    engine = LocalEngine(started.stdout.strip().splitlines()[-1], registry, f"lago-test-{uuid.uuid4().hex[:8]}")
    IN_USE.append(engine)
    try:
        yield engine
    finally:
        IN_USE.remove(engine)
        try:
            engine.clean()
        finally:
            if not IN_USE:
                subprocess.run([SCRIPT, "stop", user], capture_output=True, check=False, timeout=120)


@pytest.fixture(scope="session")
def busybox(docker_engine, tmp_path_factory):
    """The name of a small image with a shell, made of the machine's own static busybox."""
    program = shutil.which("busybox")
    if program is None:
        pytest.skip("there is no busybox (package busybox-static)")
    archive = tmp_path_factory.mktemp("busybox") / "root.tar"
    with tarfile.open(archive, "w") as tar:
        tar.add(program, "bin/busybox")
        for name in ("sh", "sleep", "cat", "true", "httpd"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
    name = f"{docker_engine.prefix}/busybox:1"
    docker_engine.docker("import", str(archive), name)
    return name
