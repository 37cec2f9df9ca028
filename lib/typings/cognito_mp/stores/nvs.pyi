from typing import Any

from .two_slots import TwoSlots

class NvsStore(TwoSlots):
    def __init__(self, namespace: str = "cognito_mp", nvs: Any = None) -> None: ...
