"""Any operation of the local cloud, called through the core of the official SDKs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.utils_models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

from scanner.emulator.server import LocalCloud
from scanner.emulator.service import Operation
from scanner.emulator.services import ALL
from tests.cloudfixture import Credentials

OPERATIONS: Mapping[str, Operation] = {f"{each.service}:{each.name}": each for each in ALL}


class Refused(NamedTuple):
    """What the cloud answered instead."""

    status: int
    code: str


class Caller:
    """Calls operations by name with one key."""

    def __init__(self, cloud: LocalCloud, key: Credentials, *, region: str = "cn-hangzhou") -> None:
        self._region = region
        self._client = Client(
            Config(
                access_key_id=key.key_id,
                access_key_secret=key.secret,
                security_token=key.token or None,
                endpoint=cloud.endpoint.removeprefix("http://"),
                protocol="http",
                region_id=region,
            )
        )

    def ask(self, name: str, *, body: Mapping[str, Any] | None = None, **query: object) -> dict[str, Any]:
        """The answer of the operation `Service:Name`; raises what the SDK raises."""
        operation = OPERATIONS[name]
        rpc = operation.path == "/"
        path = operation.path
        for key in [key for key in query if f"{{{key}}}" in path]:
            path = path.replace(f"{{{key}}}", quote(str(query.pop(key)), safe=""))
        params = Params(
            action=operation.name,
            version=operation.version,
            protocol="HTTP",
            pathname=path,
            method=operation.method,
            auth_type="AK",
            style="RPC" if rpc else "ROA",
            req_body_type="formData" if rpc else "json",
            body_type="json",
        )
        request = OpenApiRequest(
            headers={"x-acs-region-id": self._region},
            query={key: _text(value) for key, value in query.items()},
            body=dict(body) if body is not None else None,
        )
        answer: dict[str, Any] = self._client.call_api(params, request, RuntimeOptions())["body"]
        return answer

    def refusal(self, name: str, *, body: Mapping[str, Any] | None = None, **query: object) -> Refused:
        """The refusal of the operation `Service:Name`."""
        try:
            answer = self.ask(name, body=body, **query)
        except AlibabaCloudException as error:
            return Refused(int(error.status_code), str(error.code))
        raise AssertionError(f"{name} was not refused: {answer}")


def _text(value: object) -> str:
    return json.dumps(value) if isinstance(value, list | dict) else str(value)
