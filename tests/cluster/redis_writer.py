"""Writes to the master that Sentinels name: `python redis_writer.py SENTINEL NAME`, in a pod.

Prints `writing` once it does. When standard input ends, prints as JSON how many writes were acknowledged (a copy has
each of these too: WAIT 1), the numbers of those that the master of then lacks, and the longest pause in seconds.
"""

import itertools
import json
import sys
import threading
import time
from pathlib import Path

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

SENTINEL, NAME = sys.argv[1:]
TIMEOUT = 1.0
PERIOD = 0.02


def server(host: str, port: int, password: str) -> Redis:
    """One connection to a server; the client's own retries would add their pauses, of up to ten seconds, to ours."""
    found: Redis = Redis(
        host, port, password=password, single_connection_client=True, decode_responses=True,
        socket_timeout=2 * TIMEOUT, socket_connect_timeout=TIMEOUT, retry=Retry(NoBackoff(), 0),
    )  # fmt: skip
    return found


def connected(password: str) -> Redis:
    """One connection to the master of now."""
    with server(SENTINEL, 26379, password) as sentinel:
        host, port = sentinel.execute_command("SENTINEL GET-MASTER-ADDR-BY-NAME", NAME)
    return server(host, int(port), password)


def write(password: str, run: int, stopped: threading.Event) -> dict[int, float]:
    """When each write was acknowledged, by its number; the last one began after the end was asked for."""
    master, number, acknowledged = None, 0, dict[int, float]()
    while True:
        last, number = stopped.wait(PERIOD), number + 1
        try:
            master = master or connected(password)
            master.set(f"{run}:{number}", number)
            copies = master.wait(1, int(TIMEOUT * 1000))
        except RedisError:
            master, copies = None, 0
        if copies:
            acknowledged[number] = time.monotonic()
            if len(acknowledged) == 25:
                print("writing", flush=True)
            if last:
                return acknowledged


def stop_at_end_of_input(stopped: threading.Event) -> None:
    sys.stdin.read()
    stopped.set()


def main() -> None:
    password = Path("/run/secrets/redis-password").read_text()
    stopped, run = threading.Event(), time.time_ns()
    threading.Thread(target=stop_at_end_of_input, args=[stopped], daemon=True).start()
    acknowledged = write(password, run, stopped)
    with connected(password) as master:
        lost = [number for number in acknowledged if not master.exists(f"{run}:{number}")]
    pause = max(after - before for before, after in itertools.pairwise(acknowledged.values()))
    print(json.dumps({"acknowledged": len(acknowledged), "lost": lost, "pause": pause}))


main()
