"""How long a secret of SealedStore holds against who has copied the flash, and tries each one that it could be.

python -m cognito_mp_tools.library.secret_strength
"""

from __future__ import annotations

import hashlib
import inspect
import os
import time

from cognito_mp.stores.sealed import SealedStore
from rich.console import Console
from rich.table import Table

# What a person may choose, and how many of these there are. The words are those of a diceware list, drawn at random.
_SECRETS = {
    "PIN of 4 digits": 10**4,
    "PIN of 6 digits": 10**6,
    "PIN of 8 digits": 10**8,
    "8 random small letters": 26**8,
    "4 random words of 7,776": 7776**4,
    "5 random words of 7,776": 7776**5,
}
# A thousand cores: rented for an hour, or the order of one graphics card made for this.
_MANY = 1000


def guesses_per_second(iterations: int, seconds: float = 1.0) -> float:
    """How many secrets one core of this computer tries in a second, by OpenSSL."""
    tries = 0
    start = time.perf_counter()
    while time.perf_counter() - start < seconds:
        hashlib.pbkdf2_hmac("sha256", b"%d" % tries, bytes(24), iterations)
        tries += 1
    return tries / (time.perf_counter() - start)


def in_words(seconds: float) -> str:
    """`seconds` in the largest unit of which they are two or more."""
    for unit, size in (("years", 31557600), ("days", 86400), ("hours", 3600), ("minutes", 60), ("seconds", 1)):
        if seconds >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return "under a second"


def main() -> None:
    iterations = inspect.signature(SealedStore).parameters["iterations"].default
    rate = guesses_per_second(iterations)
    table = Table(
        title=f"To try all, {iterations:,} iterations: {rate:,.0f} guesses a second on a core of this computer"
    )
    table.add_column("secret")
    for heading in ("possible", "one core", f"{_MANY:,} cores"):
        table.add_column(heading, justify="right")
    for secret, possible in _SECRETS.items():
        table.add_row(secret, f"{possible:.0e}", in_words(possible / rate), in_words(possible / rate / _MANY))
    Console(width=None if os.isatty(1) else 120).print(table)


if __name__ == "__main__":
    main()
