"""What PyYAML has against a file, in words people can act on."""

from __future__ import annotations

import re

#: Pattern in PyYAML's sentence → what to mend; the first that fits. `{0}` is the pattern's group.
_WORDS: tuple[tuple[str, str], ...] = (
    (r"found character '\\t'", "缩进里有制表符（Tab），请改成空格"),
    (r"found character '(.)'", "文字不能以 {0} 开头；请用单引号把这段文字括起来"),
    ("mapping values are not allowed", "这里不该出现冒号：上一行的缩进不对，或者文字里有冒号，请用单引号括起来"),
    ("could not find expected ':'", "缺少冒号（冒号后面要有空格），或者前面的引号没有配对"),
    ("unexpected end of stream", "引号没有配对，一直读到了文件末尾"),
    ("document separator|(single|another) document|document start", "一个文件里只能有一份配方，请去掉多余的 --- 行"),
    (r"expected ',' or '\}'", "花括号里缺少逗号，或者没有用 }} 结束"),
    (r"expected ',' or '\]'", "方括号里缺少逗号，或者没有用 ] 结束"),
    ("unclosed", "缩进不对，或者括号没有配对"),
    ("expected <block end>", "缩进没有对齐：同一层的键和“-”要左边对齐；引号后面不能再写别的"),
    ("sequence entries are not allowed", "“- ”不能写在这里；列表请另起一行"),
    ("mapping keys are not allowed", "“? ”不能写在这里；请用单引号把这段文字括起来"),
    ("node content", "冒号或“-”后面的值写得不对；含有标点的文字请用单引号括起来"),
    ("escape", "双引号里的反斜杠有特殊含义；正则表达式请改用单引号"),
    ("special characters", "含有看不见的控制字符，请删掉它"),
    ("indentation indicator|comment or a line break", "| 或 > 后面的写法不对；请另起一行写文字"),
    (
        "tag|alias|anchor|directive|URI|alphabetic|digit|expected '[!>]'",
        "& * ! % 有特殊含义，不能使用；文字里有它们请用单引号括起来",
    ),
)  # fmt: skip


def yaml_words(problem: str | None) -> str:
    """The mend for one of PyYAML's complaints, never in its own words."""
    for pattern, words in _WORDS:
        if found := re.search(pattern, problem or ""):
            return words.format(*found.groups(""))
    return "这里读不懂，请对照 docs/recipes.md 的例子检查缩进、冒号和引号"
