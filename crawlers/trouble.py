"""Why a page could not be fetched, in words people can act on."""

from __future__ import annotations

from collections import Counter

#: Name of the exception's class → what it means. Scrapy and Twisted have their own for each.
_WORDS = {
    "CannotResolveHostError": "查不到主机",
    "DNSLookupError": "查不到主机",
    "DownloadTimeoutError": "超时",
    "TimeoutError": "超时",
    "TCPTimedOutError": "超时",
    "DownloadConnectionRefusedError": "拒绝连接",
    "ConnectionRefusedError": "拒绝连接",
    "ConnectError": "连不上",
    "NoRouteError": "连不上",
    "DownloadCancelledError": "超过大小上限",
    "ResponseDataLossError": "中途断开",
    "DownloadFailedError": "中途断开",
    "ResponseFailed": "中途断开",
    "ResponseNeverReceived": "中途断开",
    "ConnectionLost": "中途断开",
    "ConnectionDone": "中途断开",
    "BrowserFailed": "浏览器没有完成",
    "IgnoreRequest": "解压后超过大小上限",
}


def trouble_word(kind: type[BaseException]) -> str:
    """A word for an exception's class; its own name when there is none."""
    return next((_WORDS[one.__name__] for one in kind.__mro__ if one.__name__ in _WORDS), kind.__name__)


def trouble_words(counts: Counter[str]) -> str:
    """「3 个页面没有取到：超时 2、查不到主机 1」; empty when there was none."""
    listed = "、".join(f"{word} {count}" for word, count in counts.most_common())
    return f"{sum(counts.values())} 个页面没有取到：{listed}" if counts else ""
