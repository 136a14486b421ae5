# SPDX-License-Identifier: GPL-3.0-or-later
"""A Redis in a container's network, found through the Engine: with a stand-in of its API and a namespace."""
import os
import pathlib
import time

import engine_standin
import pytest
from redis_common import SECRET
from servers_redis import server

pytestmark = pytest.mark.skipif(not engine_standin.can_make_namespaces(), reason="needs root for network namespaces")


@pytest.fixture
def docker(tmp_path):
    with engine_standin.engine(tmp_path / "docker.sock") as engine:
        yield engine


@pytest.fixture
def boxed(redis_program, tmp_path, docker):
    """A Redis that listens only inside the network of the container mash-redis."""
    with engine_standin.container(tmp_path / "box", hosts="127.0.0.1 localhost mash-redis redis.test\n") as pid:
        with server(redis_program, tmp_path / "redis", "--requirepass", SECRET,
                    prefix=engine_standin.inside(pid, [])) as made:
            docker.add("mash-redis", pid)
            yield made


def test_by_name(redis, docker, boxed):
    asked = {"login_container": "mash-redis", "login_port": boxed.port, "docker_host": docker.path}
    result = redis(**asked, login_password=SECRET)
    assert result["connection"] == {"way": "container", "host": "mash-redis", "port": boxed.port,
                                    "container": "mash-redis", "tls": False}
    assert redis(**asked, login_password="another one")["error_kind"] == "wrong_password"
    assert redis(login_host="127.0.0.1", login_port=boxed.port)["error_kind"] == "connection_refused"


def test_by_its_id_as_docker_prints_it(redis, docker, boxed):
    """`docker ps` prints 12 digits. Fewer are taken for a name, of which there is none: not for another container's ID."""
    asked = {"login_port": boxed.port, "docker_host": docker.path, "login_password": SECRET}
    identity = docker.containers["mash-redis"]["Id"]
    for name in (identity, identity[:12]):
        assert redis(login_container=name, **asked)["fit"] is True
    assert redis(login_container=identity[:11], **asked)["error_kind"] == "container_not_found"


def test_docker_host_as_a_url(redis, docker, boxed):
    assert redis(login_container="mash-redis", login_port=boxed.port, docker_host="unix://" + docker.path,
                 login_password=SECRET)["fit"] is True


def test_docker_host_of_the_environment(redis, docker, boxed):
    asked = {"login_container": "mash-redis", "login_port": boxed.port, "login_password": SECRET}
    assert redis(**asked, env={"DOCKER_HOST": "unix://" + docker.path})["fit"] is True
    result = redis(**asked, env={"DOCKER_HOST": "tcp://127.0.0.1:2375"})
    assert result["error_kind"] == "bad_docker_host"


def test_a_host_as_the_container_sees_it(redis, docker, boxed):
    """The name stands in the container's /etc/hosts only."""
    result = redis(login_container="mash-redis", login_host="redis.test", login_port=boxed.port,
                   docker_host=docker.path, login_password=SECRET)
    assert result["connection"]["host"] == "redis.test" and result["fit"] is True
    result = redis(login_container="mash-redis", login_host="nobody.test", login_port=boxed.port,
                   docker_host=docker.path, timeout=8)
    assert result["error_kind"] in ("name_not_found", "timed_out")


def test_a_name_server_that_never_answers(redis, docker, tmp_path):
    """The look-up hangs in the container's files; it is ended at the deadline, and leaves no process behind."""
    with engine_standin.container(tmp_path / "stuck", fifo_hosts=True) as pid:
        docker.add("stuck", pid)
        began = time.monotonic()
        result = redis(login_container="stuck", login_host="x.test", docker_host=docker.path, timeout=2)
        assert result["error_kind"] == "timed_out" and time.monotonic() - began < 5
        time.sleep(0.2)
        roots = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(process / "ns" / "net") == os.readlink(f"/proc/{pid}/ns/net"):
                    roots.append(int(process.name))
            except OSError:
                continue
        assert roots == [pid]


