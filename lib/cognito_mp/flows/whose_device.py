"""Whose the remembered device is: with which names its key may go out, and what is learned of them.

It is a person's, not that of how they typed their name. Besides what pending_device() makes it of, a device may have

names   list of str: other names that its owner has signed in by, such as an e-mail address; also in another case, for
        pools ignore it by default (botocore's model, UsernameConfigurationType)
others  list of str: names that would be among these, of somebody else

flow    until the first refresh after a sign-in by USER_PASSWORD_AUTH: that (refused_refresh.py says what for)

Loaded where there is a device. Anything may stand in a store, and nothing here trusts it.
"""

# Characters of the names that are kept in each list: stores are small. The oldest give way.
_MOST = 200
_BY_PASSWORD = "USER_PASSWORD_AUTH"


def _texts(value) -> list:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _names(device: dict) -> list:
    return _texts([device.get("owner"), device.get("sign_in_name")]) + _texts(device.get("names"))


def _is_whole(device: dict) -> bool:
    return len(_texts([device.get(name) for name in ("key", "group", "password", "owner")])) == 4


def is_among(name: str, names: list) -> bool:
    """True when `name` is one of `names`, whatever its case."""
    return name.lower() in [other.lower() for other in names]


def is_named(device: dict, name: str) -> bool:
    """True when a sign-in as `name` may name `device`: as far as is known here, it is that person's."""
    return _is_whole(device) and name not in _texts(device.get("others")) and is_among(name, _names(device))


def told(device: dict, named: "dict | None", outcome) -> "dict | None":
    """What is named from now on: `device` where the challenge `outcome` says that it is its owner who signs in.

    None where it says that it is somebody else. `named`, what was named until now, where it does not say.
    """
    user_id = getattr(outcome, "user_id", None)  # Tokens have none
    if not user_id:
        return named
    return device if _is_whole(device) and _is_owner(device, user_id) else None


def _is_owner(device: dict, name: str) -> bool:
    return name in _texts([device.get("owner"), device.get("sub")])


def by_password(flow: "str | None") -> "str | None":
    """`flow`, an AuthFlow, where it is USER_PASSWORD_AUTH: the plain sign-in, which says none."""
    return _BY_PASSWORD if flow in (None, _BY_PASSWORD) else None


def learned(device: dict, name: "str | None", flow: str) -> dict:
    """`device` once its owner has signed in with it as `name`, by `flow`, an AuthFlow."""
    device = dict(device, flow=by_password(flow))
    if not name or is_named(device, name):
        return device
    others = [other for other in _texts(device.get("others")) if other != name]
    names = _texts(device.get("names"))
    if not is_among(name, _names(device)):
        names = newest(names + [name])
    return dict(device, names=names, others=others)


def newest(names: list) -> list:
    """The last of `names`, as many as are kept."""
    while names and len(str(names)) > _MOST:
        names = names[1:]
    return names


def unknown_to(device: dict, name: str) -> "dict | None":
    """What is kept of `device`, which the service does not know as a device of `name`'s; None: nothing.

    Where that is its owner, it has been forgotten. Any other name may be somebody else's, for there are pools that tell
    case apart, and an address may change hands: then the device stays, and that name does not name it again.
    """
    return None if _is_owner(device, name) else _not_of(device, name)


def _not_of(device: dict, name: str) -> dict:
    return dict(device, others=newest([other for other in _texts(device.get("others")) if other != name] + [name]))


def heard(device: dict, name: str, reply: dict) -> dict:
    """`device` once `reply` has come to a request that named it with `name`: it may say who that is."""
    said = reply.get("ChallengeParameters")
    user_id = said.get("USER_ID_FOR_SRP") if isinstance(said, dict) else None
    if not user_id or _is_owner(device, user_id) or _is_owner(device, name):
        return device
    return _not_of(device, name)


def without_secret(device: dict) -> dict:
    """What is kept of `device` whose proof the service refuses: no sign-in names it again.

    A session may still need its key to be refreshed. An older version of the library finds no owner, and no name.
    """
    kept = {"key": device["key"], "names": newest(_names(device))}
    kept["sub"] = device.get("sub") or device.get("owner")
    return kept


def replacing(new: dict, before: "dict | None") -> dict:
    """`new`, a device, with what it takes over from the one `before`, where both are the same person's.

    replaces  list of str: the keys of those that it takes the place of, to be forgotten at the service
    """
    if not before or not _is_same_person(new, before):
        return new
    names = [name for name in _names(before) if not is_among(name, _names(new))]
    keys = replaced(before)[-1:] + _texts([before.get("key")])
    return dict(new, names=newest(names), replaces=[key for key in keys if key != new["key"]])


def replaced(device: dict) -> list:
    """The keys of the devices that `device` takes the place of."""
    return _texts(device.get("replaces"))


def _is_same_person(new: dict, before: dict) -> bool:
    """True when both have the same `sub`; that of a device which an older version stored is not known."""
    if "sub" in before:
        return before["sub"] in (new.get("sub"), new["owner"])
    return before.get("owner") == new["owner"]
