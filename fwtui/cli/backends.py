"""`fwtui backends`: the frameworks' execution modes that a lane can run."""

from fwtui.cli.options import Json


def backends(json: Json = None) -> int:
    """List the backends: each framework's execution modes, and what they do with the graph."""
    from fwtui.backends import catalogue
    from fwtui.cli.output import JsonOutput, complain, plain_table, show

    rows = []
    for entry in catalogue.entries():
        does = entry.summary.partition(": ")[2]
        row = {"name": entry.name, "framework": entry.framework.title, "graph": entry.graph}
        rows.append(row | {"summary": does or entry.graph})
    complain(catalogue.problems())
    if json is not None:
        JsonOutput(json).write({"backends": rows, "problems": list(catalogue.problems())})
        return 0
    table = plain_table()
    for title in ("backend", "framework", "graph"):
        table.add_column(title, no_wrap=True)
    table.add_column("what it does")
    for row in rows:
        table.add_row(*row.values())
    show(table)
    return 0
