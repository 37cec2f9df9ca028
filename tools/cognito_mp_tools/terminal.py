"""What the command `cognito-mp` prints: colours and progress bars at a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from rich.console import Console
from rich.markup import escape as without_markup
from rich.progress import BarColumn, DownloadColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Table

_console = Console(highlight=False, soft_wrap=True)

# What steers a terminal (ECMA-48's C0 and C1) but for line ends and tabs, and what turns text around (UAX 9).
_STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")

Advance = Callable[[int], None]

# Of each thread its own.
_listener: ContextVar[Callable[[str], None] | None] = ContextVar("listener", default=None)


def plain(text: str) -> str:
    """`text` as it may go to a terminal: a board, a server or a network can have put anything into it."""
    return _STEERS.sub("?", text)


def escape(text: str) -> str:
    """`text` as it may go to rich's console: neither markup nor what steers a terminal."""
    return without_markup(plain(text))


@contextlib.contextmanager
def heard_by(listener: Callable[[str], None]) -> Iterator[None]:
    """What this thread says meanwhile goes to `listener`, line by line, and is not printed."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def is_heard() -> bool:
    """True inside heard_by(): what a program that is started here prints would stand between others' lines."""
    return _listener.get() is not None


def say(text: str = "", style: str | None = None) -> None:
    """Print a line as it is: nothing in it is markup."""
    listener = _listener.get()
    if listener:
        listener(plain(text))
    else:
        _console.print(escape(text), style=style)


def done(text: str) -> None:
    """Print the line that says that all went well."""
    say(text, "green")


def rows(pairs: list[tuple[str, str]]) -> None:
    """Print names and values in two columns."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        _console.print(f"[bold]{escape(name.ljust(width))}[/bold]  {escape(value)}")


# Columns, where there is no terminal that says how many it has.
_WIDE = 200


def table(title: str, heads: list[str], parts: dict[str, list[list[str]]], wide: int) -> None:
    """Print a table: the rows of each part under its name. The last `wide` columns share what room the others leave.

    Long words are broken, never left out.
    """
    made = Table(title=escape(title), expand=True)
    for number, head in enumerate(heads):
        made.add_column(escape(head), overflow="fold", ratio=1 if number >= len(heads) - wide else None)
    for name, lines in parts.items():
        made.add_row(f"[bold]{escape(name)}[/bold]")
        for line in lines:
            made.add_row(*map(escape, line))
        made.add_section()
    console = _console if _console.is_terminal else Console(width=_WIDE)
    console.print(made, soft_wrap=False)


_VERDICTS = {True: "[green]ok    [/green]", False: "[bold red]FAILED[/bold red]", None: "[dim]--    [/dim]"}


def verdict(good: bool | None, name: str, found: str, advice: str = "") -> None:
    """Print how a check ended (None: it was not done), and beneath it what to do."""
    _console.print(f"{_VERDICTS[good]}  [bold]{escape(name.ljust(11))}[/bold]  {escape(found)}")
    if advice:
        _console.print(f"{' ' * 21}[yellow]{escape(advice)}[/yellow]")


def remark(name: str, found: str, advice: str) -> None:
    """Print, as verdict() does, what stops nothing but is to be looked at."""
    _console.print(f"[yellow]look  [/yellow]  [bold]{escape(name.ljust(11))}[/bold]  {escape(found)}")
    _console.print(f"{' ' * 21}[yellow]{escape(advice)}[/yellow]")


@contextlib.contextmanager
def progress(label: str, total_bytes: int) -> Iterator[Advance]:
    """A bar that the yielded function moves on by so many bytes. Not at a terminal: the label alone, as a line."""
    if is_heard() or not _console.is_terminal:
        say(label)
        yield lambda size: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), DownloadColumn(binary_units=False))
    with Progress(*columns, console=_console) as bar:
        task = bar.add_task(escape(label), total=total_bytes)
        yield lambda size: bar.advance(task, size)


def kilobytes(size: int) -> str:
    """`size` bytes in words: "980 bytes", "12.3 kB", "1.44 MB"."""
    if size < 1000:
        return f"{size} bytes"
    return f"{size / 1000:.1f} kB" if size < 1_000_000 else f"{size / 1_000_000:.2f} MB"
