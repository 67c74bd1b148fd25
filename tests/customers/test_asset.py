"""Systems and their parts, states, versions: what the domain does and what it refuses."""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, close_old_connections, transaction

from core.errors import InputError, StaleError
from core.models import Audit
from customers.domain import asset as assets
from customers.domain import site as sites
from customers.domain.record import version_of
from customers.models import Asset, AssetChange, Product, Site
from customers.queries.asset_tree import tree
from customers.queries.life_line import life_line
from tests.world import World, make_world


def make(world: World, name: str, **given: Any) -> Asset:
    facts = {"site": world.a.site, "product": world.a.asset.product, "actor": world.agent, "now": world.now}
    return assets.create(**facts | {"name": name} | given)


def system(world: World, name: str, **given: Any) -> Asset:
    return make(world, name, level="system", **given)


def change(world: World, asset: Asset, **given: Any) -> None:
    assets.change(asset=asset, actor=world.agent, now=world.now, **given)


def other_site(world: World) -> Site:
    return sites.create(
        customer=world.a.customer,
        name="二号楼",
        address="x",
        locality="local",
        distance_km=3,
        actor=None,
        now=world.now,
    )


def refused(code: str, field: str, act: Any, *args: Any, **given: Any) -> None:
    """The act is refused at the field, and nothing is written."""
    before = (list(Asset.objects.order_by("pk").values()), AssetChange.objects.count(), Audit.objects.count())
    with pytest.raises(InputError) as error:
        act(*args, **given)
    assert (error.value.code, error.value.field) == (code, field)
    assert (list(Asset.objects.order_by("pk").values()), AssetChange.objects.count(), Audit.objects.count()) == before


def test_a_part_hangs_below_its_system(world: World) -> None:
    hall = system(world, "大厅系统")
    part = make(world, "一号屏", parent=hall, software_version=" 5.2.1 ")
    assert (part.parent, part.level, part.state, part.software_version) == (hall, "device", "in_use", "5.2.1")
    assert list(hall.parts.all()) == [part]


def test_a_parent_is_a_system_at_the_same_site(world: World) -> None:
    far = system(world, "别处", site=other_site(world))
    foreign = system(world, "他人", site=world.b.site)
    gone = system(world, "旧", state="retired")
    refused("level", "parent", make, world, "x", parent=world.a.asset)
    refused("foreign", "parent", make, world, "x", parent=far)
    refused("foreign", "parent", make, world, "x", parent=foreign)
    refused("retired", "parent", make, world, "x", parent=gone)


def test_no_system_is_part_of_itself(world: World) -> None:
    top = system(world, "一")
    middle = system(world, "二", parent=top)
    low = system(world, "三", parent=middle)
    refused("circle", "parent", change, world, top, parent=low)
    refused("circle", "parent", change, world, top, parent=top)
    refused("circle", "parent", change, world, middle, parent=low)


def test_the_tree_is_at_most_five_levels_deep(world: World) -> None:
    chain = [system(world, "0")]
    for depth in range(1, 4):
        chain.append(system(world, str(depth), parent=chain[-1]))
    leaf = make(world, "4", parent=chain[-1])
    assert leaf.parent == chain[3]
    pair = system(world, "对")
    make(world, "对下", parent=pair)
    refused("deep", "parent", change, world, pair, parent=chain[3])
    change(world, pair, parent=chain[2])
    assert Asset.objects.get(pk=pair.pk).parent == chain[2]


