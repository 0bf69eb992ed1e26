"""A Discuz!-shaped board of any size on this machine, fast enough not to be what is measured.

    python -m tests.big_site.site --threads 3000

prints HOST:PORT and serves until its standard input ends. What was asked is at `/-/asked` (JSON: path → times);
`/-/hold?n=7` makes the 7th answer from now on wait until `/-/go`, and `/-/held` tells whether it waits. `/-/count`
tells how many addresses were asked for, `/-/closest` in how many seconds RUN of them came at least. These count for
nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import json
import sys
import time
from collections import Counter, deque
from urllib.parse import parse_qs, urlsplit

from classifier.dataset import read_corpus
from tests.bench.texts import sized

ROWS = 50
FORUMS = 4
FIRST_TID = 1000
#: Replies of a thread: with them a page is about as long as real ones of this kind (25 kB).
REPLIES = 14
_TEXTS = 1500
#: A page that never ends, asked for by the browser's soak.
ENDLESS = "/endless"
#: Pace is read over so many requests: on a busy machine two that were sent apart are answered together.
RUN = 20

_FRAME = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<title>{title} - 试验社区</title><meta name="generator" content="Discuz! X3.4">
<script>var STYLEID = '1', STATICURL = 'static/', IMGDIR = 'static/image/common', charset = 'utf-8';</script></head>
<body id="nv_forum" class="{kind}"><div id="hd"><div class="wp"><h2><a href="/">试验社区</a></h2>
<div id="nv">{menu}</div></div></div><div id="wp" class="wp">
{content}</div><div id="ft" class="wp"><p>试验社区</p></div></body></html>"""
_MENU = "".join(f'<a href="/portal-{number}.html" title="频道">频道{number}</a>' for number in range(30))
_REPLY = (
    '<div id="post_{pid}"><table id="pid{pid}" class="plhin" summary="pid{pid}" cellspacing="0" cellpadding="0"><tr>'
    '<td class="pls" rowspan="2"><div id="favatar{pid}" class="pls favatar"><div class="pi"><div class="authi">'
    '<a href="/space-uid-{uid}.html" target="_blank" class="xw1">{author}</a></div></div><div class="avatar">'
    '<a href="/space-uid-{uid}.html" class="avtm"><img src="/avatar/{uid}.png" /></a></div><div class="tns xg2"><table>'
    '<tr><th><p><a href="/space-uid-{uid}.html" class="xi2">12</a></p>主题</th><th><p><a href="#">345</a></p>'
    '帖子</th><td><p><a href="#" class="xi2">678</a></p>积分</td></tr></table></div></div></td><td class="plc"><div '
    'class="pi"><strong><a href="#pid{pid}" id="postnum{pid}">#</a></strong><div class="pti"><div class="authi"><em '
    'id="authorposton{pid}">发表于 2026-3-{day} 10:2{digit}</em></div></div></div><div class="pct"><div class="pcb">'
    '{fields}<div class="t_fsz"><table cellspacing="0" cellpadding="0"><tr><td class="t_f" id="postmessage_{pid}">'
    "{text}"
    '</td></tr></table></div></div></div></td></tr><tr><td class="plc plm"><div class="po hin"><div class="pob cl">'
    '<em><a class="fastre" href="/forum.php?mod=post&amp;action=reply&amp;tid={tid}&amp;repquote={pid}">回</a></em><p>'
    '<a href="javascript:;" onclick="showWindow(\'miscreport{pid}\')">举报</a></p></div></div></td></tr></table></div>'
)
_FIELDS = (
    '<div class="typeoption"><table class="cgtl mbm"><tbody><tr><th>价格:</th><td>{fee}元/次</td></tr><tr>'
    "<th>区域:</th>"
    "<td>城东区</td></tr></tbody></table></div>"
)


def _texts() -> list[str]:
    """What the threads say: as on a real board most is nobody's advertisement, one in ten is a lead."""
    examples = read_corpus()
    leads = [one for one in examples if one.gold.is_academic or one.gold.anxiety]
    others = [one for one in examples if not (one.gold.is_academic or one.gold.anxiety)]
    chosen = [(leads if number % 10 == 0 else others) for number in range(_TEXTS)]
    return [sized(pool[number * 7 % len(pool)].posting.body) for number, pool in enumerate(chosen)]


