"""A race from Python, without a terminal: it prints the table, and writes the JSON that a program reads.

    python examples/race_to_json.py race.json --steps 500

Each lane trains in a process of its own, so neither framework is imported here. In a notebook, leave a result
as the last line of a cell: it is shown as a table.
"""

import argparse
import json
from pathlib import Path

from rich.console import Console

import fwtui


def main():
    parser = argparse.ArgumentParser(description="Race TensorFlow and PyTorch, and write the result as JSON.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--steps", type=int, default=500)
    given = parser.parse_args()

    result = fwtui.race(["tf.function", "torch.eager"], workload="digits-mlp", steps=given.steps)
    Console().print(result)
    given.file.write_text(json.dumps(result.to_dict(), indent=1))

    # `faster` and `ratio` are None where the difference may be noise, or the machine is busy.
    if result.ratio is None:
        print("Which one is faster could not be judged.")
    else:
        print(f"Lane {result.faster} is {result.ratio:.2f} times as fast.")


if __name__ == "__main__":
    main()
