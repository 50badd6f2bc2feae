"""The local cloud as a server: where it listens, what it takes, what it never shows."""

from __future__ import annotations

import http.client
import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from alibabacloud_ram20150501 import models
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.exceptions import UnretryableException

from scanner.emulator.dispatch import Directory, Found
from scanner.emulator.errors import EXPLAINED_CODES
from scanner.emulator.gateway import CloudOptions
from scanner.emulator.quota import Quotas
from scanner.emulator.server import LocalCloud, serve_forever, split_region
from scanner.emulator.service import Operation, Refusal
from scanner.emulator.services import ALL
from scanner.emulator.wire import Request
from scanner.errors import UsageError
from tests.cloudfixture import Credentials, env_of, key_for, running_cloud
from tests.emulator.small import EVERYTHING, OWNER, Sdk, World, allow, document, ram, sts


@pytest.fixture
def build() -> World:
    return World()


def fetch(cloud: LocalCloud, method: str, path: str, **headers: str) -> tuple[http.client.HTTPResponse, Any]:
    connection = http.client.HTTPConnection(cloud.endpoint.removeprefix("http://"))
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    return response, body


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])
def test_it_refuses_to_listen_to_others(build: World, host: str) -> None:
    with pytest.raises(UsageError, match="this machine only"):
        LocalCloud(build.world, host=host)
    with pytest.raises(UsageError, match="this machine only"):
        serve_forever(build.world, CloudOptions(), host=host)


def test_a_taken_port_is_said_to_be_taken(build: World) -> None:
    with running_cloud(build.world) as cloud, pytest.raises(OSError, match="in use"):
        LocalCloud(build.world, port=int(cloud.endpoint.rpartition(":")[2])).start()


def test_it_says_what_it_is(build: World) -> None:
    with running_cloud(build.world) as cloud:
        response, body = fetch(cloud, "GET", "/?Action=GetCallerIdentity&Version=2015-04-01")
    assert response.headers["x-crossrole-local-cloud"] == "1"
    assert response.headers["x-acs-request-id"] == body["RequestId"]


def test_an_unsigned_call_is_refused(build: World) -> None:
    with running_cloud(build.world) as cloud:
        response, body = fetch(cloud, "GET", "/?Action=GetCallerIdentity&Version=2015-04-01")
    assert (response.status, body["Code"]) == (400, "MissingAccessKeyId")
    assert body["HostId"] == cloud.endpoint.removeprefix("http://")


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/?Action=Fly&Version=2015-04-01", "GET", 404, "InvalidAction.NotFound"),
        ("/elsewhere?Action=AssumeRole&Version=2015-04-01", "GET", 404, "InvalidAction.NotFound"),
        ("/?Action=AssumeRole&Version=1999-01-01", "GET", 400, "NoSuchVersion"),
        ("/", "GET", 400, "NoSuchVersion"),
        ("/?Action=AssumeRole&Version=2015-04-01", "PUT", 405, "UnsupportedHTTPMethod"),
        ("/?Action=StopLogging&Version=2020-07-06", "POST", 405, "UnsupportedHTTPMethod"),
    ],
)
def test_what_it_does_not_know_it_refuses(
    build: World, path: str, method: str, status: int, code: str
) -> None:
    with running_cloud(build.world) as cloud:
        response, body = fetch(cloud, method, path)
    assert (response.status, body["Code"]) == (status, code)


def test_a_policy_in_a_query_of_forty_kilobytes_arrives_whole(build: World) -> None:
    key = build.user(OWNER, "admin", EVERYTHING)
    text = document(*[allow(f"mq:动作{number:03d}", f"acs:mq:*:*:主题{number:03d}") for number in range(60)])
    assert len(urlencode({"PolicyDocument": text})) > 9_000
    padded = f"{text}{' ' * (6_144 - len(text))}"
    with running_cloud(build.world) as cloud:
        request = models.CreatePolicyRequest(policy_name="long", policy_document=padded)
        ram(cloud, key).create_policy(request)
        assert build.account(OWNER).policies["long"].versions["v1"].document == padded
        long = models.CreatePolicyRequest(policy_name="longer", policy_document="界" * 5_000)
        with pytest.raises(AlibabaCloudException) as raised:
            ram(cloud, key).create_policy(long)
        assert len(urlencode({"PolicyDocument": long.policy_document})) > 40_000
    assert raised.value.code == "MalformedPolicyDocument"