class Board:
    """The pages, made on demand; the same thread always reads the same."""

    def __init__(self, threads: int, *, replies: int = REPLIES, delay: float = 0.0) -> None:
        self.threads = threads
        self._delay = delay
        self._run: deque[float] = deque(maxlen=RUN)
        #: Seconds from the first to the last of so many requests for pages in a row, the least.
        self.closest = float("inf")
        self._replies = replies
        self._texts = _texts()
        self.asked: Counter[str] = Counter()

    def page(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type, body."""
        self.asked[path] += 1
        if path == "/robots.txt":
            pace = f"Crawl-delay: {self._delay}\n" if self._delay else ""
            return 200, "text/plain", f"User-agent: *\nDisallow: /admin\n{pace}".encode()
        self._run.append(time.monotonic())
        if len(self._run) == RUN:
            self.closest = min(self.closest, self._run[-1] - self._run[0])
        kind, _, rest = path.strip("/").removesuffix(".html").partition("-")
        numbers = [int(part) for part in rest.split("-") if part.isdigit()]
        if kind == "forum" and len(numbers) == 2:
            return self._page("pg_forumdisplay", "版块", self._list(*numbers))
        if kind == "thread" and len(numbers) == 3 and 0 <= numbers[0] - FIRST_TID < self.threads:
            return self._page("pg_viewthread", self.title(numbers[0]), self._thread(numbers[0]))
        return 404, "text/html; charset=utf-8", b"<html><body>404</body></html>"

    def title(self, tid: int) -> str:
        return f"{self._texts[tid % len(self._texts)][:18].strip()} {tid}"

    def _page(self, kind: str, title: str, content: str) -> tuple[int, str, bytes]:
        text = _FRAME.format(kind=kind, title=html.escape(title), menu=_MENU, content=content)
        return 200, "text/html; charset=utf-8", text.encode()

    def _list(self, forum: int, number: int) -> str:
        mine = range(FIRST_TID + forum - 1, FIRST_TID + self.threads, FORUMS)
        pages = max(1, -(-len(mine) // ROWS))
        rows = "".join(
            f'<tbody id="normalthread_{tid}"><tr><td class="icn"><a href="/thread-{tid}-1-1.html">·</a></td>'
            f'<th class="common"><a href="/thread-{tid}-1-1.html" onclick="atarget(this)" class="s xst">'
            f'{html.escape(self.title(tid))}</a></th><td class="by"><cite><a href="/space-uid-{tid % 300}.html">发帖人'
            f"{tid % 300}</a></cite><em><span>2026-3-2</span></em></td></tr></tbody>"
            for tid in mine[(number - 1) * ROWS : number * ROWS]
        )
        after = f'<a href="/forum-{forum}-{number + 1}.html" class="nxt">下一页</a>' if number < pages else ""
        pager = f'<div class="pg"><label><span title="共 {pages} 页"> / {pages} 页</span></label>{after}</div>'
        return f'<div id="threadlist"><table>{rows}</table></div>{pager}'

    def _thread(self, tid: int) -> str:
        body = html.escape(self._texts[tid % len(self._texts)])
        posts = []
        for number in range(self._replies + 1):
            first = number == 0
            text = f"{body}<br />电话 138{tid:08d}" if first else f"回复{number}：" + body[number : number + 60]
            posts.append(
                _REPLY.format(
                    pid=tid * 100 + number, uid=(tid + number) % 300, author=f"发帖人{(tid + number) % 300}", tid=tid,
                    day=1 + tid % 28, digit=number % 10, text=text, fields=_FIELDS.format(fee=80 + tid % 90) * first,
                )
            )  # fmt: skip
        head = f'<h1 class="ts"><span id="thread_subject">{html.escape(self.title(tid))}</span></h1>'
        return f'<div id="postlist">{head}{"".join(posts)}</div>'


class Connection(asyncio.Protocol):
    """HTTP/1.1 with GET and keep-alive, nothing else."""

    def __init__(self, board: Board, hold: Hold) -> None:
        self._board = board
        self._hold = hold
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1].decode("ascii", "replace")
            if target.startswith("/-/"):
                self._control(target)
            elif target.startswith(ENDLESS):
                self._endless()
            elif self._hold.mine():
                asyncio.get_running_loop().create_task(self._later(target))
            else:
                self._send(*self._board.page(target))

    async def _later(self, target: str) -> None:
        await self._hold.wait()
        self._send(*self._board.page(target))

    def _endless(self) -> None:
        """The beginning of a page whose end never comes."""
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
        self._write(head + b"10\r\n<html><body>....\r\n")

    def _control(self, target: str) -> None:
        parts = urlsplit(target)
        answer: object = None
        if parts.path == "/-/asked":
            answer = self._board.asked
        elif parts.path == "/-/count":
            answer = len(self._board.asked)
        elif parts.path == "/-/closest":
            answer = self._board.closest
        elif parts.path == "/-/hold":
            self._hold.arm(int(parse_qs(parts.query)["n"][0]))
        elif parts.path == "/-/held":
            answer = self._hold.held
        elif parts.path == "/-/go":
            self._hold.release()
        self._send(200, "application/json", json.dumps(answer).encode())

    def _send(self, status: int, kind: str, body: bytes) -> None:
        head = f"HTTP/1.1 {status} -\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._write(head.encode("ascii") + body)

    def _write(self, data: bytes) -> None:
        if isinstance(self._transport, asyncio.WriteTransport) and not self._transport.is_closing():
            self._transport.write(data)


class Hold:
    """Makes one answer wait."""

    def __init__(self) -> None:
        self._left = 0
        self._go = asyncio.Event()
        self.held = False

    def arm(self, nth: int) -> None:
        self._left, self.held = nth, False
        self._go = asyncio.Event()

    def mine(self) -> bool:
        self._left -= 1
        return self._left == 0

    async def wait(self) -> None:
        self.held = True
        await self._go.wait()

    def release(self) -> None:
        self._left = 0
        self.held = False
        self._go.set()


async def serve(board: Board) -> None:
    """Until standard input ends."""
    loop = asyncio.get_running_loop()
    hold = Hold()
    server = await loop.create_server(lambda: Connection(board, hold), "127.0.0.1", 0)
    print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=3000)
    parser.add_argument("--replies", type=int, default=REPLIES, help="fewer make smaller pages")
    parser.add_argument("--delay", type=float, default=0.0, help="Crawl-delay of its robots.txt, in seconds")
    asked = parser.parse_args()
    asyncio.run(serve(Board(asked.threads, replies=asked.replies, delay=asked.delay)))
