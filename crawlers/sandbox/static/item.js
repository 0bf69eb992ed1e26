// Fills the page of one item from /api/item/<key>, or says why it cannot be seen.
const root = document.getElementById("item");

function element(tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text) node.textContent = text;
  return node;
}

function post(item) {
  const box = element("article", "post");
  box.dataset.id = item.id;
  if (item.title) box.append(element("h1", "post-title", item.title));
  const foot = element("p", "post-foot");
  const time = element("time", "post-time", new Date(item.created_at).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai" }));
  time.dateTime = new Date(item.created_at).toISOString();
  foot.append(element("span", "post-author", item.author), time, element("span", "post-place", item.district));
  box.append(foot);
  const text = element("div", "post-text");
  for (const line of item.text.split("\n")) text.append(element("p", "post-line", line));
  box.append(text);
  const pictures = element("div", "post-pics");
  for (const source of item.images) {
    const picture = element("img", "post-pic");
    picture.src = source;
    picture.alt = "";
    pictures.append(picture);
  }
  box.append(pictures, element("p", "post-count", item.views + " 浏览 · ♡ " + item.likes));
  return box;
}

function comments(rows) {
  const box = element("section", "comments");
  box.append(element("h3", "", "评论 " + rows.length));
  for (const row of rows) box.append(element("p", "comment", row.author + "：" + row.text));
  return box;
}

function more(rows) {
  const box = element("aside", "more");
  box.append(element("h3", "", "猜你喜欢"));
  for (const row of rows) {
    const link = element("a", "more-link", row.title || row.text || "一条图片动态");
    link.href = row.href;
    box.append(link);
  }
  return box;
}

async function show() {
  const answer = await fetch("/api/" + root.dataset.stream + "/" + root.dataset.key);
  const page = await answer.json();
  if (page.code === 0) {
    root.append(post(page.data), comments(page.data.comments), more(page.data.more));
    root.dataset.state = "ok";
  } else if (page.code === 40101) {
    root.append(element("div", "login-layer", page.msg));
    root.dataset.state = "login";
  } else {
    root.append(element("div", "gone", page.msg));
    root.dataset.state = "gone";
  }
}

show().catch(() => {
  root.append(element("div", "failed", "加载失败，请刷新重试"));
  root.dataset.state = "error";
});
