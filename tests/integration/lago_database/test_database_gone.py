# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that goes away in the middle, and two runs at once."""
import concurrent.futures
import contextlib
import json
import pathlib
import socket
import subprocess
import threading
import time


@contextlib.contextmanager
def cut_after(port, answers, instead=b""):
    """A port before the server's that passes `answers` messages of the server on, then says `instead` and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()
    left = [answers]

    def pass_on(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)

    def serve(client):
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            threading.Thread(target=pass_on, args=(client, server), daemon=True).start()
            with contextlib.suppress(OSError):
                while left[0] > 0 and (data := server.recv(65536)):
                    left[0] -= 1
                    client.sendall(data)
                if left[0] <= 0:
                    client.sendall(instead)
                client.shutdown(socket.SHUT_RDWR)

    def accept():
        with contextlib.suppress(OSError):
            while not closing.is_set():
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        closing.set()
        listener.close()


def test_gone_after_each_answer(run_module, server, name):
    """From the first byte to the last: one clear failure each time, until the run is through; and the next run, which
    meets what the cut ones have left, makes it good."""
    asked = {**server.over_tcp, "name": name, "password": "of lago", "ssl_mode": "disable", "timeout": 20}
    kinds = []
    for answers in range(80):
        with cut_after(server.port, answers) as port:
            result = run_module("lago_database", {**asked, "login_port": port}).json
        if not result.get("failed"):
            break
        kinds.append(result["error_kind"])
        if result["changed"]:
            assert result["done"], "what stays done is named"
    assert len(kinds) > 10 and set(kinds) == {"connection_closed"}, kinds
    settled = run_module("lago_database", {**asked}).json
    assert not settled.get("failed") and not settled["changed"], settled


def test_garbage_after_each_answer(run_module, server, name):
    asked = {**server.over_tcp, "name": name, "password": "of lago", "ssl_mode": "disable", "timeout": 20}
    for answers in range(0, 24, 3):
        with cut_after(server.port, answers, instead=b"\xff garbage " * 64) as port:
            result = run_module("lago_database", {**asked, "login_port": port}).json
        if not result.get("failed"):
            break
        assert result["error_kind"] in ("garbage", "connection_closed"), result


def test_a_server_that_falls_silent(run_module, server, name):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        result = run_module("lago_database", {**server.over_tcp, "login_port": silent.getsockname()[1], "name": name,
                                              "timeout": 2}).json
    assert result["error_kind"] == "timed_out" and time.monotonic() - began < 6


def test_no_secret_in_proc_while_it_runs(lago, planted_secret):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asked = {"name": "x", "password": planted_secret.value, "login_password": planted_secret.value, "timeout": 3,
                 "login_host": "127.0.0.1", "login_port": silent.getsockname()[1]}
        with subprocess.Popen([lago, "lago_database"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
            running.stdin.write(json.dumps(asked).encode())
            running.stdin.close()
            connection, _ = silent.accept()  # it is connected now, and waits
            folder = pathlib.Path(f"/proc/{running.pid}")
            seen = [(folder / part).read_bytes() for part in ("cmdline", "environ")]
            output = running.stdout.read()
            connection.close()
    assert not planted_secret.found_in(*seen, output)
    assert json.loads(output)["error_kind"] == "timed_out"


def test_runs_at_once_are_one_after_the_other(run_module, server, name):
    """One makes it, the others find it made."""
    asked = {**server.over_tcp, "name": name, "password": "of lago"}
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        results = [future.result().json for future in
                   [pool.submit(run_module, "lago_database", asked) for _ in range(4)]]
    assert not any(result.get("failed") for result in results), results
    assert sorted(result["changed"] for result in results) == [False, False, False, True]


def test_a_lock_that_is_not_given_back(run_module, server, name):
    """The same two numbers as in session.cpp: a run that hangs is not waited for longer than asked."""
    holder = subprocess.Popen(["psql", "-XAtq", "-h", str(server.folder), "-p", str(server.port), "-U", "postgres", "-d",
                               "postgres", "-c", "SELECT pg_advisory_lock(1835103080, 1818322799), pg_sleep(60)"],
                              stdout=subprocess.DEVNULL)
    try:
        time.sleep(1)
        held = run_module("lago_database", {**server.over_tcp, "name": name, "timeout": 2}).json
        assert held["error_kind"] == "locked"
        foreseen = run_module("lago_database", {**server.over_tcp, "name": name, "timeout": 2}, check=True).json
        assert foreseen["changed"] and not foreseen.get("failed"), "check mode takes no lock"
    finally:
        holder.kill()
        holder.wait()
        server.psql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
