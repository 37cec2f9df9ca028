"""The documentation: its site (`make site`), and the pages that are made from the source.

code_blocks   the Python in the Markdown files, for the type check and the tests
error_texts   every text that the library, the firmware and the tools raise
reference     docs/reference.md, from the docstrings
pages         the site itself, by mkdocs
"""
