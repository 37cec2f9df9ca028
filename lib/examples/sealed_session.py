"""A session that only its PIN opens: whoever reads the flash of a lost device and has not got the PIN gets nothing.

The PIN is asked for at each start. Whoever has copied the flash guesses one of four digits in seconds: a pass phrase
is better, and flash encryption better still. README.md, "Security notes", has the figures.
"""

from cognito_mp import Client, FileStore, SealedStore, SealError, Tokens
from example_client import root, settings, transport


def unique_id() -> bytes:
    """The board's own."""
    try:
        from machine import unique_id  # type: ignore[attr-defined]  # not of a computer

        return unique_id()
    except ImportError:
        pass
    try:
        from microcontroller import cpu  # type: ignore[import-not-found]  # CircuitPython's

        return bytes(cpu.uid)
    except ImportError:
        return b"no board"


def opened(path: str) -> SealedStore:
    """The store, once the PIN is right, or nothing is in it that a PIN could open."""
    while True:
        store = SealedStore(FileStore(path), input("PIN: "), unique_id())
        try:
            store.load()
            return store
        except SealError as error:
            print(error.args[1])
            if error.reason != "WRONG_SECRET":
                return store  # a new sign-in replaces what is there


given = settings()
client = Client(
    given["region"],
    given["client_id"],
    given.get("client_secret"),
    given.get("user_pool_id"),
    store=opened(given.get("store", "session")),
    endpoint=given.get("endpoint"),
    cadata=root(given),
    transport=transport(given),
)
try:
    signed_in = client.signed_in
except SealError:
    signed_in = False
if not signed_in:
    answer = client.sign_in(given["username"], given["password"])
    if not isinstance(answer, Tokens):
        raise SystemExit("Cognito asks: " + answer.name)
print("signed in, an access token of", len(client.access_token()), "characters")
