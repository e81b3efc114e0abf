/* Two services to the reader: chapters ticked as finished, kept in this browser, and
   regions that scroll sideways made reachable by the keyboard. */
(() => {
  "use strict";
  const KEY = "backprop-by-hand.finished"; // {"03-backprop-by-hand": "2026-01-31"}

  const SCROLLING = ".picture, .part, pre, .cell_output > .output, .pst-scrollable-table-container";

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {}; // storage is denied, or holds something else
    }
  };

  const store = (finished) => {
    try {
      localStorage.setItem(KEY, JSON.stringify(finished));
    } catch {
      // the ticks then last as long as the page
    }
  };

  function ticks() {
    const boxes = [...document.querySelectorAll("[data-done]")];
    const panel = document.querySelector(".reading-progress");
    const status = document.createElement("output");

    const draw = () => {
      const finished = read();
      for (const box of boxes) box.checked = box.dataset.done in finished;
      const count = boxes.filter((box) => box.checked).length;
      status.textContent = `${count} of ${boxes.length} chapters finished, noted in this browser only.`;
    };

    for (const box of boxes) {
      box.addEventListener("change", () => {
        const finished = read();
        if (box.checked) finished[box.dataset.done] = new Date().toISOString().slice(0, 10);
        else delete finished[box.dataset.done];
        store(finished);
        draw();
      });
    }
    if (panel) panel.append(status, ...transfer(draw));
    draw();
  }

  /* Buttons that save the ticks as a file and read such a file again. */
  function transfer(draw) {
    const save = document.createElement("button");
    save.type = "button";
    save.textContent = "Save to a file";
    save.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([JSON.stringify(read(), null, 2)], { type: "application/json" }));
      link.download = "backprop-by-hand-progress.json";
      link.click();
      URL.revokeObjectURL(link.href);
    });

    const file = document.createElement("input");
    file.type = "file";
    file.accept = "application/json,.json";
    file.hidden = true;
    const load = document.createElement("button");
    load.type = "button";
    load.textContent = "Read from a file";
    load.addEventListener("click", () => file.click());
    file.addEventListener("change", async () => {
      if (!file.files.length) return;
      try {
        const found = JSON.parse(await file.files[0].text());
        const valid = Object.entries(found).filter(([slug, day]) => /^\d\d-[a-z-]+$/.test(slug) && typeof day === "string");
        store(Object.fromEntries(valid));
        draw();
      } catch {
        alert("This file holds no progress: choose one that was saved here.");
      }
      file.value = ""; // the same file may be chosen again
    });
    return [save, load, file];
  }

  /* Asked when they get a size, which those in folded or far sections do not: asking all
     at once would lay out the whole page. */
  function scrolling() {
    const sized = new ResizeObserver((entries) => {
      const regions = entries.map(({ target }) => [target, target.scrollWidth > target.clientWidth]);
      for (const [region, wide] of regions) {
        if (wide) region.tabIndex = 0;
        else region.removeAttribute("tabindex");
      }
    });
    document.querySelectorAll(SCROLLING).forEach((region) => sized.observe(region));
  }

  function start() {
    ticks();
    scrolling();
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
