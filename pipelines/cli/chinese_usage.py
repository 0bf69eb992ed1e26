"""Click speaks Chinese: its own sentences (help headings, misuse) from one catalogue, misuse as one sentence.

Click passes every word it says through gettext under the names `_` and `ngettext` of its modules. gettext itself would
choose a language from the environment and want compiled files; the people here read Chinese whatever LANG says, so
those two names are bound to the catalogue below. A test reads click's source and fails when a sentence is missing.
"""

from __future__ import annotations

import difflib
import sys
from types import ModuleType
from typing import Any

import click
from click.exceptions import NoSuchCommand

from pipelines.errors import os_reason

#: How alike a name must be to be suggested (difflib's ratio).
NEAR = 0.75
#: What click says → what people read. Placeholders are click's; one it fills in may be left out.
CATALOGUE = {
    # help
    "Usage:": "用法:",
    "Options": "选项",
    "Commands": "命令",
    "Positional arguments": "参数",
    "Show this message and exit.": "显示本说明。",
    "Show the version and exit.": "显示版本。",
    "Confirm the action without prompting.": "不再询问，直接执行。",
    "%(prog)s, version %(version)s": "明察 %(prog)s %(version)s",
    "required": "必填",
    "default: {default}": "缺省 {default}",
    "env var: {var}": "环境变量 {var}",
    "(dynamic)": "（运行时决定）",
    "deprecated": "已不再使用",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}": "命令 {name} 已不再使用。{extra_message}",
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}": "{name} 已不再使用。{extra_message}",
    # misuse
    "Error: {message}": "错误：{message}",
    "Try '{command} {option}' for help.": "用法见 {command} {option}",
    "Did you mean {possibility}?": "可能想写 {possibility}",
    "(Did you mean one of: {possibilities}?)": "可能想写其中之一：{possibilities}",
    "No such option {name!r}.": "没有选项 {name}，",
    "No such command {name!r}.": "没有命令 {name!r}，",
    "Missing command.": "没有写要执行的命令",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少 {param_type}",
    "Missing parameter: {param_name}": "缺少参数 {param_name}",
    "Choose from:\n\t{choices}": "可选：{choices}",
    "Got unexpected extra argument ({args})": "多出一个参数（{args}）",
    "Got unexpected extra arguments ({args})": "多出几个参数（{args}）",
    "Invalid value: {message}": "值不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint} 的值不对：{message}",
    "Could not open file {filename!r}: {message}": "文件 {filename!r} 打不开：{message}",
    "unknown error": "原因不明",
    "Option {name!r} does not take a value.": "选项 {name} 不带值",
    "Option {name!r} requires an argument.": "选项 {name} 后面要写一个值",
    "Option {name!r} requires {nargs} arguments.": "选项 {name} 后面要写 {nargs} 个值",
    "Argument {name!r} takes {nargs} values.": "参数 {name} 要写 {nargs} 个值",
    "Takes {nargs} values but 1 was given.": "要写 {nargs} 个值，只写了 1 个",
    "Takes {nargs} values but {len} were given.": "要写 {nargs} 个值，写了 {len} 个",
    "{len_type} values are required, but {len_value} was given.": "要写 {len_type} 个值，写了 {len_value} 个",
    "{len_type} values are required, but {len_value} were given.": "要写 {len_type} 个值，写了 {len_value} 个",
    "Value must be an iterable.": "这里应当是几个值",
    "{value!r} is not {choice}.": "{value!r} 不行，只能是 {choice}",
    "{value!r} is not one of {choices}.": "{value!r} 不在可选范围内，可选：{choices}",
    "{value!r} is not a valid {number_type}.": "{value!r} 不是{number_type}",
    "{value} is not in the range {range}.": "{value} 超出范围 {range}",
    "{value!r} is not a valid boolean. Recognized values: {states}": "{value!r} 不是 true 或 false",
    "{value!r} is not a valid UUID.": "{value!r} 不是 UUID",
    "{value!r} does not match the format {format}.": "{value!r} 不是日期，应写成 2026-01-31 这样",
    "{value!r} does not match the formats {formats}.": "{value!r} 不是日期，应写成 2026-01-31 这样",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
    "{name} {filename!r} does not exist.": "没有{name} {filename!r}",
    "{name} {filename!r} is a file.": "{filename!r} 是文件，这里要的是{name}",
    "{name} {filename!r} is a directory.": "{filename!r} 是文件夹，这里要的是{name}",
    "{name} {filename!r} is not readable.": "{name} {filename!r} 不能读，请检查权限",
    "{name} {filename!r} is not writable.": "{name} {filename!r} 不能写，请检查权限",
    "{name} {filename!r} is not executable.": "{name} {filename!r} 不能执行，请检查权限",
    # prompts
    "Aborted!": "已中止",
    "Do you want to continue?": "要继续吗？",
    "Repeat for confirmation": "再输一次",
    "Error: The two entered values do not match.": "两次输入不一样，请重新输入",
    "Error: invalid input": "输入有误，请重新输入",
    "Press any key to continue...": "按任意键继续…",
    "d": "天",
    "{editor}: Editing failed": "{editor}：编辑没有成功",
    "{editor}: Editing failed: {e}": "{editor}：编辑没有成功：{e}",
}  # fmt: skip

