"""When a session began, and when it ends. Loaded when somebody asks a Session for it."""


def read(session, name: str):
    """The attribute `name` of `session`: signed_in_at, ends_at, or session_days and device_name that nobody has set.

    Raises AttributeError for any other name, StoreError when the store can't be read and RAM knows of no session, and
    ValueError when session_days can't be right.
    """
    if name in ("session_days", "device_name"):
        return None
    if name not in ("signed_in_at", "ends_at"):
        raise AttributeError(name)
    began = _began(session)
    days = session.session_days
    if name == "signed_in_at" or not (began and days):
        return began if name == "signed_in_at" else None
    if type(days) is not int or days < 1:
        raise ValueError("session_days must be a whole number of days: how long the app client's refresh tokens live")
    # A refresh token "expires 30 days after your application user signs into your user pool", or what is set instead of
    # 30; a rotated one has what is left of them: developer guide, "Refresh tokens".
    return began + days * 86400


def _began(session) -> "int | None":
    if not session.signed_in:
        return None
    began = session.auth_time
    if began is None and session.tokens:  # stored by a version that did not keep it; each token says it anew
        from .apis import claims

        try:
            began = claims.read(session.tokens.access_token).get("auth_time")
        except ValueError:
            pass
    # It stood in a token, or in a store: it may be anything.
    return began if type(began) is int and began > 0 else None
