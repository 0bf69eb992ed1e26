"""Users, for admins: the list, a new one, disable, enable, new password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement import users
from pipelines.enforcement.passwords import MIN_LENGTH
from pipelines.enforcement.permissions import ROLE_NAMES, Action
from pipelines.errors import BadInput
from pipelines.records import Role
from review_ui.auth import Post, allowed, posted
from review_ui.ids import UserName, name_cursor_of
from review_ui.notices import Notice, redirect
from review_ui.portions import portion
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/users", dependencies=[Depends(allowed(Action.USERS))])
def listing(request: Request) -> Response:
    rows = users.list_users(web_of(request).desk)
    return page(
        request,
        "users.html",
        found=portion(rows, lambda one: one.name, name_cursor_of(request)),
        roles=ROLE_NAMES,
        min_length=MIN_LENGTH,
    )


@router.post("/users")
def create(request: Request, post: Annotated[Post, Depends(posted(Action.USERS))]) -> Response:
    request.state.back = "/users"
    roles = _roles(post.form.texts("role"))
    name = post.form.text("name").strip()
    users.create_user(web_of(request).desk, name, post.form.text("password"), roles=roles, actor=post.user)
    return redirect(request, "/users", Notice(kind="done", text=f"用户 {name} 已建立。"))


@router.post("/users/{name}/disable")
def disable(request: Request, name: UserName, post: Annotated[Post, Depends(posted(Action.USERS))]) -> Response:
    request.state.back = "/users"
    users.set_disabled(web_of(request).desk, name, True, actor=post.user)
    return redirect(request, "/users", Notice(kind="done", text=f"用户 {name} 已停用。"))


@router.post("/users/{name}/enable")
def enable(request: Request, name: UserName, post: Annotated[Post, Depends(posted(Action.USERS))]) -> Response:
    request.state.back = "/users"
    users.set_disabled(web_of(request).desk, name, False, actor=post.user)
    return redirect(request, "/users", Notice(kind="done", text=f"用户 {name} 已启用。"))


@router.post("/users/{name}/password")
def password(request: Request, name: UserName, post: Annotated[Post, Depends(posted(Action.USERS))]) -> Response:
    request.state.back = "/users"
    users.reset_password(web_of(request).desk, name, post.form.text("password"), actor=post.user)
    return redirect(
        request, "/users", Notice(kind="done", text=f"用户 {name} 的口令已更改，须重新登录并换成自己的口令。")
    )


def _roles(values: list[str]) -> list[Role]:
    try:
        return [Role(value) for value in values]
    except ValueError:
        raise BadInput("没有这个角色。") from None
