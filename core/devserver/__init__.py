"""Runs the whole product on one machine: embedded PostgreSQL and Redis-protocol server, web, workers, beat.

`python -m core.devserver` (what `make run` calls) starts it, `python3 -m core.devserver.bootstrap` (`make setup`)
prepares the machine. Nothing here is imported by the product itself. Production uses docker-compose.yml instead.
"""
