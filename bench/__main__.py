"""Run every benchmark: `python -m bench`; the exit code is 0 when all bounds hold."""

from bench import check, overhead, policies, render, scale, up

if __name__ == "__main__":
    raise SystemExit(not all([render.main(), overhead.main(), scale.main(), policies.main(), check.main(), up.main()]))
