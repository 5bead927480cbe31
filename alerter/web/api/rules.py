"""Rules over HTTP: what is configured, and whether a rule as somebody wrote it would be taken."""

from typing import Any

from aiohttp import web
from pydantic import ConfigDict, RootModel

from alerter.core.alert import Severity
from alerter.core.model import Frozen
from alerter.rules.base import RuleConfig
from alerter.web.bodies import answer, read_json, read_query
from alerter.web.context import CONTEXT
from alerter.web.operations import Operation
from alerter.web.paging import PageQuery, answer_page, slice_of
from alerter.web.problems import Problem


class RuleView(Frozen):
    """A configured rule."""

    id: str
    type: str
    severity: Severity
    per: tuple[str, ...]
    """The labels that tell its alerts apart, the kind's default where none are written."""
    definition: dict[str, Any]
    """The rule as the configuration holds it, without what was left to its default."""


class RuleText(RootModel[Any]):
    """A rule as the configuration language writes it; whatever is sent is answered with what is wrong."""

    model_config = ConfigDict(frozen=True)


class RuleCheck(Frozen):
    """Would a rule be taken, and if not, why?"""

    valid: bool
    problems: tuple[str, ...]


async def list_rules(request: web.Request) -> web.Response:
    """The configured rules, by id."""
    query = read_query(request, PageQuery)
    views = {rule.id: view_rule(rule) for rule in request.app[CONTEXT].configuration().rules}
    shown, following = slice_of("rules", sorted(views.items()), query)
    return answer_page(shown, following)


async def show_rule(request: web.Request) -> web.Response:
    """One rule."""
    name = request.match_info["id"]
    for rule in request.app[CONTEXT].configuration().rules:
        if rule.id == name:
            return answer(view_rule(rule))
    raise Problem(404, "No rule of this id is configured.")


async def validate(request: web.Request) -> web.Response:
    """Check a rule without keeping it."""
    problems = tuple(str(problem) for problem in request.app[CONTEXT].validate_rule(await read_json(request)))
    return answer(RuleCheck(valid=not problems, problems=problems))


def view_rule(rule: RuleConfig) -> RuleView:
    """A rule as people see it."""
    return RuleView(
        id=rule.id,
        type=str(getattr(rule, "type", "")),  # every kind has one; the base does not name it
        severity=rule.severity,
        per=rule.grouping,
        definition=rule.model_dump(mode="json", exclude_unset=True, by_alias=True),
    )


OPERATIONS = (
    Operation(
        "GET",
        "/api/v1/rules",
        list_rules,
        "Configured rules, by id.",
        answer=RuleView,
        listed=True,
        query=PageQuery,
        problems=(400,),
    ),
    Operation("GET", "/api/v1/rules/{id}", show_rule, "One rule.", answer=RuleView, problems=(404,)),
    Operation(
        "POST",
        "/api/v1/rules/validate",
        validate,
        "Would this rule be taken? Nothing is kept.",
        answer=RuleCheck,
        body=RuleText,
        problems=(400, 408, 413, 415),
    ),
)
