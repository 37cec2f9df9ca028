"""Signing in at the console: the password, and what the pool asks for after it. Loaded when somebody does so."""

from cognito_mp import Challenge, CognitoError, NotSignedIn, StoreError, Tokens

from . import typed
from .backoff import PASSING, describe

_STARS, _NOTHING = "*", ""  # what is shown of each character that is typed

# Challenge -> (the key of its answer, the question)
_CODES = {
    "SMS_MFA": ("SMS_MFA_CODE", "Code from the text message: "),
    "SMS_OTP": ("SMS_OTP_CODE", "Code from the text message: "),
    "EMAIL_OTP": ("EMAIL_OTP_CODE", "Code from the e-mail: "),
    "SOFTWARE_TOKEN_MFA": ("SOFTWARE_TOKEN_MFA_CODE", "Code from the authenticator app: "),
}
_BLANK_ENDS = "That password begins or ends with a blank, as copying does. Try without it?"
_TRIES = 3  # answers to one challenge; the service locks a user out after some more
_REPEATABLE = ("CodeMismatchException", "InvalidPasswordException")


class SignIn:
    """One conversation."""

    def __init__(self, ask, say, keeper) -> None:
        """
        ask     async (question, what is shown of each character, whether an empty answer ends it) -> what was typed
        say     (str) shows a line
        keeper  a SessionKeeper
        """
        self._ask = ask
        self._say = say
        self._keeper = keeper

    async def run(self, flow: str) -> None:
        """Ask until the person is signed in, or can't be. `flow`: Cognito's AuthFlow. Raises what `ask` raises."""
        self._keeper.expect_sign_in(flow)
        username = (await self._ask("User name: ", needed=True)).strip()
        password = await self._ask("Password (not shown): ", _NOTHING, True)
        self._say("Signing in ...")
        outcome = await self._tried(self._keeper.sign_in, username, password, flow)
        if _is_wrong_password(outcome) and typed.has_blank_ends(password) and await self._agrees(_BLANK_ENDS):
            outcome = await self._tried(self._keeper.sign_in, username, password.strip(), flow)
        password = ""
        while isinstance(outcome, Challenge):
            outcome = await self._tried(self._answered, outcome)
        if isinstance(outcome, Tokens):
            self._say("Signed in.")

    async def _agrees(self, question: str) -> bool:
        return (await self._ask(question + " (y/n) ")).strip().lower()[:1] == "y"

    async def _tried(self, action, *words):
        """What the awaited action returns, or the CognitoError that it raised; None for another failure.

        The person was told of either.
        """
        try:
            return await action(*words)
        except CognitoError as error:
            return self._refused(error)
        except StoreError as error:
            self._say("Signed in, but only until the next restart: " + describe(error))
        except PASSING as error:
            self._say("It did not work: " + describe(error))
        except (NotSignedIn, ValueError) as error:
            self._say(describe(error))
        return None

    def _refused(self, error: CognitoError) -> CognitoError:
        self._say(f"Refused: {error.message} ({error.code})")
        return error

    async def _answered(self, challenge: Challenge):
        """What comes after `challenge`: Tokens, another Challenge, or what was the end of it."""
        for _ in range(_TRIES):
            if challenge.name == "NEW_PASSWORD_REQUIRED":
                outcome = await self._new_password(challenge)
            elif challenge.name in _CODES:
                key, question = _CODES[challenge.name]
                code = typed.code(await self._ask(question, _STARS, True))
                outcome = await self._tried(self._keeper.respond, challenge, {key: code})
            elif challenge.name == "SELECT_MFA_TYPE" and challenge.choices:
                outcome = await self._choice(challenge)
            else:
                self._say(f"This account asks for {challenge.name}, which needs a bigger screen:")
                self._say("run cognito-mp provision on a computer.")
                return None
            if not (isinstance(outcome, CognitoError) and outcome.code in _REPEATABLE):
                return outcome
        return None

    async def _new_password(self, challenge: Challenge):
        self._say("A new password is needed.")
        while True:
            first = await self._ask("New password (not shown): ", _NOTHING, True)
            if first == await self._ask("Once more: ", _NOTHING):
                break
            self._say("The two differ.")
        attributes = {}
        for name in challenge.required_attributes:
            attributes[name] = await self._ask(f"{name}: ", needed=True)
        return await self._tried(self._keeper.set_new_password, challenge, first, attributes)

    async def _choice(self, challenge: Challenge):
        choices = challenge.choices
        for number, choice in enumerate(choices):
            self._say(f"{number + 1} {choice}")
        answer = (await self._ask("Which one? ")).strip()
        if answer not in [str(number + 1) for number in range(len(choices))]:
            return None
        return await self._tried(self._keeper.respond, challenge, {"ANSWER": choices[int(answer) - 1]})


def _is_wrong_password(outcome) -> bool:
    """NotAuthorizedException is told apart by its words alone."""
    return isinstance(outcome, CognitoError) and "ncorrect username or password" in outcome.message
