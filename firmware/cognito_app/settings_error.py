"""What is raised where settings.json can't be used: by those who read it, check it, and act on it."""


class SettingsError(Exception):
    """settings.json is missing, unreadable or incomplete; the text says what to do."""
