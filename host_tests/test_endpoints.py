"""The library, its identity pools, its signatures and its tools ask AWS's own hosts, in every region that AWS has."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cognito_mp import Client, identity_pool, testing
from cognito_mp.partitions import region_of, url
from cognito_mp.protocol import App, split_url
from cognito_mp_tools.board.doctor import server
from endpoints_of_botocore import ENDPOINTS, SERVICES

REGIONS: dict[str, list[str]] = json.loads(ENDPOINTS.read_text())["endpoints"]


class Seen(testing.FakeTransport):
    """Notes to whom a request goes."""

    urls: list[str]

    def post(self, url: str, headers: dict[str, str], body: bytes) -> tuple[Any, ...]:
        self.urls.append(url)
        return super().post(url, headers, body)


def _asked_for_credentials(region: str, fips: bool) -> str:
    """Where a Client asks for a guest's credentials of an identity pool in `region`."""
    transport = Seen(OSError("no more is wanted"))
    transport.urls = []
    # AWS has no user pools in China: a guest's client is of any region.
    own = "eu-west-1" if region.startswith("cn-") else region
    client = Client(own, "app", transport=transport, fips=fips, attempts=1)
    with pytest.raises(OSError, match="no more is wanted"):
        identity_pool.credentials(client, region + ":1d2c")
    return transport.urls[0]


@pytest.mark.parametrize("region", REGIONS)
def test_the_hosts_are_those_of_awss_own_library(region: str) -> None:
    for (service, fips), expected in zip(SERVICES, REGIONS[region], strict=True):
        if service == "cognito-identity":
            assert url(service, region, fips) == _asked_for_credentials(region, fips) == expected
        elif region.startswith("cn-"):
            with pytest.raises(ValueError, match="no user pools in China"):
                App(region, "app", fips=fips)
        else:
            app = App(region, "app", fips=fips)
            assert app.url == url(service, region, fips) == expected
            assert region_of(split_url(app.url)[1]) == region
            assert fips or "https://%s" % server(region, None, {})[0] == expected


def test_all_partitions_are_there() -> None:
    assert len(REGIONS) >= 48 and {name.split("-")[0] for name in REGIONS} >= {"us", "eu", "cn", "eusc"}
