"""How often a customer is visited: the plan on its page, and the note that a visit took place."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.errors import InputError
from core.permissions import require
from core.views.edit import Keeping, sent
from customers.domain import care_plan as care_plans
from customers.forms.care_plan import CarePlanForm, VisitedForm
from customers.queries.care_plan import care_plans_for
from customers.views.customer import customer_or_404, tab_of, url_of

CARE_PLANS = Keeping(
    app="customers",
    noun="care_plan",
    new=gettext_lazy("Plan the care"),
    changed=gettext_lazy("Change the care plan"),
    submit=gettext_lazy("Save care plan"),
    done=gettext_lazy("Care plan saved."),
    create=care_plans.create,
    change=care_plans.change,
    version=care_plans.version_of,
)


@require_http_methods(["GET", "HEAD", "POST"])
def care_plan_change(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan of the customer `pk`, made if there is none yet."""
    customer = customer_or_404(request, pk)
    plan = care_plans_for(request.user).filter(customer=customer).select_related("customer").first()
    form = CarePlanForm(sent(request), row=plan, initial={"owner": getattr(request.user, "pk", None)})
    if plan is None:
        return CARE_PLANS.creating(request, form, tab_of(customer), customer=customer)
    return CARE_PLANS.changing(request, form, tab_of(customer), plan)


@require_POST
def care_plan_visited(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer `pk` was visited on the day sent."""
    plan = get_object_or_404(care_plans_for(request.user).select_related("customer"), customer=pk)
    require(request.user, "customers.visited_care_plan", plan)
    day = VisitedForm(request.POST).day()
    if day is None:
        raise InputError("invalid", _("Please give the day of the visit."), "on")
    care_plans.visited(care_plan=plan, on=day, actor=request.user, now=clock.now())
    messages.success(request, _("Noted. The next visit is due on %(day)s.") % {"day": plan.next_on.isoformat()})
    return redirect(url_of(plan.customer))
