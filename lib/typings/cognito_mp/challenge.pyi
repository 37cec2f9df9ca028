from typing import Any

ATTRIBUTE_PREFIX: str

class Challenge:
    name: str
    parameters: dict[str, Any]
    session: str | None
    username: str
    sign_in_name: str
    user_id: str | None
    device_key: str | None
    flow: str
    def __init__(self, reply: dict[str, Any], username: str, sign_in_name: str | None = None) -> None: ...
    @property
    def required_attributes(self) -> list[str]: ...
    @property
    def choices(self) -> list[str]: ...
    @property
    def asks_code(self) -> bool: ...
