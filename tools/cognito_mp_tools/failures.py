"""What the command `cognito-mp` tells a person when it can't go on."""

import traceback
from pathlib import Path


class ToolFailed(Exception):
    """One sentence, or two, for the person at the terminal: what is wrong, and what to do. Never a secret."""


def in_words(problem: BaseException) -> str:
    """What a person is told of `problem`: a ToolFailed's own words; of another, which is a fault of ours, where it was.

    The text of such an exception is left out: nobody has seen to it that no secret is in it.
    """
    if isinstance(problem, ToolFailed):
        return str(problem)
    frames = traceback.extract_tb(problem.__traceback__)
    at = f" at {Path(frames[-1].filename).name}, line {frames[-1].lineno}" if frames else ""
    return f"a fault of cognito-mp, {type(problem).__name__}{at}: report it, and plug the board in anew to go on."
