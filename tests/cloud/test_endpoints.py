"""Every service has an explicit endpoint."""

from __future__ import annotations

import pytest

from scanner.cloud.endpoints import endpoint_of, parse_endpoint
from scanner.cloud.wire import SDKS
from scanner.errors import SettingsError
from scanner.model.settings import EndpointSettings

NONE = EndpointSettings()


@pytest.mark.parametrize("service", sorted(SDKS))
@pytest.mark.parametrize("region", ["cn-hangzhou", "cn-guangzhou", "ap-southeast-5", "me-central-1"])
def test_each_service_has_a_clean_https_endpoint_in_each_region(service: str, region: str) -> None:
    endpoint = endpoint_of(service, region=region, settings=NONE)
    assert endpoint.protocol == "https"
    assert endpoint.host.endswith(".aliyuncs.com")
    assert endpoint.host == endpoint.host.strip()
    assert not endpoint.loopback


def test_central_services_ignore_the_region_and_others_name_it() -> None:
    assert str(endpoint_of("ram", region="cn-guangzhou", settings=NONE)) == "https://ram.aliyuncs.com"
    assert (
        str(endpoint_of("ons", region="cn-beijing", settings=NONE)) == "https://ons.cn-beijing.aliyuncs.com"
    )


def test_an_endpoint_of_the_service_goes_before_one_for_everything() -> None:
    settings = EndpointSettings(
        everything="http://127.0.0.1:8080", services={"ram": "https://ram.example.com"}
    )
    assert str(endpoint_of("ram", region="x", settings=settings)) == "https://ram.example.com"
    assert str(endpoint_of("sts", region="x", settings=settings)) == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("text", "loopback"),
    [
        ("http://127.0.0.1:9", True),
        ("http://127.9.9.9", True),
        ("http://localhost:1", True),
        ("http://[::1]:80", True),
        ("https://ram.aliyuncs.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://10.0.0.1", False),
    ],
)
def test_only_this_machine_is_the_local_cloud(text: str, *, loopback: bool) -> None:
    assert parse_endpoint(text).loopback is loopback


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1:80", "ftp://host", "http://", "http://host/path", "http://host?x=1", "http://host:port", "x"],
)
def test_an_endpoint_written_otherwise_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        parse_endpoint(text)
    assert "http" in caught.value.hint


def test_a_password_in_an_endpoint_is_refused_and_not_shown() -> None:
    with pytest.raises(SettingsError) as caught:
        parse_endpoint("https://user:hush@host")
    assert "hush" not in caught.value.message


@pytest.mark.parametrize("region", ["", "cn hangzhou", "cn-hangzhou\t", "evil.example.com/", "CN", "../x"])
def test_a_region_that_is_none_never_becomes_part_of_a_host(region: str) -> None:
    with pytest.raises(SettingsError):
        endpoint_of("rocketmq", region=region, settings=NONE)
