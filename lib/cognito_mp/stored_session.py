"""What a store holds: the JSON that Session writes, read with care, for anything may stand in a store."""

from .protocol import loads


def owner_of(data: "bytes | None") -> "tuple | None":
    """(user name: str, client id: str, auth_time: int) of what a store holds, None each where it does not say.

    None when it holds no session. For tools that tell whose session is on a device; nothing secret is in it.
    """
    try:
        session = loads(data or b"{}")
    except ValueError:
        return None
    names = ("username", "client_id", "auth_time")
    return tuple([session.get(name) for name in names]) if session.get("refresh_token") else None


def read(data: bytes, client_id: str) -> "dict | None":
    """What `data` holds for the app client `client_id`, {} when it is damaged; None when it is another's."""
    try:
        held = loads(data)
    except ValueError:
        return {}
    if held.pop("client_id", client_id) != client_id:
        return None
    username = held.get("username")
    if not (isinstance(held.get("refresh_token"), str) and username and isinstance(username, str)):
        held["refresh_token"] = held["username"] = None
    device = held.get("device")
    if not (isinstance(device, dict) and "key" in device):
        held["device"] = None
    return held
