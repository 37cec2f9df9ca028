def amz_date(unix_seconds: int) -> str: ...
def sign(
    method: str,
    url: str,
    headers: dict[str, str],
    body: bytes,
    access_key: str,
    secret_key: str,
    session_token: str | None,
    region: str,
    service: str,
    amz_date: str,
) -> dict[str, str]: ...
def presign_wss(
    host: str,
    region: str,
    access_key: str,
    secret_key: str,
    session_token: str | None,
    amz_date: str,
    path: str = "/mqtt",
    expires: int = 86400,
) -> str: ...
