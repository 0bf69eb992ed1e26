"""One's own account: queue keys and password."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from pipelines.enforcement import users
from pipelines.enforcement.passwords import MIN_LENGTH
from pipelines.enforcement.permissions import Action
from pipelines.errors import BadInput
from review_ui.auth import Post, allowed, posted
from review_ui.notices import Notice, redirect
from review_ui.render import page
from review_ui.web import web_of

router = APIRouter()


@router.get("/account", dependencies=[Depends(allowed(Action.ACCOUNT))])
def show(request: Request) -> Response:
    return page(request, "account.html", min_length=MIN_LENGTH)


@router.post("/account/keys")
def keys(request: Request, post: Annotated[Post, Depends(posted(Action.ACCOUNT))]) -> Response:
    enabled = post.form.text("enabled") == "1"
    users.set_keys_enabled(web_of(request).desk, post.user, enabled)
    return redirect(request, "/account", Notice(kind="done", text="快捷键已打开。" if enabled else "快捷键已关闭。"))


@router.post("/account/password")
def password(request: Request, post: Annotated[Post, Depends(posted(Action.ACCOUNT))]) -> Response:
    """Change one's password; every session ends, this one too."""
    request.state.back = "/account"
    new = post.form.text("new")
    if new != post.form.text("again"):
        raise BadInput("两次输入的新口令不一样。")
    users.change_own_password(web_of(request).desk, post.user, old=post.form.text("old"), new=new)
    return redirect(request, "/login")
