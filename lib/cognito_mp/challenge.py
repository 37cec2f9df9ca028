"""Challenge: a step that the service asks for before it gives tokens."""

import json

if 0:  # for type checkers; unlike TYPE_CHECKING, it is nothing in a .mpy
    from .errors import CognitoError

ATTRIBUTE_PREFIX = "userAttributes."


def unreadable(what: str) -> "CognitoError":
    """That of the module refusals, which a sign-in that goes well need not load."""
    from .refusals import unreadable as error

    return error(what)


class Challenge:
    """A step that the service asks for before it gives tokens; answer it with Client.respond().

    name: str, Cognito's ChallengeName; parameters: dict of str; session: str or None;
    username: str, the name that the answer must carry; sign_in_name: str, the name that the person signed in with;
    user_id: str, the name by which the service says who that is, or None where it does not say;
    device_key: str, of the remembered device that takes part in this sign-in, or None;
    flow: str, the AuthFlow of this sign-in;
    required_attributes: list of str; choices: list of str, what may be chosen where the challenge is a choice.
    """

    def __init__(self, reply: dict, username: str, sign_in_name: "str | None" = None) -> None:
        """`reply` as the service sent it; raises CognitoError if it is not a challenge."""
        name, parameters = reply.get("ChallengeName"), reply.get("ChallengeParameters") or {}
        session = reply.get("Session")
        if not (name and isinstance(name, str) and isinstance(parameters, dict)):
            raise unreadable("a challenge without a name")
        if not (session is None or isinstance(session, str)):
            raise unreadable("a challenge whose Session is not a string")
        self.name = name
        self.parameters = parameters
        self.session = session
        self.device_key: str | None = None
        self.flow = "USER_PASSWORD_AUTH"  # the plain sign-in, which marks nothing
        self._available = reply.get("AvailableChallenges") or []
        # The answer, and its SECRET_HASH, carry the name that the service gives, not what was typed.
        given = parameters.get("USER_ID_FOR_SRP") or name == "CUSTOM_CHALLENGE" and parameters.get("USERNAME")
        self.user_id: str | None = given if given and isinstance(given, str) else None
        self.username = self.user_id or username
        self.sign_in_name = sign_in_name or username

    def _list(self, name: str) -> list:
        value = self.parameters.get(name) or []
        if isinstance(value, str):  # AWS sends JSON in a string, some servers a real list
            try:
                value = json.loads(value)
            except (ValueError, RuntimeError):  # RecursionError on CPython
                value = None
        return _texts(name, value)

    @property
    def required_attributes(self) -> list:
        names = self._list("requiredAttributes")
        return [name[len(ATTRIBUTE_PREFIX) :] if name.startswith(ATTRIBUTE_PREFIX) else name for name in names]

    @property
    def choices(self) -> list:
        return (
            _texts("AvailableChallenges", self._available)
            or self._list("MFAS_CAN_CHOOSE")
            or self._list("MFAS_CAN_SETUP")
        )

    @property
    def asks_code(self) -> bool:
        """True when the service has sent the person a code, which a second sign-in would make worthless."""
        return self.name[:4] == "SMS_" or self.name == "EMAIL_OTP"

    def __repr__(self) -> str:
        return "Challenge(%s)" % self.name


def _texts(name: str, value) -> list:
    if not (isinstance(value, list) and all([isinstance(text, str) for text in value])):
        raise unreadable("a challenge whose %s is not a list of names" % name)
    return value
