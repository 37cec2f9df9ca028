"""A person at the REPL's terminal: what state the device is in, signing in, signing out. No secret is echoed."""

import gc
import json

from cognito_mp import Challenge, CognitoError, NotSignedIn, StoreError, Tokens

from .backoff import PASSING, describe
from .status import NEEDS_SIGN_IN, SESSION_OVER, SIGNED_IN, Status, time_left

_LONGEST = 1024  # bytes of one answer: Cognito's longest password, every character of it 4 bytes
_PLAIN, _STARS, _NOTHING = 0, 1, 2  # how what is typed is echoed

# Challenge -> (the key of its answer, the question)
_CODES = {
    "SMS_MFA": ("SMS_MFA_CODE", "Code from the text message: "),
    "SMS_OTP": ("SMS_OTP_CODE", "Code from the text message: "),
    "EMAIL_OTP": ("EMAIL_OTP_CODE", "Code from the e-mail: "),
    "SOFTWARE_TOKEN_MFA": ("SOFTWARE_TOKEN_MFA_CODE", "Code from the authenticator app: "),
}
_TRIES = 3  # answers to one challenge; the service locks a user out after some more
_REPEATABLE = ("CodeMismatchException", "InvalidPasswordException")


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
        self._echo = _PLAIN
        self._last = b""
        keeper.on_status(self.show)

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
        self._write(("\n" if self._prompt else "") + line + "\n")
        if self._prompt:
            self._write(self._prompt + self._visible(bytes(self._typed)))

    def show_place(self, place) -> None:
        """Tell where the sign-in page is open, or that it is closed; `place`: a Place, or None.

        The password of its Wi-Fi is told to who asks for it: what is shown unasked gets into logs.
        """
        self._place = place
        self._tell(place.news if place else "[sign-in page closed]")

    # What a person can ask for

    async def _help(self) -> None:
        self._say("s sign in with user name and password")
        self._say("o sign out: the device forgets the session")
        self._say("i state")
        self._say("p where the sign-in page is, when it is open")
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
            self._say("Signed out here. The service could not be told: its token ends by itself.")

    async def _sign_in(self) -> None:
        if self._keeper.status().state not in (NEEDS_SIGN_IN, SESSION_OVER):
            self._say("Somebody is signed in: o signs out first.")
            return
        self._keeper.expect_sign_in(self._flow)
        username = (await self._ask("User name: ")).strip()
        if not username:
            raise Cancelled
        password = await self._ask("Password (not shown): ", _NOTHING)
        if not password:
            raise Cancelled
        self._say("Signing in ...")
        outcome = await self._tried(self._keeper.sign_in, username, password, self._flow)
        password = ""
        while isinstance(outcome, Challenge):
            outcome = await self._answered(outcome)
        if isinstance(outcome, Tokens):
            self._say("Signed in.")

    async def _tried(self, action, *words):
        """What the awaited action returns; None, and the person was told, when it failed for good.

        A CognitoError that another answer may mend is returned.
        """
        try:
            return await action(*words)
        except CognitoError as error:
            self._say(f"Refused: {error.message} ({error.code})")
            return error if error.code in _REPEATABLE else None
        except StoreError as error:
            self._say("Signed in, but only until the next restart: " + describe(error))
        except PASSING as error:
            self._say("It did not work: " + describe(error))
        except (NotSignedIn, ValueError) as error:
            self._say(describe(error))
        return None

    async def _answered(self, challenge: Challenge):
        """What comes after `challenge`: Tokens, another Challenge, or None when that was the end of it."""
        for _ in range(_TRIES):
            if challenge.name == "NEW_PASSWORD_REQUIRED":
                outcome = await self._new_password(challenge)
            elif challenge.name in _CODES:
                key, question = _CODES[challenge.name]
                code = (await self._ask(question, _STARS)).strip()
                if not code:
                    raise Cancelled
                outcome = await self._tried(self._keeper.respond, challenge, {key: code})
            elif challenge.name == "SELECT_MFA_TYPE":
                outcome = await self._choice(challenge)
            else:
                self._say(f"This account asks for {challenge.name}, which needs a bigger screen:")
                self._say("run cognito-mp provision on a computer.")
                return None
            if not isinstance(outcome, CognitoError):
                return outcome
        return None

    async def _new_password(self, challenge: Challenge):
        self._say("A new password is needed.")
        first = await self._ask("New password (not shown): ", _NOTHING)
        if not first:
            raise Cancelled
        if first != await self._ask("Once more: ", _NOTHING):
            self._say("The two differ.")
            return await self._new_password(challenge)
        attributes = {}
        for name in challenge.required_attributes:
            attributes[name] = await self._ask(f"{name}: ")
            if not attributes[name]:
                raise Cancelled
        return await self._tried(self._keeper.set_new_password, challenge, first, attributes)

    async def _choice(self, challenge: Challenge):
        choices = challenge.parameters.get("MFAS_CAN_CHOOSE") or "[]"
        if isinstance(choices, str):  # AWS sends JSON in a string, some servers a real list
            choices = json.loads(choices)
        for number, choice in enumerate(choices):
            self._say(f"{number + 1} {choice}")
        answer = (await self._ask("Which one? ")).strip()
        if answer not in [str(number + 1) for number in range(len(choices))]:
            raise Cancelled
        return await self._tried(self._keeper.respond, challenge, {"ANSWER": choices[int(answer) - 1]})

    # One line from the terminal

    def _say(self, text: str) -> None:
        self._write(text + "\n")

    def _visible(self, typed: bytes) -> str:
        if self._echo == _NOTHING:
            return ""
        text = _decoded(typed)
        return "*" * len(text) if self._echo == _STARS else text

    async def _ask(self, prompt: str, echo: int = _PLAIN) -> str:
        """One line; what is shown of it is `echo`'s choice. Raises Cancelled when the terminal is gone."""
        self._prompt, self._echo = prompt, echo
        self._typed = typed = bytearray()
        self._write(prompt)
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
