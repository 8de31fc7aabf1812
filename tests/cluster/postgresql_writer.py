"""Commits rows through the pooler until standard input ends: `python postgresql_writer.py`, in a pod.

Prints `writing` once it does; in the end prints as JSON how many commits were confirmed, the rows of those that the
database of then lacks, and the longest pause in seconds.
"""

import itertools
import json
import sys
import threading
import time
from pathlib import Path

import psycopg

PERIOD = 0.02
WRITE = "INSERT INTO cache_entries VALUES (%s, 'true', now() + interval '1 day')"


def connected(url: str) -> psycopg.Connection:
    """A connection whose every statement is a transaction."""
    return psycopg.connect(url, autocommit=True, connect_timeout=5, prepare_threshold=None)


def write(url: str, run: int, stopped: threading.Event) -> dict[str, float]:
    """When each commit was confirmed, by its key; the last one began after the end was asked for."""
    numbers, committed = itertools.count(), dict[str, float]()
    while True:
        try:
            with connected(url) as connection:
                while True:
                    last, key = stopped.wait(PERIOD), f"{run}:{next(numbers)}"
                    connection.execute(WRITE, [key])
                    committed[key] = time.monotonic()
                    if last:
                        return committed
                    if len(committed) == 25:
                        print("writing", flush=True)
        except psycopg.Error:
            time.sleep(PERIOD)


def stop_at_end_of_input(stopped: threading.Event) -> None:
    sys.stdin.read()
    stopped.set()


def main() -> None:
    url = Path("/run/secrets/database-url").read_text().strip()
    stopped, run = threading.Event(), time.time_ns()
    threading.Thread(target=stop_at_end_of_input, args=[stopped], daemon=True).start()
    committed = write(url, run, stopped)
    with connected(url) as connection:
        rows = connection.execute("SELECT key FROM cache_entries WHERE key LIKE %s", [f"{run}:%"]).fetchall()
    lost = sorted(set(committed) - {key for (key,) in rows})
    pause = max(after - before for before, after in itertools.pairwise(committed.values()))
    print(json.dumps({"committed": len(committed), "lost": lost, "pause": pause}))


main()
