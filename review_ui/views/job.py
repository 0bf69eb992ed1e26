"""The jobs page, its buttons, and the impact note of a source."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement.impact import impact_view
from pipelines.enforcement.permissions import Action
from pipelines.jobs import desk as on_jobs
from review_ui.auth import Post, Visitor, allowed, posted
from review_ui.ids import SourceName, TaskName, cursor_of, name_cursor_of
from review_ui.notices import Notice, redirect
from review_ui.portions import portion
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/jobs")
def listing(request: Request, visitor: Annotated[Visitor, Depends(allowed(Action.JOBS))]) -> Response:
    desk = web_of(request).desk
    found = on_jobs.board(desk, user=visitor.user, after=cursor_of(request))
    waiting = portion(found.waiting, lambda line: line.task.name, name_cursor_of(request, "waiting"))
    return page(
        request,
        "jobs.html",
        board=found,
        waiting=waiting,
        #: Which of the two lists is not on its first page.
        paged=set(request.query_params),
        planned=on_jobs.planned(desk),
    )


@router.post("/jobs/stop")
def stop(request: Request, post: Annotated[Post, Depends(posted(Action.RUN_JOBS))]) -> Response:
    request.state.back = "/jobs"
    on_jobs.stop_all(web_of(request).desk, actor=post.user.name)
    return redirect(request, "/jobs", Notice(kind="done", text="已全部停止：正在做的几秒内停下，重启后仍然停着。"))


@router.post("/jobs/go")
def go(request: Request, post: Annotated[Post, Depends(posted(Action.RUN_JOBS))]) -> Response:
    request.state.back = "/jobs"
    on_jobs.go_on(web_of(request).desk, actor=post.user.name)
    return redirect(request, "/jobs", Notice(kind="done", text="已恢复，从停下的地方接着做。"))


@router.post("/jobs/{name}/run")
def run(request: Request, name: TaskName, post: Annotated[Post, Depends(posted(Action.RUN_JOBS))]) -> Response:
    back = request.state.back = request.state.back or "/jobs"
    on_jobs.ask(web_of(request).desk, name, user=post.user)
    return redirect(request, back, Notice(kind="done", text="已排到最前，任务进程空出来就做。"))


@router.post("/sources/{name}/pause")
def pause(request: Request, name: SourceName, post: Annotated[Post, Depends(posted(Action.RUN_JOBS))]) -> Response:
    back = request.state.back = request.state.back or "/sources"
    on_jobs.set_paused(web_of(request).desk, name, True, user=post.user)
    return redirect(request, back, Notice(kind="done", text="来源已暂停，不再访问它；正在进行的采集几秒内停下。"))


@router.post("/sources/{name}/resume")
def resume(request: Request, name: SourceName, post: Annotated[Post, Depends(posted(Action.RUN_JOBS))]) -> Response:
    back = request.state.back = request.state.back or "/sources"
    on_jobs.set_paused(web_of(request).desk, name, False, user=post.user)
    return redirect(request, back, Notice(kind="done", text="来源已恢复，按计划访问。"))


@router.get("/sources/{name}/impact")
def impact(request: Request, name: SourceName, visitor: Annotated[Visitor, Depends(allowed(Action.JOBS))]) -> Response:
    return page(request, "impact.html", view=impact_view(web_of(request).desk, name, user=visitor.user))
