"""The console: a person signs in, answers challenges, signs out; no secret is echoed."""

from cognito_app.console import Console
from cognito_app.status import NEEDS_SIGN_IN, SIGNED_IN
from fake_device import FakeDevice, run

PASSWORD = "Passw0rd-é!"
MFA = {"ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "s1", "ChallengeParameters": {}}
NEW = {
    "ChallengeName": "NEW_PASSWORD_REQUIRED",
    "Session": "s1",
    "ChallengeParameters": {"requiredAttributes": '["userAttributes.name"]'},
}
PROOF = {
    "ChallengeName": "PASSWORD_VERIFIER",
    "Session": "s1",
    "ChallengeParameters": {"SRP_B": "a" * 768, "SALT": "0123456789abcdef", "SECRET_BLOCK": "c2VjcmV0"},
}
MISMATCH = ("CodeMismatchException", "wrong code")
SIGNED_IN_BY = [{"USERNAME": "alice", "PASSWORD": PASSWORD}]


def talk(device, *lines, challenges=(), end: bytes = b"", flow="USER_PASSWORD_AUTH") -> str:
    """What the screen shows when a person types `lines`; each ends with Enter."""
    typed = b"".join(line if isinstance(line, bytes) else line.encode() + b"\r" for line in lines) + end
    keys = [typed[at : at + 1] for at in range(len(typed))]
    shown: list = []
    device.cognito.challenges.extend(challenges)

    async def read() -> bytes:
        return keys.pop(0) if keys else b""

    run(Console(read, shown.append, device.keeper, flow).run())
    assert not keys, "the console left before the person had done"
    text = "".join(shown)
    for secret in [PASSWORD, "Old-pw-1"] + list(device.cognito.dead_at) + list(device.cognito.tokens):
        assert secret not in text
    return text


def person(signed_in=False):
    device = FakeDevice(signed_in=signed_in)
    device.step()
    return device


def test_it_shows_the_state_and_what_to_do():
    text = talk(person())
    assert "[needs sign-in]" in text and "cognito-mp provision" in text and "s sign in" in text


def test_what_is_pasted_ahead_may_be_lost_and_the_help_says_so():
    assert "pasted while the device is at work may be lost" in talk(person(), "h")


def test_a_sign_in():
    device = person()
    text = talk(device, "s", "alice", PASSWORD)
    assert device.cognito.answers == SIGNED_IN_BY
    assert device.state == SIGNED_IN and "[signed in]" in text and "Signed in." in text
    assert "alice" in text, "the name is echoed"


def test_a_sign_in_is_expected_as_soon_as_a_person_begins():
    device = person()
    expected: list = []
    device.keeper.expect_sign_in = expected.append
    talk(device, "s", "")
    assert expected == ["USER_PASSWORD_AUTH"]


def test_a_password_is_not_echoed_in_any_form():
    text = talk(person(), "s", "alice", PASSWORD)
    between = text.split("Password (not shown): ")[1].split("\n")[0]
    assert between == ""


def test_a_state_that_changes_while_a_password_is_typed_does_not_show_it():
    device = person()
    keys = [b"s", b"\r", b"a", b"\r", b"S", b"E", b"C", b"\r"]
    shown: list = []

    async def read() -> bytes:
        if len(keys) == 2:
            device.link.reachable = False
            await device.keeper.step()
        return keys.pop(0) if keys else b""

    run(Console(read, shown.append, device.keeper).run())
    text = "".join(shown)
    assert text.count("no network)\nPassword (not shown): ") == 1, "the question is asked again below the news"
    assert "SE" not in text and device.cognito.answers == []


def test_a_sign_in_by_the_flow_of_the_settings():
    device = FakeDevice(signed_in=False)
    asked: list = []

    async def sign_in(username, password, flow):
        asked.append((username, password, flow))

    device.keeper.sign_in = sign_in
    shown: list = []
    typed = list("s\ralice\rpw\r")

    async def read() -> bytes:
        return typed.pop(0).encode() if typed else b""

    run(Console(read, shown.append, device.keeper, "USER_SRP_AUTH").run())
    assert asked == [("alice", "pw", "USER_SRP_AUTH")]


def test_a_wrong_password_is_told():
    device = person()
    wrong = ("NotAuthorizedException", "Incorrect username or password.")
    text = talk(device, "s", "alice", PASSWORD, challenges=[wrong])
    assert "Incorrect username or password." in text and device.state == NEEDS_SIGN_IN


def test_a_proof_that_came_late_is_not_called_a_wrong_password():
    device = person()
    wrong = ("NotAuthorizedException", "Incorrect username or password.")
    device.pool_id = "eu-west-1_AbCdEf123"
    device.start()
    device.step()
    device.cognito.answer_takes = 9
    text = talk(device, "s", "alice", PASSWORD, challenges=[PROOF, wrong], flow="USER_SRP_AUTH")
    assert "Refused: Cognito gives SRP's answer a few seconds, and this board took 9 s" in text, text
    device.cognito.answer_takes = 1
    text = talk(device, "s", "alice", PASSWORD, challenges=[PROOF, wrong], flow="USER_SRP_AUTH")
    assert "Refused: Incorrect username or password. (NotAuthorizedException)" in text, text


def test_no_network_is_told():
    device = person()
    device.link.reachable = False
    text = talk(device, "s", "alice", PASSWORD)
    assert "It did not work" in text and "no network" in text


def test_a_new_password():
    device = person()
    text = talk(device, "s", "alice", "Old-pw-1", PASSWORD, PASSWORD, "Alice", challenges=[NEW])
    assert device.cognito.answers[1] == {"NEW_PASSWORD": PASSWORD, "userAttributes.name": "Alice"}
    assert device.state == SIGNED_IN and "name: Alice" in text


def test_new_passwords_that_differ_are_asked_again():
    device = person()
    text = talk(device, "s", "alice", "Old-pw-1", "one", "two", PASSWORD, PASSWORD, "Alice", challenges=[NEW])
    assert "The two differ." in text and device.cognito.answers[1]["NEW_PASSWORD"] == PASSWORD


def test_a_code():
    device = person()
    text = talk(device, "s", "alice", PASSWORD, "123456", challenges=[MFA])
    assert device.cognito.answers[1] == {"SOFTWARE_TOKEN_MFA_CODE": "123456"}
    assert "******" in text and "123456" not in text


def test_every_code_goes_by_its_own_name():
    for name, key in (("SMS_MFA", "SMS_MFA_CODE"), ("EMAIL_OTP", "EMAIL_OTP_CODE"), ("SMS_OTP", "SMS_OTP_CODE")):
        device = person()
        talk(device, "s", "alice", PASSWORD, "123456", challenges=[dict(MFA, ChallengeName=name)])
        assert device.cognito.answers[1] == {key: "123456"}


def test_a_wrong_code_may_be_typed_again_thrice_in_all():
    device = person()
    talk(device, "s", "alice", PASSWORD, "111111", "123456", challenges=[MFA, MISMATCH])
    assert device.state == SIGNED_IN
    device = person()
    wrong = [MFA, MISMATCH, MISMATCH, MISMATCH]
    text = talk(device, "s", "alice", PASSWORD, "1", "2", "3", "h", challenges=wrong)
    assert "gives the REPL" in text, "the fourth line is a command"
    assert device.state == NEEDS_SIGN_IN and len(device.cognito.answers) == 4


def test_a_choice_of_codes():
    device = person()
    select = dict(MFA, ChallengeName="SELECT_MFA_TYPE")
    select["ChallengeParameters"] = {"MFAS_CAN_CHOOSE": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'}
    text = talk(device, "s", "alice", PASSWORD, "2", "123456", challenges=[select, MFA])
    assert "1 SMS_MFA" in text and device.cognito.answers[1] == {"ANSWER": "SOFTWARE_TOKEN_MFA"}


def test_a_challenge_that_can_not_be_read_ends_the_sign_in_and_not_the_console():
    for name, parameter in (("SELECT_MFA_TYPE", "MFAS_CAN_CHOOSE"), ("NEW_PASSWORD_REQUIRED", "requiredAttributes")):
        for choices in ("SMS_MFA", "[" * 200, "{}", [1]):
            device = person()
            broken = dict(MFA, ChallengeName=name, ChallengeParameters={parameter: choices})
            lines = ["New-Pass-1", "New-Pass-1"] if name == "NEW_PASSWORD_REQUIRED" else []
            text = talk(device, "s", "alice", PASSWORD, *lines, "h", challenges=[broken])
            assert "Refused: " in text and parameter in text and "o sign out: " in text, text
            assert device.state == NEEDS_SIGN_IN and not device.faults.recorded


def test_a_challenge_that_needs_a_bigger_screen_is_told():
    for name in ("MFA_SETUP", "SELECT_MFA_TYPE"):  # the second with nothing to choose from
        text = talk(person(), "s", "alice", PASSWORD, challenges=[dict(MFA, ChallengeName=name)])
        assert name in text and "cognito-mp provision" in text


def test_an_empty_answer_cancels():
    device = person()
    talk(device, "s", "", "s", "alice", "", "s", "alice", PASSWORD, "", challenges=[MFA])
    assert len(device.cognito.answers) == 1 and device.state == NEEDS_SIGN_IN


def test_sign_out():
    device = person(signed_in=True)
    text = talk(device, "o")
    assert "at the service" in text and device.state == NEEDS_SIGN_IN
    device = person(signed_in=True)
    device.cognito.error = OSError(113)
    said = talk(device, "o")
    assert "could not be told" in said and "is good until it expires" in said
    assert "Nobody is signed in" in talk(person(), "o")
    assert "o signs out first" in talk(person(signed_in=True), "s")


def test_a_flash_that_is_full_is_told():
    device = person()
    device.store.full = True
    text = talk(device, "s", "alice", PASSWORD)
    assert "until the next restart" in text and "no space left" in text
    assert device.state == SIGNED_IN and "in RAM only" in device.keeper.status().detail


def test_help_state_and_nonsense():
    text = talk(person(signed_in=True), "h", "i", "?", "", "I")
    assert text.count("[signed in] access token good for 60 min") >= 2
    assert text.count("gives the REPL") == 2


class FakePlace:
    """Where a sign-in page is."""

    news = "[sign-in page open] Wi-Fi sign-in-1a2b"
    directions = "password abcdefghjkmn"


def test_where_the_sign_in_page_is():
    shown: list = []
    keys = [b"p", b"\r", b"p", b"\r"]
    device = person()

    async def read() -> bytes:
        if len(keys) == 2:
            console.show_place(FakePlace)
        return keys.pop(0) if keys else b""

    console = Console(read, shown.append, device.keeper)
    run(console.run())
    console.show_place(None)
    closed, opened = "".join(shown).split("[sign-in page open]")
    assert "page is closed" in closed
    assert opened.startswith(" Wi-Fi sign-in-1a2b\n> ") and opened.count("abcdefghjkmn") == 1
    assert opened.endswith("[sign-in page closed]\n")


def test_editing():
    device = person()
    talk(device, "s", b"alx\x08ic\xc3\xa9\x7fe\r", b"junk\x15" + PASSWORD.encode() + b"\x1b[A\x1b[D\x7f!\r")
    assert device.cognito.answers == SIGNED_IN_BY


def test_both_kinds_of_enter():
    device = person()
    talk(device, b"s\r\n", b"alice\r\n", PASSWORD.encode() + b"\r\n")
    assert device.cognito.answers == SIGNED_IN_BY
    device = person()
    talk(device, b"s\n", b"alice\n", PASSWORD.encode() + b"\n")
    assert device.cognito.answers == SIGNED_IN_BY


def test_ctrl_d_cancels_and_the_console_stays():
    device = person()
    talk(device, "s", b"alice\x04", "s", "alice", PASSWORD)
    assert device.cognito.answers == SIGNED_IN_BY


def test_garbage_breaks_nothing():
    device = person()
    talk(device, b"\xff\xfe\x00\x01\x1b\x1b[[A\xc3\r" + bytes(range(128, 256)) + b"\r", "s", "alice", PASSWORD)
    assert device.state == SIGNED_IN


WRONG = ("NotAuthorizedException", "Incorrect username or password.")


def test_a_blank_that_came_with_copying_is_offered_to_be_left_out():
    device = person()
    text = talk(device, "s", "alice", " " + PASSWORD + " ", "y", challenges=[WRONG])
    assert [answer["PASSWORD"] for answer in device.cognito.answers] == [" " + PASSWORD + " ", PASSWORD]
    assert device.state == SIGNED_IN and "begins or ends with a blank" in text
    device = person()
    talk(device, "s", "alice", PASSWORD + " ", "n", challenges=[WRONG])
    assert len(device.cognito.answers) == 1 and device.state == NEEDS_SIGN_IN
    device = person()
    text = talk(device, "s", "alice", PASSWORD + " ")
    assert device.state == SIGNED_IN and "blank" not in text, "it may be meant"


def test_codes_as_people_type_them():
    for typed in ("123 456", "123-456", "\uff11\uff12\uff13456"):
        device = person()
        talk(device, "s", "alice", PASSWORD, typed, challenges=[MFA])
        assert device.cognito.answers[-1]["SOFTWARE_TOKEN_MFA_CODE"] == "123456", repr(typed)


def test_a_new_password_mistyped_many_times():
    device = person()
    differ = ["new-one-1", "new-one-2"] * 300  # each a call deeper, it would be a RuntimeError
    talk(device, "s", "alice", "Old-pw-1", *differ, PASSWORD, PASSWORD, "Alice", challenges=[NEW])
    assert device.state == SIGNED_IN


def test_choices_that_are_no_json():
    device = person()
    select = {"ChallengeName": "SELECT_MFA_TYPE", "Session": "s1", "ChallengeParameters": {"MFAS_CAN_CHOOSE": '["SMS_'}}
    text = talk(device, "s", "alice", PASSWORD, challenges=[select])
    assert "Refused: " in text and device.state == NEEDS_SIGN_IN


STEERING = "\x1b[2J\x07\x9b1A\u202egood\r\n> "


def steers(text: str) -> bool:
    return any(one < " " and one not in "\n\b" or "\x7f" <= one <= "\x9f" or one == "\u202e" for one in text)


def test_nothing_from_outside_steers_the_terminal():
    for refusal in (("NotAuthorizedException", "no " + STEERING), (STEERING, "no")):
        device = person()
        text = talk(device, "s", "alice", PASSWORD, challenges=[refusal])
        assert "good??> " in text and not steers(text), refusal
    device = person()
    odd = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s1"}
    odd["ChallengeParameters"] = {"requiredAttributes": '["userAttributes.\\u001b[2J"]'}
    text = talk(device, "s", "alice", "Old-pw-1", PASSWORD, PASSWORD, "x", challenges=[odd])
    assert "?[2J: " in text and not steers(text)
    device = person(signed_in=True)
    device.cognito.error = (400, "ResourceNotFoundException", STEERING)
    device.live(4000)
    text = talk(device, "i")
    assert not steers(text)
