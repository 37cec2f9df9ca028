from .two_slots import TwoSlots

class FileStore(TwoSlots):
    def __init__(self, path: str) -> None: ...
