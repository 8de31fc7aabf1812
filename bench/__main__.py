"""Run every benchmark: `python -m bench`."""

from bench import overhead, scale

if __name__ == "__main__":
    overhead.main()
    scale.main()
