"""A worker process of the measured simulation: part after part until nothing is left."""

from tests.bench.__main__ import set_up


def main() -> None:
    set_up()
    from reports.domain.simulation_work import work  # needs the app registry
    from tests.fixtures import MORNING

    while work(MORNING):
        pass


if __name__ == "__main__":
    main()
