"""A sign-in as a conversation: forms in, pages out. It knows no socket, no Wi-Fi, no clock and no session.

sign_in() is a generator, as the library's flows are. It yields

- a Page, and is sent the form that came back, as forms.read() returns it;
- a Do, and is sent what came of it, or has the exception of it thrown in.

It returns the last Page. A password is held by a local variable for as long as it takes to prove it.
"""

from cognito_mp import Challenge, CognitoError, StoreError

from .. import typed
from ..backoff import PASSING, describe
from ..printable import printable
from . import forms

_LONGEST_DETAIL = 300  # characters of what the service or the device says
_SELECT, _MFA_SETUP = "SELECT_MFA_TYPE", "MFA_SETUP"
_TOTP = "SOFTWARE_TOKEN_MFA"
_CODES = ("SMS_MFA", "SMS_OTP", "EMAIL_OTP", _TOTP)

# Cognito's code -> a key of the words
_PROBLEMS = {
    "UserNotFoundException": "wrong_password",
    "CodeMismatchException": "wrong_code",
    "EnableSoftwareTokenMFAException": "wrong_code",
    "ExpiredCodeException": "expired_code",
    "InvalidPasswordException": "weak_password",
    "PasswordHistoryPolicyViolationException": "weak_password",
    "UsernameExistsException": "exists",
    "AliasExistsException": "exists",
    "LimitExceededException": "too_many",
    "TooManyRequestsException": "too_many",
    "TooManyFailedAttemptsException": "too_many",
}
# NotAuthorizedException is told apart by its message alone.
_NOT_AUTHORIZED = (
    ("a few seconds", "late_proof"),  # the library's own words, with the service's among them
    ("ncorrect username or password", "wrong_password"),
    ("attempts exceeded", "locked_out"),
    ("disabled", "disabled"),
    ("emporary password has expired", "expired_temporary"),
    ("nvalid session", "took_too_long"),
    ("ession is expired", "took_too_long"),
    ("ignUp is not permitted", "no_sign_up"),
)
# Their words say it all: the service's own would say it twice.
_PLAIN = ("wrong_password", "took_too_long", "no_sign_up", "wrong_code", "exists")
# After these the same page can be answered again.
_REPEATABLE = (
    "CodeMismatchException",
    "EnableSoftwareTokenMFAException",
    "InvalidPasswordException",
    "PasswordHistoryPolicyViolationException",
    "InvalidParameterException",
    "UsernameExistsException",
    "ExpiredCodeException",
)


class Page:
    """What to show.

    name     str, a key of the words: its title
    problem  str, a key of the words: what went wrong; "" when nothing did
    detail   str, what the service or the device said, `by_service` which; comes from outside
    notes    list of str, keys of the words: what else is worth a word
    typed    dict, what fields that are no secret hold already, by their names; comes from outside
    buttons  tuple of str, what its form can ask for; the first is what Enter does
    values   dict, what this page shows besides; comes from outside
    """

    def __init__(self, name: str, buttons: tuple = (), problem: "Problem | None" = None, **values) -> None:
        self.name = name
        self.buttons = buttons
        self.notes: list = []
        self.typed: dict = {}
        self.values = values
        self.problem = self.detail = ""
        self.by_service = False
        if problem:
            self.tell(problem)

    def tell(self, problem: "Problem", said: "dict | None" = None) -> None:
        """Show `problem` from now on, and what of the form `said` is no secret."""
        self.problem, self.detail, self.by_service = problem.key, problem.detail, problem.by_service
        if said:
            self.typed = forms.no_secrets(self, said)

    def __repr__(self) -> str:
        return f"Page({self.name})"


class Do:
    """Something that takes time: the method `what` of actions.Actions, with `words`."""

    def __init__(self, what: str, *words) -> None:
        self.what = what
        self.words = words

    def __repr__(self) -> str:  # a password may be among the words
        return f"Do({self.what})"