def test_a_host_header_with_a_scheme_is_taken(build: World) -> None:
    key = build.user(OWNER, "ann")
    with running_cloud(build.world) as cloud:
        config = Config(access_key_id=key.key_id, access_key_secret=key.secret, endpoint=cloud.endpoint)
        assert Sts(config).get_caller_identity().body.account_id == OWNER


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", ("", "/")),
        ("/cn-shanghai", ("cn-shanghai", "/")),
        ("/cn-shanghai/", ("cn-shanghai", "/")),
        ("/cn-shanghai/instances/x", ("cn-shanghai", "/instances/x")),
        ("/instances/cn-shanghai", ("", "/instances/cn-shanghai")),
        ("/cn-nowhere/x", ("", "/cn-nowhere/x")),
    ],
)
def test_a_region_may_stand_in_front_of_the_path(path: str, expected: tuple[str, str]) -> None:
    assert split_region(path, ("cn-hangzhou", "cn-shanghai")) == expected


def test_the_region_is_told_by_the_address_or_by_a_header(build: World) -> None:
    key = build.user(OWNER, "ann")
    events = build.account(OWNER).events
    with running_cloud(build.world) as cloud:
        sts(cloud, key).get_caller_identity()
        assert events[-1]["acsRegion"] == "cn-hangzhou"
        address = f"{cloud.endpoint.removeprefix('http://')}/cn-shanghai"
        config = Config(
            access_key_id=key.key_id, access_key_secret=key.secret, endpoint=address, protocol="http"
        )
        Sts(config).get_caller_identity()
        assert events[-1]["acsRegion"] == "cn-shanghai"


