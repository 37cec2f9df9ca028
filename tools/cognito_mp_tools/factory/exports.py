"""What has been made, for other programs: CSV, and the file that AWS IoT's bulk registration reads."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from .ledger import BoardRecord

COLUMNS = ("serial", "username", "finished_at", "revoked_at")


def write_csv(path: Path, boards: list[BoardRecord]) -> None:
    """One line for each board, with a head line."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for board in boards:
            writer.writerow([getattr(board, column) or "" for column in COLUMNS])


def write_registrations(path: Path, boards: list[BoardRecord]) -> None:
    """One line of JSON for each board: the parameters of a provisioning template.

    Source: https://docs.aws.amazon.com/iot/latest/developerguide/bulk-provisioning.html (StartThingRegistrationTask).
    The template declares ThingName, SerialNumber and Username, and no CSR: a device of Cognito has no certificate.
    """
    with path.open("w", encoding="utf-8") as file:
        for board in boards:
            line = {"ThingName": board.serial, "SerialNumber": board.serial, "Username": board.username}
            file.write(json.dumps(line) + "\n")