class Problem(Exception):
    """What to tell a person: `key` of the words, and `detail`, what the service (`by_service`) or the device said.

    again  bool, the same page can be answered once more
    """

    def __init__(self, key: str, detail: str = "", by_service: bool = False, again: bool = True) -> None:
        super().__init__(key)
        self.key = key
        self.detail = printable(detail[:_LONGEST_DETAIL])
        self.by_service = by_service
        self.again = again


class _StartOver(Exception):
    """The person does not want to go on from here."""


class Ways:
    """How the device may prove the password in one conversation.

    srp    bool: it may use SRP; it can only if it knows the pool's id
    plain  bool: it may send the password to the service; None: it asks the person first, once
    """

    def __init__(self, srp: bool, plain: "bool | None") -> None:
        self.srp = srp
        self.plain = plain


def problem_of(error: Exception) -> Problem:
    """`error` in words for a person."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, CognitoError):
        key = _PROBLEMS.get(error.code, "service_said")
        if error.code == "NotAuthorizedException":
            for words, name in _NOT_AUTHORIZED:
                if words in error.message:
                    key = name
                    break
        by_service = key != "late_proof"
        return Problem(key, "" if key in _PLAIN else error.message, by_service, error.code in _REPEATABLE)
    if isinstance(error, StoreError):
        return Problem("unsaved", describe(error), again=False)
    if isinstance(error, PASSING):  # it may not have got there: another try costs nothing
        return Problem("network_failed", describe(error))
    return Problem("internal", type(error).__name__, again=False)


def _ask(page: Page):
    """The form that the person fills in for `page`, whole. Raises _StartOver."""
    while True:
        said = yield page
        if said["do"] == "again":
            raise _StartOver
        if said["do"] != page.buttons[0] or not forms.missing(page, said):
            return said
        page.tell(Problem("empty"), said)


def _until_done(page: Page, act):
    """Ask by `page` until act(said), a generator, works; what it returns. Raises what another answer can't mend."""
    while True:
        said = yield from _ask(page)
        try:
            return (yield from act(said))
        except _StartOver:
            raise
        except Exception as error:
            problem = problem_of(error)
            if not problem.again:
                raise
            page.tell(problem, said)


def sign_in(ways: Ways):
    """The whole of it. Returns a Page."""
    notes: list = []
    kept: dict = {}
    problem = None
    online, has_wifi, person, before = yield Do("look")
    if not online and has_wifi:
        yield from _wifi(("join", "scan"))
    while True:
        buttons = ("sign_in", "new", "forgot") + (("wifi",) if has_wifi else ())
        page = Page("account", buttons, problem, person=person, before=before)
        page.typed = kept
        page.notes = notes[:]  # what the try before has to say: a password that was refused was sent all the same
        try:
            warning = yield from _account(page, ways, notes)
            break
        except _StartOver:
            problem = None
            del notes[:]
        except Exception as error:
            problem = problem_of(error)
        kept = page.typed
        online, has_wifi, person, before = yield Do("look")
    online, has_wifi, person, before = yield Do("look")
    page = Page("done", person=person)
    page.notes = notes + warning
    return page


def _networks():
    """What a scan finds; a radio that can't leaves the person the name to type."""
    try:
        return (yield Do("scan"))
    except PASSING:
        return []


def _wifi(buttons: tuple):
    """Until the device is in a Wi-Fi network."""
    page = Page("wifi", buttons, networks=(yield from _networks()))

    def join(said: dict):
        if said["do"] == "scan":
            page.values["networks"] = yield from _networks()
            return False
        name = said["other"] or said["network"]
        if not name or len(name.encode()) > 32:
            raise Problem("long_network" if name else "no_network")
        try:
            yield Do("join", name, said["wifi_password"])
        except PASSING as error:
            raise Problem("wifi_failed", describe(error))
        return True

    while not (yield from _until_done(page, join)):
        page.problem = ""


