"""Many clients of a pooler at the same time: `python postgresql_clients.py CLIENTS TRANSACTIONS`, in a pod.

Prints as JSON how many were connected together, how many transactions each of them finished, and the most
connections that the server saw from the pooler.
"""

import asyncio
import json
import sys
from pathlib import Path

from psycopg import AsyncConnection

CLIENTS, TRANSACTIONS = int(sys.argv[1]), int(sys.argv[2])
SECONDS = 120
SERVERS = "SELECT count(*) FROM pg_stat_activity WHERE client_addr = inet_client_addr() AND usename = current_user"


async def one(url: str, everybody: asyncio.Barrier) -> list[int]:
    """Run transactions once all clients are connected, and return how many server connections each of them saw."""
    seen = list[int]()
    async with await AsyncConnection.connect(url) as connection:
        await connection.rollback()
        await everybody.wait()
        for _ in range(TRANSACTIONS):
            async with connection.transaction():
                await connection.execute("SELECT pg_sleep(0.05)")
                cursor = await connection.execute(SERVERS)
                seen += [int(row[0]) for row in await cursor.fetchall()]
        await everybody.wait()
    return seen


async def main() -> None:
    url = Path("/run/secrets/database-url").read_text().strip()
    everybody = asyncio.Barrier(CLIENTS)
    async with asyncio.timeout(SECONDS):
        seen = await asyncio.gather(*(one(url, everybody) for _ in range(CLIENTS)))
    fewest, most = min(len(each) for each in seen), max(max(each) for each in seen)
    print(json.dumps({"clients": len(seen), "transactions": fewest, "servers": most}))


asyncio.run(main())
