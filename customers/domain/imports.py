"""A file of master data on its way in: taken, read and checked row by row, then saved as a whole or not at all.

Reading and saving are one transaction each, done at once for a small file, else by the next tick; a worker that dies
leaves nothing behind and another one begins anew. Doing it twice is harmless: what is registered just so is left alone.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from core.domain import audit, record
from core.domain.attachment import clean_name
from core.errors import InputError, RuleError
from customers.domain import imports_file
from customers.domain.imports_columns import Places, header, texts, values_of
from customers.domain.imports_match import Line, Matcher, take_in
from customers.enums import ImportState, Verdict
from customers.models import ImportRow, ImportRun

logger = logging.getLogger(__name__)
BATCH = 500
SMALL_FILE = 512 * 1024
SMALL_TAKE = 200
"""A file unpacked, and rows to save, up to which it is done within the request."""
MOST_ATTEMPTS = 5
KEPT = timedelta(days=14)
AT_WORK = (ImportState.WAITING, ImportState.STARTED)
ENDED = (ImportState.DONE, ImportState.FAILED, ImportState.DISCARDED)


class _Refused(Exception):
    """A row that the domain would not take, in a file that is taken whole or not at all."""

    def __init__(self, line: Line) -> None:
        super().__init__(line.number)
        self.line = line


def receive(*, upload: "File[bytes]", kind: str, actor: Any, now: datetime) -> ImportRun:
    """Store a file to be read. A small one is read before this returns. InputError at `file` for what is no table."""
    imports_file.check_file(upload)
    name = clean_name(upload.name or "")
    digest = sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    stored = default_storage.save(f"imports/{uuid4().hex}", upload)
    try:
        run = ImportRun.objects.create(
            kind=kind, name=name, file=stored, sha256=digest.hexdigest(), created_at=now, created_by=actor
        )
        with default_storage.open(stored) as file:
            is_small = imports_file.size_inside(file, name) <= SMALL_FILE
    except BaseException:
        default_storage.delete(stored)
        raise
    if is_small:
        work(run.pk, now)
        run.refresh_from_db()
    return run


def start(*, run: ImportRun, good_only: bool, actor: Any, now: datetime) -> ImportRun:
    """Take a checked file in: all of it, or with `good_only` the good rows. A short one is in before this returns.

    RuleError: `transition` if it is not waiting for this, `bad_rows` if some are bad and not only the good are wanted,
    `nothing` if no row is to be taken in.
    """
    with transaction.atomic():
        locked = _locked(run)
        _check_state(locked, ImportState.CHECKED)
        if locked.bad and not good_only:
            raise RuleError("bad_rows", _("Some rows still need correcting. Nothing was taken in."))
        if not locked.good:
            raise RuleError("nothing", _("There is no new row to take in."))
        locked.state, locked.good_only, locked.started_by, locked.attempts = ImportState.STARTED, good_only, actor, 0
        locked.save()
    if locked.good <= SMALL_TAKE:
        work(locked.pk, now)
    return ImportRun.objects.get(pk=locked.pk)


def discard(*, run: ImportRun, actor: Any, now: datetime) -> None:
    """Forget a file that was not taken in. RuleError `transition` once it is being taken in."""
    with transaction.atomic():
        locked = _locked(run)
        if locked.state == ImportState.DISCARDED:
            return
        _check_state(locked, ImportState.CHECKED, ImportState.FAILED, ImportState.WAITING)
        _end(locked, ImportState.DISCARDED, now)
        _note(locked, "import.discard", {}, actor, now)


def drain(now: datetime) -> int:
    """Go on with every file that waits for reading or saving, and forget old ones that nobody confirmed. How many."""
    for old in ImportRun.objects.filter(state=ImportState.CHECKED, checked_at__lt=now - KEPT):
        discard(run=old, actor=None, now=now)
    waiting = list(ImportRun.objects.filter(state__in=AT_WORK).order_by("pk").values_list("pk", flat=True))
    return sum(work(pk, now) for pk in waiting)


def work(pk: int, now: datetime) -> bool:
    """Read or save one file, unless somebody else is at it. Whether something was done."""
    run = _claim(pk, now)
    if run is None:
        return False
    try:
        with translation.override((run.started_by or run.created_by).language), transaction.atomic():
            locked = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=pk, state=run.state).first()
            if locked is not None:
                _STEPS[ImportState(locked.state)](locked, now)
            return locked is not None
    except InputError as error:
        return _fail(pk, error.message, now)
    except _Refused as refusal:
        return _send_back(pk, refusal.line, now)
    except Exception:
        logger.exception("file of master data %s could not be worked on", pk)
        return False


def done_so_far(run: ImportRun) -> int:
    """How many rows have been read or saved in the step at work. A hint from the cache; 0 if it knows nothing."""
    return int(cache.get(_progress_key(run.pk)) or 0)


# --- Steps ------------------------------------------------------------------------------------------------------------


def _claim(pk: int, now: datetime) -> ImportRun | None:
    """Count the attempt first and for good, so that what kills its worker is given up."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=pk, state__in=AT_WORK).first()
        if run is None:
            return None
        if run.attempts >= MOST_ATTEMPTS:
            run.trouble = _("Working on this file was broken off several times. Please split it.")
            _end(run, ImportState.FAILED, now)
            return None
        ImportRun.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
    return run


