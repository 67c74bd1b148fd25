"""B3: hostile words in every text field that people fill, every page opened: nothing runs, nothing asks elsewhere."""

from itertools import cycle
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from core.domain.search import rebuild
from tests.browser.screens import SCREENS
from tests.browser.stage import DEAD_LINKS, Stage, arrive, visits

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
PAYLOADS = (
    "<script>xss=1</script>",
    "<img src=x onerror=xss=1>",
    "<svg onload=xss=1>",
    "<svg><script>xss=1</script>",
    "<body onload=xss=1>",
    "<details open ontoggle=xss=1>",
    "<input autofocus onfocus=xss=1>",
    "<select autofocus onfocus=xss=1>",
    "<video><source onerror=xss=1>",
    "<marquee onstart=xss=1>",
    "<iframe srcdoc='<script>parent.xss=1</script>'>",
    "<iframe src=javascript:parent.xss=1>",
    "<a href=javascript:xss=1>a</a>",
    "<a href=data:text/html,<script>xss=1</script>>a</a>",
    "<form action=javascript:xss=1><button>a",
    "<math><mi xlink:href=javascript:xss=1>a",
    "<object data=javascript:xss=1>",
    "<embed src=javascript:xss=1>",
    "<link rel=stylesheet href=//evil.example>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<style>@import'//evil.example'</style>",
    "<noscript><p title='</noscript><img src=x onerror=xss=1>'>",
    "<template><script>xss=1</script></template>",
    "</title><script>xss=1</script>",
    "</textarea><script>xss=1</script>",
    "'\"><script>xss=1</script>",
    '" onmouseover=xss=1 autofocus onfocus=xss=1 x="',
    "' onfocus='xss=1' autofocus '",
    "</script><script>xss=1</script>",
    "--><script>xss=1</script>",
    "]]><script>xss=1</script>",
    "{{7*7}}{% debug %}${7*7}",
    "x{{7*7}}x${7*7}x",
    "[a](javascript:xss=1)",
    "javascript:xss=1//",
    "<div hx-get=/ hx-trigger=load hx-on:load=xss=1>",
)
# What the product itself writes: states, keys, digests, addresses, documents. All other text fields are filled.
MACHINE = {
    "core.Attachment": "parent_kind parent_key content_type sha256",
    "core.Audit": "action subject",
    "core.Counter": "prefix period",
    "core.Heartbeat": "name",
    "core.IdempotencyKey": "key fingerprint",
    "core.Mute": "url",
    "core.Notification": "key kind url",
    "core.Outbox": "key kind error",
    "accounts.ApiToken": "digest",
    "accounts.OneUseLink": "digest subject browser",
    "accounts.User": "password email staff_no language timezone",
    "customers.Asset": "label_key accepted_in",
    "customers.AssetWords": "text",
    "customers.CallerCheck": "subject",
    "customers.Contact": "email",
    "customers.ContactWords": "text",
    "customers.CustomerWords": "text",
    "customers.ImportRun": "file sha256",
    "contracts.Acceptance": "number pdf_sha256",
    "contracts.CalendarDraft": "code document",
    "contracts.CalendarVersion": "document digest",
    "contracts.Obligation": "source",
    "contracts.ObligationDone": "key",
    "contracts.PromiseDraft": "code document",
    "contracts.PromiseSet": "code",
    "contracts.PromiseVersion": "document digest",
    "contracts.Quota": "source",
    "contracts.QuotaDraw": "key",
    "contracts.ServiceCalendar": "code",
    "contracts.Warranty": "origin",
    "tickets.Clock": "set_code about target pause_reason breach_reason",
    "tickets.Escalation": "step",
    "tickets.Event": "kind about",
    "tickets.LabelReport": "key",
    "tickets.Macro": "preset",
    "tickets.ReapplicationMove": "set_code target about old_state new_state",
    "tickets.SavedView": "query columns density",
    "tickets.Ticket": "number next_target",
    "tickets.TicketWords": "text",
    "reports.ServiceReport": "number pdf_sha256",
    "reports.Simulation": "code scope text under",
    "reports.SimulationFinding": "target now_state then_state",
    "reports.WallBoard": "token_hash",
}
# The database lets nobody change these, and no signed certificate.
FROZEN = {"contracts.PromiseVersion", "customers.AssetChange", "customers.SecretLook", "feedback.Rating"}
OPEN = {"contracts.Acceptance": {"state": "draft"}}
OWN = {"core", "accounts", "customers", "contracts", "tickets", "feedback", "reports"}


def filled(model: Any) -> list[Any]:
    """The fields of a model that people write words into."""
    machine = MACHINE.get(model._meta.label, "").split()
    fields = [field for field in model._meta.local_fields if isinstance(field, models.CharField | models.TextField)]
    return [field for field in fields if not field.choices and field.name not in machine]


def poison() -> int:
    """Every row its own payload in every such field, unique where it must be, past all rules; answers how many rows."""
    payloads, count = cycle(PAYLOADS), 0
    for model in (one for one in apps.get_models() if one._meta.app_label in OWN):
        fields = [] if model._meta.label in FROZEN else filled(model)
        for pk in rows_of(model) if fields else ():
            values = {field.name: worded(field, pk, next(payloads)) for field in fields}
            count += model.objects.filter(pk=pk).update(**values)
    return count


def rows_of(model: Any) -> list[Any]:
    return list(model.objects.filter(**OPEN.get(model._meta.label, {})).values_list("pk", flat=True))


def worded(field: Any, pk: Any, payload: str) -> str:
    text = payload + (f" {pk}" if field.unique or field.name == "serial" else "")
    return text if len(text) <= (field.max_length or 10_000) else f"<i>{pk}"


def test_machine_fields_exist() -> None:
    known = {f"{model._meta.label}.{field.name}" for model in apps.get_models() for field in model._meta.get_fields()}
    assert {f"{label}.{name}" for label, names in MACHINE.items() for name in names.split()} <= known


def test_b3_nothing_that_people_write_runs(stage: Stage) -> None:
    assert poison() > 500
    rebuild()
    wrong: dict[str, Any] = {}
    seen: set[str] = set()
    for screen, page in visits(stage, SCREENS):
        if page.url == "about:blank":
            page.on("dialog", lambda dialog: (wrong.setdefault("dialog", dialog.message), dialog.dismiss()))
        answer = arrive(stage, screen, page)
        said = page.evaluate("[window.xss, window.csp, /49\\$|x\\$?49x/.test(document.body.innerText)]")
        failed = answer.status >= 400 and screen.route not in DEAD_LINKS
        if failed or said != [None, [], False]:
            wrong[f"{screen.route}{screen.ask}"] = (answer.status, said)
        seen.update(payload for payload in PAYLOADS if payload in page.inner_text("body"))
    assert not wrong
    assert len(seen) > len(PAYLOADS) // 2, "the pages show the words as they were written"
    assert len(SCREENS) > 60