def _account(page: Page, ways: Ways, notes: list):
    """Until somebody has signed in, by `page` or by what its buttons lead to; the notes for the last page.

    Raises what ends a try for good.
    """
    if ways.srp:
        yield Do("expect_sign_in")
    said = yield from _ask(page)
    if said["do"] == "wifi":
        yield from _wifi(("join", "scan", "again"))
        raise _StartOver
    if said["do"] == "new":
        name, password = yield from _new_account()
    elif said["do"] == "forgot":
        name, password = yield from _forgotten()
    else:
        name, password = said["name"].strip(), said["password"]
    said = None
    page.typed = {"name": name}
    try:
        outcome = yield from _proved_as_meant(ways, notes, name, password)
        password = ""
        while isinstance(outcome, Challenge):
            outcome = yield from _answered(outcome, name, notes)
    except StoreError:  # it is good all the same
        return ["unsaved"]
    return []


def _proved_as_meant(ways: Ways, notes: list, name: str, password: str):
    """Tokens or a Challenge; a password with a blank at its ends that was refused is offered to be tried without."""
    try:
        return (yield from _proved(ways, notes, name, password))
    except CognitoError as error:
        problem = problem_of(error)
        if problem.key != "wrong_password" or not typed.has_blank_ends(password):
            raise
    yield from _ask(Page("blank_ends", ("without_blanks", "again"), problem))
    return (yield from _proved(ways, notes, name, password.strip()))


def _proved(ways: Ways, notes: list, name: str, password: str):
    """Tokens or a Challenge; an account that needs its owner first has been confirmed, or given a new password."""
    try:
        return (yield from _prove(ways, notes, name, password))
    except CognitoError as error:
        if error.code == "UserNotConfirmedException":
            yield from _confirm(name, (yield Do("resend", name)))
        elif error.code == "PasswordResetRequiredException":
            password = yield from _reset(name)
        else:
            raise
    return (yield from _prove(ways, notes, name, password))


def _prove(ways: Ways, notes: list, name: str, password: str):
    """Tokens or a Challenge. By SRP where the pool has it: what has not may be somebody who stands in for it.

    So the password is not sent on its word alone: the person, or the settings, have said yes before.
    """
    del notes[:]
    if ways.srp:
        try:
            return (yield Do("sign_in", name, password, "USER_SRP_AUTH"))
        except CognitoError as error:
            if not _has_no_srp(error):
                raise
        if ways.plain is None:
            yield from _ask(Page("send_password", ("again", "send_password")))
            ways.plain = True
        ways.srp = not ways.plain  # somebody who has said yes is not asked at each try
    if not ways.plain:
        raise Problem("srp_only", again=False)
    try:
        outcome = yield Do("sign_in", name, password, "USER_PASSWORD_AUTH")
    except CognitoError:
        notes.append("no_srp")
        raise
    notes.append("no_srp")
    return outcome


def _has_no_srp(error: CognitoError) -> bool:
    """True when the app client does not allow USER_SRP_AUTH: "USER_SRP_AUTH is not enabled for the client."."""
    return error.code in ("InvalidParameterException", "NotAuthorizedException") and "not enabled" in error.message


def _answered(challenge: Challenge, name: str, notes: list):
    """Tokens, or the next Challenge."""
    if challenge.name == "NEW_PASSWORD_REQUIRED":
        return (yield from _new_password(challenge, notes))
    if challenge.name in _CODES:
        return (yield from _code(challenge, notes))
    choices = challenge.choices if challenge.name in (_SELECT, _MFA_SETUP) else []
    if challenge.name == _MFA_SETUP and (_TOTP in choices or not choices):
        return (yield from _authenticator(challenge, name, notes))
    if challenge.name == _SELECT and choices:
        return (yield from _choice(challenge, choices, notes))
    raise Problem("unknown_challenge", challenge.name)


def _page(name: str, notes: list, **values) -> Page:
    """A page in the middle of a sign-in."""
    page = Page(name, ("confirm", "again"), **values)
    page.notes = notes
    return page


def _same(said: dict) -> str:
    """The password that was typed twice. Raises Problem."""
    if said["fresh"] != said["again"]:
        raise Problem("differ")
    return said["fresh"]


