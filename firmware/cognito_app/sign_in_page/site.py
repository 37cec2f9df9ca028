"""The site: a request comes in, a response goes out. It knows no socket; what takes time is done by its `actions`.

There is one page, at /, and it shows where the one sign-in stands that the device has in hand: a page that is loaded
again, the back button, and a phone that lost its connection find the same place. A POST is an answer to the page that
it names by its step; one that names another step changes nothing. While the device works, /wait waits with the browser.
"""

from binascii import hexlify
from hashlib import sha256

from ..stopwatch import Stopwatch
from . import forms, html, pages
from .asking import Page, Problem
from .conversation import Conversation, Ways, sign_in
from .languages import words_for

IDLE_S = 600  # without use, after which the page is over
LONGEST_S = 1800  # after which it is over, whatever comes
_OWNER_S = 180  # without a request, after which another phone may go on: as long as Cognito keeps a sign-in open
_DONE_S = 120  # for the last page to be fetched
_READ_S = 10  # once it was fetched
_FIRST_HOLD_S, _HOLD_S = 3, 20  # that a request is held while the device works
_LOOK_S = 0.1
_COOKIE = "phone"
_GATE = Page("gate", ("enter",))  # all that is shown to whoever has not given the code
_HTML = "text/html; charset=utf-8"


