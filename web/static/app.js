// Keys: every page works without them.
"use strict";
(() => {
  const typing = (at) => at.closest("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("main tbody tr a:first-of-type, main .clist a")].filter(
    (a, i, all) => a.offsetParent && (i === 0 || a.closest("tr, a") !== all[i - 1].closest("tr, a")));

  const move = (step) => {
    const all = rows();
    const here = all.indexOf(document.activeElement);
    const next = all[here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step];
    if (next) next.focus();
  };

  const search = () => {
    const box = document.getElementById("search");
    if (box) { box.focus(); box.select(); }
  };

  const keys = {
    "/": search,
    "n": () => { const main = document.querySelector("[data-key=n]"); if (main) main.click(); },
    "j": () => move(1),
    "k": () => move(-1),
    "?": () => document.getElementById("keys").showModal(),
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k") {
      event.preventDefault();
      search();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
})();

// Forms: 代录 offers whose matter it is and today; a form is sent once; without this both still work.
(() => {
  const party = (box) => box.dataset.party || box.closest("form").elements.organization?.value || "";

  const offer = (box) => {
    const at = (key) => box.querySelector(`[name=behalf_${key}]`);
    if (box.open) {
      if (!at("for").value) at("for").value = at("for").dataset.offered = party(box);
      if (!at("date").value) at("date").value = at("date").dataset.offered = box.dataset.today;
      return;
    }
    if (at("means").value) return;
    for (const key of ["for", "date"]) if (at(key).value === at(key).dataset.offered) at(key).value = "";
  };
  document.addEventListener("toggle", (event) => { if (event.target.matches("details.behalf")) offer(event.target); }, true);

  // What was done by letter or telephone was done that day: days left as offered follow.
  document.addEventListener("change", (event) => {
    if (event.target.name !== "behalf_date") return;
    for (const day of event.target.form.querySelectorAll("input[type=date]"))
      if (day !== event.target && day.defaultValue && day.value === (day.dataset.follows || day.defaultValue))
        day.value = day.dataset.follows = event.target.value;
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
})();

// Uploads: one request a file, each with its progress; without this the form sends them all at once.
(() => {
  const line = (list, name) => {
    const item = list.appendChild(document.createElement("li"));
    const text = item.appendChild(document.createElement("span"));
    const bar = item.appendChild(document.createElement("progress"));
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", name);
    const say = (words, how = "") => { text.textContent = `${name}：${words}`; text.className = how; };
    const sent = (part) => {
      bar.value = part;
      text.textContent = part < 1 ? `${name}：正在上传，${Math.floor(part * 100)}%` : `${name}：正在检查内容`;
    };
    say("等待上传");
    return { item, bar, say, sent };
  };

  const detail = (request) => {
    try { return JSON.parse(request.responseText); } catch { return {}; }
  };
  const unsaid = (status) => status === 0 ? "网络中断，没有上传成功，请检查网络后重新选择这个文件。"
    : "没有上传成功，请稍后重新选择这个文件。";

  const send = (form, file, internal, row) => new Promise((done) => {
    const data = new FormData();
    data.append("file", file);
    if (internal) data.append("internal", "1");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => { if (event.lengthComputable) row.sent(event.loaded / event.total); };
    request.onloadend = () => {
      const answer = detail(request);
      done({ ok: request.status >= 200 && request.status < 300, field: answer.field,
        detail: answer.detail || unsaid(request.status) });
    };
    request.send(data);
  });

  // 内部资料: asked for each file, and sent again only when somebody says so.
  const ask = (form, file, row, answer) => new Promise((done) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btns";
    button.textContent = "已确认可以存入，上传";
    row.say(answer.detail, "soon");
    row.item.append(button);
    button.addEventListener("click", async () => {
      button.remove();
      done(await one(form, file, true, row));
    }, { once: true });
  });

  const one = async (form, file, internal, row) => {
    const most = Number(form.dataset.limitMb);
    // Said before the bytes travel: a telephone's line is slow, and the server would hang up on them.
    const answer = file.size > most * 1048576
      ? { ok: false, detail: `文件有 ${(file.size / 1048576).toFixed(1)} MB，超过 ${most} MB 的上限，请压缩后再上传。` }
      : await send(form, file, internal, row);
    row.bar.hidden = true;
    if (answer.ok) row.say("已上传", "met");
    else if (answer.field === "internal" && !internal) return ask(form, file, row, answer);
    else row.say(answer.detail, "soon");
    return answer.ok;
  };

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form[data-upload]");
    if (!form || !window.FormData) return;
    event.preventDefault();
    const input = form.querySelector("input[type=file]");
    const list = form.querySelector(".uploading");
    const internal = form.querySelector("[name=internal]").checked;
    const button = form.querySelector("button");
    const stay = (leaving) => leaving.preventDefault();
    window.addEventListener("beforeunload", stay);
    button.disabled = true;
    list.replaceChildren();
    let kept = 0;
    const rows = [...input.files].map((file) => [file, line(list, file.name)]);
    for (const [file, row] of rows) kept += (await one(form, file, internal, row)) ? 1 : 0;
    window.removeEventListener("beforeunload", stay);
    button.disabled = false;
    input.value = "";
    if (kept === rows.length) { window.location.hash = "files"; window.location.reload(); }
    else if (kept > 0) {
      const again = list.appendChild(document.createElement("li")).appendChild(document.createElement("a"));
      again.href = window.location.pathname;
      again.textContent = "查看已上传的附件";
    }
  });
})();

// What is under way is given up as one leaves the page: it would end as an error told to nobody.
window.addEventListener("pagehide", () => {
  for (const at of document.querySelectorAll("[hx-get]")) at.dispatchEvent(new Event("htmx:abort"));
});
