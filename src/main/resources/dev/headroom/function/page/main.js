// The page: reads /plan and /q/metrics, and hands them to its parts.

import { Access } from "./access.js";
import { Charts } from "./charts.js";
import { Device } from "./device.js";
import { byId, el, say } from "./dom.js";
import { clock, count, bytes } from "./format.js";
import { History } from "./history.js";
import { Metrics } from "./metrics.js";
import { Models } from "./models.js";
import { Plan } from "./plan.js";
import { Service } from "./service.js";
import { Try } from "./try.js";

/** Milliseconds between two readings of the metrics, and of the plan. */
const METRICS_EVERY = 1000;
const PLAN_EVERY = 5000;

const service = new Service(new URL(".", document.baseURI));
const history = new History();
const device = new Device();
const charts = new Charts(byId("charts"));
const models = new Models();
const planView = new Plan();
const box = new Try(service);
const access = new Access(service, () => refresh());

const seen = { plan: null, chosen: null, text: [], metrics: null, planAt: -Infinity, answeredAt: null };
const pickers = [byId("plan-model"), byId("try-model")];
let timer = 0;
let reading = false;
let wanted = false;

async function readPlan() {
  const asked = seen.chosen;
  const plan = await service.json(`plan${asked === null ? "" : `?model=${encodeURIComponent(asked)}`}`);
  const shown = asked ?? plan.models[0] ?? null;
  seen.chosen ??= shown;
  const writers = Object.entries(plan.tasks ?? {}).filter(([, task]) => task === "generate").map(([name]) => name);
  seen.text = await Promise.all(
    writers.map((name) => (name === shown ? plan : service.json(`plan?model=${encodeURIComponent(name)}`))),
  );
  seen.plan = plan;
  seen.planAt = performance.now();
}

async function readMetrics() {
  seen.metrics = new Metrics(await service.text("q/metrics"));
  history.add(Date.now(), seen.metrics);
}

/** Reads what is due, draws it, and comes again. What is wanted meanwhile is read right afterwards: never two at a time. */
async function refresh(anew = true) {
  if (reading) {
    wanted ||= anew;
    return;
  }
  clearTimeout(timer);
  reading = true;
  await look(anew || wanted);
  reading = false;
  timer = setTimeout(() => refresh(false), wanted ? 0 : METRICS_EVERY);
}

async function look(anew) {
  wanted = false;
  if (document.hidden) {
    return;
  }
  try {
    if (anew || performance.now() - seen.planAt >= PLAN_EVERY) {
      await readPlan();
    }
    await readMetrics();
    seen.answeredAt = Date.now();
    draw();
    status("live", "Live");
  } catch (failure) {
    failed(failure);
  }
}

function draw() {
  const { plan, text, metrics } = seen;
  document.body.classList.remove("waiting");
  pick(plan);
  device.draw(plan, text, metrics);
  models.draw(plan, text, metrics);
  planView.draw(plan);
  charts.draw(history, Object.values(plan.tasks ?? {}));
  box.use(seen.chosen, plan.tasks?.[seen.chosen]);
  figures(plan);
}

function pick({ models }) {
  for (const picker of pickers) {
    if (picker.options.length !== models.length || models.some((name, i) => picker.options[i].value !== name)) {
      picker.replaceChildren(...models.map((name) => el("option", { value: name }, name)));
    }
    picker.value = seen.chosen;
  }
}

/** The four numbers at the top. */
function figures({ card }) {
  const now = history.latest;
  const shown = (value, words) => (value === null || value === undefined ? "–" : words(value));
  say(byId("figure-requests"), shown(now.requests, count));
  say(byId("figure-memory"), shown(now.used, bytes));
  say(byId("figure-queue"), shown(now.queue === null && now.waiting === null ? null : (now.queue ?? 0) + (now.waiting ?? 0), count));
  say(byId("figure-models"), `${seen.text.length + card.models.filter(({ state }) => state === "open").length} of ${seen.text.length + card.models.length}`);
}

function failed(failure) {
  if (failure.status === 401) {
    access.ask(failure.message);
    status("asks", "Needs a key");
  } else if (failure.status === 404 && seen.chosen !== null && seen.plan !== null) {
    seen.chosen = null; // the model is gone: the next reading begins with the first one
    seen.planAt = -Infinity;
  } else if (failure.status === 503) {
    status("lost", "Not ready", failure.message);
  } else {
    const since = seen.answeredAt === null ? "" : ` The last answer came at ${clock(seen.answeredAt)}.`;
    status("lost", failure.status === 0 ? "No answer" : "Failed", `${failure.message ?? failure}${since} The page tries again every second.`);
    if (!("status" in failure)) {
      console.error(failure);
    }
  }
}

function status(kind, word, sentence = "") {
  byId("status").className = `status ${kind}`;
  say(byId("status-word"), word);
  say(byId("trouble"), sentence);
  byId("trouble").hidden = sentence === "";
  document.body.classList.toggle("stale", kind === "lost");
}

for (const picker of pickers) {
  picker.addEventListener("change", () => {
    seen.chosen = picker.value;
    refresh();
  });
}
document.addEventListener("visibilitychange", () => !document.hidden && refresh(false));
byId("try-address").addEventListener("input", () => box.refresh());

/** With a port for operators the page is there, and calls are answered on the other one. */
async function findDoors() {
  const answer = await fetch(new URL("v1/models", service.root), { method: "HEAD", credentials: "omit" }).catch(() => null);
  if (answer?.status === 404) {
    byId("try-address").value = `${location.protocol}//${location.hostname}:8080`;
    box.writeOnly();
    box.refresh();
  }
}

refresh();
findDoors();
