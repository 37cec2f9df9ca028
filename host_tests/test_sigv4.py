"""cognito_mp.sigv4 against botocore's own signers, on many requests; the portable tests have fixed ones."""

from __future__ import annotations

import datetime
from unittest import mock
from urllib.parse import quote, urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cognito_mp import sigv4
from hypothesis import example, given
from hypothesis import strategies as st

ACCESS_KEY = "AKIDEXAMPLE"
MOMENT = datetime.datetime(2026, 11, 21, 2, 3, 4, tzinfo=datetime.timezone.utc)
DATE = "20261121T020304Z"

secrets = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=50)
tokens = st.none() | st.just("") | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=99)
regions = st.sampled_from(["eu-west-1", "us-gov-east-1"])
ports = st.sampled_from(["", ":443", ":80", ":8443"])
host_names = st.from_regex(r"\A[A-Za-z0-9]([A-Za-z0-9-]{0,8}[A-Za-z0-9])?(\.[A-Za-z]{2,6}){1,2}\Z")
encoded = st.text(max_size=6).map(lambda text: quote(text, safe="~"))
segments = encoded | st.sampled_from(["", ".", "..", "...", "%2e%2e", "a%20b", "$:@!*'(),;", "a=b", "%2F"])
paths = st.lists(segments, max_size=5).map(lambda parts: "".join("/" + part for part in parts))
# Few names, so that they repeat, and names that are the start of another.
query_names = encoded | st.sampled_from(["a", "a-b", "aa", "A", "~", ""])
pairs = st.tuples(query_names, st.sampled_from(["", "="]), encoded | st.sampled_from(["=", "x=y", "x-", "x"])).map(
    lambda pair: pair[0] + (pair[1] + pair[2] if pair[1] else "")
)
queries = st.lists(pairs, max_size=5).map(lambda pairs: "?" + "&".join(pairs) if pairs else "")
header_names = st.from_regex(r"\A[A-Za-z][A-Za-z0-9_-]{0,9}\Z") | st.sampled_from(
    [
        "User-Agent",
        "Content-Type",
        "Connection",
        "Authorization",
        "X-Amz-Target",
        "Expect",
        "TE",
        "E",
        "X-Amzn-Trace-Id",
    ]
)
header_values = st.text(st.sampled_from(" \tabc,;=\"'/é") | st.characters(min_codepoint=33, max_codepoint=126))
# Two spellings of one name would be two lines of one header. "Date" botocore rewrites; Host is in its own strategy.
headers = st.dictionaries(header_names, header_values, max_size=5).filter(
    lambda given: len({name.lower() for name in given}) == len(given) and not {"date", "Date"} & given.keys()
)


def botocore_headers(signer, method, url, headers, body, secret, token, region, service) -> dict:
    """The headers of a request once botocore has signed it."""
    request = AWSRequest(method=method, url=url, headers=headers, data=body)
    with mock.patch("botocore.auth.get_current_datetime", lambda: MOMENT):
        signer(Credentials(ACCESS_KEY, secret, token), service, region).add_auth(request)
    return {name.lower(): value for name, value in request.headers.items()}


def same_as_botocore(signer, method, url, headers, body, secret, token, region, service) -> None:
    before = dict(headers)
    added = sigv4.sign(method, url, headers, body, ACCESS_KEY, secret, token, region, service, DATE)
    assert headers == before
    theirs = botocore_headers(signer, method, url, headers, body, secret, token, region, service)
    ours = {name.lower(): value for name, value in {**headers, **added}.items()}
    assert ours == theirs


requests = {
    "method": st.sampled_from(["GET", "POST", "PUT", "DELETE", "post"]),
    "scheme": st.sampled_from(["https", "http"]),
    "host": host_names,
    "port": ports,
    "query": queries,
    "headers": headers,
    "body": st.binary(max_size=200),
    "secret": secrets,
    "token": tokens,
    "region": regions,
}


@given(
    path=paths, fragment=st.sampled_from(["", "#here?x=1"]), service=st.sampled_from(["execute-api", "x"]), **requests
)
@example(
    method="GET", scheme="https", host="a.example", port="", path="//a/./b/../c//", query="?b=2&a-b&a=&a&b=1",
    fragment="", headers={"X-Long": "  one \t two  "}, body=b"", secret="s", token=None, region="r", service="x",
)  # fmt: skip
def test_same_as_botocore(
    method, scheme, host, port, path, query, fragment, headers, body, secret, token, region, service
):
    url = scheme + "://" + host + port + path + query + fragment
    same_as_botocore(botocore.auth.SigV4Auth, method, url, headers, body, secret, token, region, service)


# Of a URL without a path botocore signs an empty one, but what goes out is "/", and it never builds such a URL.
@given(path=paths.filter(bool), **requests)
def test_s3_same_as_botocore(method, scheme, host, port, path, query, headers, body, secret, token, region):
    url = scheme + "://" + host + port + path + query
    same_as_botocore(botocore.auth.S3SigV4Auth, method, url, headers, body, secret, token, region, "s3")


@given(host=host_names, port=ports, path=paths, secret=secrets, region=regions, name=st.sampled_from(["Host", "host"]))
def test_host_of_the_caller(host, port, path, secret, region, name):
    """A Host header that the caller sends is what is signed, whatever the URL says."""
    signer = botocore.auth.SigV4Auth
    url = "https://127.0.0.1:8443" + path
    same_as_botocore(signer, "GET", url, {name: host + port}, b"", secret, None, region, "x")


@given(body=st.binary(), digest=st.just("UNSIGNED-PAYLOAD"), secret=secrets)
def test_payload_hash_of_the_caller(body, digest, secret):
    signer = botocore.auth.SigV4Auth
    headers = {"X-Amz-Content-SHA256": digest}
    same_as_botocore(signer, "POST", "https://a.example/", headers, body, secret, None, "r", "x")


@given(
    host=host_names.map(lambda host: host + ".amazonaws.com"),
    region=regions,
    access_key=secrets,
    secret=secrets,
    token=tokens,
    expires=st.integers(1, 86400),
    path=st.sampled_from(["/mqtt", "/mqtt/%20x"]),
)
def test_presigned_same_as_botocore(host, region, access_key, secret, token, expires, path):
    url = sigv4.presign_wss(host, region, access_key, secret, token, DATE, path, expires)
    request = AWSRequest(method="GET", url="wss://" + host.lower() + path)
    with mock.patch("botocore.auth.get_current_datetime", lambda: MOMENT):
        credentials = Credentials(access_key, secret)  # IoT: the token is added once all is signed
        botocore.auth.SigV4QueryAuth(credentials, "iotdevicegateway", region, expires).add_auth(request)
    theirs = request.url + ("&X-Amz-Security-Token=" + quote(token, safe="-_.~") if token else "")
    assert url == theirs
    assert urlsplit(url).scheme == "wss"


@given(st.integers(0, 2**33))
def test_amz_date(seconds):
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    assert sigv4.amz_date(seconds) == moment.strftime(botocore.auth.SIGV4_TIMESTAMP)
