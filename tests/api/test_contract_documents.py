"""Documents of contracts over REST: added as versions, listed and fetched by those who see the contract."""

from pathlib import Path
from typing import Any

import pytest

from accounts.enums import Role
from contracts.models import DocumentFile
from core.models import Attachment
from tests import files
from tests.api.caller import Caller, error
from tests.factories import make_user
from tests.world import World

pytestmark = pytest.mark.usefixtures("media")
PATH = "/contract-documents/"
TEXT = b"CANARY\n"


@pytest.fixture
def keeper(world: World) -> Caller:
    return Caller(make_user(Role.SERVICE_MANAGER))


def add(keeper: Caller, key: str | None = None, **given: Any) -> Any:
    fields = {"contract": "HT-A", "kind": "contract", "title": "合同正文", "file": files.upload("合同.txt", TEXT)}
    return keeper.upload(PATH, key=key, **fields | given)


def test_a_document_is_added_listed_and_fetched(keeper: Caller) -> None:
    response = add(keeper)
    assert response.status_code == 201, response.content
    row = response.json()
    assert (row["contract"], row["title"], row["number"], row["internal"]) == ("HT-A", "合同正文", 1, True)
    assert response.headers["Location"].endswith(f"{PATH}{row['id']}/")
    assert keeper.get(PATH, contract="HT-A").json()["results"] == [row]
    assert keeper.get(PATH, contract="HT-B").json()["results"] == []
    fetched = keeper.get(f"{PATH}{row['id']}/file/")
    assert (fetched.status_code, b"".join(fetched.streaming_content)) == (200, TEXT)


def test_the_same_title_is_the_next_version_and_the_same_key_the_same_document(keeper: Caller) -> None:
    first, again = add(keeper, key="d1").json(), add(keeper, key="d1").json()
    assert first == again
    assert add(keeper).json()["number"] == 2
    assert DocumentFile.objects.count() == 2


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"contract": "HT-?"}, "does_not_exist", ["contract"]),
        ({"kind": "song"}, "invalid_choice", ["kind"]),
        ({"title": " "}, "blank", ["title"]),
        ({"file": files.upload("a.html", b"<html>")}, "type", ["file"]),
        ({"file": "text"}, "invalid", ["file"]),
        ({"lunch": "x"}, "unknown_field", ["lunch"]),
    ],
)
def test_what_is_refused_leaves_nothing(
    keeper: Caller, media: Path, fields: dict[str, Any], code: str, named: list[str]
) -> None:
    assert error(add(keeper, **fields)) == (400, code, named)
    assert (DocumentFile.objects.count(), Attachment.objects.count()) == (0, 0)
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_programs_and_engineers_see_what_their_contracts_allow_and_add_nothing(keeper: Caller, world: World) -> None:
    secret, shown = add(keeper).json(), add(keeper, title="附件", internal="false").json()
    program, engineer = Caller(make_user(Role.CLIENT)), Caller(world.engineer)
    assert [row["id"] for row in program.get(PATH).json()["results"]] == [shown["id"]]
    assert program.get(f"{PATH}{secret['id']}/file/").status_code == 404
    assert program.get(f"{PATH}{shown['id']}/file/").status_code == 200
    assert engineer.get(PATH).json()["results"] == [], "no ticket of this customer is theirs"
    assert engineer.get(f"{PATH}{shown['id']}/").status_code == 404
    assert [add(one).status_code for one in (program, Caller(world.agent), engineer)] == [403, 403, 403]
    assert DocumentFile.objects.count() == 2
