"""Proxies of the environment, and what is reached without them."""

import os
from collections.abc import Collection

VARIABLES = ("NO_PROXY", "no_proxy")
"""Either may be set, and some programs read one of them alone."""
EVERYTHING = "*"
"""Is written alone: where other names follow, some programs take it for a name."""


def exceptions(near: Collection[str]) -> dict[str, str]:
    """Return the variables that keep traffic to `near` from proxies, after what the user excepts.

    The proxies themselves stay as they are: images are pulled through them.
    """
    chosen = (one.strip() for name in VARIABLES for one in os.environ.get(name, "").split(","))
    named = dict.fromkeys((*filter(None, chosen), *near))
    return dict.fromkeys(VARIABLES, EVERYTHING if EVERYTHING in named else ",".join(named))
