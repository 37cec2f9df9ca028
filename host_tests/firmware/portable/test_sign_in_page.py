"""The sign-in page: forms in, pages out."""

import asyncio

from cognito_app.sign_in_page.gate import Gate, KeptTries
from cognito_app.status import SIGNED_IN
from cognito_mp.stores.ram import RamStore
from fake_browser import CODE, HOST, FakePlace, Phone
from fake_device import run
from port_models.radio import Network

PASSWORD = "Passw0rd-é!"
NEW = {
    "ChallengeName": "NEW_PASSWORD_REQUIRED",
    "Session": "s1",
    "ChallengeParameters": {"requiredAttributes": '["userAttributes.given_name", "userAttributes.custom:<team>"]'},
}
MFA = {
    "ChallengeName": "SMS_MFA",
    "Session": "s1",
    "ChallengeParameters": {"CODE_DELIVERY_DESTINATION": "+*******<1>"},
}
SELECT = {
    "ChallengeName": "SELECT_MFA_TYPE",
    "Session": "s1",
    "ChallengeParameters": {"MFAS_CAN_CHOOSE": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'},
}
PROOF = {
    "ChallengeName": "PASSWORD_VERIFIER",
    "Session": "s1",
    "ChallengeParameters": {"SRP_B": "a" * 768, "SALT": "0123456789abcdef", "SECRET_BLOCK": "c2VjcmV0"},
}
MISMATCH = ("CodeMismatchException", "wrong code")
WRONG = ("NotAuthorizedException", "Incorrect username or password.")


def opened(*outcomes, **options):
    """(place, a phone that shows its page); `outcomes` are what sign-ins and answers meet."""
    place = FakePlace(**options)
    place.device.cognito.challenges.extend(outcomes)
    return place, place.phone()


def signed_in(place) -> bool:
    return place.device.state == SIGNED_IN and place.device.has_session


def test_a_sign_in():
    place, phone = opened()
    assert phone.title == "Sign in" and phone.status == 200
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Signed in" and "alice" in phone.text and signed_in(place)
    assert place.device.cognito.answers == [{"USERNAME": "alice", "PASSWORD": PASSWORD}]
    assert PASSWORD not in phone.seen and "SRP" in phone.text, "without the pool's id there is no SRP, and it is said"
    assert not place.site.is_over, "there is time to read it"
    place.device.clock.pass_time(11)
    assert place.site.is_over


def test_a_wrong_password_is_told_and_the_name_is_kept():
    place, phone = opened(WRONG)
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Sign in" and phone.problem == "The name or the password is wrong."
    assert 'value="alice"' in phone.text and PASSWORD not in phone.seen and "<title>Error:" in phone.text
    phone.submit(name="alice", password=PASSWORD)
    assert signed_in(place)


def test_what_the_service_says_is_escaped_and_no_longer_than_it_may_be():
    evil = "<script>alert(1)</script>" + "x" * 5000
    _, phone = opened(("UserLambdaValidationException", evil))
    phone.submit(name='"><b>', password=PASSWORD)
    assert "<script" not in phone.text and "&lt;script&gt;" in phone.text and len(phone.text) < 7000
    assert 'value="&quot;&gt;&lt;b&gt;"' in phone.text


def test_refusals_have_words():
    for refusal, words in (
        (("NotAuthorizedException", "User is disabled."), "locked"),
        (("NotAuthorizedException", "Password attempts exceeded"), "too many wrong passwords"),
        (("TooManyRequestsException", "Rate exceeded"), "too many tries"),
        (("NotAuthorizedException", "Temporary password has expired and must be reset."), "no longer good"),
        (("SomethingNewException", "nobody knows"), "refused"),
    ):
        place, phone = opened(refusal)
        phone.submit(name="alice", password=PASSWORD)
        assert words in phone.problem, refusal
        assert phone.title == "Sign in" and not signed_in(place)


def test_a_new_password_with_attributes():
    place, phone = opened(NEW, ("InvalidPasswordException", "Password not long enough"))
    phone.submit(name="alice", password="Temporary-1")
    assert phone.title == "Choose a new password" and "First name" in phone.text and "&lt;team&gt;" in phone.text
    phone.submit(fresh="a", again="a", attribute_0="Alice")
    assert phone.problem == "Fill in every field." and 'value="Alice"' in phone.text
    phone.submit(fresh="a", again="b", attribute_0="Alice", attribute_1="red")
    assert "not the same" in phone.problem
    phone.submit(fresh="a", again="a", attribute_0="Alice", attribute_1="red")
    assert "not good enough" in phone.problem and "Password not long enough" in phone.text
    phone.submit(fresh=PASSWORD, again=PASSWORD, attribute_0="Alice", attribute_1="red")
    assert signed_in(place) and PASSWORD not in phone.seen and "Temporary-1" not in phone.seen
    said = place.device.cognito.answers[-1]
    assert said["userAttributes.given_name"] == "Alice" and said["userAttributes.custom:<team>"] == "red"


def test_codes_and_the_choice_between_them():
    place, phone = opened(SELECT, MFA, MISMATCH)
    phone.submit(name="alice", password=PASSWORD)
    assert "Authenticator app" in phone.text and "Text message" in phone.text
    phone.submit()
    assert phone.problem == "Fill in every field."
    phone.submit(choice="SMS_MFA")
    assert "+*******&lt;1&gt;" in phone.text and 'autocomplete="one-time-code"' in phone.text
    phone.submit(code="111111")
    assert "not right" in phone.problem and "111111" not in phone.text
    phone.submit(code="123456")
    assert signed_in(place)


def test_an_answer_that_was_lost_can_be_given_again():
    place, phone = opened(MFA)
    phone.submit(name="alice", password=PASSWORD)
    place.device.cognito.error = OSError(113, "no route")
    phone.submit(code="123456")
    assert phone.title == "Enter your code" and "could not be reached" in phone.problem
    place.device.cognito.error = None
    phone.submit(code="123456")
    assert signed_in(place)


def test_a_session_that_is_over_begins_anew():
    place, phone = opened(MFA, ("NotAuthorizedException", "Invalid session for the user."))
    phone.submit(name="alice", password=PASSWORD)
    phone.submit(code="123456")
    assert phone.title == "Sign in" and "too long" in phone.problem and 'value="alice"' in phone.text


def test_a_challenge_that_the_page_cannot_do_is_told():
    _, phone = opened(dict(MFA, ChallengeName="WEB_AUTHN"))
    phone.submit(name="alice", password=PASSWORD)
    assert "cognito-mp provision" in phone.problem and "WEB_AUTHN" in phone.text


def test_starting_over():
    place, phone = opened(MFA)
    phone.submit(name="alice", password=PASSWORD)
    phone.submit("again")
    assert phone.title == "Sign in" and not phone.problem and not signed_in(place)


def test_wifi_that_fails_and_wifi_that_does():
    place, phone = opened(online=False)
    assert phone.title == "Choose the Wi-Fi"
    assert "home &amp; &lt;b&gt;garden&lt;/b&gt;" in phone.text and "<b>garden" not in phone.text
    phone.submit()
    assert "Choose a network" in phone.problem
    phone.submit(network="home & <b>garden</b>", wifi_password="wifi-secret")
    assert "could not connect" in phone.problem and "wifi-secret" not in phone.seen
    assert place.own.networks() == []
    phone.submit(other="é" * 17)
    assert "32 bytes" in phone.problem
    phone.submit("scan")
    assert phone.title == "Choose the Wi-Fi" and not phone.problem
    phone.submit(network="café", wifi_password="")
    assert phone.title == "Sign in" and place.own.networks() == [("café", "")]


def test_a_radio_that_cannot_scan_leaves_the_name_to_type():
    place = FakePlace(online=False)
    place.link.broken = True
    phone = place.phone()
    phone.submit("scan")
    assert "No network was found" in phone.text
    phone.submit(other="café")
    assert phone.title == "Sign in"


def test_another_wifi_can_be_chosen_and_left_alone():
    _, phone = opened()
    phone.submit("wifi")
    assert phone.title == "Choose the Wi-Fi"
    phone.submit("again")
    assert phone.title == "Sign in"


def test_without_wifi_there_is_none_to_choose():
    _, phone = opened(wifi=False)
    assert phone.title == "Sign in" and 'value="wifi"' not in phone.text


def test_a_session_that_ends_soon_is_told_in_the_readers_language():
    for language, words in (("en", "Sign in again before 22 Jan"), ("de", "Melden Sie sich vor dem 22.1. neu an")):
        phone = FakePlace(signed_in=True, session_days=7).phone(language=language)
        assert words in phone.text, language
    assert "again before" not in FakePlace(signed_in=True, session_days=70).phone().text


def test_opening_the_page_signs_nobody_out_and_a_failure_neither():
    place, phone = opened(WRONG, signed_in=True)
    assert "alice is signed in on this device" in phone.text
    before = place.device.store.load()
    phone.submit(name="bob", password=PASSWORD)
    assert phone.problem and place.device.store.load() == before
    place.device.clock.pass_time(601)
    assert place.site.is_over and place.device.has_session and place.device.store.load() == before
    phone.submit(name="bob", password=PASSWORD)
    assert "bob" in phone.text and place.device.store.load() != before and signed_in(place)


def test_a_flash_that_is_full_is_told():
    place, phone = opened()
    place.device.store.full = True
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Signed in" and "could not be saved" in phone.text


def test_reload_back_and_a_form_sent_twice_change_nothing():
    place, phone = opened(MFA)
    old = {"token": phone.hidden("token"), "step": phone.hidden("step"), "name": "alice", "password": PASSWORD}
    phone.submit(name="alice", password=PASSWORD)
    for _ in range(3):
        assert "Enter the code" in phone.load()
    phone.ask("POST", "/", old)
    assert phone.title == "Enter your code" and "out of date" in phone.text
    assert "out of date" not in phone.load() and len(place.device.cognito.answers) == 1
    phone.submit(code="123456")
    phone.ask("POST", "/", old)
    assert phone.title == "Signed in" and signed_in(place)


def test_two_phones():
    place = FakePlace()
    place.device.cognito.challenges.append(MFA)
    first, second = place.phone(), place.phone()
    first.submit(name="alice", password=PASSWORD)
    for _ in range(2):
        second.load()
        assert (
            second.title == "Somebody else is signing in" and "<form" not in second.text and "+***" not in second.text
        )
    waiting = dict(second.headers)
    second.ask("POST", "/", {"token": place.site._token(waiting["cookie"][6:]), "step": "2", "code": "123456"})
    assert second.title == "Somebody else is signing in" and len(place.device.cognito.answers) == 1
    place.device.clock.pass_time(179)
    assert "Enter the code" in first.load()
    place.device.clock.pass_time(179)
    assert second.load() and second.title == "Somebody else is signing in"
    place.device.clock.pass_time(2)
    second.load()
    assert second.title == "Sign in", "the first has gone away, and nothing of his is shown"
    second.submit(name="bob", password=PASSWORD)
    assert second.title == "Signed in"
    first.load()
    assert first.title == "Somebody else is signing in"


def test_a_phone_that_comes_late_cannot_go_on_with_what_another_began():
    place = FakePlace()
    place.device.cognito.challenges.append(NEW)
    first, second = place.phone(), place.phone()
    token = second.hidden("token")
    first.submit(name="alice", password=PASSWORD)
    place.device.clock.pass_time(200)
    form = {"token": token, "step": first.hidden("step"), "fresh": "Mine-1", "again": "Mine-1", "attribute_0": "x"}
    second.ask("POST", "/", dict(form, attribute_1="y"))
    assert second.title == "Sign in" and len(place.device.cognito.answers) == 1


def test_forms_that_are_not_ours():
    place, phone = opened()
    good = {"token": phone.hidden("token"), "step": phone.hidden("step"), "name": "a", "password": "b"}
    for form in (dict(good, token="0" * 32), dict(good, token=""), {}, None):
        phone.ask("POST", "/", form)
        assert phone.status == 403 and "cookies" in phone.problem
    phone.ask("POST", "/", good, origin="http://evil.example")
    assert phone.status == 403
    phone.ask("POST", "/", good, cookie="phone=" + "0" * 32)
    assert phone.status == 403
    phone.ask("POST", "/", good, cookie="")
    assert phone.status == 403
    for name, value in (("name", "a" * 129), ("password", "b" * 257), ("name", "a\nb"), ("do", "format"), ("do", "<")):
        phone.ask("POST", "/", dict(good, **{name: value}))
        assert phone.status == 400, name
    assert place.device.cognito.answers == []
    phone.ask("POST", "/", good, origin="http://" + HOST)
    assert signed_in(place)


def test_a_form_that_cannot_be_read():
    place, phone = opened()

    def broken():
        raise ValueError("invalid literal")

    status, _, _ = run(place.site.respond("POST", "/", phone.headers, broken))
    assert status == 403


def test_hosts_methods_and_paths():
    place, phone = opened()
    for host, path in (
        ("captive.apple.com", "/hotspot-detect.html"),
        ("connectivitycheck.gstatic.com", "/generate_204"),
        ("www.msftconnecttest.com", "/connecttest.txt"),
        ("detectportal.firefox.com", "/canonical.html"),
    ):
        status, out, _ = run(place.site.respond("GET", path, {"host": host}, None))
        assert status == 302 and out["Location"].startswith(f"http://{HOST}/?")
    assert run(place.site.respond("GET", "/", {}, None))[0] == 302
    assert run(place.site.respond("POST", "/", {"host": "evil.example"}, None))[0] == 421
    for method, path in (("PUT", "/"), ("DELETE", "/"), ("POST", "/wait")):
        assert run(place.site.respond(method, path, phone.headers, None))[0] == 405
    assert run(place.site.respond("GET", "/favicon.ico", phone.headers, None))[0] == 404
    phone.ask("GET", "/generate_204")
    assert phone.title == "Sign in"
    assert run(place.site.respond("HEAD", "/", phone.headers, None))[0] == 200


def test_headers():
    _, phone = opened()
    assert "default-src 'none'" in phone.out["Content-Security-Policy"] and "script" not in phone.text
    assert phone.out["Cache-Control"] == "no-store"
    cookie = phone.headers["cookie"]
    assert "HttpOnly; SameSite=Lax" in phone.seen and cookie.startswith("phone=")
    phone.load()
    assert "Set-Cookie" not in phone.out


def test_ten_minutes_without_use():
    place, phone = opened()
    place.device.clock.pass_time(590)
    phone.load()
    place.device.clock.pass_time(590)
    run(place.site.respond("GET", "/hotspot-detect.html", {"host": "captive.apple.com"}, None))
    run(place.site.respond("GET", "/", {"host": HOST}, None))  # a system's look, which keeps no cookie
    assert not place.site.is_over
    place.device.clock.pass_time(11)
    assert place.site.is_over


def test_the_last_page_is_waited_for_when_the_phone_has_lost_the_network():
    place, phone = opened()
    form = {"token": phone.hidden("token"), "step": phone.hidden("step"), "name": "alice", "password": PASSWORD}
    run(place.site.respond("POST", "/", phone.headers, lambda: form))
    run(place._sleep(1))
    place.device.clock.pass_time(100)
    assert not place.site.is_over
    assert "alice is signed in" in phone.load()
    place.device.clock.pass_time(21)
    assert place.site.is_over


def test_a_fault_of_ours_leaves_a_page():
    place, phone = opened(SELECT)
    place.device.cognito.challenges[0] = dict(SELECT, ChallengeParameters={"MFAS_CAN_CHOOSE": "{"})
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Sign in" and phone.problem
    place, phone = opened()
    place.site._actions.sign_in = None
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Sign in" and "went wrong in the device" in phone.problem


def test_german_and_a_language_that_there_is_not():
    place = FakePlace()
    assert place.phone(language="de-AT,de;q=0.9,en;q=0.8").title == "Anmelden"
    phone = place.phone(language="xx,../../etc;q=1,de")
    assert phone.title == "Anmelden" and '<html lang="de">' in phone.text
    for language in ("", "x", "nl,fr", ",;,", "é"):
        phone = place.phone(language=language)
        assert phone.title == "Sign in" and '<html lang="en">' in phone.text


def test_sign_up_and_confirmation():
    place, phone = opened(pool=True)
    pool = place.device.cognito
    phone.submit("new")
    assert phone.title == "New account"
    phone.submit(name="new@example.com", fresh=PASSWORD, again="x")
    assert "not the same" in phone.problem and 'value="new@example.com"' in phone.text
    phone.submit(name="alice", fresh=PASSWORD, again=PASSWORD)
    assert "an account with that name" in phone.problem
    phone.submit(name="new@example.com", fresh="weak", again="weak")
    assert "not good enough" in phone.problem
    phone.submit(name="new@example.com", fresh=PASSWORD, again=PASSWORD)
    assert phone.title == "Confirm your account" and "n***@e***" in phone.text
    phone.submit("resend")
    assert "on its way" in phone.text and pool.resent == 1
    phone.submit(code="000000")
    assert "not right" in phone.problem
    phone.submit(code="123456")
    assert phone.title == "Signed in" and signed_in(place)
    assert PASSWORD not in phone.seen


def test_a_pool_that_lets_nobody_sign_up():
    place, phone = opened(pool=True)
    place.device.cognito.may_sign_up = False
    phone.submit("new")
    phone.submit(name="new", fresh=PASSWORD, again=PASSWORD)
    assert phone.title == "Sign in" and "can't be made here" in phone.problem


def test_an_account_that_was_never_confirmed():
    place, phone = opened(("UserNotConfirmedException", "User is not confirmed."), pool=True)
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Confirm your account" and place.device.cognito.resent == 1
    phone.submit(code="123456")
    assert signed_in(place)


def test_a_forgotten_password_and_one_that_must_be_reset():
    place, phone = opened(pool=True)
    phone.submit("forgot")
    phone.submit(name="alice")
    assert phone.title == "Choose a new password"
    phone.submit(code="123456", fresh=PASSWORD, again="x")
    assert "not the same" in phone.problem
    phone.submit(code="000000", fresh=PASSWORD, again=PASSWORD)
    assert "not right" in phone.problem
    phone.submit(code="123456", fresh=PASSWORD, again=PASSWORD)
    assert signed_in(place) and place.device.cognito.answers[-1]["PASSWORD"] == PASSWORD
    place, phone = opened(("PasswordResetRequiredException", "reset it"), pool=True)
    phone.submit(name="alice", password="old")
    phone.submit(code="123456", fresh=PASSWORD, again=PASSWORD)
    assert signed_in(place) and place.device.cognito.answers[-1]["PASSWORD"] == PASSWORD


def test_an_authenticator_app_is_set_up():
    setup = dict(MFA, ChallengeName="MFA_SETUP", ChallengeParameters={"MFAS_CAN_SETUP": '["SOFTWARE_TOKEN_MFA"]'})
    place, phone = opened(setup, pool=True)
    phone.submit(name="alice@example.com", password=PASSWORD)
    assert phone.title == "Set up your authenticator app"
    assert "JBSW Y3DP" in phone.text and "<svg role=" in phone.text and "alice%40example.com" in phone.text
    phone.submit(code="000000")
    assert "not right" in phone.problem and "JBSW Y3DP" in phone.text
    phone.submit(code="123456")
    assert signed_in(place)
    place, phone = opened(dict(setup, ChallengeParameters={"MFAS_CAN_SETUP": '["SMS_MFA"]'}), pool=True)
    phone.submit(name="alice", password=PASSWORD)
    assert "MFA_SETUP" in phone.text and "cognito-mp provision" in phone.problem


def test_a_proof_that_came_late_is_not_called_a_wrong_password():
    place, phone = opened(PROOF, WRONG, srp=True)
    place.device.cognito.answer_takes = 9
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Sign in" and "may be right" in phone.problem and "cognito-mp provision" in phone.problem
    assert "The device says:" in phone.text and "a few seconds, and this board took " in phone.text


def test_the_first_number_of_srp_is_made_while_the_person_types():
    place, phone = opened(PROOF, MFA, srp=True)
    given: list = []
    runs: list = []
    client_run, client_sign_in = place.device.client.run, place.device.client.sign_in

    async def counted(flow, key=None):
        if key is None:  # a call, and nothing that it shares with others
            runs.append(flow)
        return await client_run(flow, key)

    async def looked_at(*words, **options):
        given.append(options["secret"])
        return await client_sign_in(*words, **options)

    async def types():
        for _ in range(1000):  # turns of the loop: more than the number takes
            await asyncio.sleep(0)

    run(types())
    assert not place.device.cognito.answers, "nothing was sent for it"
    place.device.client.run = counted
    place.device.client.sign_in = looked_at
    phone.submit(name="alice", password=PASSWORD)
    assert place.device.cognito.answers[0]["SRP_A"] == given[0].public
    assert len(runs) == 1, "the sign-in alone: its first number was there"


NO_SRP = ("InvalidParameterException", "USER_SRP_AUTH is not enabled for the client.")


def test_the_password_is_not_sent_on_the_services_word_alone():
    place, phone = opened(NO_SRP, WRONG, srp=True, plain=None)
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Send the password?" and PASSWORD not in phone.seen
    assert ["SRP_A" in answer for answer in place.device.cognito.answers] == [True]
    phone.submit("send_password")
    assert place.device.cognito.answers[1]["PASSWORD"] == PASSWORD
    assert phone.title == "Sign in" and phone.problem == "The name or the password is wrong."
    assert "Your password was sent" in phone.text, "also after a refusal"
    phone.submit(name="alice", password=PASSWORD)
    assert signed_in(place) and "Your password was sent" in phone.text
    assert ["SRP_A" in answer for answer in place.device.cognito.answers] == [True, False, False], "asked once"


def test_who_does_not_want_the_password_sent_keeps_it():
    place, phone = opened(NO_SRP, NO_SRP, srp=True, plain=None)
    phone.submit(name="alice", password=PASSWORD)
    phone.submit("again")
    assert phone.title == "Sign in" and 'value="alice"' in phone.text
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Send the password?", "a no is not kept"
    assert not any("PASSWORD" in answer for answer in place.device.cognito.answers)


def test_what_one_phone_has_agreed_to_is_not_for_the_next():
    place, phone = opened(NO_SRP, WRONG, NO_SRP, srp=True, plain=None)
    phone.submit(name="alice", password=PASSWORD)
    phone.submit("send_password")
    place.device.clock.pass_time(181)
    other = place.phone()
    other.submit(name="bob", password=PASSWORD)
    assert other.title == "Send the password?"


def test_settings_that_allow_srp_alone():
    place, phone = opened(NO_SRP, srp=True, plain=False)
    phone.submit(name="alice", password=PASSWORD)
    assert phone.title == "Sign in" and "uses no other" in phone.problem
    assert not any("PASSWORD" in answer for answer in place.device.cognito.answers)


def test_a_wrong_password_is_no_reason_to_send_it():
    place, phone = opened(WRONG, srp=True, plain=None)
    phone.submit(name="alice", password=PASSWORD)
    assert len(place.device.cognito.answers) == 1
    assert "SRP" not in phone.text and phone.title == "Sign in"


def test_codes_as_people_type_them():
    for typed in ("123 456", "123-456", " 123456 ", "123\u2013456", "123\u00a0456", "\uff11\uff12\uff13456"):
        place, phone = opened(MFA)
        phone.submit(name="alice", password=PASSWORD)
        phone.submit(code=typed)
        assert place.device.cognito.answers[-1]["SMS_MFA_CODE"] == "123456", repr(typed)


def test_a_blank_that_came_with_copying_is_offered_to_be_left_out():
    place, phone = opened(WRONG)
    phone.submit(name="alice", password=" " + PASSWORD + " ")
    assert phone.title == "A blank too many?" and PASSWORD not in phone.seen
    phone.submit("without_blanks")
    assert [answer["PASSWORD"] for answer in place.device.cognito.answers] == [" " + PASSWORD + " ", PASSWORD]
    assert signed_in(place)
    place, phone = opened(WRONG)
    phone.submit(name="alice", password=PASSWORD + " ")
    phone.submit("again")
    assert phone.title == "Sign in" and len(place.device.cognito.answers) == 1
    place, phone = opened()
    phone.submit(name="alice", password=PASSWORD + " ")
    assert signed_in(place), "it may be meant"


SETUP = {"ChallengeName": "MFA_SETUP", "Session": "s1", "ChallengeParameters": {}}


def test_an_authenticator_for_any_name():
    for name in ("\u0430" * 64, "\u5c71\u7530" * 32, "\U0001f600" * 64, "a" * 128, "\u00e9@" * 64):
        _, phone = opened(SETUP, pool=True)
        phone.submit(name=name, password=PASSWORD)
        assert phone.title == "Set up your authenticator app" and "<svg" in phone.text, name
        assert "JBSW Y3DP EHPK 3PXP" in phone.text


def test_a_key_that_no_picture_holds_is_text():
    place, phone = opened(SETUP, pool=True)
    place.device.cognito.key = "A" * 300
    phone.submit(name="alice", password=PASSWORD)
    assert "<svg" not in phone.text and "AAAA AAAA" in phone.text and "Type this key" in phone.text


def test_what_a_page_raises_in_its_middle_is_kept_and_the_person_gets_a_page():
    place = FakePlace(online=False)
    phone = place.phone()

    async def odd_scan() -> list:
        return [("café", None, True)]  # what no driver gives: a strength that can't be compared

    good_scan, place.link.scan = place.link.scan, odd_scan
    phone.submit("scan")
    assert phone.title == "Choose the Wi-Fi" and "Something went wrong in the device" in phone.text
    assert phone.text.endswith("</html>\n") and 'href="/?' in phone.text
    assert [where for where, _ in place.device.faults.recorded] == ["the sign-in page"]
    place.link.scan = good_scan
    phone.submit("scan")
    assert phone.title == "Choose the Wi-Fi" and not phone.problem


def test_nothing_from_outside_turns_the_page_around():
    place, phone = opened(("UserLambdaValidationException", "no \x1b[2J\u202e good"))
    phone.submit(name="alice", password=PASSWORD)
    assert "no ?[2J? good" in phone.text
    place = FakePlace(online=False)
    phone = place.phone()
    place.link.model.air.networks["caf\u202e\u00e9"] = Network("its-secret", -50)
    phone.submit("scan")
    assert "<span>caf?\u00e9" in phone.text
    assert 'value="caf\u202e\u00e9"' in phone.text, "and it can be joined all the same"


SECRET_WORDS = ("alice", "Sign in", "Wi-Fi", "caf", "signed in")


def test_nobody_in_the_devices_network_gets_past_the_gate_without_the_code():
    place = FakePlace(signed_in=True)
    stranger = place.phone(inside=False)
    assert stranger.title == "Enter the code of the device"
    for path in ("/", "/wait", "/anything", "/?code=000000"):
        stranger.ask("GET", path)
        assert stranger.title == "Enter the code of the device"
    before = place.device.cognito.answers[:]
    form = {"token": stranger.hidden("token"), "name": "mallory", "password": PASSWORD, "do": "sign_in"}
    for step in range(4):
        stranger.ask("POST", "/", dict(form, step=str(step)))
        stranger.ask("POST", "/", dict(form, step=str(step), network="mine", wifi_password="theirs-1", do="join"))
    assert place.device.cognito.answers == before and place.own.networks() == [] and place.place.used == 0
    assert not any(word in stranger.seen for word in SECRET_WORDS), stranger.seen
    assert place.site._owner == ""
    place.device.clock.pass_time(601)
    stranger.load()
    assert place.site.is_over, "nor does it hold the page open"


def test_the_code_lets_a_phone_in_typed_or_in_the_url():
    place, _ = opened()
    typing = place.phone(inside=False)
    typing.submit(digits="493 817")
    assert typing.title == "Sign in" and place.place.used
    by_url = Phone(place, inside=False)
    by_url.ask("GET", "/?code=" + CODE)
    assert by_url.title == "Sign in"
    by_url.submit(name="alice", password=PASSWORD)
    assert signed_in(place)
    typing.load()
    assert typing.title == "Somebody else is signing in"


def test_ten_wrong_codes():
    place, phone = opened()
    stranger = place.phone(inside=False)
    for number in range(10):
        stranger.submit(digits=str(100000 + number))
        assert "Those are not the digits" in stranger.problem or number == 9
    assert "too many wrong codes" in stranger.problem
    assert "Six digits" not in stranger.text, "nothing is asked for any more"
    stranger.ask("GET", "/?code=" + CODE)
    assert stranger.title == "Enter the code of the device", "the right one comes too late"
    phone.submit(name="alice", password=PASSWORD)
    assert signed_in(place), "and somebody who came through the access point goes on"


def test_wrong_codes_of_one_day_are_counted_on_flash():
    place = FakePlace()
    clock, store = place.device.clock, RamStore()

    def gate():
        return Gate(CODE, KeptTries(store, clock))

    for number in range(9):
        assert not gate().open_for("a" * 32, "000000"), number
    assert gate().open_for("a" * 32, CODE) and not gate().is_shut, "the right code is not counted as a wrong one"
    assert not gate().open_for("a" * 32, "000000")
    assert gate().is_shut and not gate().open_for("a" * 32, CODE)
    clock.pass_time(86400)
    assert gate().open_for("a" * 32, CODE)
    clock.unset()
    for _ in range(10):
        gate().open_for("a" * 32, "000000")
    assert gate().is_shut, "a clock that is not set begins no day"
    store.load = store.save = None  # whatever it holds
    broken = Gate(CODE, KeptTries(BrokenStore(), clock))
    assert broken.is_shut and not broken.open_for("a" * 32, CODE)


class BrokenStore:
    def load(self):
        raise OSError(5, "flash")

    def save(self, data):
        raise OSError(5, "flash")


def test_half_an_hour_is_the_end_whatever_comes():
    place, phone = opened(MFA)
    phone.submit(name="alice", password=PASSWORD)
    for _ in range(7):
        place.device.clock.pass_time(240)
        phone.load()
        assert not place.site.is_over
    place.device.clock.pass_time(240)
    phone.load()
    assert place.site.is_over


def test_only_the_owners_requests_keep_it_open():
    place, phone = opened(MFA)
    phone.submit(name="alice", password=PASSWORD)
    other = place.phone()
    for _ in range(2):
        place.device.clock.pass_time(170)
        phone.load()
    for _ in range(3):
        place.device.clock.pass_time(170)
        other.load()
        other.load()
    assert place.site.is_over or other.title == "Sign in"


def test_a_network_that_came_by_other_means_needs_not_be_picked():
    place, phone = opened(online=False)
    place.link.up = True
    run(place.comes_online())
    assert phone.load() and phone.title == "Sign in"
    place, phone = opened(online=False)
    phone.submit("scan")
    place.link.up = True
    run(place.comes_online())
    assert phone.load() and phone.title == "Choose the Wi-Fi", "somebody is at it"
