"""What a sign-in asks of a person, by a Page, and of the device, by a Do."""

from ..printable import printable
from . import forms

_LONGEST_DETAIL = 300  # characters of what the service or the device says


class Page:
    """What to show.

    name     str, a key of the words: its title
    problem  str, a key of the words: what went wrong; "" when nothing did
    detail   str, what the service or the device said, `by_service` which; comes from outside
    notes    list of str, keys of the words: what else is worth a word
    typed    dict, what fields that are not secret hold already, by their names; comes from outside
    buttons  tuple of str, what its form can ask for; the first is what Enter does
    values   dict, what this page shows besides; comes from outside
    """

    def __init__(self, name: str, buttons: tuple = (), problem: "Problem | None" = None, **values) -> None:
        self.name = name
        self.buttons = buttons
        self.notes: list = []
        self.typed: dict = {}
        self.values = values
        self.problem = self.detail = ""
        self.by_service = False
        if problem:
            self.tell(problem)

    def tell(self, problem: "Problem", said: "dict | None" = None) -> None:
        """Show `problem` from now on, and keep what is not secret of the form, `said`."""
        self.problem, self.detail, self.by_service = problem.key, problem.detail, problem.by_service
        if said:
            self.typed = forms.no_secrets(self, said)

    def __repr__(self) -> str:
        return f"Page({self.name})"


class Do:
    """Something that takes time: the method `what` of actions.Actions, with `words`."""

    def __init__(self, what: str, *words) -> None:
        self.what = what
        self.words = words

    def __repr__(self) -> str:  # a password may be among the words
        return f"Do({self.what})"


class Problem(Exception):
    """What to tell a person: `key` of the words, and `detail`, what the service (`by_service`) or the device said.

    again  bool, the same page can be answered once more
    """

    def __init__(self, key: str, detail: str = "", by_service: bool = False, again: bool = True) -> None:
        super().__init__(key)
        self.key = key
        self.detail = printable(detail[:_LONGEST_DETAIL])
        self.by_service = by_service
        self.again = again


class StartOver(Exception):
    """The person does not want to go on from here."""
