"""A sign-in as a conversation: forms in, pages out. It knows no socket, no Wi-Fi, no clock and no session.

sign_in() is a generator, as the library's flows are. It yields

- a Page, and is sent the form that came back, as forms.read() returns it;
- a Do, and is sent what came of it, or has the exception of it thrown in.

It returns the last Page. A password is held by a local variable for as long as it takes to prove it.
"""

from cognito_mp import Challenge, CognitoError, StoreError

from .. import typed
from .answers import ask
from .asking import Do, Page, Problem, StartOver


class Ways:
    """How the device may prove the password in one conversation.

    srp    bool: it may use SRP; it can only if it knows the pool's id
    plain  bool: it may send the password to the service; None: it asks the person first, once
    """

    def __init__(self, srp: bool, plain: "bool | None") -> None:
        self.srp = srp
        self.plain = plain


def sign_in(ways: Ways):
    """The whole of it. Returns a Page."""
    notes: list = []
    kept: dict = {}
    problem = None
    online, has_wifi, person, before = yield Do("look")
    if not online and has_wifi:
        from . import wifi_pages

        yield from wifi_pages.wifi(("join", "scan"))
    while True:
        buttons = ("sign_in", "new", "forgot") + (("wifi",) if has_wifi else ())
        page = Page("account", buttons, problem, person=person, before=before)
        page.typed = kept
        page.notes = notes[:]  # what the try before has to say: a password that was refused was sent all the same
        try:
            warning = yield from _account(page, ways, notes)
            break
        except StartOver:
            problem = None
            del notes[:]
        except Exception as error:
            from .problems import problem_of

            problem = problem_of(error)
        kept = page.typed
        online, has_wifi, person, before = yield Do("look")
    online, has_wifi, person, before = yield Do("look")
    page = Page("done", person=person)
    page.notes = notes + warning
    return page


def _account(page: Page, ways: Ways, notes: list):
    """Until somebody has signed in, by `page` or by what its buttons lead to; the notes for the last page.

    Raises what ends a try for good.
    """
    if ways.srp:
        yield Do("expect_sign_in")
    said = yield from ask(page)
    if said["do"] == "wifi":
        from . import wifi_pages

        yield from wifi_pages.wifi(("join", "scan", "again"))
        raise StartOver
    if said["do"] in ("new", "forgot"):
        from . import account_pages

        make = account_pages.new_account if said["do"] == "new" else account_pages.forgotten
        name, password = yield from make()
    else:
        name, password = said["name"].strip(), said["password"]
    said = None
    page.typed = {"name": name}
    try:
        outcome = yield from _proved_as_meant(ways, notes, name, password)
        password = ""
        while isinstance(outcome, Challenge):
            from .challenge_pages import answered

            outcome = yield from answered(outcome, name, notes)
    except StoreError:  # it is good all the same
        return ["unsaved"]
    return []


def _proved_as_meant(ways: Ways, notes: list, name: str, password: str):
    """Tokens or a Challenge; a password with a blank at its ends that was refused is offered to be tried without."""
    try:
        return (yield from _proved(ways, notes, name, password))
    except CognitoError as error:
        from .problems import problem_of

        problem = problem_of(error)
        if problem.key != "wrong_password" or not typed.has_blank_ends(password):
            raise
    yield from ask(Page("blank_ends", ("without_blanks", "again"), problem))
    return (yield from _proved(ways, notes, name, password.strip()))


def _proved(ways: Ways, notes: list, name: str, password: str):
    """Tokens or a Challenge; an account that needs its owner first has been confirmed, or given a new password."""
    try:
        return (yield from _prove(ways, notes, name, password))
    except CognitoError as error:
        if error.code not in ("UserNotConfirmedException", "PasswordResetRequiredException"):
            raise
        from . import account_pages

        if error.code == "UserNotConfirmedException":
            yield from account_pages.confirm(name, (yield Do("resend", name)))
        else:
            password = yield from account_pages.reset(name)
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
            yield from ask(Page("send_password", ("again", "send_password")))
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
