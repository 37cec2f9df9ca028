from collections.abc import Generator
from typing import TypeVar

_Outcome = TypeVar("_Outcome")

N: bytes

def power(base: int, exponent: int, doublings: int = 0) -> Generator[int, None, int]: ...
def two_to(exponent: int) -> Generator[int, None, int]: ...
def at_once(steps: Generator[int, None, _Outcome]) -> _Outcome: ...