def _read(run: ImportRun, now: datetime) -> None:
    """Judge every row and keep the judgement. InputError if the file is no table of this kind."""
    ImportRow.objects.filter(run=run).delete()
    counts = dict.fromkeys(Verdict, 0)
    matcher = Matcher(run.kind)
    with default_storage.open(run.file) as file, closing(imports_file.rows_of(file, run.name)) as rows:
        places = header(run.kind, next(rows, (0, []))[1])
        for batch in _batches(rows):
            for made in _judged(run, places, matcher, batch):
                counts[Verdict(made.verdict)] += 1
            _tell_progress(run, sum(counts.values()))
    if not sum(counts.values()):
        raise InputError("empty", _("There is no row under the headings."), "file")
    run.good, run.bad, run.same = counts[Verdict.GOOD], counts[Verdict.BAD], counts[Verdict.SAME]
    run.state, run.checked_at = ImportState.CHECKED, now
    run.save()


def _judged(run: ImportRun, places: Places, matcher: Matcher, batch: Sequence[imports_file.Row]) -> list[ImportRow]:
    lines, cells = [], []
    for number, row in batch:
        found, odd = texts(places, row)
        values, wrong = values_of(run.kind, found, [name for name, _said in odd])
        lines.append(Line(number, values, odd + wrong))
        cells.append(found)
    matcher.judge(lines)
    made = [
        ImportRow(run=run, number=line.number, cells=found, verdict=line.verdict, problems=line.problems)
        for line, found in zip(lines, cells, strict=True)
    ]
    return ImportRow.objects.bulk_create(made)


def _save(run: ImportRun, now: datetime) -> None:
    """Take the good rows in, judged once more. Where all are wanted, the first that fails takes back the rest."""
    matcher, made = Matcher(run.kind), 0
    for batch in _batches(_good_rows(run)):
        lines = [_line(run.kind, row) for row in batch]
        matcher.judge(lines)
        bad = [line for line in lines if not _taken(run, line, now)]
        _keep_problems(run, bad)
        made += sum(line.verdict == Verdict.GOOD for line in lines)
        run.bad += len(bad)
        _tell_progress(run, made)
    ImportRow.objects.filter(run=run).exclude(verdict=Verdict.BAD).delete()
    run.made = made
    _end(run, ImportState.DONE, now)
    _note(run, "import.take", {"made": [None, made], "left": [None, run.bad]}, run.started_by, now)


def _taken(run: ImportRun, line: Line, now: datetime) -> bool:
    """Whether the line is in, or was in before. A refused one is told why; without `good_only` it ends everything."""
    if line.verdict == Verdict.GOOD:
        try:
            with transaction.atomic():
                take_in(run.kind, line, actor=run.started_by, now=now)
        except InputError as error:
            line.blame(error.field, error.message)
    if line.problems and not run.good_only:
        raise _Refused(line)
    return not line.problems


def _line(kind: str, row: ImportRow) -> Line:
    values, problems = values_of(kind, row.cells)
    return Line(row.number, values, problems)


def _good_rows(run: ImportRun) -> Iterator[ImportRow]:
    """In the order of the file, a batch at a time: a cursor would not outlive the savepoints."""
    last = 0
    good = ImportRow.objects.filter(run=run, verdict=Verdict.GOOD).order_by("number")
    while batch := list(good.filter(number__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1].number


def _batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    left = iter(rows)
    while batch := list(islice(left, BATCH)):
        yield batch


_STEPS = {ImportState.WAITING: _read, ImportState.STARTED: _save}


# --- Ends -------------------------------------------------------------------------------------------------------------


def _fail(pk: int, sentence: str, now: datetime) -> bool:
    """The file is of no use, as it is said to whoever sent it."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=pk)
        run.trouble = sentence[:300]
        _end(run, ImportState.FAILED, now)
    return True


def _send_back(pk: int, line: Line, now: datetime) -> bool:
    """Nothing was saved: a row became bad since it was judged, mostly since somebody registered the same meanwhile."""
    with transaction.atomic():
        run = ImportRun.objects.select_for_update().get(pk=pk)
        _keep_problems(run, [line])
        run.good, run.bad, run.state, run.attempts = run.good - 1, run.bad + 1, ImportState.CHECKED, 0
        run.save()
    return True


def _keep_problems(run: ImportRun, bad: Iterable[Line]) -> None:
    for line in bad:
        row = ImportRow.objects.filter(run=run, number=line.number)
        row.update(verdict=Verdict.BAD, problems=list(line.problems))


def _end(run: ImportRun, state: ImportState, now: datetime) -> None:
    """The file itself is no longer needed; its bad rows stay where some were left out."""
    run.state, run.ended_at = state, now
    run.save()
    if state != ImportState.DONE:
        ImportRow.objects.filter(run=run).delete()
    transaction.on_commit(lambda: _forget(run))


def _forget(run: ImportRun) -> None:
    default_storage.delete(run.file)
    cache.delete(_progress_key(run.pk))


def _locked(run: ImportRun) -> ImportRun:
    """Whoever works on it holds the row: then it is no time for anything else."""
    locked = ImportRun.objects.select_for_update(skip_locked=True).filter(pk=run.pk).first()
    if locked is None:
        raise RuleError("at_work", _("This file is being worked on. Please look again in a moment."))
    return locked


def _check_state(run: ImportRun, *states: ImportState) -> None:
    if run.state not in states:
        raise RuleError(
            "transition", _("This step does not fit the present state. Please reload the page and look again.")
        )


def _tell_progress(run: ImportRun, count: int) -> None:
    cache.set(_progress_key(run.pk), count, 3600)


def _progress_key(pk: int) -> str:
    return f"customers.import:{pk}"


def _note(run: ImportRun, action: str, changes: dict[str, Any], actor: Any, now: datetime) -> None:
    facts = {"kind": [None, run.kind], "file": [None, run.name], "sha256": [None, run.sha256]}
    audit.record(actor=actor, action=action, subject=record.subject(run), changes=facts | changes, now=now)
