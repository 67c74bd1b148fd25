from contracts.models import PromiseSet


def default_set() -> PromiseSet | None:
    """The set that counts for tickets without a contract."""
    return PromiseSet.objects.filter(is_default=True).first()
