"""Signatures that botocore made; host_tests/test_sigv4.py compares many more."""

from checks import raises
from cognito_mp import sigv4

SECRET_KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
DATE = "20261121T020304Z"
# service, session token, method, URL, headers, body, and what botocore 1.43.11 says: the signed names, the signature
REQUESTS = (
    (
        "execute-api",
        None,
        "GET",
        "https://api.example.com",
        {},
        b"",
        "host;x-amz-date",
        "0c3fa7daad1cb29cec45d9dc77de04e6abc53dfffb3934dc063b90fb5919a603",
    ),
    (
        "execute-api",
        "token/+=",
        "POST",
        "https://API.example.com:443/a%20b/../c%2Fd//./e/?b=2&a-b&a=&a=%20&b=1&a",
        {"Content-Type": "application/json", "X-Spaces": "  one \t two  ", "User-Agent": "x"},
        b'{"a":1}',
        "content-type;host;x-amz-date;x-amz-security-token;x-spaces",
        "393246544249dd1f684cef57d38e17c47b2252a7e5d185f144fd90e2e81cf602",
    ),
    (
        "s3",
        "token/+=",
        "PUT",
        "https://bucket.s3.eu-west-1.amazonaws.com/a%20b//../c?uploads",
        {"Content-Length": "3"},
        b"\x00\xff1",
        "content-length;host;x-amz-content-sha256;x-amz-date;x-amz-security-token",
        "94744e57d8e9d0d78788b3eeecc8db96fad3f3ad43886b282a250b884829fe50",
    ),
    (
        "iotdata",
        None,
        "GET",
        "http://[::1]:8080/things/~x/shadow?name=%7E#f",
        {"Host": "data.iot.example"},
        b"",
        "host;x-amz-date",
        "fb36c1fdc12d4cc116057b9fb198244164fb9cd2e16fc914aebbac6911a47a75",
    ),
)
PRESIGNED = (
    "wss://abc-ats.iot.eu-west-1.amazonaws.com/mqtt?"
    "X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIDEXAMPLE%2F20261121%2Feu-west-1%2Fiotdevicegateway%2Faws4_request"
    "&X-Amz-Date=20261121T020304Z"
    "&X-Amz-Expires=86400"
    "&X-Amz-SignedHeaders=host"
    "&X-Amz-Signature=017f0463c13accbe5b7b3cee4524ad5d157585b42dcc6d000374d17acee2b78b"
)


def sign(service, token, method, url, headers, body):
    return sigv4.sign(method, url, headers, body, "AKIDEXAMPLE", SECRET_KEY, token, "eu-west-1", service, DATE)


def test_signatures():
    for service, token, method, url, headers, body, names, signature in REQUESTS:
        added = sign(service, token, method, url, headers, body)
        assert added["Authorization"] == (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-west-1/%s/aws4_request, SignedHeaders=%s, Signature=%s"
            % (service, names, signature)
        )
        assert added["x-amz-date"] == DATE
        assert added.get("x-amz-security-token") == token


def test_s3_gets_the_hash_of_the_body():
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert sign("s3", None, "GET", "https://b.s3.amazonaws.com/", {}, b"")["x-amz-content-sha256"] == empty
    assert "x-amz-content-sha256" not in sign("iotdata", None, "GET", "https://b.example/", {}, b"")


def test_s3_without_a_path_is_signed_as_it_is_sent():
    added = sign("s3", None, "GET", "https://b.s3.amazonaws.com", {}, b"")
    assert added == sign("s3", None, "GET", "https://b.s3.amazonaws.com/", {}, b"")


def test_the_headers_of_the_caller_are_left_alone():
    headers = {"X-A": " b "}
    sign("x", "token", "GET", "https://a.example/", headers, b"")
    assert headers == {"X-A": " b "}


def test_presigned_url():
    host = "abc-ats.iot.eu-west-1.amazonaws.com"
    arguments = host, "eu-west-1", "AKIDEXAMPLE", SECRET_KEY
    assert sigv4.presign_wss(*arguments, None, DATE) == PRESIGNED
    assert sigv4.presign_wss(*arguments, "", DATE) == PRESIGNED
    # IoT: the token is added to what was signed without it.
    assert sigv4.presign_wss(*arguments, "to/k+n=", DATE) == PRESIGNED + "&X-Amz-Security-Token=to%2Fk%2Bn%3D"
    assert "X-Amz-Expires=60&" in sigv4.presign_wss(*arguments, None, DATE, "/mqtt", 60)


def test_what_would_break_a_header_or_the_scope_is_named():
    good = {"region": "eu-west-1", "service": "iot", "access_key": "AKID", "session_token": "token", "host": "a.b"}

    def signed(**named):
        wanted = dict(good, **named)
        host = wanted.pop("host")
        sigv4.presign_wss(host, wanted["region"], "AKID", SECRET_KEY, None, DATE)
        return sigv4.sign("GET", "https://a.example/", {}, b"", secret_key=SECRET_KEY, amz_date=DATE, **wanted)

    assert signed()["Authorization"]
    for name in good:
        for value in ("a\r\nX: y", "a\n", "a b", "", "a/b"):
            if (name, value) == ("session_token", "") or name in ("access_key", "session_token") and "/" in value:
                continue  # one without, and what base64 has
            assert name in str(raises(ValueError, signed, **{name: value})), (name, value)


def test_amz_date():
    assert sigv4.amz_date(0) == "19700101T000000Z"
    assert sigv4.amz_date(1795226584) == DATE
    assert sigv4.amz_date(4102444800) == "21000101T000000Z"


def test_lazy_import():
    import cognito_mp

    assert cognito_mp.__getattr__("sigv4") is sigv4