class Site:
    """One opening of the page.

    hosts    list of str, what a Host header may say; the first is where other hosts are sent
    is_over  bool, nobody needs the page any more
    """

    def __init__(self, actions, ways: tuple, place, clock, sleep, urandom, faults, start) -> None:
        """
        actions   an actions.Actions, or its like
        ways      how a password may be proved: srp and plain, as Ways has them
        place     a place.Place, which has the host and the gate
        clock     the module cognito_mp.clock, or any object with its functions
        sleep     async, takes seconds, such as asyncio.sleep
        urandom   (int) -> bytes, such as os.urandom
        faults    a FaultLog
        start     (coroutine) starts a task, such as asyncio.create_task
        """
        self.hosts = [place.host]
        self._place = place
        self._actions = actions
        self._ways = ways
        self._sleep = sleep
        self._urandom = urandom
        self._faults = faults
        self._start = start
        self._secret = urandom(16)
        # 192.168.4.1 is the address of many devices. A browser may have kept another one's page of this address, and
        # shows it without asking; under a name that is new it has none.
        self._opening = "?" + hexlify(urandom(4)).decode()
        self._owner = ""
        self._since_owner = Stopwatch(clock)  # the last request of the owner
        self._since_use = Stopwatch(clock)
        self._since_done = Stopwatch(clock)
        self._since_open = Stopwatch(clock)
        self._fetched = False  # the last page
        self._stale = False  # an old form came in
        self._step = 0
        self._task = None  # kept: a task that nobody holds may be collected
        self._working = False
        self._begin()

    # The sign-in

    def _begin(self) -> None:
        self._conversation = self._new_conversation()
        self._go_on()

    def _new_conversation(self) -> Conversation:
        # What a person has said yes to is theirs alone.
        return Conversation(sign_in(Ways(*self._ways)))

    def look_again(self) -> None:
        """The device is online by other means than this page: begin anew, unless somebody has begun already."""
        if not self._owner and not self._working:
            self._begin()

    def _go_on(self) -> None:
        """Take up what the conversation has come to: a page, or a task."""
        if self._conversation.page:
            self._step += 1
            if self._conversation.over:
                self._since_done.restart()
        elif not self._working:
            self._working = True
            self._task = self._start(self._work())

    async def _work(self) -> None:
        try:
            while self._conversation.task:
                await self._do(self._conversation.task)
        except Exception as error:  # a fault of ours: it must not leave the person without a page
            self._faults.record("the sign-in page", error)
            self._conversation = self._new_conversation()
        finally:
            self._working = False
        self._since_owner.restart()  # whoever waited for it has a page to read now
        self._since_use.restart()
        self._go_on()

    async def _do(self, task) -> None:
        try:
            outcome = await getattr(self._actions, task.what)(*task.words)
        except Exception as error:
            self._conversation.fail(error)
        else:
            self._conversation.finish(outcome)

    async def _settled(self, seconds: int) -> bool:
        """Wait while the device works, for `seconds` at most; True when there is a page."""
        for _ in range(int(seconds / _LOOK_S)):
            if not self._working:
                break
            await self._sleep(_LOOK_S)
        return not self._working

    @property
    def is_over(self) -> bool:
        if self._conversation.over:
            limit = _READ_S if self._fetched else _DONE_S
            return self._since_done.seconds() >= limit
        if self._since_open.seconds() >= LONGEST_S:
            return True
        return not self._working and self._since_use.seconds() >= IDLE_S

    # Requests

    async def respond(self, method: str, path: str, headers, read_form, code: str = "", inside: bool = True) -> tuple:
        """(status, headers, body): int, dict of str (or lists of str), and str or an iterable of str.

        headers    anything with get(), names in lower case
        read_form  () -> dict of str, the form of a POST; None for another kind of body; raises ValueError
        code       what the URL has as code
        inside     bool, it came through the access point; else the gate comes first
        """
        if (headers.get("host") or "").lower() not in self.hosts:
            return self._elsewhere(method)
        if method not in ("GET", "HEAD") and (method != "POST" or path != "/"):
            return 405, {"Allow": "GET, HEAD, POST", "Content-Type": "text/plain"}, "method not allowed"
        if not inside:
            phone = self._phone(headers)
            if not (phone and self._place.gate.admits(phone)):
                return self._at_the_gate(method, headers, read_form, code, phone)
            self._place.used_on_network()
        return await (self._post(headers, read_form) if method == "POST" else self._get(path, headers))

    def _at_the_gate(self, method: str, headers, read_form, code: str, phone: str) -> tuple:
        """Ask for the code, or take it; nothing else is told."""
        is_new = not phone
        phone = phone or hexlify(self._urandom(16)).decode()
        problem = ""
        if method == "POST":
            sent = self._sent(headers, read_form, "" if is_new else phone)
            if sent is None:
                return self._refused(headers, phone)
            try:
                code = forms.read(_GATE, sent)["digits"]
            except forms.BadForm:  # of the pages behind the gate, or of whoever builds requests by hand
                return self._refused(headers, phone)
        if code and self._opens(phone, code):
            status, out, body = self._see("/")
            if is_new:
                out["Set-Cookie"] = _cookie(phone)
            return status, out, body
        if code:
            problem = "gate_shut" if self._place.gate.is_shut else "wrong_digits"
        page = Page("gate", () if self._place.gate.is_shut else _GATE.buttons, Problem(problem) if problem else None)
        return self._shown(page, headers, phone, is_new)

    def _opens(self, phone: str, code: str) -> bool:
        try:
            return self._place.gate.open_for(phone, code)
        except OSError as error:  # it can't be counted, so it does not count
            self._faults.record("the code of the sign-in page", error)
            return False

    def _elsewhere(self, method: str) -> tuple:
        """A request for another host: a phone's or browser's look whether there is internet, or an attack.

        Every system takes a redirect for "sign in first", and opens the page that it leads to.
        """
        if method in ("GET", "HEAD"):
            return 302, {"Location": f"http://{self.hosts[0]}/{self._opening}", "Cache-Control": "no-store"}, ""
        return 421, {"Content-Type": "text/plain"}, "another host"

    async def _get(self, path: str, headers) -> tuple:
        if path not in ("/", "/wait"):
            if path == "/favicon.ico":
                return 404, {"Content-Type": "text/plain"}, "no icon"
            return self._see("/")
        phone = self._phone(headers)
        if phone and self._owner in ("", phone):
            self._since_use.restart()
        is_new = not phone
        phone = phone or hexlify(self._urandom(16)).decode()
        if not self._admit(phone):
            return self._shown(Page("busy"), headers, phone, is_new)
        if not await self._settled(_HOLD_S if path == "/wait" else _FIRST_HOLD_S):
            task = self._conversation.task
            page = Page("wait", wifi=task is not None and task.what in ("scan", "join"))
            return self._shown(page, headers, phone, is_new, {"Refresh": "0; url=/wait" + self._opening})
        if path == "/wait":
            return self._see("/")
        if self._conversation.over and not self._fetched:
            self._fetched = True
            self._since_done.restart()
        notes = ["stale"] if self._stale else []
        self._stale = False
        return self._shown(self._conversation.page, headers, phone, is_new, notes=notes)

    async def _post(self, headers, read_form) -> tuple:
        phone = self._phone(headers)
        sent = self._sent(headers, read_form, phone)
        if sent is None:
            return self._refused(headers, phone)
        if not self._admit(phone) or self._working or sent.get("step") != str(self._step):
            self._stale = phone == self._owner and not self._working and not self._conversation.over
            return self._see("/")
        page = self._conversation.page
        if not page or not page.buttons:
            return self._see("/")
        try:
            said = forms.read(page, sent)
        except forms.BadForm as problem:
            return self._shown(Page("refused", (), Problem(str(problem))), headers, phone, False, status=400)
        self._owner = phone
        self._since_owner.restart()
        self._since_use.restart()
        self._conversation.submit(said)
        self._go_on()
        return self._see("/")

    def _sent(self, headers, read_form, phone: str) -> "dict | None":
        """The form that `phone` has sent; None if it is not one of ours."""
        try:
            sent = read_form()
        except ValueError:
            return None
        origin = headers.get("origin")
        foreign = origin and origin.lower() not in ["http://" + host for host in self.hosts]
        if sent is None or not phone or foreign or sent.get("token") != self._token(phone):
            return None
        return sent

    def _refused(self, headers, phone: str) -> tuple:
        return self._shown(Page("refused", (), Problem("bad_form")), headers, phone, False, status=403)

    # Phones

    def _phone(self, headers) -> str:
        """The number that this browser was given; "" when it has none."""
        for cookie in (headers.get("cookie") or "").split(";"):
            name, _, value = cookie.strip().partition("=")
            if name == _COOKIE and len(value) == 32 and all(digit in "0123456789abcdef" for digit in value):
                return value
        return ""

    def _token(self, phone: str) -> str:
        """What a form of `phone`'s carries: no other site can know it."""
        return hexlify(sha256(self._secret + phone.encode()).digest()).decode()[:32]

    def _admit(self, phone: str) -> bool:
        """False while another phone has the sign-in in hand. When its time is over, all that it began is dropped."""
        if phone == self._owner:
            self._since_owner.restart()
        elif self._owner:
            if self._working or self._since_owner.seconds() < _OWNER_S:
                return False
            self._owner = ""
            if not self._conversation.over:
                self._begin()
        return True

    # Pages

    def _shown(
        self,
        page,
        headers,
        phone: str,
        is_new: bool,
        more: "dict | None" = None,
        status: int = 200,
        notes: "list | None" = None,
    ) -> tuple:
        page_notes = page.notes + (notes or [])
        words = words_for(headers.get("accept-language") or "")
        out = {
            "Content-Type": _HTML,
            "Content-Security-Policy": html.policy(),
            "Cache-Control": "no-store",
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if is_new:
            out["Set-Cookie"] = _cookie(phone)
        out.update(more or {})
        pieces = pages.render(page, page_notes, words, self._opening, self._token(phone), self._step)
        return status, out, self._to_its_end(pieces, words)

    def _to_its_end(self, pieces, words):
        """`pieces` of a page; what goes wrong in the middle of it is kept, and the person gets a way back."""
        try:
            yield from pieces
        except Exception as error:
            self._faults.record("the sign-in page", error)
            yield from pages.broken_off(words, self._opening)

    def _see(self, path: str) -> tuple:
        """Load `path` next, by GET."""
        return 303, {"Location": path + self._opening, "Cache-Control": "no-store"}, ""


def _cookie(phone: str) -> str:
    return f"{_COOKIE}={phone}; Path=/; HttpOnly; SameSite=Lax"
