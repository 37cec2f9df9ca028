"""What the command `cognito-mp` tells a person when it can't go on."""


class ToolFailed(Exception):
    """One sentence, or two, for the person at the terminal: what is wrong, and what to do. Never a secret."""
