"""SRP against worked vectors: pycognito's client, an independent server, amazon-cognito-identity-js (see the file).

And against sign-ins whose numbers lie on the boundaries of how numbers are written: vectors/srp_boundaries.py.
"""

import json
import sys

from checks import Skip, raises
from cognito_mp import srp
from cognito_mp.crypto import srp_group
from cognito_mp.crypto.srp_group import at_once, power, two_to

FOLDER = __file__.rsplit("/", 1)[0] + "/../vectors/"
with open(FOLDER + "cognito_srp.json") as file:
    VECTORS = json.load(file)
N = int(VECTORS["N"], 16)
# What a claim needs beside SRP_B, where it does not matter.
REST = ("00ff", "AA==", "Mon Jan 5 03:04:05 UTC 2026")


class Replaced:
    """`with Replaced(module, name, value):` puts `value` there for as long."""

    def __init__(self, module, name, value):
        self.module, self.name, self.value = module, name, value

    def __enter__(self):
        self.value, old = getattr(self.module, self.name), self.value
        setattr(self.module, self.name, old)

    def __exit__(self, *_):
        setattr(self.module, self.name, self.value)


def vector(name: str) -> dict:
    return [vector for vector in VECTORS["vectors"] if vector["name"] == name][0]


def claim(vector: dict, **named) -> str:
    challenge = vector["challenge_parameters"]
    return srp.claim(
        vector.get("device_group_key") or vector["pool_id"].split("_")[1],
        vector.get("device_key") or vector["user_id_for_srp"],
        vector["password"],
        int(vector["small_a"], 16),
        challenge["SRP_B"],
        challenge["SALT"],
        challenge["SECRET_BLOCK"],
        srp.timestamp(vector["epoch"]),
        **named,
    )


def test_the_prime_is_that_of_the_rfc():
    """RFC 3526 section 5: 2^3072 - 2^3008 - 1 + 2^64 * ([2^2942 pi] + 1690314), pi here by Euler's series."""
    half_pi = one = 1 << 3000
    for k in range(3020, 0, -1):
        half_pi = one + half_pi * k // (2 * k + 1)
    pi = half_pi >> (3000 - 2942 - 1)
    assert int.from_bytes(srp_group.N, "big") == 2**3072 - 2**3008 - 1 + 2**64 * (pi + 1690314) == N


def test_powers():
    base = N // 7
    for exponent in (0, 1, 2, 15, 16, 2**128 - 1, 2**128, 2**255 + 2**130 + 7, 2**300):
        assert at_once(two_to(exponent)) == pow(2, exponent, N)
        assert at_once(power(base, exponent)) == pow(base, exponent, N)
    assert at_once(power(base, 3**100, 2**128 - 1)) == pow(base, 3**100, N) * pow(2, 2**128 - 1, N) % N
    assert at_once(power(0, 5)) == 0
    assert at_once(power(N - 1, 2**200 + 1)) == N - 1


def test_others_have_their_turn_between_products():
    if sys.implementation.name == "cpython":
        raise Skip("CPython's own pow() takes milliseconds")
    steps = list(power(3, 2**255 + 1))
    assert set(steps) == {0} and len(steps) > 64
    assert len(list(srp.claim_in_steps("p", "u", "Secret-1", 7, "5", *REST, "80"))) > 100


def test_a_secret_made_ahead_is_for_one_sign_in():
    secret = at_once(srp.secret_in_steps())
    assert secret.public == srp.public_value(secret.number)
    secret.take()
    assert str(secret.number) not in str(raises(ValueError, secret.take))


def test_numbers_are_padded_as_java_pads_them():
    for case in VECTORS["pad_hex"]:
        assert srp._padded(int(case["hex"], 16)) == bytes.fromhex(case["padded"]), case["hex"]


def test_claims():
    assert VECTORS["vectors"]
    for vector in VECTORS["vectors"]:
        public = srp.public_value(int(vector["small_a"], 16))
        assert public == vector["SRP_A"], vector["name"]
        signature = claim(vector, srp_a=public)
        assert signature == vector["challenge_responses"]["PASSWORD_CLAIM_SIGNATURE"], vector["name"]


def test_numbers_on_the_boundaries():
    with open(FOLDER + "srp_boundaries.json") as file:
        sign_ins = json.load(file)
    assert sign_ins
    for known in sign_ins:
        what = known["number"] + ": " + known["boundary"]
        a = int(known["a"], 16)
        assert srp.public_value(a) == known["SRP_A"], what
        who = (known["pool_name"], known["user_id"], known["password"])
        sent = (known["SRP_B"], known["salt"], known["secret_block"], known["timestamp"], known["SRP_A"])
        assert srp.claim(*who, a, *sent) == known["signature"], what


def test_claim_works_the_public_value_out_when_it_is_not_given():
    known = vector("small-a-256-bit")
    assert claim(known) == known["challenge_responses"]["PASSWORD_CLAIM_SIGNATURE"]


def test_timestamps():
    for vector in VECTORS["vectors"]:
        assert srp.timestamp(vector["epoch"]) == vector["challenge_responses"]["TIMESTAMP"], vector["name"]
    assert srp.timestamp(0) == "Thu Jan 1 00:00:00 UTC 1970"
    assert srp.timestamp(951782399) == "Mon Feb 28 23:59:59 UTC 2000"
    assert srp.timestamp(951782400) == "Tue Feb 29 00:00:00 UTC 2000"
    assert srp.timestamp(2147483648) == "Tue Jan 19 03:14:08 UTC 2038"


def test_verifier():
    for case in VECTORS["confirm_device"]:
        salt, verifier = srp.verifier(
            case["device_group_key"], case["device_key"], case["device_password"], case["salt_hex"]
        )
        assert {"Salt": salt, "PasswordVerifier": verifier} == case["DeviceSecretVerifierConfig"]


def test_a_server_that_would_learn_the_key_is_refused():
    for multiple in (0, 1, 2):
        error = raises(ValueError, srp.claim, "p", "u", "Secret-1", 7, "%x" % (multiple * N), *REST, srp_a="2")
        assert "SRP_B" in str(error) and "Secret-1" not in str(error)
    with Replaced(srp, "_hash", lambda data: 0):
        raises(ValueError, srp.claim, "p", "u", "Secret-1", 7, "5", *REST, srp_a="2")


def test_unreadable_values_of_a_server():
    for b, salt, block in (("", "00", "AA=="), ("xyz", "00", "AA=="), ("5", "", "AA=="), ("-f", "00", "AA==")):
        raises(ValueError, srp.claim, "p", "u", "Secret-1", 7, b, salt, block, "", srp_a="2")


def test_random_a():
    numbers = [srp.random_a() for _ in range(20)]
    assert len(set(numbers)) == 20
    assert 2**248 < max(numbers) < 2**256
    with Replaced(srp, "urandom", bytes):
        raises(OSError, srp.random_a)


def test_lazy_import():
    import cognito_mp
    import cognito_mp.crypto.srp

    assert cognito_mp.srp is srp
    assert cognito_mp.__getattr__("srp") is srp
