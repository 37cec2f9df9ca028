"""What an operation answers in pages, as one list; loaded by those that ask for such."""

from ..refusals import unreadable

_MOST = 20  # pages; the largest real list, ListUserSessions', has one


def listed(ask, token_name: str, key: str, kind: str):
    """All items, a list of dicts. A flow: see flows/password.py.

    ask         ask(parameters: dict), a flow that returns (the items of a page, the next page's token or "")
    token_name  of the parameter that takes that token
    key         of an item, which tells it from others: a page that comes again has no end
    kind        what they are, for the error
    """
    found: list = []
    parameters: dict = {}
    for _ in range(_MOST):
        items, token = yield from ask(parameters)
        if items and any([items[0][key] == item[key] for item in found]):
            break
        found += items
        if not token:
            return found
        if parameters.get(token_name) == token:
            break
        parameters = {token_name: token}
    raise unreadable("a list of %s without an end" % kind)
