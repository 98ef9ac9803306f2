// The page of the desk: sends a draft, puts the server's answer into the page, and lets its marks answer to mouse and keys.
// No HTML is made of text here: the server's own fragment is parsed as it came, all else is set as text.
"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const form = by("form"), draft = by("draft"), check = by("check"), result = by("result"), reading = () => document.body.dataset.mode === "read";
  const JSON_TYPE = "application/json";
  const TYPES = {
    txt: "text/plain", md: "text/markdown", html: "text/html", htm: "text/html",
    docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  };
  const NEEDED = 120; // words, about, below which no verdict is given
  const KEPT_DRAFTS = 20;

  let checked = null; // the draft as it was marked: {text, points: its code points, name}
  let running = null; // of the check under way, to cancel it
  let retry = null; // what to do again once there is a token
  let opened = null; // the link of the mark whose reason is shown
  const used = new Map(); // reason -> the suggestion put in its phrase's place
  const judged = []; // what was said, the last at the end: {words, numbers: as the service counts, back: shows it as before}

  // ---- Asking the service

  class Refusal extends Error {
    constructor(status, message) {
      super(message);
      this.status = status;
    }
  }

  const WORDS = {
    401: "This service asks for a token.",
    408: "The draft took too long to arrive.",
    413: "This draft is larger than the service takes.",
    415: "The service does not read files of this kind.",
    422: "The service could not read this draft.",
    429: "Too many requests in a short time.",
    503: "The service has more to do than it can.",
  };

  const post = (path, body, type, signal) => ask("POST", path, { body, signal }, { "Content-Type": type });

  async function ask(method, path, more = {}, headers = {}) {
    const token = stored(sessionStorage, "unspin.token");
    let answer;
    try {
      answer = await fetch(path, { method, ...more, headers: { ...headers, ...(token && { Authorization: `Bearer ${token}` }) } });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refusal(0, "The service cannot be reached. The draft is still here: see whether the service runs, and try again.");
    }
    if (!answer.ok) throw await refusal(answer);
    return answer;
  }

  async function refusal(answer) {
    const said = await answer.json().then((body) => body.error, () => null);
    const seconds = Number(answer.headers.get("Retry-After"));
    const words = said?.code === "not-ready" ? "The service is still starting." : WORDS[answer.status] ?? "The service could not do this.";
    if (seconds > 0) return new Refusal(answer.status, `${words} Try again in ${seconds} s.`);
    return new Refusal(answer.status, said?.message ? `${words} It says: ${said.message}.` : words);
  }

  async function attempt(action) {
    by("error").hidden = true;
    try {
      await action();
    } catch (error) {
      if (error.name === "AbortError") return say("Cancelled.");
      if (error.status === 401) return askForToken(action);
      complain(error instanceof Refusal ? error.message : "Something went wrong on this page. Load it again; the draft is among the earlier ones if it was checked.");
    }
  }

  function askForToken(action) {
    const had = stored(sessionStorage, "unspin.token");
    retry = action;
    by("token-form").hidden = false;
    by("token").focus();
    if (had) complain("The service does not know this token.");
  }

  function complain(words) {
    const error = by("error");
    error.textContent = words;
    error.hidden = false;
  }

  const say = (words) => { by("status").textContent = words; };

  // ---- Checking a draft

  const checkDraft = () => attempt(() => run(bodyOf(draft.value), JSON_TYPE, checked?.name ?? "draft"));

  /** A pasted ninjs item goes as one, everything else as text. */
  function bodyOf(text) {
    const item = /^\s*\{/.test(text) ? parsed(text) : null;
    const isNinjs = item && Object.keys(item).some((name) => name.startsWith("bod")); // body_text, body_xhtml, bodies
    return JSON.stringify(isNinjs ? { ninjs: item } : { text });
  }

  async function run(body, type, name) {
    if (running) return;
    running = new AbortController();
    busy(true);
    try {
      const answer = await post("page/check?evidence=all", body, type, running.signal);
      show(await answer.text(), name);
    } finally {
      running = null;
      busy(false);
    }
  }

  function busy(is) {
    check.querySelector(".label").textContent = is ? "Checking…" : reading() ? "Check again" : "Check";
    check.setAttribute("aria-disabled", is);
    check.classList.toggle("busy", is);
    by("cancel").hidden = !is;
    if (is) say("Checking.");
  }

  function takeFile(file) {
    const suffix = file.name.split(".").pop().toLowerCase();
    if (suffix === "json") return attempt(async () => run(ninjsOf(await file.text()), JSON_TYPE, file.name));
    const type = TYPES[suffix];
    if (!type) return complain(`Expected a file that ends in .txt, .md, .html, .docx or .json, got ${plain(file.name)}.`);
    return attempt(() => run(file, type, file.name));
  }

  function ninjsOf(text) {
    const item = parsed(text);
    if (!item || Array.isArray(item)) throw new Refusal(422, "Expected one ninjs item in this file, got something else.");
    return JSON.stringify({ ninjs: item });
  }

  function parsed(text) {
    try {
      const value = JSON.parse(text);
      return typeof value === "object" ? value : null;
    } catch {
      return null;
    }
  }

  // ---- Showing the answer

  function show(html, name) {
    const article = new DOMParser().parseFromString(html, "text/html").getElementById("checked");
    if (!article) throw new Refusal(0, "The answer is none of this page's: load it again.");
    const text = JSON.parse(article.dataset.text);
    checked = { text, points: Array.from(text), name };
    used.clear();
    opened = null;
    draft.value = text;
    dress(article);
    result.replaceChildren(article);
    by("token-form").hidden = true;
    switchTo("read");
    by("said").focus({ preventScroll: true });
    form.scrollIntoView({ block: "start" });
    say(article.dataset.said);
    keep(text, by("said").textContent);
  }

  /** Add what only a script can answer to. */
  function dress(article) {
    for (const reason of article.querySelectorAll(".reason")) {
      reason.prepend(copyOf("steps"));
      if (by("judge")) reason.append(copyOf("judge"));
    }
    const verdict = article.querySelector(".verdict");
    if (by("judge-all") && !verdict.matches(".none, .unjudged")) verdict.querySelector(".told").append(copyOf("judge-all"));
    if (article.querySelector("mark")) article.querySelector(".text").before(copyOf("hint"));
  }

  const copyOf = (id) => by(id).content.cloneNode(true);

  function switchTo(mode) {
    document.body.dataset.mode = mode;
    by("back").hidden = mode === "read" || !checked;
    check.querySelector(".label").textContent = mode === "read" ? "Check again" : "Check";
    check.classList.toggle("main", mode === "write");
    count();
  }

  function count() {
    const words = draft.value.split(/\s+/).filter(Boolean).length;
    const short = words > 0 && words < NEEDED ? `: a verdict needs about ${NEEDED}` : "";
    by("count").textContent = `${words.toLocaleString("en")} word${words === 1 ? "" : "s"}${short}`;
  }

  function changed() {
    count();
    by("back").hidden = !checked || draft.value !== edited();
  }

  function startAfresh() {
    checked = null;
    draft.value = "";
    judged.length = 0;
    showUndo();
    result.replaceChildren();
    by("error").hidden = true;
    switchTo("write");
    draft.focus();
  }

  // ---- Marks and their reasons

  const links = () => [...result.querySelectorAll(".text mark a")];
  const linksOf = (reason) => links().filter((link) => link.hash === `#${reason.id}`);
  const reasonOf = (link) => by(link.hash.slice(1));
  const numberOf = (reason) => Number(reason.id.slice(1));

  function open(link) {
    close(false);
    const reason = reasonOf(link), all = links();
    link.closest("mark").after(reason); // the next stop of the Tab key
    link.closest("mark").classList.add("open");
    reason.querySelector(".where").textContent = `${all.indexOf(link) + 1} of ${all.length}`;
    reason.hidden = false;
    opened = link;
    reason.scrollIntoView({ block: "nearest" });
    link.scrollIntoView({ block: "nearest" }); // last: the phrase must be seen, wherever its reason stands
    reason.focus({ preventScroll: true });
  }

  function close(refocus = true) {
    if (!opened) return;
    const reason = reasonOf(opened);
    reason.hidden = true;
    shelve(reason);
    opened.closest("mark").classList.remove("open");
    if (refocus) opened.focus();
    opened = null;
  }

  /** Put a reason among the others, in their order, as they are printed. */
  function shelve(reason) {
    const others = result.querySelector(".reasons");
    others.insertBefore(reason, [...others.children].find((one) => numberOf(one) > numberOf(reason)) ?? null);
  }

  /** Open the next mark, or the one before: from the open one, or from the one that has the focus. */
  function step(by) {
    const all = links(), here = all.indexOf(opened ?? document.activeElement);
    if (all.length) open(all[here < 0 ? (by > 0 ? 0 : all.length - 1) : (here + by + all.length) % all.length]);
  }

  const placesOf = (reason) => reason.dataset.places.split(" ").map((place) => place.split("-").map(Number));

  /** The draft as it was checked, with every suggestion that was taken. Places count code points, not UTF-16 units. */
  function edited() {
    const edits = [...used].flatMap(([reason, text]) => placesOf(reason).map(([start, end]) => ({ start, end, text })));
    let whole = "", done = 0;
    for (const { start, end, text } of edits.sort((one, other) => one.start - other.start)) {
      whole += checked.points.slice(done, start).join("") + asWritten(text, checked.points[start]);
      done = end;
    }
    return whole + checked.points.slice(done).join("");
  }

  /** With a capital where the phrase had one. */
  const asWritten = (text, first) => /\p{Lu}/u.test(first) ? text.charAt(0).toUpperCase() + text.slice(1) : text;

  function use(button) {
    const reason = button.closest(".reason"), back = used.get(reason) === button.dataset.text;
    if (back) used.delete(reason);
    else used.set(reason, button.dataset.text);
    for (const link of linksOf(reason)) {
      link.dataset.was ??= link.firstChild.data;
      link.firstChild.data = back ? link.dataset.was : asWritten(button.dataset.text, link.dataset.was.charAt(0));
      link.closest("mark").classList.toggle("used", !back);
    }
    for (const other of reason.querySelectorAll(".use")) {
      other.textContent = other.dataset.text === used.get(reason) ? "Put back" : "Use this";
      other.setAttribute("aria-label", `${other.textContent}: ${other.dataset.text}`);
    }
    draft.value = edited();
    check.classList.add("main");
    say(back ? "Put back." : "Put into the draft.");
  }

  // ---- Fine, or wrong

  async function judge(button, judgement) {
    const reason = button.closest(".reason"), link = opened, numbers = [];
    for (const [start, end] of placesOf(reason)) numbers.push(await feedback({ judgement, start, end }));
    const [start, end] = placesOf(reason)[0];
    const words = `“${plain(checked.points.slice(start, end).join(""))}”: ${judgement}.`;
    if (judgement === "wrong") {
      const noted = reason.querySelector(".noted");
      noted.textContent = "Noted.";
      remember(words, numbers, () => {
        noted.textContent = "";
        return reason.hidden ? link : button;
      });
      return say("Noted as wrong. U takes it back.");
    }
    const all = links(), next = all[(all.indexOf(link) + 1) % all.length];
    close(false);
    const marks = linksOf(reason).map((own) => [own.closest("mark"), document.createTextNode(own.firstChild.data)]);
    for (const [mark, text] of marks) mark.replaceWith(text);
    reason.remove();
    (next?.isConnected ? next : by("said")).focus();
    check.classList.add("main");
    remember(words, numbers, () => {
      for (const [mark, text] of marks) text.replaceWith(mark);
      if (link.isConnected) shelve(reason);
      return link;
    });
    say("Noted as fine: it is not marked here again. Check again for the verdict without it. U takes it back.");
  }

  async function judgeAll(button) {
    const numbers = [await feedback({ judgement: "fine" })], noted = button.parentElement.querySelector(".noted");
    button.disabled = true;
    noted.textContent = "Noted. Check again for the verdict.";
    check.classList.add("main");
    remember("The whole draft: fine.", numbers, () => {
      button.disabled = false;
      noted.textContent = "";
      return button;
    });
    say("Noted as fine. Check again for the verdict. U takes it back.");
  }

  /** Have it kept, and give its number. */
  async function feedback(said) {
    const answer = await post("v1/feedback", JSON.stringify({ text: checked.text, ...said }), JSON_TYPE);
    return (await answer.json()).id;
  }

  function remember(words, numbers, back) {
    judged.push({ words, numbers, back });
    showUndo();
  }

  /** Offer to take back what was said last. */
  function showUndo() {
    by("undo").hidden = judged.length === 0;
    by("undo").firstElementChild.textContent = judged.at(-1)?.words ?? "";
  }

  async function undo() {
    const last = judged.pop(); // at once, so that a second click is for the one before
    if (!last) return;
    try {
      for (; last.numbers.length; last.numbers.shift()) await takeBack(last.numbers[0]);
    } catch (error) {
      judged.push(last);
      throw error;
    }
    const place = last.back();
    showUndo();
    (place.isConnected ? place : by("said")).focus();
    check.classList.add("main");
    say(`Taken back: ${last.words} ${place.isConnected ? "" : "Check again to see it marked."}`);
  }

  /** What is deleted already is none to complain of. */
  const takeBack = (number) => ask("DELETE", `v1/feedback/${number}`).catch((error) => {
    if (error.status !== 404) throw error;
  });

  // ---- The report

  async function download() {
    const { text, name } = checked;
    const answer = await post("v1/report?format=html", JSON.stringify({ text, evidence: "all", id: name }), JSON_TYPE);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = `${name.replace(/\.\w+$/, "").replace(/[^\w-]+/g, "-")}-report.html`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    say("The report was saved.");
  }

  // ---- Earlier drafts, in this browser only

  /** What a store has under a name; null where there is nothing, or no store. */
  function stored(store, name) {
    try {
      return store.getItem(name);
    } catch {
      return null;
    }
  }

  function put(store, name, value) {
    try {
      store.setItem(name, value);
    } catch {
      // no store: it is as if it were empty
    }
  }

  const isKept = () => stored(localStorage, "unspin.keep") !== "no";

  function earlier() {
    const all = parsed(stored(localStorage, "unspin.drafts") ?? "");
    return Array.isArray(all) ? all.filter((one) => typeof one?.text === "string") : [];
  }

  function keep(text, said) {
    if (!isKept() || !text.trim()) return;
    const others = earlier().filter((one) => one.text !== text);
    store([{ at: Date.now(), text, said }, ...others].slice(0, KEPT_DRAFTS));
  }

  /** As many as the browser has room for. */
  function store(drafts) {
    for (let all = drafts; all.length; all = all.slice(0, -1)) {
      try {
        localStorage.setItem("unspin.drafts", JSON.stringify(all));
        break;
      } catch {
        continue;
      }
    }
    list();
  }

  function forget() {
    try {
      localStorage.removeItem("unspin.drafts");
    } catch {
      // no store, nothing to forget
    }
    list();
  }

  function list() {
    const all = earlier();
    by("keep").checked = isKept();
    by("none").hidden = all.length > 0;
    by("clear").hidden = all.length === 0;
    by("drafts").replaceChildren(...all.map(entry));
  }

  function entry(one) {
    const item = document.createElement("li"), button = document.createElement("button"), about = document.createElement("span");
    button.type = "button";
    button.textContent = plain(one.text.trim().split("\n")[0]).slice(0, 90) || "(no title)";
    button.addEventListener("click", () => {
      startAfresh();
      draft.value = one.text;
      checkDraft();
    });
    about.textContent = `${plain(String(one.said))} · ${new Date(one.at).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" })}`;
    item.append(button, about);
    return item;
  }

  /** Without characters that act instead of showing. */
  const plain = (text) => text.replace(/\p{C}/gu, " ");

  // ---- What is clicked, pressed and dropped

  const CLICKS = {
    use,
    fine: (button) => attempt(() => judge(button, "fine")),
    wrong: (button) => attempt(() => judge(button, "wrong")),
    "fine-all": (button) => attempt(() => judgeAll(button)),
    previous: () => step(-1),
    next: () => step(1),
    close: () => close(),
  };
  const KEYS = { j: 1, k: -1 };
  const ARROWS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

  result.addEventListener("click", (event) => {
    const link = event.target.closest(".text mark a"), button = event.target.closest("button");
    if (link) {
      event.preventDefault();
      open(link);
    } else if (button) CLICKS[button.className]?.(button);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return checkDraft();
    if (event.key === "Escape") return running ? running.abort() : close();
    const isTyping = event.target.matches("input, textarea"), isModified = event.ctrlKey || event.metaKey || event.altKey;
    if (!reading() || isTyping || isModified) return;
    if (event.key === "u") return attempt(undo);
    const way = KEYS[event.key] ?? (event.target.closest(".text") && ARROWS[event.key]);
    if (way) {
      event.preventDefault();
      step(way);
    }
  });

  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    const files = event.dataTransfer.files;
    if (!files.length) return; // text: the browser puts it where it was dropped
    event.preventDefault();
    if (files.length > 1) complain("One draft at a time: drop one file.");
    else takeFile(files[0]);
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    checkDraft();
  });
  by("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    put(sessionStorage, "unspin.token", by("token").value.trim());
    by("token").value = "";
    by("token-form").hidden = true;
    if (retry) attempt(retry);
  });
  by("file").addEventListener("change", () => {
    const [file] = by("file").files;
    by("file").value = "";
    if (file) takeFile(file);
  });
  by("keep").addEventListener("change", () => {
    put(localStorage, "unspin.keep", by("keep").checked ? "yes" : "no");
    if (!by("keep").checked) forget();
  });
  by("cancel").addEventListener("click", () => running?.abort());
  by("undo").querySelector("button").addEventListener("click", () => attempt(undo));
  by("edit").addEventListener("click", () => {
    switchTo("write");
    draft.focus();
  });
  by("back").addEventListener("click", () => switchTo("read"));
  by("download").addEventListener("click", () => attempt(download));
  by("fresh").addEventListener("click", startAfresh);
  by("clear").addEventListener("click", forget);
  draft.addEventListener("input", changed);
  window.addEventListener("beforeprint", () => close(false));

  form.hidden = false;
  by("history").hidden = false;
  list();
  count();
  draft.focus();
})();
