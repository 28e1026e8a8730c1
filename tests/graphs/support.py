"""Lines as they read in a terminal."""


def plain_text(line):
    """The line without its styles."""
    return "".join(span.text for span in line).rstrip()
