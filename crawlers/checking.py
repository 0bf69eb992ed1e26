"""A recipe checked on the live site: canaries, bogus address, first list. Only that makes it verified."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from crawlers.errors import RecipeError
from crawlers.page_report import PageReport, report_page
from crawlers.probe import probe
from crawlers.recipe import IMPORTED, Recipe
from crawlers.registration import register_checked
from crawlers.spiders.probe import Probed
from crawlers.urls import Site
from pipelines import clock
from pipelines.config import read_settings
from pipelines.desk import open_desk
from pipelines.records import PageState


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """What the site answered, and what of it is not as the recipe says."""

    reports: list[PageReport] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    #: The day it was verified, in China; empty when it was not.
    verified: str = ""


def check_live(recipe: Recipe, *, allow: Sequence[str] = ()) -> CheckResult:
    """Visit the pages and compare. Raises RecipeError where there is nothing to check, AddressRefused, CrawlError."""
    if recipe.demo:
        raise RecipeError("演示来源不核对：它不是真实网站")
    if recipe.lane in IMPORTED:
        raise RecipeError("C、D 类来源不访问网站，没有可核对的")
    if not recipe.canary.urls:
        raise RecipeError("配方没有写 canary.urls：请先放一个不会变的网页（如版规）和它的 title，再核对")
    site = Site.of(recipe)
    if site is None:
        raise RecipeError("配方没有写 scope.base")
    addresses = _addresses(recipe, site)
    pages = probe(recipe, site, list(addresses.values()), allow=allow)
    result = CheckResult()
    for (kind, _url), page in zip(addresses.items(), pages, strict=True):
        _compare(recipe, kind, page, result)
    verified = "" if result.faults else str(clock.today())
    return CheckResult(reports=result.reports, faults=result.faults, verified=verified)


def _addresses(recipe: Recipe, site: Site) -> dict[str, str]:
    """What to visit: canaries by number, the bogus address, the first list."""
    found = {f"canary {number}": site.absolute(page.url) for number, page in enumerate(recipe.canary.urls)}
    if recipe.canary.bogus:
        found["bogus"] = site.absolute(recipe.canary.bogus)
    if recipe.lists:
        rule = recipe.lists[0]
        address = rule.url.replace("{page}", str(rule.first))
        for name, values in recipe.vars.items():
            address = address.replace(f"{{{name}}}", values[0] if values else "")
        found["list"] = site.absolute(address)
    return found


def _compare(recipe: Recipe, kind: str, page: Probed, result: CheckResult) -> None:
    if page.view is None:
        result.faults.append(f"{page.url} 没有取到：{page.reason}")
        return
    report = report_page(recipe, page.view, page.body, name=page.url, at=clock.now())
    result.reports.append(report)
    if kind == "bogus":
        if report.state in (PageState.OK, PageState.LIST):
            result.faults.append(f"{page.url} 应当不存在，却读成 {report.state}")
    elif kind == "list":
        if report.state is not PageState.LIST:
            result.faults.append(f"{page.url} 应为列表，读成 {report.state}（{report.reason}）")
    else:
        wanted = recipe.canary.urls[int(kind.rpartition(" ")[2])].fields
        if report.state is not PageState.OK:
            result.faults.append(f"{page.url} 应为正常的信息页，读成 {report.state}（{report.reason}）")
        for name, value in wanted.items():
            if report.fields.get(name) != value:
                result.faults.append(f"{page.url} 的 {name} 应为 {value!r}，读出 {report.fields.get(name)!r}")


def remember_check(recipe: Recipe) -> None:
    """Note in the store that this very recipe was verified today; another recipe is not."""
    with open_desk(read_settings(), create=True) as desk, desk.store.transaction() as tx:
        register_checked(tx, recipe, str(clock.today()))
