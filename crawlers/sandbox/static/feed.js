// Fills the feed from /api/feed, page after page, while the reader scrolls.
const feed = document.getElementById("feed");
const end = document.getElementById("end");
const seen = new Set();
let cursor = "";
let busy = false;
let done = false;

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text) node.textContent = text;
  return node;
}

function age(millis) {
  const days = Math.floor((Date.now() - millis) / 86400000);
  if (days < 1) return "今天";
  if (days < 7) return days + "天前";
  return new Date(millis).toLocaleDateString("zh-CN", { timeZone: "Asia/Shanghai" });
}

function card(item) {
  const box = element("article", "card");
  box.dataset.id = item.id;
  box.dataset.kind = item.kind;
  const link = element("a", "card-link");
  link.href = item.href;
  for (const source of item.images) {
    const picture = element("img", "card-pic");
    picture.src = source;
    picture.alt = "";
    link.append(picture);
  }
  if (item.title) link.append(element("h2", "card-title", item.title));
  link.append(element("p", "card-text", item.text));
  box.append(link);
  if (item.edited) box.append(element("span", "card-edited", "已编辑"));
  box.append(element("p", "card-foot", item.author + " · " + age(item.created_at) + " · ♡ " + item.likes));
  return box;
}

async function load() {
  if (busy || done) return;
  busy = true;
  try {
    const answer = await fetch("/api/feed?cursor=" + encodeURIComponent(cursor));
    const page = await answer.json();
    if (page.code !== 0) throw new Error(page.msg);
    for (const item of page.data.items) {
      if (seen.has(item.id)) continue;
      seen.add(item.id);
      feed.append(card(item));
    }
    done = !page.data.more;
    cursor = page.data.next || "";
    feed.dataset.state = done ? "end" : "more";
    end.textContent = done ? "没有更多了" : "下滑加载更多";
  } catch {
    feed.dataset.state = "error";
    end.textContent = "加载失败，请刷新重试";
    done = true;
  } finally {
    busy = false;
  }
  // A tall window is not filled by one page.
  if (!done && end.getBoundingClientRect().top < window.innerHeight) load();
}

window.addEventListener("scroll", () => {
  if (end.getBoundingClientRect().top < window.innerHeight + 400) load();
}, { passive: true });
load();