def test_nothing_is_logged_about_a_call(
    build: World, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with running_cloud(build.world) as cloud:
        fetch(cloud, "GET", "/?Action=GetCallerIdentity&Version=2015-04-01&Password=hunter2")
    assert "hunter2" not in caplog.text
    out, err = capfd.readouterr()
    assert "hunter2" not in out + err


def test_calls_are_counted_by_operation(build: World) -> None:
    key = build.user(OWNER, "admin", EVERYTHING)
    with running_cloud(build.world) as cloud:
        for _ in range(3):
            ram(cloud, key).list_roles(models.ListRolesRequest())
        assert cloud.calls == {"ram:ListRoles": 3}


def test_latency_is_added_to_each_call_and_not_to_all_of_them_together(build: World) -> None:
    key = build.user(OWNER, "ann")
    with running_cloud(build.world, latency_seconds=0.2) as cloud:
        sts(cloud, key).get_caller_identity()
        begun = time.monotonic()
        threads = [threading.Thread(target=sts(cloud, key).get_caller_identity) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert 0.2 <= time.monotonic() - begun < 1.2


def test_too_many_calls_are_throttled_in_the_service_s_words(build: World) -> None:
    key = build.user(OWNER, "admin", EVERYTHING)
    with running_cloud(build.world) as cloud:
        client = ram(cloud, key)
        with pytest.raises(AlibabaCloudException) as raised:
            _delete_often(client, times=200)
    assert raised.value.code == "Throttling.User"
    assert "user flow control" in raised.value.message


def _delete_often(client: Sdk, *, times: int) -> None:
    for _ in range(times):
        try:
            client.delete_role(models.DeleteRoleRequest(role_name="none"))
        except AlibabaCloudException as error:
            if error.code != "EntityNotExist.Role":
                raise


def test_without_quotas_nothing_is_throttled(build: World) -> None:
    key = build.user(OWNER, "admin", EVERYTHING)
    with running_cloud(build.world, quotas=False) as cloud:
        _delete_often(ram(cloud, key), times=60)


PLAIN = Operation(
    service="Ram",
    version="v",
    name="GetRole",
    action="ram:GetRole",
    handler=lambda _: {},
    resources=lambda _: ("*",),
    quota=10.0,
)


def test_a_quota_is_for_one_operation_of_one_account_and_fills_up_evenly() -> None:
    quotas = Quotas()
    reading, other = PLAIN, replace(PLAIN, name="ListRoles")
    assert [quotas.allows(OWNER, reading, 0.0) for _ in range(11)] == [True] * 10 + [False]
    assert quotas.allows(OWNER, other, 0.0)
    assert quotas.allows("2", reading, 0.0)
    assert [quotas.allows(OWNER, reading, 0.1) for _ in range(2)] == [True, False]
    assert [quotas.allows(OWNER, reading, 60.0) for _ in range(11)] == [True] * 10 + [False]


def test_a_quota_of_less_than_one_a_second_lets_the_first_through() -> None:
    quotas, rare = Quotas(), replace(PLAIN, quota=0.5)
    assert [quotas.allows(OWNER, rare, now) for now in (0.0, 1.0, 2.0)] == [True, False, True]


def test_an_operation_by_path_is_found_and_its_parameters_decoded() -> None:
    path = "/instances/{instanceId}/topics/{topicName}"
    get = replace(PLAIN, name="GetTopic", method="GET", path=path)
    default = replace(get, name="GetDefault", path="/instances/{instanceId}/topics/default")
    routes = Directory([get, default, replace(get, name="DeleteTopic", method="DELETE")])

    def find(method: str, path: str) -> Found:
        return routes.find(Request(method=method, path=path, query="", headers={"x-acs-version": "v"}))

    found = find("GET", "/instances/rmq-1/topics/%E4%B8%AD%2Fx")
    assert found.operation.name == "GetTopic"
    assert found.path_params == {"instanceId": "rmq-1", "topicName": "中/x"}
    assert find("DELETE", "/instances/i/topics/t").operation.name == "DeleteTopic"
    assert find("GET", "/instances/i/topics/default").operation.name == "GetDefault"
    with pytest.raises(Refusal, match="UnsupportedHTTPMethod"):
        find("PUT", "/instances/i/topics/t")
    with pytest.raises(Refusal, match=r"InvalidAction\.NotFound"):
        find("GET", "/instances/i/topics/t/x")


def test_a_replayed_request_is_refused(build: World) -> None:
    key = build.user(OWNER, "ann")
    with running_cloud(build.world) as cloud:
        request = _recorded(cloud, key)
        first, second = _send(cloud, request), _send(cloud, request)
    assert b" 200 " in first
    assert b"SignatureNonceUsed" in second


def _recorded(cloud: LocalCloud, key: Credentials) -> bytes:
    """The bytes of a signed call, taken from the wire."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = cloud.endpoint.removeprefix("http://")
        port = listener.getsockname()[1]
        config = Config(
            access_key_id=key.key_id,
            access_key_secret=key.secret,
            endpoint=f"127.0.0.1:{port}",
            protocol="http",
        )
        caller = threading.Thread(target=_swallow, args=(Sts(config),))
        caller.start()
        connection, _ = listener.accept()
        with connection:
            request = connection.recv(65536)
        caller.join()
        assert host
        return request


def _swallow(client: Sdk) -> None:
    with pytest.raises(UnretryableException):
        client.get_caller_identity()


def _send(cloud: LocalCloud, request: bytes) -> bytes:
    host, _, port = cloud.endpoint.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(request.replace(b"keep-alive", b"close"))
        connection.settimeout(5)
        return connection.recv(65536)


def test_the_environment_points_at_the_cloud(build: World) -> None:
    build.user(OWNER, "ann")
    with running_cloud(build.world) as cloud:
        key = key_for(build.world, OWNER, "ann")
        assert env_of(cloud, key)["CROSSROLE_ENDPOINT"] == cloud.endpoint
        assert env_of(cloud, key)["ALIBABA_CLOUD_ACCESS_KEY_ID"] == "LOCALKEYANN1"


def test_a_stopped_cloud_answers_no_more(build: World) -> None:
    with running_cloud(build.world) as cloud:
        host, _, port = cloud.endpoint.removeprefix("http://").partition(":")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)))


def test_every_operation_is_served_once_and_under_a_known_service() -> None:
    keys = [(operation.version, operation.name) for operation in ALL]
    assert len(keys) == len(set(keys))
    assert {operation.service for operation in ALL} >= {"Ram", "Sts", "Actiontrail", "ResourceManager"}


def test_every_explanation_of_a_code_is_a_reason() -> None:
    assert all(len(why) > 20 for why in EXPLAINED_CODES.values())


def test_it_serves_in_a_process_of_its_own_until_it_is_interrupted() -> None:
    program = (
        "from scanner.emulator.gateway import CloudOptions\n"
        "from scanner.emulator.server import serve_forever\n"
        "from scanner.emulator.state import LocalWorld\n"
        "serve_forever(LocalWorld('w'), CloudOptions(), ready=lambda address: print(address, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:")
        connection = http.client.HTTPConnection(address.removeprefix("http://"))
        connection.request("GET", "/")
        assert connection.getresponse().status == 400
        connection.close()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /?%zz=%ff&a=\xe4 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"GET /?Action=AssumeRole&Version=2015-04-01&Signature=%ff&AccessKeyId=%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nx-acs-version: \xff\xfe\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_a_strange_request_gets_a_refusal_and_the_next_one_an_answer(
    build: World, request_bytes: bytes
) -> None:
    key = build.user(OWNER, "ann")
    with running_cloud(build.world) as cloud:
        assert _send(cloud, request_bytes).startswith(b"HTTP/1.")
        assert b" 500 " not in _send(cloud, request_bytes)[:20]
        assert sts(cloud, key).get_caller_identity().body.account_id == OWNER
