"""Programs of others that the tools and the tests start, from Debian and npm, in folders of build/."""
