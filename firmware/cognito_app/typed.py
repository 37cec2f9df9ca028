"""What people type, read as they mean it, where only one reading is right."""

# What messages and authenticator apps put between the digits of a code, and what copying adds.
_BETWEEN = " -\t\u00a0\u2009\u202f\u2010\u2011\u2012\u2013\u2014"


def code(text: str) -> str:
    """A code as the service wants it: "123 456", "123-456" and full-width digits are 123456.

    Cognito's codes are digits (botocore's model, SoftwareTokenMFAUserCodeType); whatever else was typed stays.
    """
    found = ""
    for character in text:
        if "\uff10" <= character <= "\uff19":  # a Japanese keyboard's digits
            character = chr(ord(character) - 0xFEE0)
        if character not in _BETWEEN:
            found += character
    return found


def has_blank_ends(password: str) -> bool:
    """True when `password` begins or ends with a blank, which copying adds, and which may be meant."""
    return password != password.strip()
