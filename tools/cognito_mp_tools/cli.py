"""The command `cognito-mp`: flash, deploy, provision and look after a device that signs in to AWS Cognito."""

from __future__ import annotations

import importlib
import io
import sys
from typing import Any

import click

from cognito_mp_tools.failures import ToolFailed

# Each command by its module, imported when it is asked for: boto3 alone takes half a second.
_COMMANDS = {
    "deploy": "board.deploy",
    "doctor": "board.doctor",
    "factory": "factory.commands",
    "flash": "board.flash",
    "local": "local.commands",
    "pool": "pool.commands",
    "provision": "board.provision",
    "status": "board.status",
    "undeploy": "board.undeploy",
    "wifi": "board.wifi",
}


class _Commands(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command = importlib.import_module(f".{_COMMANDS[name]}", __package__).command
        assert isinstance(command, click.Command)
        return command

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except ToolFailed as problem:
            from cognito_mp_tools.terminal import plain

            raise click.ClickException(plain(str(problem))) from problem


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cognito-mp-tools")
def cli() -> None:
    """Flash, deploy, provision and look after a device that signs in to AWS Cognito.

    PORT is a serial port such as /dev/ttyACM0 or COM3. Without it, the one board on USB is meant;
    COGNITO_MP_PORT names another. A command that fails says why in a sentence and exits with 1.
    """


def main() -> None:
    # A console or a pipe that can't show a character shows a question mark in its place.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    cli(prog_name="cognito-mp")


if __name__ == "__main__":
    main()
