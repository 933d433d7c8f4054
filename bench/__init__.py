"""Load generator (压力测试): it does what candidates do, against a real server in its own process.

Each command prints one JSON document, and ends by itself:

    python -m bench.attempts     whole attempts from ticket to receipt: CPU per attempt (--profile)
    python -m bench.saves        durable saves beside an empty endpoint: ratio, p99, when it stalls
    python -m bench.start        everybody presses start at once (--from-waiting, --drop)
    python -m bench.memory       resident memory with a thousand open papers
    python -m bench.growth       CPU per attempt with 100 and with 5,000 finished sittings
    python -m bench.beside …     savers beside sign-ins, pollers, an outage, guesses (one or more of
                                 alone hashing board outage nat)

All of them know --quick (a little of it, to see that it runs), --postgresql (a server of its own,
its files below --folder or where temporary files go, its CPU counted apart), --url (an empty
database that is there already) and --workers N. CPU comes from /proc, process by process; the load
generator's own share is told apart. What was acknowledged stands in a ledger (candidate.Ledger),
which is compared with the database at the end: a figure is printed only if nothing is missing.

docs/measured.md has the figures, and how they were made.
"""
