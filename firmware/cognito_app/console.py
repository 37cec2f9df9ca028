"""A person at the REPL's terminal: what state the device is in, signing in, signing out. No secret is echoed."""

import gc

from cognito_mp import StoreError

from .backoff import describe
from .printable import printable
from .status import NEEDS_SIGN_IN, SESSION_OVER, SIGNED_IN, Status, time_left

_LONGEST = 1024  # bytes of one answer: Cognito's longest password, every character of it 4 bytes


class Cancelled(Exception):
    """The person gave up: an empty answer, Ctrl-D, or the terminal is gone."""


class Console:
    """The conversation; it is over when `read` says so."""

    def __init__(self, read, write, keeper, flow: str = "USER_PASSWORD_AUTH") -> None:
        """
        read    async () -> one byte as bytes, b"" when the terminal is gone
        write   (str) shows it
        keeper  a SessionKeeper
        flow    Cognito's AuthFlow for a sign-in here
        """
        self._read = read
        self._write = write
        self._keeper = keeper
        self._flow = flow
        self._place = None  # where the sign-in page is open
        self._gone = False
        self._prompt = ""
        self._typed = bytearray()
        self._echo: str | None = None  # what is shown of each character; None: itself
        self._last = b""
        keeper.on_status(self.show)

    @property
    def is_there(self) -> bool:
        """False once the terminal is gone."""
        return not self._gone

    async def run(self) -> None:
        """Talk until the terminal is gone."""
        self._say("s sign in, o sign out, i state, h help. Ctrl-C stops the application.")
        actions = {"p": self._page, "s": self._sign_in, "o": self._sign_out, "i": self._state, "h": self._help}
        while not self._gone:
            try:
                word = await self._ask("> ")
                action = actions.get(word.strip().lower()[:1])
                if action:
                    await action()
                elif word:
                    await self._help()
            except Cancelled:
                pass
            gc.collect()  # what was typed does not stay in the heap for longer than it must

    def show(self, status: Status) -> None:
        """Tell of `status` without losing what is being typed."""
        line = f"[{status.state}]"
        if status.state == SIGNED_IN:
            line += " access token good for {} {}".format(*time_left(status.seconds_left))
        if status.detail:
            line += ("; " if status.state == SIGNED_IN else " ") + status.detail
        self._tell(line)

    def _tell(self, line: str) -> None:
        """One line of news, above what is being typed."""
        self._write(("\n" if self._prompt else "") + printable(line) + "\n")
        if self._prompt:
            self._write(self._prompt + self._visible(bytes(self._typed)))

    def show_place(self, place) -> None:
        """Tell where the sign-in page is open, or that it is closed; `place`: a Place, or None.

        The password of its Wi-Fi is told to whoever asks for it: what is shown unasked gets into logs.
        """
        self._place = place
        self._tell(place.news if place else "[sign-in page closed]")

    # What a person can ask for

    async def _help(self) -> None:
        self._say("s sign in with user name and password")
        self._say("o sign out: the device forgets the session")
        self._say("i state")
        self._say("p where the sign-in page is, when it is open")
        # A UART's driver keeps 260 bytes (ports/esp32/mphalport.c) and drops the rest; USB makes the computer wait.
        self._say("Answer one question at a time: what is pasted while the device is at work may be lost.")
        self._say("An empty answer cancels. Ctrl-C stops the application and gives the REPL.")

    async def _page(self) -> None:
        self._say(self._place.directions if self._place else "The sign-in page is closed.")

    async def _state(self) -> None:
        self.show(self._keeper.status())

    async def _sign_out(self) -> None:
        if self._keeper.status().state in (NEEDS_SIGN_IN, SESSION_OVER):
            self._say("Nobody is signed in.")
            return
        try:
            ended = await self._keeper.sign_out()
        except StoreError as error:
            self._say("The session could not be erased: " + describe(error))
            return
        if ended:
            self._say("Signed out, here and at the service.")
        else:
            self._say("Signed out here. The service could not be told, and the device does not try it again:")
            self._say("a copy of this session, if anybody made one, is good until it expires.")

    async def _sign_in(self) -> None:
        if self._keeper.status().state not in (NEEDS_SIGN_IN, SESSION_OVER):
            self._say("Somebody is signed in: o signs out first.")
            return
        from .console_sign_in import SignIn

        await SignIn(self._ask, self._say, self._keeper).run(self._flow)

    # One line from the terminal

    def _say(self, text: str) -> None:
        self._write(printable(text) + "\n")

    def _visible(self, typed: bytes) -> str:
        text = _decoded(typed)
        return text if self._echo is None else self._echo * len(text)

    async def _ask(self, prompt: str, echo: "str | None" = None, needed: bool = False) -> str:
        """One line. Raises Cancelled when the terminal is gone, or when it is empty and `needed`.

        echo  what is shown of each character; None: itself
        """
        self._prompt, self._echo = printable(prompt), echo
        self._typed = typed = bytearray()
        self._write(self._prompt)
        try:
            while True:
                byte = await self._read()
                before, self._last = self._last, byte
                if not byte or byte == b"\x04":  # Ctrl-D
                    self._gone = not byte
                    self._write("\n")
                    raise Cancelled
                if byte == b"\n" and before == b"\r":  # one Enter of a terminal that sends both
                    continue
                if byte in (b"\r", b"\n"):
                    self._write("\n")
                    if needed and not typed:
                        raise Cancelled
                    return _decoded(bytes(typed))
                if byte == b"\x1b":
                    await self._skip_key()
                else:
                    self._edit(typed, byte)
        finally:
            self._prompt = ""
            self._typed = bytearray()
            for at in range(len(typed)):
                typed[at] = 0

    async def _skip_key(self) -> None:
        """Swallow the rest of an arrow key and its like: ESC [ ... letter."""
        byte = await self._read()
        while byte and (byte == b"[" or byte < b"@"):
            byte = await self._read()

    def _edit(self, typed: bytearray, byte: bytes) -> None:
        before = self._visible(bytes(typed))
        if byte in (b"\x08", b"\x7f"):
            while typed and typed[-1] & 0xC0 == 0x80:
                typed[:] = typed[:-1]
            typed[:] = typed[:-1]
        elif byte == b"\x15":  # Ctrl-U
            typed[:] = b""
        elif byte >= b" " and len(typed) < _LONGEST:
            typed.extend(byte)
        after = self._visible(bytes(typed))
        if len(after) < len(before):
            gone = len(before) - len(after)
            self._write("\b" * gone + " " * gone + "\b" * gone)
        else:
            self._write(after[len(before) :])


def _decoded(typed: bytes) -> str:
    """`typed` as text, less a last character that has not come whole."""
    for end in range(len(typed), max(-1, len(typed) - 4), -1):
        try:
            return str(typed[:end], "utf-8")
        except ValueError:  # UnicodeError is one
            continue
    return ""