def test_the_database_refuses_a_part_elsewhere(world: World) -> None:
    """Whatever the code does: a part stands at its system's site, of its customer, and is not its own."""
    hall, far = system(world, "大厅系统"), system(world, "别处", site=other_site(world))
    part = make(world, "一号屏", parent=hall)
    for wrong in ({"parent": far}, {"parent": system(world, "他人", site=world.b.site)}, {"parent": part}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Asset.objects.filter(pk=part.pk).update(**wrong)


def test_a_system_moves_with_its_parts_and_all_of_them_tell(world: World) -> None:
    hall = system(world, "大厅系统")
    inner = system(world, "子系统", parent=hall)
    leaf = make(world, "一号屏", parent=inner)
    there = other_site(world)
    change(world, hall, site=there, note="搬迁")
    assert {one.site_id for one in Asset.objects.filter(pk__in=[hall.pk, inner.pk, leaf.pk])} == {there.pk}
    told = AssetChange.objects.order_by("pk").values_list("asset", "kind", "before", "after", "note")
    assert list(told) == [
        (hall.pk, "site", "A 大厅", "二号楼", "搬迁"),
        (inner.pk, "site", "A 大厅", "二号楼", ""),
        (leaf.pk, "site", "A 大厅", "二号楼", ""),
    ]


def test_a_part_alone_does_not_leave_its_system(world: World) -> None:
    part = make(world, "一号屏", parent=system(world, "大厅系统"))
    there = other_site(world)
    refused("foreign", "parent", change, world, part, site=there)
    change(world, part, site=there, parent=None)
    stored = Asset.objects.get(pk=part.pk)
    assert (stored.site, stored.parent) == (there, None)


def test_a_system_with_parts_stays_one_and_is_not_retired_before_them(world: World) -> None:
    hall = system(world, "大厅系统")
    part = make(world, "一号屏", parent=hall)
    refused("parts", "level", change, world, hall, level="device")
    refused("parts", "state", change, world, hall, state="retired")
    change(world, part, state="retired")
    change(world, hall, state="retired")
    assert Asset.objects.get(pk=hall.pk).state == "retired"


def test_state_and_version_stand_in_the_life_of_the_device_newest_first(world: World) -> None:
    asset = make(world, "一号屏", software_version="4.0")
    assets.change(asset=asset, state="in_repair", note="送修", actor=world.agent, now=world.later(hours=1))
    assets.change(asset=asset, state="in_use", software_version="4.1", actor=world.engineer, now=world.later(hours=2))
    assert [event.text for event in life_line(world.agent, asset)] == [
        "软件版本 4.0 → 4.1",
        "状态：维修中 → 在用",
        "状态：在用 → 维修中 · 送修",
        "软件版本 4.0",
    ]


def test_a_change_that_changes_nothing_leaves_no_line(world: World) -> None:
    asset = make(world, "一号屏", software_version="4.0")
    lines, audits = AssetChange.objects.count(), Audit.objects.count()
    assets.record_state(asset=asset, state="in_use", software_version="4.0", actor=None, now=world.now, note="看过")
    assert (AssetChange.objects.count(), Audit.objects.count()) == (lines, audits)


def test_the_life_of_a_device_is_never_rewritten(world: World) -> None:
    make(world, "一号屏", software_version="4.0")
    for act in (
        lambda: AssetChange.objects.update(after="9.9"),
        lambda: AssetChange.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def test_a_stale_note_is_refused(world: World) -> None:
    asset = make(world, "一号屏", software_version="4.0")
    seen = version_of(asset, assets.NOTED)
    change(world, Asset.objects.get(pk=asset.pk), state="spare")
    with pytest.raises(StaleError) as error:
        assets.record_state(
            asset=asset, state="in_use", software_version="4.1", version=seen, actor=None, now=world.now
        )
    assert error.value.current == {"software_version": "4.0", "state": "spare"}
    assert Asset.objects.get(pk=asset.pk).software_version == "4.0"


def test_a_product_out_of_the_catalogue_is_for_no_new_device(world: World) -> None:
    Product.objects.update(is_active=False)
    world.a.asset.refresh_from_db()
    refused("retired", "product", make, world, "x")
    change(world, world.a.asset, name="旧机")
    assert Asset.objects.get(pk=world.a.asset.pk).name == "旧机"


def test_the_tree_lists_systems_before_devices_and_orphans_at_the_top(world: World) -> None:
    hall = system(world, "乙系统")
    inner = system(world, "子系统", parent=hall)
    leaf = make(world, "甲屏", parent=inner)
    single = make(world, "甲单机")
    order = [(node.asset, node.depth, node.parts) for node in tree([single, leaf, inner, hall])]
    assert order == [(hall, 0, 1), (inner, 1, 1), (leaf, 2, 0), (single, 0, 0)]
    assert [(node.asset, node.depth) for node in tree([leaf, single])] == [(single, 0), (leaf, 0)]


@pytest.mark.django_db(transaction=True)
def test_two_moves_at_once_close_no_circle(presets: None, morning: Any) -> None:
    """Each would be fine alone: A below B, B below A."""
    world = make_world(morning)
    pair = [system(world, "一"), system(world, "二")]
    barrier, refusals = Barrier(2), []

    def move(asset: Asset, parent: Asset) -> None:
        barrier.wait(10)
        try:
            assets.change(
                asset=Asset.objects.get(pk=asset.pk),
                parent=Asset.objects.get(pk=parent.pk),
                actor=None,
                now=morning + timedelta(minutes=1),
            )
        except InputError as error:
            refusals.append(error.code)
        finally:
            close_old_connections()

    threads = [Thread(target=move, args=args) for args in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    parents = dict(Asset.objects.filter(pk__in=[one.pk for one in pair]).values_list("pk", "parent"))
    assert refusals == ["circle"]
    assert sorted(parents.values(), key=lambda pk: pk or 0).count(None) == 1
