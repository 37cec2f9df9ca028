"""What the device itself has chosen or was told, and keeps: beside settings.json, which is its maker's.

The networks that its wearer picked, and the password of its own access point where nothing shows it. Two files are
written in turn, so that a power cut leaves the old content or the new.
"""

import json

_MOST_NETWORKS = 5
# No 0 and o, no 1, i and l: it is read from a small screen, and typed.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_PASSWORD_LENGTH = 12  # 59 bits


class OwnSettings:
    """Kept by `store`. What can't be read is taken for nothing; what can't be written lasts until the next start."""

    def __init__(self, store, urandom) -> None:
        """
        store    a cognito_mp.FileStore, or any object with load() and save()
        urandom  (int) -> bytes, such as os.urandom
        """
        self._store = store
        self._urandom = urandom
        self._values: dict = {}
        try:
            values = json.loads(store.load() or b"{}")
        except (OSError, ValueError):
            values = {}
        if isinstance(values, dict):
            self._values = values

    def networks(self) -> list:
        """(name, password) of each network that was picked, the last one first."""
        found = self._values.get("networks")
        return [
            (network[0], network[1])
            for network in (found if isinstance(found, list) else [])
            if isinstance(network, list) and len(network) == 2 and all(isinstance(word, str) for word in network)
        ]

    def add_network(self, name: str, password: str) -> None:
        """Keep the network, in place of what was kept under this name. Raises OSError when it can't be saved."""
        others = [[other, word] for other, word in self.networks() if other != name]
        networks = [[name, password]] + others[: _MOST_NETWORKS - 1]
        if networks != self._values.get("networks"):
            self._values["networks"] = networks
            self._save()

    def access_point_password(self) -> str:
        """The password of this device's access point, the same until somebody signs out. Never raises OSError."""
        password = self._values.get("access_point_password")
        if not (isinstance(password, str) and 8 <= len(password) <= 63):
            password = self.new_password()
            self._values["access_point_password"] = password
            try:
                self._save()
            except OSError:  # another one after the next start, then
                pass
        return password

    def forget_access_point_password(self) -> None:
        """Another one at its next use. Never raises OSError."""
        if self._values.pop("access_point_password", None):
            try:
                self._save()
            except OSError:  # until the next start, then
                pass

    def new_password(self) -> str:
        """A new one, kept nowhere."""
        letters = ""
        while len(letters) < _PASSWORD_LENGTH:
            for byte in self._urandom(_PASSWORD_LENGTH):
                if byte < 256 - 256 % len(_LETTERS):  # each letter as likely as the others
                    letters += _LETTERS[byte % len(_LETTERS)]
        return letters[:_PASSWORD_LENGTH]

    def _save(self) -> None:
        self._store.save(json.dumps(self._values).encode())
