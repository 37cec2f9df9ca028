"""What the tests of the command `cognito-mp` share: the command itself, an emulated board, a local Cognito."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cognito_mp_tools.board import flash
from cognito_mp_tools.cli import cli
from cognito_mp_tools.local.cognito import LocalCognito
from cognito_mp_tools.local.commands import furnish
from cognito_mp_tools.pool import settings as pool_settings
from rp2040.conftest import bare_firmware, chip, product_firmware  # noqa: F401 (fixtures)
from tools.owner_calls import OwnerCalls

VARIABLES = ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "COGNITO_MP_PORT", "COGNITO_MP_PASSWORD")
ESPTOOL = """#!{python}
import pathlib, sys
here = pathlib.Path(__file__).parent
if sys.argv[1:] == ["version"]:
    print((here / "version").read_text())
else:
    with (here / "told").open("a") as told:
        print(*sys.argv[1:], file=told)
    sys.exit((here / "fails").exists())
"""


@pytest.fixture
def cognito_mp(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs `cognito-mp` with the given words; `variables` are for its environment, `typed` is its standard input."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)

    def run(*words: object, typed: str = "", variables: dict[str, str] | None = None) -> Result:
        result = CliRunner().invoke(cli, [str(word) for word in words], input=typed, env=variables)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def refused(cognito_mp: Callable[..., Result]) -> Callable[..., str]:
    """Runs `cognito-mp` as `cognito_mp` does; its error, when it fails as it should: one line, exit code 1."""

    def run(*words: object, **options: object) -> str:
        result = cognito_mp(*words, **options)
        assert result.exit_code == 1, result.output
        lines = result.stderr.strip().splitlines()
        assert len(lines) == 1, result.stderr
        assert lines[0].startswith("Error: ")
        return lines[0].removeprefix("Error: ")

    return run


@pytest.fixture
def ok(cognito_mp: Callable[..., Result]) -> Callable[..., str]:
    """Runs `cognito-mp` as `cognito_mp` does; what it prints, when it succeeds."""

    def run(*words: object, **options: object) -> str:
        result = cognito_mp(*words, **options)
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.fixture(scope="module")
def local_cognito() -> Iterator[LocalCognito]:
    """ministack behind TLS."""
    with LocalCognito() as server:
        yield server


@pytest.fixture(scope="module")
def pool(local_cognito: LocalCognito, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that `cognito-mp local` saves: the settings of a pool with the demo user."""
    path = tmp_path_factory.mktemp("pool") / "settings.json"
    pool_settings.write(path, furnish(local_cognito))
    return path


@pytest.fixture
def esptool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with an esptool of version 5 on PATH; its file `told` holds what it was told."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "esptool").write_text(ESPTOOL.format(python=sys.executable))
    (folder / "esptool").chmod(0o755)
    (folder / "version").write_text("esptool v5.6.0\n5.6.0\n")
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(flash.importlib.util, "find_spec", lambda name: None)
    return folder


@pytest.fixture
def owner(local_cognito: LocalCognito, monkeypatch: pytest.MonkeyPatch) -> Iterator[OwnerCalls]:
    """What the owner of a pool asks of `local_cognito`, with the keys of its owner in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", local_cognito.owner.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", local_cognito.owner.secret_key)
    calls = OwnerCalls(local_cognito)
    yield calls
    calls.close()
