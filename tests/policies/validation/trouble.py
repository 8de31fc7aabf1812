"""Values that have made trouble before, by the type that they may stand for."""

from collections.abc import Sequence
from typing import Any, Final

TEXTS: Final = (
    "", "a", "A", "-a", "a-", "a.b", "a..b", "a_b", "a/b", "a/b/c", "/a", "a/", "x" * 63, "x" * 64, "x" * 253,
    "x" * 254,
    "a.example.com", "*.example.com", "example.com/a", "kubernetes.io/a", "requests.a", "tcp", "TCP", "None", "Always",
    "10.0.0.1", "10.0.0.1/8", "10.0.0.0/24", "10.0.0.0/33", "010.0.0.1", "fd00::1", "fd00::/64", "::ffff:10.0.0.1",
    "127.0.0.1", "169.254.0.1", "0%", "50%", "101%", "5", "a b", "ü", "cpu", "memory", "storage", "pods", "http", "123",
    "nvidia.com/gpu", "hugepages-2Mi", "hugepages-3", "limits.cpu", "requests.storage", "a--b", "1.5", "kube-system",
    "system-x", "..", "%",
)  # fmt: skip
NUMBERS: Final = (
    -1, 0, 1, 2, 3, 80, 100, 101, 256, 30080, 32768, 65535, 65536, 86400, 86401, 2**31 - 1, 2**31,
)  # fmt: skip
AMOUNTS: Final = ("0", "-1", "1", "500m", "1500m", "1Gi", "2Gi", "1n", "0.5", "3", 2, "abc", "", "1e3", "100")
OF_OTHER_TYPES: Final[tuple[Any, ...]] = (None, "", 0, [], {}, "text", 7, True, ["a"], {"a": "b"}, 1.5)
SCALARS: Final[dict[str, Sequence[Any]]] = {
    "string": TEXTS, "boolean": (True, False), "int32": NUMBERS, "int64": NUMBERS, "number": NUMBERS,
    "quantity": AMOUNTS, "intOrString": (*NUMBERS, *TEXTS), "bytes": ("", "eA==", "e30=", "x"),
    "time": ("2026-01-31T12:00:00Z", "yesterday"), "microTime": ("2026-01-31T12:00:00.000000Z", ""),
}  # fmt: skip
"""By the words of the table of native types."""
