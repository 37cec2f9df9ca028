"""What a person answers, and that they are asked again until it will do."""

from . import forms
from .asking import Page, Problem, StartOver


def ask(page: Page):
    """The form that the person fills in for `page`, whole. Raises StartOver."""
    while True:
        said = yield page
        if said["do"] == "again":
            raise StartOver
        if said["do"] != page.buttons[0] or not forms.missing(page, said):
            return said
        page.tell(Problem("empty"), said)


def until_done(page: Page, act):
    """Ask by `page` until act(said), a generator, works; what it returns. Raises what another answer can't mend."""
    while True:
        said = yield from ask(page)
        try:
            return (yield from act(said))
        except StartOver:
            raise
        except Exception as error:
            from .problems import problem_of

            problem = problem_of(error)
            if not problem.again:
                raise
            page.tell(problem, said)


def same(said: dict) -> str:
    """The password that was typed twice. Raises Problem."""
    if said["fresh"] != said["again"]:
        raise Problem("differ")
    return said["fresh"]
