"""Every component in every state: the page that axe and the screenshots look at. Not served in production."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class SampleForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("Problem"), help_text=gettext_lazy("In the customer's words."))
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), choices=[("1", "一级"), ("2", "二级")])
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[("phone", "电话"), ("portal", "门户")], widget=forms.RadioSelect
    )
    reported_at = forms.DateTimeField(
        label=gettext_lazy("Reported at"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    phone = forms.CharField(label=gettext_lazy("Phone"), help_text="138 0013 8000", required=False)
    body = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea, required=False)
    attachments = forms.FileField(label=gettext_lazy("Attachments"), required=False)
    answered = forms.BooleanField(label=gettext_lazy("Answered on the phone"), required=False)
    customer = forms.CharField(label=gettext_lazy("Customer"), required=False)


class SampleFilter(forms.Form):
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), choices=[("", "全部"), ("1", "一级")], required=False)
    assignee = forms.ChoiceField(label=gettext_lazy("Assignee"), choices=[("", "全部"), ("me", "我")], required=False)


def sample_clocks(now: datetime) -> list[dict[str, Any]]:
    """One clock of every look."""
    spans = {"normal": 5 * HOUR + 20 * MINUTE, "soon": 65 * MINUTE, "critical": 8 * MINUTE, "off_hours": 15 * HOUR}
    rest: dict[str, dict[str, Any]] = {
        "breached": {"due_at": now - 72 * MINUTE, "fraction": 1, "goal": "2 小时", "target_name": "响应"},
        "paused": {
            "held_seconds": 47100,
            "pause_reason_label": "等客户确认停机窗口",
            "paused_at": now - 25 * MINUTE,
            "fraction": 0.45,
            "goal": "24 小时",
            "target_name": "修复",
            "resume_url": "#resume",
        },
        "met": {
            "used_seconds": 250,
            "fraction": 0.83,
            "goal": "5 分钟",
            "target_name": "响应",
            "note": "09:21 已致电客户",
        },
        "met_late": {"over_seconds": 720, "fraction": 1, "goal": "1 小时", "target_name": "方案"},
        "not_needed": {"target_name": "到场"},
        "waiting": {"target_name": "到场", "starts_on": "远程无法解决"},
        "none": {"target_name": "备机"},
    }
    clocks: list[dict[str, Any]] = [
        {
            "state": "running",
            "level": level,
            "due_at": now + left,
            "target_name": "到场",
            "goal": "12 小时",
            "fraction": part,
        }
        for (level, left), part in zip(spans.items(), (0.3, 0.8, 0.97, 0.1), strict=True)
    ]
    clocks += [{"state": state, **values} for state, values in rest.items()]
    for number, item in enumerate(clocks):
        item |= {
            "id": number,
            "target_short": item["target_name"],
            "why_url": "#why",
            "tooltip": "日历 5×9 · 承诺：硬件金牌 v3",
        }
        item |= {"resumes_at": now + 14 * HOUR, "next_change_at": now + 9 * HOUR}
    return clocks


def sample_entries(now: datetime) -> list[dict[str, Any]]:
    hour_ago = now - HOUR
    return [
        {
            "id": 1,
            "kind": "message",
            "author": "陈敏",
            "meta": "江南港务集团 · 来电 021-5555 0101",
            "at": hour_ago - 14 * MINUTE,
            "body": "三号窗口打印票据模糊，走纸时有异响，影响开票。",
            "files": [{"name": "票据照片.jpg", "url": "#file", "size": 351_000}],
        },
        {
            "id": 2,
            "kind": "system",
            "icon": "shield-check",
            "at": hour_ago,
            "text": "质保核验：在保，适用承诺“硬件金牌”",
        },
        {
            "id": 3,
            "kind": "note",
            "author": "王工",
            "at": hour_ago + 10 * MINUTE,
            "body": "疑似打印头老化，已预留 PH-80 一件。",
        },
        {"id": 4, "kind": "system", "icon": "player-pause", "at": now, "text": "修复时限暂停：等客户", "voided": True},
        {
            "id": 5,
            "kind": "message",
            "author": "李敏",
            "outgoing": True,
            "at": now,
            "body": "您好，工程师今天 10:30 前到达三号窗口。",
            "undo_url": "#undo",
            "flags": ["解决方案"],
        },
    ]


def sample_rows(clocks: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    subjects = ["读卡设备无法识别身份证", "打印头走纸异常，票据模糊", "服务器磁盘告警，业务变慢", "触摸屏定位不准"]
    states = ["new", "accepted", "in_progress", "waiting_customer", "waiting_parts", "waiting_vendor", "waiting_other"]
    return [
        {
            "id": number,
            "clock": item,
            "rank": number % 4 + 1,
            "subject": subjects[number % 4],
            "number": f"WB-2611-{1843 - number:05d}",
            "state": states[number % 7],
            "updated_at": now - (number + 2) * MINUTE,
        }
        for number, item in enumerate(clocks)
    ]


def sample_forms() -> dict[str, forms.Form]:
    faulty = SampleForm({"phone": "x" * 3, "subject": ""}, prefix="bad")
    faulty.add_error("phone", _("Please enter an 11-digit mobile number, for example 138 0013 8000."))
    return {"form": SampleForm(), "faulty": faulty, "filters": SampleFilter({"filter-assignee": "me"}, prefix="filter")}


def sample_shell() -> dict[str, Any]:
    nav = [
        ("工作台", "home", None),
        ("工单", "ticket", 38),
        ("来电登记", "phone-call", None),
        ("派工", "layout-kanban", 5),
        ("客户", "building", None),
        ("合同与质保", "shield-check", 3),
        ("培训", "school", None),
        ("知识库", "book-2", None),
        ("报表", "report-analytics", None),
    ]
    items = [{"label": a, "icon": b, "badge": c, "url": "#", "active": b == "ticket"} for a, b, c in nav]
    shell = dict.fromkeys(("search_url", "new_url", "inbox_url", "prefs_url", "language_url"), "#")
    shell |= {"password_url": "#", "logout_url": "#", "user_name": "李敏", "user_role": "坐席"}
    return {"nav_items": items, "shell": shell | {"inbox_count": 3}}


def sample_parts(now: datetime) -> dict[str, Any]:
    """The smaller components' inputs."""
    return {
        "views": [
            {"label": label, "url": "#", "count": count, "active": not number}
            for number, (label, count) in enumerate([("我的待办", 12), ("即将超时", 6), ("未分派", 5), ("等客户", 9)])
        ],
        "crumbs": [{"label": "工单", "url": "#"}, {"label": "WB-2611-01842"}],
        "verdicts": [
            {
                "code": "covered",
                "title": "在保 · 本次免费",
                "reason": "终端设备保修 12 个月",
                "source": "验收单 YS-118",
                "includes": [
                    {"label": "到场", "included": True},
                    {"label": "夜间", "included": False, "note": "按次收费"},
                ],
            },
            {"code": "expiring", "reason": "剩 21 天"},
            {"code": "expired", "reason": "按次服务，先报价"},
            {"code": "out_of_scope", "reason": "此项可按次服务，已为客户准备报价"},
            {"code": "unknown", "reason": "缺序列号"},
        ],
        "why": {
            "promise": "硬件金牌 v3",
            "row": "二级 · 本地：12 小时到场",
            "calendar": "7×24",
            "started_at": now - 11 * HOUR,
            "due_at": now + HOUR,
            "events": [{"at": now - 11 * HOUR, "label": "报修", "actor": "李敏", "note": "电话"}],
        },
        "page": Paginator(range(1260), 50).page(7),
        "asset": {
            "model": "KT-300",
            "serial": "88a-0192",
            "site": "三号窗口",
            "url": "#",
            "warranty_until": now.date(),
        },
        "contract": {
            "number": "HT-2026-018",
            "name": "港务终端维保",
            "url": "#",
            "until": now.date(),
            "set_name": "硬件金牌",
        },
        "conflict": {
            "who": "王工",
            "at": now,
            "mine": [{"label": "级别", "text": "二级"}],
            "theirs": [{"label": "级别", "text": "一级"}],
        },
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    """The page, in the theme of ?theme=light|dark. 404 unless STYLEGUIDE (default: DEBUG) is on."""
    if not getattr(settings, "STYLEGUIDE", settings.DEBUG):
        raise Http404
    now = clock.now()
    clocks = sample_clocks(now)
    context = sample_shell() | sample_forms() | sample_parts(now)
    context["shell"]["theme"] = request.GET.get("theme", "system")
    context |= {
        "clocks": clocks,
        "few": [item | {"id": f"few-{item['id']}"} for item in clocks[2:6]],
        "entries": sample_entries(now),
        "rows": sample_rows(clocks, now),
        "states": list(sample_states()),
        "ranks": [1, 2, 3, 4],
        "coverages": ["covered", "expiring", "expired", "out_of_scope", "unknown"],
        "now": now,
    }
    return render(request, "styleguide.html", context)


def sample_states() -> list[str]:
    waiting = ["waiting_customer", "waiting_parts", "waiting_vendor", "waiting_other"]
    return ["new", "accepted", "in_progress", *waiting, "resolved", "closed", "cancelled"]