def _new_password(challenge: Challenge, notes: list):
    attributes = challenge.required_attributes

    def set_it(said: dict):
        given = {name: said[forms.ATTRIBUTE + str(number)] for number, name in enumerate(attributes)}
        return (yield Do("set_new_password", challenge, _same(said), given))

    return (yield from _until_done(_page("new_password", notes, attributes=attributes), set_it))


def _code(challenge: Challenge, notes: list):
    sent_to = str(challenge.parameters.get("CODE_DELIVERY_DESTINATION") or "")

    def give(said: dict):
        return (yield Do("respond", challenge, {challenge.name + "_CODE": said["code"]}))

    return (yield from _until_done(_page("code", notes, by=challenge.name, sent_to=sent_to), give))


def _choice(challenge: Challenge, choices: list, notes: list):
    def choose(said: dict):
        if said["choice"] not in choices:
            raise Problem("empty")
        return (yield Do("respond", challenge, {"ANSWER": said["choice"]}))

    return (yield from _until_done(_page("choose", notes, choices=choices), choose))


def _authenticator(challenge: Challenge, name: str, notes: list):
    secret = yield Do("new_authenticator", challenge)

    def confirm(said: dict):
        return (yield Do("confirm_authenticator", challenge, said["code"]))

    return (yield from _until_done(_page("totp_setup", notes, secret=secret, person=name), confirm))


def _new_account():
    """(name, password) of an account that was made here and confirmed."""

    def make(said: dict):
        name, password = said["name"].strip(), _same(said)
        return name, password, (yield Do("sign_up", name, password))

    name, password, reply = yield from _until_done(Page("sign_up", ("sign_up", "again")), make)
    if not reply.get("UserConfirmed"):
        yield from _confirm(name, reply.get("CodeDeliveryDetails") or {})
    return name, password


def _destination(delivery: dict) -> str:
    return str(delivery.get("Destination") or "")


def _confirm(name: str, delivery: dict):
    """Until the account is confirmed with the code that its owner was sent."""
    page = Page("confirm", ("confirm", "resend", "again"), sent_to=_destination(delivery))

    def confirm(said: dict):
        page.notes = []
        if said["do"] != "resend":
            yield Do("confirm_sign_up", name, said["code"])
            return True
        page.values["sent_to"] = _destination((yield Do("resend", name)))
        page.notes = ["new_code_sent"]
        return False

    while not (yield from _until_done(page, confirm)):
        page.problem = ""


def _forgotten():
    """(name, password) of an account whose password was forgotten, and is new."""
    said = yield from _ask(Page("forgot", ("confirm", "again")))
    name = said["name"].strip()
    return name, (yield from _reset(name))


def _reset(name: str):
    """The new password that the person has chosen, once the code that was sent has been given."""
    delivery = yield Do("forgot", name)

    def set_it(said: dict):
        yield Do("set_forgotten", name, said["code"], _same(said))
        return said["fresh"]

    return (yield from _until_done(Page("reset", ("confirm", "again"), sent_to=_destination(delivery)), set_it))


class Conversation:
    """A sign_in() under way, and where it stands: `page` is what is shown, or `task` is the Do that is to be done.

    over    bool, `page` is the last one
    """

    def __init__(self, steps) -> None:
        """`steps`: what sign_in() returned."""
        self._steps = steps
        self.over = False
        self._go_on(steps.send, None)

    def submit(self, said: dict) -> None:
        """The form of `page` came back: what forms.read() made of it."""
        self._go_on(self._steps.send, said)

    def finish(self, outcome) -> None:
        """`task` was done."""
        self._go_on(self._steps.send, outcome)

    def fail(self, error: Exception) -> None:
        """`task` could not be done."""
        self._go_on(self._steps.throw, error)

    def _go_on(self, resume, value) -> None:
        self.page: Page | None = None
        self.task: Do | None = None
        try:
            step = resume(value)
        except StopIteration as end:
            step, self.over = end.value, True
        if isinstance(step, Do):
            self.task = step
        else:
            self.page = step
