"""What has been made, for other programs: CSV, and the file that AWS IoT's bulk registration reads."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from cognito_mp_tools import private_file
from cognito_mp_tools.failures import ToolFailed

from .ledger import BoardRecord

# Spreadsheets of East Asia take the wide forms too.
_FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
COLUMNS = ("serial", "username", "finished_at", "revoked_at")


def write_csv(path: Path, boards: list[BoardRecord]) -> None:
    """One line for each board, with a head line. Raises ToolFailed."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for board in boards:
        writer.writerow([_no_formula(getattr(board, column) or "") for column in COLUMNS])
    _write(path, text.getvalue())


def _no_formula(value: str) -> str:
    """`value`, with an apostrophe before it where a spreadsheet would carry it out: people choose their own names.

    Source: https://owasp.org/www-community/attacks/CSV_Injection
    """
    return f"'{value}" if value.startswith(_FORMULA_BEGINS) else value


def write_registrations(path: Path, boards: list[BoardRecord]) -> None:
    """One line of JSON for each board: the parameters of a provisioning template.

    Source: https://docs.aws.amazon.com/iot/latest/developerguide/bulk-provisioning.html (StartThingRegistrationTask).
    The template declares ThingName, SerialNumber and Username, and no CSR: a device of Cognito has no certificate.
    Raises ToolFailed.
    """
    things = [{"ThingName": board.serial, "SerialNumber": board.serial, "Username": board.username} for board in boards]
    _write(path, "".join(json.dumps(thing) + "\n" for thing in things))


def _write(path: Path, text: str) -> None:
    try:
        with private_file.rewritten(path) as file:
            file.write(text.encode())
    except OSError as problem:
        raise ToolFailed(f"{path} can't be written ({problem.strerror}).") from problem
