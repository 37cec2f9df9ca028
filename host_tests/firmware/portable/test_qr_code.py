"""QR codes; test_page_files.py on the host reads them with a decoder."""

from checks import raises
from cognito_app.sign_in_page import otpauth, qr_code


def test_sizes():
    for count, size in ((0, 21), (17, 21), (18, 25), (32, 25), (53, 29), (54, 33), (134, 41), (135, 45), (230, 53)):
        assert qr_code.encode(bytes(count)).size == size, count
    raises(ValueError, qr_code.encode, bytes(231))


def test_the_three_corners_and_the_runs():
    code = qr_code.encode(b"WIFI:T:WPA;S:sign-in-1a2b;P:abcdefghjkmn;;")
    assert code.size == 29 and list(code.runs(0))[0] == (0, 7) and list(code.runs(0))[-1] == (22, 7)
    for y in range(code.size):
        dark = [x for x, length in code.runs(y) for x in range(x, x + length)]
        assert dark == [x for x in range(code.size) if code.is_dark(x, y)]


def test_the_uri_of_an_authenticator():
    uri = otpauth.uri("JBSWY3DP", "a+b@exämple.com")
    assert uri == "otpauth://totp/Cognito:a%2Bb%40ex%C3%A4mple.com?secret=JBSWY3DP&issuer=Cognito"
    assert otpauth.grouped("JBSWY3DPX") == "JBSW Y3DP X"
    # The longest: AWS's secrets have 52 letters, and names are cut.
    assert qr_code.encode(otpauth.uri("A" * 52, "x" * 500).encode()).size <= 53
