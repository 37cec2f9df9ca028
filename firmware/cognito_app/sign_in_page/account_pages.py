"""The part of a sign-in that makes an account, confirms it, or changes its password. Loaded when it is asked for."""

from .answers import ask, same, until_done
from .asking import Do, Page


def new_account():
    """(name, password) of an account that was made here and confirmed."""

    def make(said: dict):
        name, password = said["name"].strip(), same(said)
        return name, password, (yield Do("sign_up", name, password))

    name, password, reply = yield from until_done(Page("sign_up", ("sign_up", "again")), make)
    if not reply.get("UserConfirmed"):
        yield from confirm(name, reply.get("CodeDeliveryDetails") or {})
    return name, password


def _destination(delivery: dict) -> str:
    return str(delivery.get("Destination") or "")


def confirm(name: str, delivery: dict):
    """Until the account is confirmed with the code that its owner was sent."""
    page = Page("confirm", ("confirm", "resend", "again"), sent_to=_destination(delivery))

    def act(said: dict):
        page.notes = []
        if said["do"] != "resend":
            yield Do("confirm_sign_up", name, said["code"])
            return True
        page.values["sent_to"] = _destination((yield Do("resend", name)))
        page.notes = ["new_code_sent"]
        return False

    while not (yield from until_done(page, act)):
        page.problem = ""


def forgotten():
    """(name, password) of an account whose password was forgotten, and is new."""
    said = yield from ask(Page("forgot", ("confirm", "again")))
    name = said["name"].strip()
    return name, (yield from reset(name))


def reset(name: str):
    """The new password that the person has chosen, once the code that was sent has been given."""
    delivery = yield Do("forgot", name)

    def set_it(said: dict):
        yield Do("set_forgotten", name, said["code"], same(said))
        return said["fresh"]

    return (yield from until_done(Page("reset", ("confirm", "again"), sent_to=_destination(delivery)), set_it))
