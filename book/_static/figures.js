/* Figures that a reader can move.

   An author makes one in a notebook cell, with tapecheck.figures:

     from tapecheck import figures
     figures.graph({"x": 2.0, "w": 3.0}, [("p", "mul", "w", "x"), ("y", "square", "p")],
                   alt="...", vary={"w": (-4, 4, 0.1)})     values and gradients on edges
     figures.signals(nodes, edges, alt="...")               the same, numbers given
     figures.slider(frames, label="step size", values=..., readouts=..., alt="...")
     figures.contour(x, y, z, frames, levels=..., label=..., ..., alt="...")
     figures.stepper([("First", "<p>…</p>"), ...], alt="...")

   or, on a page without code, with the {figure-graph} directive.

   The cell's output is a finished static picture; this file adds the controls, so the
   picture also stands in Jupyter, in print and without scripts. Numbers come from
   Python, in the figure's JSON; only `graph` computes here, because its sliders move.
   Every control is a native button or slider. In a figure's buttons the arrow keys,
   Home and End step. Who prefers reduced motion gets no Play button and no
   transitions. Colours are set in custom.css. tests/site/test_figures.py moves each
   kind and compares what it shows with numbers computed in Python. */
(() => {
  "use strict";

  const sigmoid = (z) => 1 / (1 + Math.exp(-z));
  // name: [value, partial derivatives]; the same table as in tapecheck.figures.
  const OPERATIONS = {
    add: [(...a) => a.reduce((x, y) => x + y), (...a) => a.map(() => 1)],
    sub: [(a, b) => a - b, () => [1, -1]],
    mul: [(a, b) => a * b, (a, b) => [b, a]],
    div: [(a, b) => a / b, (a, b) => [1 / b, -a / b ** 2]],
    square: [(a) => a * a, (a) => [2 * a]],
    exp: [Math.exp, (a) => [Math.exp(a)]],
    log: [Math.log, (a) => [1 / a]],
    tanh: [Math.tanh, (a) => [1 - Math.tanh(a) ** 2]],
    relu: [(a) => Math.max(a, 0), (a) => [a > 0 ? 1 : 0]],
    sigmoid: [sigmoid, (a) => [sigmoid(a) * (1 - sigmoid(a))]],
    bce: [
      (p, y) => -y * Math.log(p) - (1 - y) * Math.log(1 - p),
      (p, y) => [-y / p + (1 - y) / (1 - p), Math.log(1 - p) - Math.log(p)],
    ],
  };

  const reducedMotion = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  const number = (value, digits) => {
    const text = value.toFixed(digits);
    return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−");
  };

  const element = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  };

  let counter = 0;

  /* Buttons that walk through the steps 0..last; show(step) draws and returns the
     sentence that describes the step. Returns a function that draws again. */
  function walk(figure, last, show, start = last) {
    let step = start;
    let timer = null;
    const status = element("output", { class: "status", "aria-live": "polite" });
    const button = (name, label, action) => {
      const made = element("button", { type: "button", "data-action": name }, label);
      made.addEventListener("click", action);
      return made;
    };
    const stop = () => {
      clearInterval(timer);
      timer = null;
      play.textContent = "Play";
    };
    const draw = () => {
      status.textContent = show(step);
      first.setAttribute("aria-disabled", step === 0);
      back.setAttribute("aria-disabled", step === 0);
      next.setAttribute("aria-disabled", step === last);
    };
    const go = (target) => {
      step = Math.min(Math.max(target, 0), last);
      draw();
    };
    const by = (target) => () => {
      stop();
      go(target());
    };
    const first = button("first", "Start", by(() => 0));
    const back = button("back", "Back", by(() => step - 1));
    const next = button("next", "Next", by(() => step + 1));
    const play = button("play", "Play", () => {
      if (timer) return stop();
      if (step === last) go(0);
      play.textContent = "Pause";
      timer = setInterval(() => {
        go(step + 1);
        if (step === last) stop();
      }, 900);
    });
    const buttons = [first, back, next];
    if (!reducedMotion()) buttons.push(play);
    const bar = element("div", { class: "controls", role: "group" }, ...buttons);
    bar.setAttribute("aria-label", "Steps of the figure");
    bar.addEventListener("keydown", (event) => {
      const target = { ArrowRight: step + 1, ArrowLeft: step - 1, Home: 0, End: last };
      if (!(event.key in target)) return;
      event.preventDefault();
      stop();
      go(target[event.key]);
    });
    place(figure, bar, status);
    draw();
    return draw;
  }

  /* Controls stand below the caption, so that nothing above them moves. */
  const place = (figure, ...parts) => figure.append(...parts);

  function range(label, attributes, write) {
    const id = `figure-range-${++counter}`;
    const input = element("input", { type: "range", id, ...attributes });
    const shown = element("output", { for: id });
    const update = () => {
      const text = write(input.value);
      shown.textContent = text;
      input.setAttribute("aria-valuetext", text);
    };
    input.addEventListener("input", update);
    return {
      row: element("div", { class: "range" }, element("label", { for: id }, label), input, shown),
      update,
    };
  }

  const all = (figure, attribute) => {
    const found = {};
    for (const node of figure.querySelectorAll(`[${attribute}]`)) {
      (found[node.getAttribute(attribute)] ??= []).push(node);
    }
    return found;
  };

  const write = (nodes = [], text, visible) => {
    for (const node of nodes) {
      node.textContent = text;
      node.classList.toggle("waiting", !visible);
    }
  };

  function graph(figure, data) {
    const { program, names, digits } = data;
    const leaves = { ...data.leaves };
    const result = program.at(-1)[0];
    const forward = all(figure, "data-forward");
    const backward = all(figure, "data-backward");
    const lines = all(figure, "data-edge");
    const nodes = all(figure, "data-node");
    const last = 2 * program.length;
    const text = (value) => number(value, digits);

    function evaluate() {
      const values = { ...leaves };
      for (const [name, operation, ...inputs] of program) {
        values[name] = OPERATIONS[operation][0](...inputs.map((i) => values[i]));
      }
      const gradients = Object.fromEntries(Object.keys(values).map((name) => [name, 0]));
      gradients[result] = 1;
      const partials = {};
      const onEdge = {};
      for (const [name, operation, ...inputs] of [...program].reverse()) {
        const local = OPERATIONS[operation][1](...inputs.map((i) => values[i]));
        inputs.forEach((source, position) => {
          const key = `${name}.${position}`;
          partials[key] = local[position];
          onEdge[key] = gradients[name] * local[position];
          gradients[source] += onEdge[key];
        });
      }
      return { values, gradients, partials, onEdge };
    }

    const slope = (name) => `∂${names[result]}/∂${names[name]}`;

    function describe(step, { values, gradients, partials, onEdge }) {
      if (step === 0) return "Ready: the inputs are set.";
      if (step === last) {
        const found = Object.keys(leaves).map((n) => `${slope(n)} = ${text(gradients[n])}`);
        return `Done. ${found.join(", ")}`;
      }
      if (step <= program.length) {
        const [name] = program[step - 1];
        return `Forward: ${names[name]} = ${text(values[name])}`;
      }
      const [name, , ...inputs] = program[last - step];
      const sent = inputs.map((source, position) => {
        const key = `${name}.${position}`;
        const product = `${text(gradients[name])} × ${text(partials[key])}`;
        return `${names[source]} receives ${product} = ${text(onEdge[key])}`;
      });
      return `Backward through ${names[name]}: ${sent.join(", ")}`;
    }

    function show(step) {
      const state = evaluate();
      const known = new Set(Object.keys(leaves));
      program.slice(0, step).forEach(([name]) => known.add(name));
      const backFrom = last - step; // lines from here on have sent their gradients
      program.forEach(([name, , ...inputs], index) => {
        inputs.forEach((source, position) => {
          const key = `${name}.${position}`;
          const sent = index >= backFrom;
          write(forward[key], text(state.values[source]), known.has(source));
          write(backward[key], text(state.onEdge[key]), sent);
          for (const line of lines[key]) line.classList.toggle("flowing", sent);
        });
      });
      write(forward.result, text(state.values[result]), known.has(result));
      write(backward.result, text(1), step > program.length);
      const now = step <= program.length ? program[step - 1] : program[last - step];
      for (const [name, groups] of Object.entries(nodes)) {
        for (const group of groups) {
          group.classList.toggle("now", step < last && now !== undefined && now[0] === name);
        }
      }
      return describe(step, state);
    }

    const rows = [];
    let draw = () => {};
    for (const [name, [min, max, step]] of Object.entries(data.vary)) {
      const decimals = (String(step).split(".")[1] ?? "").length;
      const made = range(
        names[name],
        { min, max, step, value: leaves[name], "data-leaf": name },
        (value) => {
          leaves[name] = Number(value);
          draw();
          return number(leaves[name], decimals);
        },
      );
      rows.push(made.row);
      made.update();
    }
    place(figure, ...rows);
    draw = walk(figure, last, show);
  }

  function signals(figure, { stages }) {
    const forward = all(figure, "data-forward");
    const backward = all(figure, "data-backward");
    const lines = all(figure, "data-edge");
    const last = 2 * stages.length;
    walk(figure, last, (step) => {
      stages.forEach((keys, index) => {
        for (const key of keys) {
          const sent = index >= last - step;
          for (const node of forward[key]) node.classList.toggle("waiting", index >= step);
          for (const node of backward[key]) node.classList.toggle("waiting", !sent);
          for (const line of lines[key]) line.classList.toggle("flowing", sent);
        }
      });
      if (step === 0) return "Ready: the inputs are set.";
      if (step <= stages.length) return `Forward, layer ${step} of ${stages.length}`;
      return `Backward, layer ${last - step + 1} of ${stages.length}`;
    });
  }

  /* slider and contour: Python has computed the pixels of every position. */
  function moving(figure, data) {
    const curves = figure.querySelectorAll("[data-curve]");
    const readout = figure.querySelector(".readout");
    readout.setAttribute("aria-live", "polite");
    const made = range(
      data.label,
      { min: 0, max: data.values.length - 1, step: 1, value: data.start },
      (index) => {
        curves.forEach((c) => c.setAttribute("points", data.points[index][c.dataset.curve]));
        readout.textContent = data.readouts[index];
        return data.values[index].replace("-", "−");
      },
    );
    figure.insertBefore(made.row, readout);
    made.update();
  }

  function stepper(figure) {
    const panels = [...figure.querySelectorAll(".panels > li")];
    const show = (step) => {
      panels.forEach((panel, index) => (panel.hidden = index !== step));
      return `${step + 1} of ${panels.length}`;
    };
    walk(figure, panels.length - 1, show, 0);
  }

  const KINDS = { graph, signals, slider: moving, contour: moving, stepper };

  function start() {
    for (const figure of document.querySelectorAll("figure.tape-figure:not(.live)")) {
      const data = JSON.parse(figure.querySelector('script[type="application/json"]').textContent);
      KINDS[figure.dataset.kind](figure, data);
      figure.classList.add("live");
    }
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
