# SPDX-License-Identifier: GPL-3.0-or-later
"""lago_info with a real Docker Engine: containers, their environment and labels, and what answers inside of them."""
import pytest
from engine import busybox, docker_engine  # noqa: F401  (two fixtures)

HEALTH = '{"version": "1.31.0", "message": "Success"}'
ENV_CONFIG = 'window.API_URL = "https://x"\nwindow.LAGO_DISABLE_SIGNUP = "true"\n'


@pytest.fixture
def containers(docker_engine, busybox, tmp_path):  # noqa: F811
    """Starts a container that serves one file on a port of its own loopback; gives its unit as lago_info wants it."""
    image = f"{docker_engine.prefix}/api:v1.31.0"
    docker_engine.docker("tag", busybox, image)
    made = []

    def start(kind, port, file, text, *options):
        name = f"{docker_engine.prefix}-{kind}"
        (tmp_path / kind).mkdir()
        (tmp_path / kind / file).write_text(text)
        (tmp_path / f"{name}.service").write_text(f"[Service]\nExecStartPre=/usr/bin/env docker create --rm \\\n  --name {name} {image} sh\n")
        docker_engine.docker("run", "-d", "--name", name, "--network", "none", "-v", f"{tmp_path / kind}:/www:ro", *options, image,
                             "/bin/httpd", "-f", "-p", str(port), "-h", "/www")
        made.append(name)
        return {"name": name, "kind": kind}
    yield start
    for name in made:
        docker_engine.docker("rm", "-f", "-v", name, check=False)


def test_containers_of_a_real_engine(run_module, returned_matches_docs, docker_engine, containers, tmp_path):  # noqa: F811
    units = [containers("api", 3000, "health", HEALTH, "-e", "LAGO_DISABLE_SIGNUP=true", "-e", "SECRET=pl4nted",
                        "--label", "mash.lago.config=c0ffee"),
             containers("front", 80, "env-config.js", ENV_CONFIG)]
    options = {"units": units, "systemd_path": str(tmp_path), "docker_host": docker_engine.host,
               "gather": ["health", "signup"], "wait": 20, "target_version": "v1.42.0"}
    outcome = run_module("lago_info", options)
    result = outcome.json
    returned_matches_docs("lago_info", result)
    assert "pl4nted" not in outcome.everything
    assert result["health"] == {"healthy": True, "status": 200, "version": "1.31.0"}
    assert (result["signup"]["api"], result["signup"]["front"]) == ("closed", "closed")
    api = result["units"][0]
    assert api["running"] is True and api["config_label"] == "c0ffee" and api["image"] == api["file_image"]
    assert api["image"].endswith("/api:v1.31.0") and result["version"]["units"] == "v1.31.0"
    assert result["upgrade"]["from"] == "v1.31.0" and result["upgrade"]["verdict"] == "jump"
    docker_engine.docker("stop", "--time", "0", units[0]["name"])
    result = run_module("lago_info", {**options, "wait": 0}).json
    assert result["units"][0]["running"] is False and result["signup"]["api"] == "unknown"
    assert result["health"]["error_kind"] == "container_not_running"
    docker_engine.docker("rm", units[0]["name"])
    result = run_module("lago_info", {**options, "wait": 0}).json
    assert result["units"][0]["running"] is None and result["health"]["error_kind"] == "container_not_found"
    assert result["version"]["units"] == "v1.31.0", "from the unit's file"
