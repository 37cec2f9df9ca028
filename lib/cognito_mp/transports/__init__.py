"""Ways to post a request and get its reply: HTTPS of our own, or an HTTP library that is there already."""


def require_single_lines(headers: dict) -> None:
    """Raise ValueError that names the first of `headers` (name: value, str) that has a line end in it.

    What comes after a line end would be a header, or a request, of somebody else's making (RFC 9110, 5.5).
    """
    for name in headers:
        text = name + headers[name]
        if "\r" in text or "\n" in text:
            raise ValueError("the header %r has a line end in it" % name)
