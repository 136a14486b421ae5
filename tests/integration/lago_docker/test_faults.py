# SPDX-License-Identifier: GPL-3.0-or-later
"""An Engine that sends garbage, hangs up, never ends or says no; and options that cannot be meant."""
import time

import pytest
from docker_standin import END, IMAGE, NETWORK, answer, lines, standin

NEW = {"networks": [{"name": "lago"}]}
PULL = {"images": [{"name": "getlago/api:v1"}]}
NO_IMAGE = answer({"message": "No such image"}, 404)


@pytest.fixture
def asking(module, tmp_path, no_logins):
    """asking(script, …): the module against a stand-in; gives its result and what the stand-in was asked."""
    def run(script, check=False, **options):
        path = tmp_path / "docker.sock"
        path.unlink(missing_ok=True)
        with standin(path, script) as asked:
            result = module(check=check, **{"docker_host": f"unix://{path}", "timeout": 5, "delay": 0,
                                            "registry_config": no_logins, **options})
        return result, asked
    return run


def test_the_standin_is_good(asking):
    made, asked = asking({"GET /networks": answer([]), "POST /networks/create": answer({"Id": "new"}, 201)}, **NEW)
    assert made["changed"] and made["networks"][0]["id"] == "new"
    assert asked == ["GET /version", "GET /networks", "POST /networks/create"]
    pulled, asked = asking({"GET /images": [NO_IMAGE, answer(IMAGE)],
                            "POST /images/create": lines({"status": "Pulling"}) + END}, **PULL)
    assert pulled["changed"] and pulled["images"][0]["id"] == IMAGE["Id"]
    assert asked[2] == "POST /images/create?fromImage=getlago%2Fapi&tag=v1"


def endless(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"14\r\n" + b'{"status":"Pulling"}' + b"\r\n")
        connection.sendall(b"1\r\n\n\r\n")


def silent(connection):
    connection.recv(1)