#: What types call themselves in complaints.
_TYPE_NAMES = {
    "text": "文字",
    "integer": "整数",
    "integer range": "整数",
    "float": "数",
    "float range": "数",
    "boolean": "true|false",
    "filename": "文件",
    "file": "文件",
    "directory": "文件夹",
    "path": "路径",
}

#: What stands for a value in help: letters, as click pads its columns by characters and not by their width.
_METAVARS = {
    "text": "TEXT",
    "integer": "N",
    "integer range": "N",
    "file": "FILE",
    "filename": "FILE",
    "directory": "DIR",
    "path": "PATH",
}


def translated(message: str) -> str:
    """The Chinese of one of click's sentences; one the catalogue does not know stays as it is."""
    return CATALOGUE.get(message, message)


def _translated_number(one: str, many: str, count: int) -> str:
    return translated(one if count == 1 else many)


def speak_chinese(command: click.Command) -> None:
    """From here on click, and this command with all below it, says everything in Chinese."""
    for name, module in list(sys.modules.items()):
        if isinstance(module, ModuleType) and (name == "click" or name.startswith("click.")):
            for word, ours in (("_", translated), ("ngettext", _translated_number)):
                if hasattr(module, word):
                    setattr(module, word, ours)
    _name_parts(command)


def _name_parts(command: click.Command) -> None:
    """The words that commands took when they were made, before anybody could translate them."""
    if command.options_metavar == "[OPTIONS]":
        command.options_metavar = "[选项]"
    for param in command.params:
        kind = param.type
        if isinstance(kind, click.DateTime):
            param.metavar = param.metavar or "YYYY-MM-DD"
        elif not isinstance(kind, click.Choice):
            if isinstance(param, click.Option) and not param.is_flag:
                param.metavar = param.metavar or _METAVARS.get(_english(kind))
            kind.name = _TYPE_NAMES.get(kind.name, kind.name)
    if isinstance(command, click.Group):
        if command.subcommand_metavar == "COMMAND [ARGS]...":
            command.subcommand_metavar = "命令 [参数]..."
        for below in command.commands.values():
            _name_parts(below)


def _english(kind: click.ParamType[Any]) -> str:
    """The type's own name, whether or not it was put into Chinese already (types are shared)."""
    return next((english for english, ours in _TYPE_NAMES.items() if kind.name == ours), kind.name)


def told(error: click.ClickException) -> str:
    """A misuse as one sentence: what is wrong, and where the right way stands."""
    message = " ".join(_unheard_of(error).split()).rstrip(".。，")
    message = message.replace("'. ", "'，").replace("， ", "，")  # where click joins two sentences by itself
    if isinstance(error.__context__, OSError) and error.__context__.strerror:
        message = message.replace(error.__context__.strerror, os_reason(error.__context__))
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{message}；用法见 {context.command_path} --help" if context is not None else message


def _unheard_of(error: click.ClickException) -> str:
    """The message, of an unknown command or option with those that look like it, else with those there are."""
    if not isinstance(error, click.NoSuchOption | NoSuchCommand):
        return error.format_message()
    typed = error.option_name if isinstance(error, click.NoSuchOption) else error.command_name
    near = difflib.get_close_matches(
        typed.strip("-"), [one.strip("-") for one in error.possibilities or ()], cutoff=NEAR
    )
    if near:
        dashes = typed[: len(typed) - len(typed.lstrip("-"))]
        return f"{error.message}可能想写 {'、'.join(f'{dashes}{one}' for one in near)}"
    below = error.ctx.command if error.ctx is not None else None
    if isinstance(error, NoSuchCommand) and isinstance(below, click.Group) and error.ctx is not None:
        return f"{error.message}可用：{'、'.join(below.list_commands(error.ctx))}"
    return error.message
