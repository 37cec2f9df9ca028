"""Ways to post a request and get its reply: HTTPS of our own, or an HTTP library that is there already."""