def head(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


FAULTS = {
    "garbage": (b"\x15\x03\x03\x00\x02\x02\x46", {"engine_error"}),
    "no JSON": (answer(b"<html>hello</html>"), {"engine_error"}),
    "NUL": (answer(b'{"a": \x00}'), {"engine_error"}),
    "invalid UTF-8": (answer(b'{"\xff\xfe": "\xff"}'), {"engine_error"}),
    "another shape": (answer({"Id": 7}), {"engine_error"}),
    "a list of nothing": (answer([None, 7]), {"engine_error"}),
    "a megabyte": (answer({"message": "x" * 1_000_000}, 500), {"engine_error", "network_failed"}),
    "500": (answer({"message": "the disk is on fire"}, 500), {"engine_error", "network_failed", "pull_failed"}),
    "500 without words": (answer(b"", 500), {"engine_error", "network_failed", "pull_failed"}),
    "closed": (b"", {"engine_lost"}),
    "closed in the middle": (head, {"engine_lost"}),
    "silent": (silent, {"timed_out"}),
    "endless": (endless, {"timed_out", "engine_error"}),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("request_line", ["GET /version", "GET /networks", "POST /networks/create"])
def test_an_engine_that_is_not_well(asking, request_line, fault):
    said, kinds = FAULTS[fault]
    good = {"GET /networks": answer([]), "POST /networks/create": answer({"Id": "new"}, 201)}
    began = time.monotonic()
    result, _ = asking({**good, request_line: said}, timeout=2, **NEW)
    assert result["failed"] and result["error_kind"] in kinds, result
    assert not result["changed"]
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("request_line", ["GET /images", "POST /images/create"])
def test_an_engine_that_is_not_well_while_it_pulls(asking, request_line, fault):
    said, kinds = FAULTS[fault]
    if (fault, request_line) == ("another shape", "POST /images/create"):
        pytest.skip("progress may hold anything")
    good = {"GET /images": [NO_IMAGE, answer(IMAGE)], "POST /images/create": lines() + END}
    result, _ = asking({**good, request_line: said}, timeout=2, retries=1, **PULL)
    assert result["failed"] and result["error_kind"] in {*kinds, "pull_failed"}, result
    assert not result["changed"]


BAD_PROGRESS = {
    "an error": (lines({"status": "Pulling"}, {"error": "manifest unknown"}) + END, "image_not_found"),
    "an error, and then it hangs up": (lines({"error": "manifest unknown"}), "image_not_found"),
    "a long error": (lines({"error": "x" * 900_000}) + END, "pull_failed"),
    "garbage": (lines({"status": "Pulling"}, b"garbage\n") + END, "engine_error"),
    "invalid UTF-8": (lines({"status": "Pulling"}, b'{"status": "\xff"}\n') + END, "engine_error"),
    "NUL": (lines({"status": "Pulling"}, b"\x00") + END, "engine_error"),
    "a line without end": (lines(*[b"x" * 65536] * 40) + END, "engine_error"),
    "it hangs up": (lines({"status": "Pulling"}), "engine_lost"),
}


@pytest.mark.parametrize("name", BAD_PROGRESS)
def test_progress_that_ends_badly(asking, name):
    stream, kind = BAD_PROGRESS[name]
    result, _ = asking({"GET /images": NO_IMAGE, "POST /images/create": stream}, retries=0, **PULL)
    assert result["failed"] and result["error_kind"] == kind, result


def test_an_engine_that_is_restarted_while_it_pulls(asking):
    result, asked = asking({"GET /images": [NO_IMAGE, answer(IMAGE)],
                            "POST /images/create": [lines({"status": "Pulling"}), lines() + END]}, retries=1, **PULL)
    assert result["changed"] and result["images"][0]["action"] == "pull"
    assert sum(request.startswith("POST") for request in asked) == 2


def test_a_check_asks_a_registry_again_where_that_can_help(asking):
    image = {**IMAGE, "RepoDigests": ["getlago/api@sha256:there"]}
    unwell = answer({"message": "received unexpected HTTP status: 503 Service Unavailable"}, 500)
    there = answer({"Descriptor": {"digest": "sha256:there"}})
    wanted = {"images": [{"name": "getlago/api:v1", "pull": "always"}], "check": True}
    same, asked = asking({"GET /images": answer(image), "GET /distribution": [unwell, there]}, **wanted)
    assert not same["changed"] and asked[2:] == ["GET /distribution/getlago/api:v1/json"] * 2
    failed, _ = asking({"GET /images": answer(image), "GET /distribution": unwell}, retries=2, **wanted)
    assert failed["error_kind"] == "registry_error" and failed["attempts"] == 3
    odd, _ = asking({"GET /images": answer(image), "GET /distribution": answer({"Descriptor": {}})}, **wanted)
    assert odd["error_kind"] == "engine_error" and odd["attempts"] == 1


def test_an_image_that_is_gone_again(asking):
    result, _ = asking({"GET /images": NO_IMAGE, "POST /images/create": lines() + END}, **PULL)
    assert result["error_kind"] == "image_missing"


def test_several_networks_of_one_name(asking):
    two = answer([NETWORK, {**NETWORK, "Id": "n2"}, {**NETWORK, "Id": "n3", "Name": "lago-other"}])
    kept, asked = asking({"GET /networks": two}, **NEW)
    assert not kept["changed"] and kept["networks"][0]["differences"] == ["there are 2 networks of this name"]
    assert not any(request.startswith(("POST", "DELETE")) for request in asked)
    removed, asked = asking({"GET /networks": two, "GET /networks/n": answer(NETWORK), "DELETE": answer(b"", 204)},
                            networks=[{"name": "lago", "state": "absent"}])
    assert removed["changed"]
    assert [request for request in asked if request.startswith("DELETE")] == ["DELETE /networks/n1", "DELETE /networks/n2"]


def test_a_network_that_another_run_makes_just_now(asking):
    taken = answer({"message": "network with name lago already exists"}, 409)
    seen, _ = asking({"GET /networks": [answer([]), answer([NETWORK])], "POST /networks/create": taken}, **NEW)
    assert not seen["changed"] and seen["networks"][0] == {"name": "lago", "id": "n1", "action": "none", "differences": []}
    never, _ = asking({"GET /networks": answer([]), "POST /networks/create": taken}, **NEW)
    assert never["error_kind"] == "network_failed" and "already exists" in never["msg"]


def test_a_network_that_another_run_removes_just_now(asking):
    gone, _ = asking({"GET /networks": answer([NETWORK]), "GET /networks/n": answer(NETWORK),
                      "DELETE": answer({"message": "network lago not found"}, 404)},
                     networks=[{"name": "lago", "state": "absent"}])
    assert gone["changed"] and not gone.get("failed")


@pytest.mark.parametrize("words, ipv6, hint", [
    ("could not find an available, non-overlapping IPv4 address pool among the defaults to assign to the network", False,
     "docker network prune"),
    ("all predefined address pools have been fully subnetted", False, "docker network prune"),
    ("could not find an available, non-overlapping IPv6 address pool among the defaults to assign to the network", True,
     "enable_ipv6"),
])
def test_no_address_is_left(asking, words, ipv6, hint):
    result, _ = asking({"GET /networks": answer([]), "POST /networks/create": answer({"message": words}, 404)},
                       networks=[{"name": "lago", "enable_ipv6": ipv6}])
    assert result["error_kind"] == "address_pool_exhausted" and hint in result["msg"] and words in result["msg"]


def test_without_an_engine_a_check_says_what_would_be_done(module, tmp_path, no_logins):
    options = {"docker_host": str(tmp_path / "none.sock"), "registry_config": no_logins,
               "networks": [{"name": "lago"}, {"name": "old", "state": "absent"}],
               "images": [{"name": "getlago/api:v1", "pull": "always"}]}
    foreseen = module(check=True, **options)
    assert foreseen["changed"] and "none.sock" in foreseen["warnings"][0]
    assert [entry["action"] for entry in foreseen["networks"] + foreseen["images"]] == ["create", "none", "pull"]
    failed = module(**options)
    assert failed["error_kind"] == "engine_unavailable" and "systemctl start docker" in failed["msg"]


ODD_OPTIONS = [
    ({"networks": [{"name": "a b"}]}, "bad_network_name"),
    ({"networks": [{"name": "../x"}]}, "bad_network_name"),
    ({"networks": [{"name": "a\x00b"}]}, "bad_network_name"),
    ({"networks": [{"name": "é"}]}, "bad_network_name"),
    ({"networks": [{"name": "x" * 1_000_000}]}, "bad_network_name"),
    ({"networks": [{"name": ""}]}, "bad_network_name"),
    ({"networks": [{"name": "a"}, {"name": "a"}]}, "duplicate_entry"),
    ({"networks": [{"name": "a", "driver_options": {"x": ["y"]}}]}, "bad_driver_options"),
    ({"networks": [{"name": "a", "labels": {"x": None}}]}, "bad_labels"),
    ({"images": [{"name": "a/Upper"}]}, "bad_image_name"),
    ({"images": [{"name": "a/../b"}]}, "bad_image_name"),
    ({"images": [{"name": "a?b"}]}, "bad_image_name"),
    ({"images": [{"name": "a\r\nHost: b"}]}, "bad_image_name"),
    ({"images": [{"name": "x" * 1_000_000}]}, "bad_image_name"),
    ({"images": [{"name": "a"}, {"name": "docker.io/library/a:latest"}]}, "duplicate_entry"),
    ({"images": [{"name": "a", "platform": "arm64"}]}, "bad_platform"),
    ({"images": [{"name": "a", "platform": "linux/&x=y"}]}, "bad_platform"),
    ({"docker_host": "tcp://127.0.0.1:2375"}, "bad_docker_host"),
    ({"registry_config": "relative/config.json"}, "bad_path"),
    ({"timeout": 0}, "bad_timeout"),
    ({"retries": -1}, "bad_retries"),
    ({"delay": -1}, "bad_delay"),
]


@pytest.mark.parametrize("options, kind", ODD_OPTIONS, ids=[f"{kind}-{at}" for at, (_, kind) in enumerate(ODD_OPTIONS)])
def test_options_that_cannot_be_meant(module, tmp_path, options, kind):
    result = module(**{"docker_host": str(tmp_path / "none.sock"), **options})
    assert result["failed"] and result["error_kind"] == kind, result


@pytest.mark.parametrize("options", [{"networks": "lago"}, {"networks": [{}]}, {"images": [{"name": "a", "pull": "maybe"}]},
                                     {"unknown": 1}, {"networks": [{"name": "a", "unknown": 1}]}, {"timeout": "soon"}])
def test_options_that_the_spec_refuses(run_module, options):
    result = run_module("lago_docker", options).json
    assert result["failed"] and result["msg"]
