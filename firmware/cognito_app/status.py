"""What the device is doing about its session, in words that a display, an LED or a console can show."""

# The states. There is no other.
CONNECTING = "connecting"
NEEDS_SIGN_IN = "needs sign-in"
SIGNED_IN = "signed in"
OFFLINE = "offline with a session"
SESSION_OVER = "session over"
STATES = (CONNECTING, NEEDS_SIGN_IN, SIGNED_IN, OFFLINE, SESSION_OVER)

HOW_TO_SIGN_IN = "run cognito-mp provision on a computer, or sign in on the console"


class Status:
    """One moment of a session.

    state         str, one of STATES
    detail        str, why it is so or what to do; "" when there is nothing to say
    seconds_left  int, seconds that the access token is good for; 0 when there is none
    life          int, seconds that it was good for when it came; 0 when there is none
    person        str, who is signed in, as a person would know the name; "" when nobody, or it is not known
    """

    def __init__(self, state: str, detail: str = "", seconds_left: int = 0, life: int = 0, person: str = "") -> None:
        self.state = state
        self.detail = detail
        self.seconds_left = max(0, seconds_left)
        self.life = life
        self.person = person

    def __repr__(self) -> str:
        return f"Status({self.state}, {self.seconds_left} s)"


def time_left(seconds: int) -> tuple:
    """(amount: str, unit: str) of `seconds` in the largest unit that keeps two figures: ("59", "min")."""
    for unit, length in (("s", 1), ("min", 60), ("h", 3600)):
        if seconds < 100 * length:
            return str(seconds // length), unit
    return str(seconds // 86400), "days"