def test_at_its_address(redis, redis_program, tmp_path, docker):
    with engine_standin.container(tmp_path / "box", address="10.213.77.2") as pid:
        with server(redis_program, tmp_path / "redis", "--bind", "10.213.77.2", "--protected-mode", "no",
                    prefix=engine_standin.inside(pid, [])) as made:
            docker.add("mash-redis", pid, address="10.213.77.2")
            asked = {"login_container": "mash-redis", "login_port": made.port, "docker_host": docker.path}
            assert redis(**asked, login_method="address")["connection"]["way"] == "address"
            docker.add("mash-redis", 2 ** 22 + 1, address="10.213.77.2")  # a process of another machine
            assert redis(**asked)["connection"]["way"] == "address"
            assert redis(**asked, login_method="container")["error_kind"] == "namespace_refused"


def test_protected_mode(redis, redis_program, tmp_path, docker):
    with engine_standin.container(tmp_path / "box", address="10.213.78.2") as pid:
        with server(redis_program, tmp_path / "redis", "--bind", "10.213.78.2", "--protected-mode", "yes",
                    prefix=engine_standin.inside(pid, [])) as made:
            docker.add("mash-redis", pid, address="10.213.78.2")
            result = redis(login_container="mash-redis", login_port=made.port, docker_host=docker.path,
                           login_method="address")
            assert result["error_kind"] == "protected_mode"


def test_no_such_container(redis, docker):
    result = redis(login_container="mash-redis", docker_host=docker.path)
    assert result["error_kind"] == "container_not_found" and "mash-redis" in result["msg"]


def test_a_stopped_container(redis, docker):
    docker.add("mash-redis")
    result = redis(login_container="mash-redis", docker_host=docker.path)
    assert result["error_kind"] == "container_not_running"


def test_no_engine(redis, tmp_path):
    result = redis(login_container="mash-redis", docker_host=str(tmp_path / "none.sock"))
    assert result["error_kind"] == "engine_unavailable"


def test_never_on_to_localhost(redis, redis_program, tmp_path, docker):
    with server(redis_program, tmp_path / "here") as made:
        for host in ({}, {"login_host": "localhost"}, {"login_host": "127.0.0.1"}):
            result = redis(login_container="mash-redis", login_port=made.port, docker_host=docker.path, **host)
            assert result["error_kind"] == "container_not_found"


def test_on_to_a_named_host_only_where_there_is_no_container(redis, redis_program, tmp_path, docker):
    with server(redis_program, tmp_path / "here") as made:
        name = os.uname().nodename
        asked = {"login_container": "mash-redis", "login_host": name, "login_port": made.port,
                 "docker_host": docker.path, "timeout": 5}
        result = redis(**asked)
        if result.get("error_kind") not in ("name_not_found", "connection_refused"):
            assert result["connection"]["way"] == "tcp"
        docker.answer = (500, b'{"message": "something broke"}')
        result = redis(**asked)
        assert result["error_kind"] == "engine_error" and "something broke" in result["msg"]


@pytest.mark.parametrize("answer", [
    (200, b"<html>"), (200, b"[]"), (200, b"{}"), (200, b'{"Id": "x", "State": {"Running": true, "Pid": "1"}}'),
    (500, b""), (200, b"\xff" * 100), (200, b"x" * 10000000),
])
def test_an_engine_that_talks_garbage(redis, docker, answer):
    docker.answer = answer
    assert redis(login_container="mash-redis", docker_host=docker.path)["error_kind"] == "engine_error"


def test_an_engine_that_hangs(redis, docker):
    docker.delay = 4
    began = time.monotonic()
    assert redis(login_container="mash-redis", docker_host=docker.path, timeout=1)["error_kind"] == "timed_out"
    assert time.monotonic() - began < 3


def as_nobody(tmp_path):
    """The command that runs the module as a user who may do nothing."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def test_the_engine_is_not_for_everybody(redis, docker, tmp_path):
    os.chmod(docker.path, 0o600)
    result = redis(login_container="mash-redis", docker_host=docker.path, prefix=as_nobody(tmp_path))
    assert result["error_kind"] == "engine_denied" and "become" in result["msg"]


def test_a_network_that_may_not_be_entered(redis, docker, boxed, tmp_path):
    os.chmod(docker.path, 0o666)
    result = redis(login_container="mash-redis", docker_host=docker.path, login_port=boxed.port,
                   prefix=as_nobody(tmp_path))
    assert result["error_kind"] == "namespace_refused" and "become" in result["msg"]
