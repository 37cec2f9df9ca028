from collections.abc import Generator

class Secret:
    number: int
    public: str
    def __init__(self, number: int, public: str) -> None: ...
    def take(self) -> None: ...

def secret_in_steps() -> Generator[int, None, Secret]: ...
def random_a() -> int: ...
def public_value(a: int) -> str: ...
def public_value_in_steps(a: int) -> Generator[int, None, str]: ...
def claim(
    pool_name: str,
    user_id: str,
    password: str,
    a: int,
    srp_b: str,
    salt: str,
    secret_block: str,
    timestamp: str,
    srp_a: str | None = None,
) -> str: ...
def claim_in_steps(
    pool_name: str,
    user_id: str,
    password: str,
    a: int,
    srp_b: str,
    salt: str,
    secret_block: str,
    timestamp: str,
    srp_a: str,
) -> Generator[int, None, str]: ...
def timestamp(unix_seconds: int) -> str: ...
def verifier(device_group_key: str, device_key: str, password: str, salt: str) -> tuple[str, str]: ...
def verifier_in_steps(
    device_group_key: str, device_key: str, password: str, salt: str
) -> Generator[int, None, tuple[str, str]]: ...
