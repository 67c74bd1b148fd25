"""Counting tries."""

from concurrent.futures import ThreadPoolExecutor

from django.core.cache import cache

from accounts.domain import throttle


def test_parallel_tries_are_each_counted() -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: throttle.take("somebody"), range(40)))
    assert sorted(answers) == [False] * 35 + [True] * 5


def test_the_window_starts_with_the_first_try_and_ends() -> None:
    throttle.take("somebody")
    key = throttle._key("somebody")
    cache.touch(key, 1000)
    throttle.take("somebody")
    client = cache._cache.get_client(key)
    assert 60 < client.ttl(cache.make_key(key)) <= 1000  # the second try left the end where it was
    cache.delete(key)
    throttle.take("somebody")
    assert 0 < client.ttl(cache.make_key(key)) <= throttle.WINDOW_SECONDS


def test_a_count_that_lost_its_end_gets_one_again() -> None:
    key = throttle._key("somebody")
    cache.set(key, 0, None)
    throttle.take("somebody")
    assert 0 < cache._cache.get_client(key).ttl(cache.make_key(key)) <= throttle.WINDOW_SECONDS


def test_one_used_up_name_is_enough() -> None:
    for _ in range(5):
        throttle.take("a")
    assert [throttle.take("a", "b"), throttle.take("b")] == [False, True]


def test_giving_back_what_was_never_taken_is_nothing() -> None:
    throttle.give_back("nobody")
    assert throttle.take("nobody") is True
