"use strict";
(() => {
  const texts = JSON.parse(document.getElementById("texts").textContent);
  const form = document.getElementById("form");
  const said = document.getElementById("said");
  const shown = document.getElementById("shown");

  const words = (name) => {
    const taken = [];
    for (const input of form.elements) {
      if (input.name !== name) continue;
      const isTicked = input.type !== "checkbox" && input.type !== "radio" || input.checked;
      const text = input.value.trim().split(/\s+/).join(" ");
      if (isTicked && text) taken.push(text);
    }
    return taken.join(", ");
  };

  const filled = (paragraph) => {
    const part = (p) => typeof p === "string" ? p : words(p.field) || texts.blank;
    const text = paragraph.parts.map(part).join("");
    return paragraph.title ? `${paragraph.title}: ${text}` : text;
  };

  const wrapped = (text) => {
    const lines = [];
    let line = "";
    for (const word of text.split(/\s+/)) {
      let rest = word;
      while (rest) {
        const joined = line.trim() ? `${line} ${rest}` : line + rest;
        if (joined.length <= texts.width) { line = joined; rest = ""; }
        else if (line.trim()) { lines.push(line); line = texts.indent; }
        else { lines.push(joined.slice(0, texts.width)); line = texts.indent; rest = joined.slice(texts.width); }
      }
    }
    if (line.trim()) lines.push(line);
    return lines;
  };

  const plain = (text) => Array.from(text, (c) => c in texts.plain ? texts.plain[c] : c).join("");

  const letter = () => [...texts.letter, ...texts.closing].map(filled).join("\n\n") + "\n";
  const record = () => [...texts.record, ...texts.closing]
    .flatMap((paragraph) => wrapped(plain(filled(paragraph)))).join("\n") + "\n";

  const copy = async (text, what) => {
    shown.value = text;
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = `${what} copied.`;
    } catch {
      shown.hidden = false;
      shown.focus();
      shown.select();
      said.textContent = `${what}: this browser does not copy by itself. It is selected: press Ctrl+C.`;
    }
  };

  for (const [id, text, what] of [["copy-letter", letter, "Letter"], ["copy-record", record, "Plain text"]]) {
    const button = document.getElementById(id);
    button.hidden = false;
    button.addEventListener("click", () => copy(text(), what));
  }
})();
