"""What doctor says of settings.json, as the application on the device judges it; with the unix port for a board."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from cognito_mp_tools.board.doctor_checks import Failed, Patient, settings
from cognito_mp_tools.board.link import DeviceLink
from conftest import Interpreter
from tools.unix_board import UnixBoard

GOOD = {"region": "eu-west-1", "client_id": "abc", "led": 25, "button": 3}


class WithSettings(UnixBoard):
    """Its settings.json lies in its folder, not at the root."""

    def ask(self, code: str, timeout: float = 10, **names: Any) -> Any:
        return super().ask(code, timeout, **{**names, "path": str(self.folder / "settings.json")})


def test_the_application_itself_judges_the_settings(micropython: Interpreter, tmp_path: Path) -> None:
    def said(**changes: object) -> str:
        (tmp_path / "settings.json").write_text(json.dumps({**GOOD, **changes}))
        return settings(Patient(cast(DeviceLink, WithSettings(micropython, tmp_path)), "example.com", 443, ()))

    assert said() == "complete"
    with pytest.raises(Failed, match="no setting of the application: ledd"):
        said(ledd=1)
    with pytest.raises(Failed, match='"sleep_s"'):
        said(sleep_s="soon")
