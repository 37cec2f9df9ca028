"""`cognito-mp undeploy`: takes away from a board what `cognito-mp deploy` put there, and nothing else."""

from __future__ import annotations

import click

from cognito_mp_tools.board import deployed_files
from cognito_mp_tools.board import files as device_files
from cognito_mp_tools.board.deployed_files import RECORD, DeployedFiles
from cognito_mp_tools.board.link import DeviceLink
from cognito_mp_tools.board.serial_ports import port_argument
from cognito_mp_tools.failures import ToolFailed
from cognito_mp_tools.terminal import done, say


@click.command()
@port_argument
def command(port: str) -> None:
    """Remove from the board on PORT what `cognito-mp deploy` copied there.

    A file that was changed on the device since stays. So do the settings, the session and your own files.
    """
    with DeviceLink(port) as link:
        record = DeployedFiles.on(link)
        if not record:
            raise ToolFailed(f"nothing on the device on {link.port} came from cognito-mp deploy.")
        change = record.change_to(link, {})
        # main.py first: it must not start without the rest. The record last: a next try goes on from it.
        unneeded = sorted(change.unneeded, key=lambda path: path != "/main.py")
        device_files.remove(link, unneeded, deployed_files.folders(unneeded))
        device_files.remove(link, [RECORD])
        for path in change.kept:
            say(f"{path} was changed on the device since it was deployed: it stays.")
        done(f"Removed {len(unneeded)} files. Settings, session and your own files are as they were.")
