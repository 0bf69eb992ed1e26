"""Who may do what: one table of action × role, asked everywhere."""

from __future__ import annotations

from enum import StrEnum

from pipelines.errors import Refused
from pipelines.records import Role, User


class Action(StrEnum):
    """Something a user may ask for."""

    #: See the queue, leads, captures, sources and one's own account.
    QUEUE = "queue"
    #: Record a decision and take back one's own.
    DECIDE = "decide"
    #: Take back another user's decision.
    UNDO_OTHERS = "undo_others"
    #: Enter what became of a lead, and take an entry back.
    FOLLOW_UP = "follow_up"
    #: See cases and open them.
    CASES = "cases"
    #: Make and download evidence packages.
    EXPORT = "export"
    #: Put a page saved by somebody logged in into the packages of a case.
    PUT_IN = "put_in"
    #: See a contact in clear; always logged.
    REVEAL = "reveal"
    #: Make and download digests.
    DIGESTS = "digests"
    #: Read the audit log.
    AUDIT = "audit"
    #: Make, disable and mend users.
    USERS = "users"
    #: Set region code and agency.
    SETTINGS = "settings"
    #: See how the sources are doing.
    SOURCES = "sources"
    #: See what the jobs are doing, and the impact notes.
    JOBS = "jobs"
    #: Have a job done now, pause a source, stop everything.
    RUN_JOBS = "run_jobs"
    #: See the classifier's models and how the last challenger did.
    MODELS = "models"
    #: One's own password and preferences.
    ACCOUNT = "account"


_EVERYBODY = frozenset(Role)
_OFFICERS = frozenset({Role.OFFICER, Role.SUPERVISOR})

#: The table; an action that is missing here is allowed to nobody.
ALLOWED: dict[Action, frozenset[Role]] = {
    Action.QUEUE: frozenset({Role.REVIEWER, Role.OFFICER, Role.SUPERVISOR}),
    Action.DECIDE: frozenset({Role.REVIEWER, Role.OFFICER, Role.SUPERVISOR}),
    Action.UNDO_OTHERS: frozenset({Role.SUPERVISOR}),
    Action.FOLLOW_UP: _OFFICERS,
    Action.CASES: _OFFICERS,
    Action.EXPORT: _OFFICERS,
    Action.PUT_IN: frozenset({Role.SUPERVISOR}),
    Action.REVEAL: _OFFICERS,
    Action.DIGESTS: frozenset({Role.SUPERVISOR}),
    Action.AUDIT: frozenset({Role.SUPERVISOR}),
    Action.USERS: frozenset({Role.ADMIN}),
    Action.SETTINGS: frozenset({Role.ADMIN}),
    Action.SOURCES: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Action.JOBS: frozenset({Role.OFFICER, Role.SUPERVISOR, Role.ADMIN}),
    Action.RUN_JOBS: frozenset({Role.ADMIN}),
    Action.MODELS: frozenset({Role.SUPERVISOR, Role.ADMIN}),
    Action.ACCOUNT: _EVERYBODY,
}

ROLE_NAMES: dict[Role, str] = {
    Role.REVIEWER: "审核员",
    Role.OFFICER: "执法人员",
    Role.SUPERVISOR: "督导",
    Role.ADMIN: "管理员",
}

ACTION_NAMES: dict[Action, str] = {
    Action.QUEUE: "查看线索",
    Action.DECIDE: "审核线索",
    Action.UNDO_OTHERS: "撤销他人结论",
    Action.FOLLOW_UP: "登记办理情况",
    Action.CASES: "案件",
    Action.EXPORT: "导出证据包",
    Action.PUT_IN: "批准放入登录后留存的页面",
    Action.REVEAL: "查看联系方式明文",
    Action.DIGESTS: "周报",
    Action.AUDIT: "审计",
    Action.USERS: "用户管理",
    Action.SETTINGS: "单位设置",
    Action.SOURCES: "来源",
    Action.JOBS: "查看任务",
    Action.RUN_JOBS: "任务管理",
    Action.MODELS: "模型",
    Action.ACCOUNT: "个人设置",
}


def may(user: User, action: Action) -> bool:
    """Whether this user may do it; a disabled user may do nothing."""
    return not user.disabled and bool(user.roles & ALLOWED.get(action, frozenset()))


def require(user: User, action: Action) -> None:
    """Raises Refused, naming what is missing and who has it."""
    if may(user, action):
        return
    if user.disabled:
        raise Refused(f"用户 {user.name} 已停用。")
    holders = "、".join(ROLE_NAMES[role] for role in Role if role in ALLOWED.get(action, frozenset()))
    raise Refused(f"您没有“{ACTION_NAMES[action]}”权限，需要以下角色之一：{holders}。")
