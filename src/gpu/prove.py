#!/usr/bin/env python3
"""Proves the image's folder on this host's GPU, and writes the figures as rows of the table in docs/gpu.md.

    python3 prove.py FOLDER [STEP ...] [--out report.md] [--minutes 15] [--seconds 6] [--device gpu|cpu]

FOLDER is the image's folder (target/image/headroom) of a build for GPUs. src/gpu/pack.sh puts beside this script what it
needs. Needs Python 3.9 and its standard library, the NVIDIA driver, CUDA and cuDNN; no network.

A step that fails is a row with the reason, and the next step runs. Each step has a share of the minutes. Each row is
written at once, and a report that exists already is continued. The services' logs lie in a folder beside the report.
"""
import argparse
import collections
import contextlib
import datetime
import http.client
import json
import math
import mmap
import multiprocessing
import os
import pathlib
import platform
import random
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
MIB = 1 << 20
GROWTH = " (as the growth of the card's use)"
ALIKE = 1e-6
LEAST_COSINE = 0.999
NOT_COMPARABLE = "vectors not comparable on a virtual device, whose kernels compute nothing"
# Each is one token of the embedded model, as in the project's benchmarks.
WORDS = ("river house light water music paper stone garden winter summer morning evening street market window table story "
         "letter number people animal forest mountain island ocean bridge village city train engine doctor teacher student "
         "science history language picture machine").split()
SPECIAL_TOKENS = 2
BATCHES = (1, 8, 32, 128, 512)
LENGTHS = (20, 62, 200)  # words of a text
CUDA_LIBRARIES = {
    12: ["libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcufft.so.11", "libcurand.so.10", "libcudnn.so.9",
         "libnvrtc.so.12"],
    13: ["libcudart.so.13", "libcublas.so.13", "libcublasLt.so.13", "libcufft.so.12", "libcudnn.so.9", "libnvrtc.so.13"]}
LONGEST_SEARCH = 20  # seconds
LAST_ANSWERS = 1.5  # seconds that a measurement waits for its callers' last answers
CALLERS_OF_MANY = min(48, 4 * (os.cpu_count() or 1))  # who send 64 texts a request


class Failed(Exception):
    """A step's result is that it failed; the message is the reason."""


class Report:
    """The Markdown table. A row is on the disk before the next one is measured."""

    HEAD = "| what | date | machine | command and figure |\n| --- | --- | --- | --- |\n"

    def __init__(self, file):
        self.file = file
        self.machine = "unknown"
        self.rows = 0
        if not file.exists() or not file.stat().st_size:
            self.write(self.HEAD)

    def row(self, what, figure):
        date = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
        cells = [" ".join(str(cell).split()).replace("|", "\\|") for cell in (what, date, self.machine, figure)]
        self.write("| " + " | ".join(cells) + " |\n")
        self.rows += 1

    def write(self, text):
        print(text, end="", flush=True)
        with open(self.file, "a", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


class Card:
    """The first visible card, as nvidia-smi tells it."""

    FIELDS = "name,driver_version,compute_cap,memory.total"

    def __init__(self):
        visible = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip()
        self.index = int(visible) if visible.isdigit() else 0
        self.virtual = shutil.which("vgpuctl") is not None
        facts = self.query("gpu", self.FIELDS)
        row = facts[min(self.index, len(facts) - 1)] if facts else []
        self.name, self.driver, self.capability, self.total = row if len(row) == 4 else ("unknown card", "?", "?", "?")

    @staticmethod
    def query(what, fields):
        command = ["nvidia-smi", "--query-%s=%s" % (what, fields), "--format=csv,noheader,nounits"]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=20, text=True)
        except (OSError, subprocess.TimeoutExpired):
            return []
        lines = done.stdout.splitlines() if done.returncode == 0 else []
        return [[cell.strip() for cell in line.split(",")] for line in lines]

    def text(self):
        return "%s%s, driver %s" % ("virtual " if self.virtual else "", self.name, self.driver)

    def used(self):
        """MiB of the card that are used; None where it cannot be read."""
        rows = self.query("gpu", "memory.used")
        cell = rows[min(self.index, len(rows) - 1)][0] if rows else ""
        return int(cell) if cell.isdigit() else None

    def held(self, pid, before):
        """MiB that a process holds, and False; the growth of the card's use and True where processes are not told apart."""
        for row in self.query("compute-apps", "pid,used_memory"):
            if len(row) == 2 and row[0] == str(pid) and row[1].isdigit():
                return int(row[1]), False
        used = self.used()
        return (None if used is None or before is None else used - before), True


class Watch:
    """Reads in a thread of its own what a process holds of the card, and keeps the most."""

    def __init__(self, card, pid, before):
        self.card, self.pid, self.before = card, pid, before
        self.most, self.readings, self.grown = None, 0, True
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.read, daemon=True)

    def read(self):
        while not self.ended.is_set():
            held, self.grown = self.card.held(self.pid, self.before)
            if held is not None:
                self.most = held if self.most is None else max(self.most, held)
                self.readings += 1
            self.ended.wait(0.1)

    def text(self):
        if self.most is None:
            return "nvidia-smi tells no memory"
        return "at most %d MiB in %d readings of nvidia-smi%s" % (self.most, self.readings, GROWTH if self.grown else "")

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(25)


class Image:
    """The image's folder, and the variables that it needs on this host."""

    def __init__(self, folder):
        self.folder = folder.resolve()
        self.java = self.folder / "jre/bin/java"
        if not self.java.exists() or not (self.folder / "java.args").exists():
            raise SystemExit("%s is no image's folder: it has no jre/bin/java and java.args" % self.folder)
        self.provider = self.folder / "native/libonnxruntime_providers_cuda.so"
        self.cuda = self.built_for()
        self.environment = dict(os.environ)
        self.environment.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
        self.environment.setdefault("CUDA_VISIBLE_DEVICES", "0")
        self.missing = self.find_libraries()

    def built_for(self):
        """12 or 13, the CUDA that the provider links; None if this is no build for GPUs."""
        if not self.provider.exists():
            return None
        with open(self.provider, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return next((cuda for cuda in (13, 12) if content.find(b"libcublasLt.so.%d\0" % cuda) >= 0), None)

    def find_libraries(self):
        """Adds the folders of CUDA's libraries that the loader would not find; returns the names that are nowhere."""
        wanted = {name for name in CUDA_LIBRARIES.get(self.cuda, []) if not loads(name)}
        folders, end = [], time.monotonic() + LONGEST_SEARCH
        roots = ["/usr/local", "/opt", "/usr/lib", "/usr/lib64", *sys.path[1:]]
        for folder, _, files in (found for root in roots for found in os.walk(root)):
            if not wanted or time.monotonic() > end:
                break
            found = wanted.intersection(files)
            if found:
                folders.append(folder)
                wanted -= found
        path = ":".join(folders + [self.environment.get("LD_LIBRARY_PATH", "")]).strip(":")
        if path:
            self.environment["LD_LIBRARY_PATH"] = path
        return sorted(wanted)

    def runtime(self):
        """The jar of ONNX Runtime's Java classes."""
        jars = sorted(jar for jar in (self.folder / "app").rglob("*.jar") if "microsoft.onnxruntime" in jar.name)
        if not jars:
            raise Failed("the image has no jar of ONNX Runtime")
        return jars[0]

    def halves(self):
        """The models' files in half precision."""
        return sorted((self.folder / "models").rglob("*_fp16.onnx"))

    def model(self, plan):
        """The file of the served model; where no plan is known, the one that a GPU would be served."""
        folder = self.folder / "models"
        found = self.halves() + sorted(folder.rglob("*.onnx"))
        if plan:
            found = sorted((folder / plan["model"]["name"]).rglob(plan["model"]["precision"]["file"]))
        if not found:
            raise Failed("there is no model in %s" % folder)
        return found[0]


def loads(library):
    """True if the loader finds this library, asked in a process of its own so that nothing stays loaded."""
    code = "import ctypes, sys; ctypes.CDLL(sys.argv[1], ctypes.DEFAULT_MODE)"
    return subprocess.run([sys.executable, "-c", code, library], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


class Service:
    """The image's service as a process of its own, on a port that the system chose. Leaving the block ends it."""

    running = []

    def __init__(self, run, *settings):
        self.run, self.settings = run, settings
        self.card_before = run.card.used()
        run.logs.mkdir(parents=True, exist_ok=True)
        self.log_file = run.logs / ("%s-%d.log" % (run.step, sum(1 for _ in run.logs.iterdir())))
        self.process, self.port, self.ready_seconds = None, None, None

    def __enter__(self):
        options = ["-D" + setting for setting in ("headroom.device=" + self.run.device, "quarkus.http.port=0",
                                                  "quarkus.http.host=127.0.0.1", *self.settings)]
        self.start = time.monotonic()
        with open(self.log_file, "wb") as log:
            self.process = subprocess.Popen([str(self.run.image.java), *options, "@java.args"], cwd=self.run.image.folder,
                                            env=self.run.image.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        Service.running.append(self)
        self.port = int(self.logged(r"Listening on: http://[^:]+:(\d+)"))
        while self.ask("/q/health/ready")[0] != 200:
            self.check()
            time.sleep(0.01)
        self.ready_seconds = time.monotonic() - self.start
        self.run.starts.append(self.ready_seconds)
        return self

    def __exit__(self, failure, *_):
        self.process.terminate()
        try:
            self.process.wait(15 if failure is None else 1)
        except subprocess.TimeoutExpired:
            pass
        self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self in Service.running:
            Service.running.remove(self)

    def log(self):
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def logged(self, pattern):
        """Waits for a line; returns the pattern's group."""
        while True:
            found = re.search(pattern, self.log())
            if found:
                return found.group(1)
            self.check()
            time.sleep(0.02)

    def check(self):
        if self.process.poll() is not None:
            lines = [line for line in self.log().splitlines() if line.strip()]
            told = [line for line in lines if "ERROR" in line or "refuse" in line] or lines
            raise Failed("the service ended with status %d: %s" % (self.process.returncode, told[-1] if told else "it said nothing"))

    def ask(self, path, body=None, seconds=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            if body is None:
                connection.request("GET", path)
            else:
                connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def plan(self):
        return self.json("/plan")

    def json(self, path, body=None):
        status, answer = self.ask(path, body)
        if status != 200:
            raise Failed("%s answered %d %s" % (path, status, answer[:200].decode(errors="replace")))
        return json.loads(answer)

    def vectors(self, texts):
        outputs = self.json("/infer", {"inputs": texts})["outputs"]
        failed = [output["error"] for output in outputs if "error" in output]
        if failed:
            raise Failed("%d of %d texts failed: %s" % (len(failed), len(texts), failed[0]))
        return [output["embedding"] for output in outputs]

    def metrics(self):
        """Series with their labels, and each name with the sum of its series."""
        values = collections.Counter()
        for line in self.ask("/q/metrics")[1].decode().splitlines():
            if line and not line.startswith("#"):
                series, value = line.rsplit(" ", 1)
                values[series] = float(value)
                if "{" in series:
                    values[series.split("{")[0]] += float(value)
        return values


# ------------------------------------------------ vectors

def cosine(one, other):
    product = sum(a * b for a, b in zip(one, other))
    lengths = math.sqrt(sum(a * a for a in one)) * math.sqrt(sum(b * b for b in other))
    return product / lengths if lengths and math.isfinite(lengths) else math.nan


def garbage(vectors):
    """True if the vectors of unlike texts are no numbers, not normalised or all the same."""
    if not all(abs(math.sqrt(sum(value * value for value in vector)) - 1) < 0.01 for vector in vectors):
        return True  # so is a vector with a NaN
    return not any(abs(a - b) > ALIKE for vector in vectors[1:] for a, b in zip(vectors[0], vector))


# ------------------------------------------------ callers

def text(dice, words):
    return " ".join(dice.choice(WORDS) for _ in range(words))


class Shape(collections.namedtuple("Shape", "texts fewest most callers")):
    """A workload: texts a request, their least and greatest length in words, and callers that wait for each answer."""

    def __str__(self):
        words = str(self.fewest) if self.fewest == self.most else "%d to %d" % (self.fewest, self.most)
        return "%d %s of %s words a request, %d %s" % (self.texts, "text" if self.texts == 1 else "texts", words, self.callers,
                                                       "caller" if self.callers == 1 else "callers")

    def requests(self):
        dice = random.Random(7)
        for _ in range(64):
            texts = [text(dice, dice.randint(self.fewest, self.most)) for _ in range(self.texts)]
            body = json.dumps({"input": texts, "model": "MODEL", "encoding_format": "base64"}).encode()
            yield body


Load = collections.namedtuple("Load", "rate p50 p99 batch statuses busy")


def number(rate):
    return format(round(rate), ",")


def load_text(load):
    others = {status: count for status, count in load.statuses.items() if status != 200}
    return "%s texts/s; p50 %.1f ms, p99 %.1f ms; %.1f items a batch; %s%s" % (
        number(load.rate), load.p50 * 1e3, load.p99 * 1e3, load.batch,
        "other than 200: %s" % ", ".join("%s x %d" % other for other in sorted(others.items())) if others else "all 200",
        "; the callers' processes were the limit (%.0f %% busy)" % (100 * load.busy) if load.busy > 0.9 else "")


def call(port, requests, seed, begin, end, tally):
    """A caller on one connection, in a thread. Tallies each answer after begin; asks for the last before end."""
    dice, buffer, connection = random.Random(seed), b"", None
    while time.monotonic() < end:
        asked = time.monotonic()
        try:
            if connection is None:
                connection, buffer = socket.create_connection(("127.0.0.1", port), timeout=60), b""
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(dice.choice(requests))
            status, buffer = answered(connection, buffer)
        except OSError:
            status, connection = "cut off", None
            time.sleep(0.05)
        now = time.monotonic()
        if now >= begin:
            tally.append((status, now - asked, now))


def answered(connection, buffer):
    """Reads one answer; returns its status, and the bytes that came behind it."""
    while b"\r\n\r\n" not in buffer:
        buffer += received(connection)
    head, _, rest = buffer.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)\r\ncontent-length: *(\d+)", head).group(1))
    parts, size = [rest], len(rest)
    while size < length:
        parts.append(received(connection))
        size += len(parts[-1])
    return int(head[9:12]), b"".join(parts)[length:]


def received(connection):
    part = connection.recv(1 << 20)
    if not part:
        raise ConnectionError("closed")
    return part


def call_in_process(port, requests, seeds, begin, end, answers):
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    tally = []
    threads = [threading.Thread(target=call, args=(port, requests, seed, begin, end, tally)) for seed in seeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    used = resource.getrusage(resource.RUSAGE_SELF)
    answers.put((tally, used.ru_utime + used.ru_stime))


def drive(service, shape, seconds):
    """Closed-loop callers, in several processes because Python has one core for each; returns a Load."""
    model = service.run.model_name(service)
    bodies = [body.replace(b'"MODEL"', json.dumps(model).encode()) for body in shape.requests()]
    requests = [b"POST /v1/embeddings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
                % (len(body), body) for body in bodies]
    count = max(1, min(shape.callers, 8, (os.cpu_count() or 2) // 2))
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    before = service.metrics()
    begin = time.monotonic() + 0.2 + seconds / 4
    end = begin + seconds
    processes = [context.Process(target=call_in_process, daemon=True,
                                 args=(service.port, requests, range(first, shape.callers, count), begin, end, answers))
                 for first in range(count)]
    try:
        for process in processes:
            process.start()
        tallies = [answers.get() for _ in processes]
    finally:
        for process in processes:
            process.terminate()
    service.check()
    if not any(tally for tally, _ in tallies):
        raise Failed("%s: nothing was answered" % (shape,))
    return loaded(shape, begin, seconds, tallies, before, service.metrics())


def loaded(shape, begin, seconds, tallies, before, after):
    answers = [answer for tally, _ in tallies for answer in tally]
    if any(at < begin + seconds for _, _, at in answers):
        answers = [answer for answer in answers if answer[2] < begin + seconds]
    else:  # no answer came in time, so the time is as long as the answers took
        seconds = max(at for _, _, at in answers) - begin
    statuses = collections.Counter(status for status, _, _ in answers)
    times = sorted(took for status, took, _ in answers if status == 200)
    if not times:
        raise Failed("%s: nothing was answered 200: %s" % (shape, dict(statuses)))
    items, runs = (after["headroom_batch_items_" + part] - before["headroom_batch_items_" + part] for part in ("sum", "count"))
    return Load(len(times) * shape.texts / seconds, times[len(times) // 2], times[int(len(times) * 0.99)], items / max(1, runs), statuses,
                max(used for _, used in tallies) / (1.25 * seconds + 0.2))


class Checked:
    """Callers in threads that account for each item of requests of mixed lengths, and check some of the vectors."""

    def __init__(self, service, callers=8, items=180):
        self.service, self.items = service, items
        dice = random.Random(11)
        self.texts = [text(dice, words) for words in (3, 20, 60, 120, 200, 250) * 30]
        self.known = [service.vectors([one])[0] for one in self.texts[:6]]
        self.comparable = not (service.run.card.virtual and service.run.device == "gpu")
        if self.comparable and garbage(self.known):
            raise Failed("the vectors of single texts are no numbers, not normalised or all the same")
        self.counts = collections.Counter()
        self.lock, self.ended = threading.Lock(), threading.Event()
        self.threads = [threading.Thread(target=self.call, args=(seed,), daemon=True) for seed in range(callers)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        end = time.monotonic() + min(60, max(1, self.service.run.left() - 3))
        for thread in self.threads:
            thread.join(max(0, end - time.monotonic()))
            if thread.is_alive():
                self.counts["not answered yet"] += self.items

    def call(self, seed):
        dice = random.Random(seed)
        while not self.ended.is_set():
            chosen = list(range(6)) + dice.choices(range(len(self.texts)), k=self.items - 6)
            counts = collections.Counter(requests=1)
            try:
                status, body = self.service.ask("/infer", {"inputs": [self.texts[i] for i in chosen]})
                self.account(status, body, counts)
            except (OSError, http.client.HTTPException, ValueError):
                counts["cut off"] += self.items
            if not counts["answered"]:
                self.ended.wait(0.1)
            with self.lock:
                self.counts.update(counts)

    def account(self, status, body, counts):
        if status != 200:
            counts["told to retry" if status in (429, 503) else "failed"] += self.items
            return
        outputs = json.loads(body)["outputs"]
        counts["lost"] += self.items - len(outputs)
        for index, output in enumerate(outputs):
            if "embedding" not in output:
                counts["told to retry" if output.get("error", {}).get("status") in (429, 503) else "failed"] += 1
            elif self.comparable and index < 6 and not cosine(output["embedding"], self.known[index]) > LEAST_COSINE:
                counts["wrong"] += 1
            else:
                counts["answered"] += 1

    def text(self):
        counts = self.counts
        others = "".join(", %d %s" % (counts[name], name) for name in ("told to retry", "failed", "cut off", "lost", "wrong", "not answered yet") if counts[name])
        return "%s items in %s requests answered%s%s" % (number(counts["answered"]), number(counts["requests"]),
                                                        others or ", none lost", "" if self.comparable else " (%s)" % NOT_COMPARABLE)


# ------------------------------------------------ the run

class Run:
    """The state of one run of this script, which the steps share."""

    def __init__(self, image, report, device, seconds):
        self.image, self.report, self.device, self.seconds = image, report, device, seconds
        self.card = Card()
        self.logs = report.file.with_name(report.file.stem + "-logs")
        self.step, self.limit, self.deadline = "", 0.0, 0.0
        self.starts, self.service_rates = [], {}
        self.known_plan = None
        report.machine = self.card.text() if device == "gpu" else "CPU of %d cores" % (os.cpu_count() or 0)

    def left(self):
        return self.deadline - time.monotonic()

    def seconds_each(self, points):
        """A fair time for each of so many measurements in what is left of the step."""
        return min(self.seconds, max(0.5, (0.9 * self.left() / points - LAST_ANSWERS) / 1.25))

    def row(self, what, figure):
        self.report.row(what, "`prove.py %s`: %s" % (self.step, figure))

    def plan(self):
        """A plan of this image on this host, of which only the hardware and the model are of interest."""
        if self.known_plan is None:
            with Service(self, "headroom.calibration=off") as service:
                self.known_plan = service.plan()
        return self.known_plan

    def model_name(self, service):
        return service.plan()["model"]["name"]

    def small_limit(self):
        """MiB: CUDA's own, the weights, and room for some of the longest texts."""
        plan = self.plan()
        overhead = sum(plan["device"].get("overhead", {}).values())
        return math.ceil((overhead + plan["model"]["weightBytes"]) / MIB) + 256


def env(run):
    image = run.image
    release = re.search(r'JAVA_VERSION="?([^"\n]+)', (image.folder / "jre/release").read_text())
    facts = ["compute capability " + run.card.capability, run.card.total + " MiB",
             "build for CUDA %s" % (image.cuda or "none"), image.runtime().stem.replace("com.microsoft.onnxruntime.", ""),
             "Java " + (release.group(1) if release else "?"), "%d cores" % (os.cpu_count() or 0), platform.platform()]
    if image.missing:
        facts.append("not found on this host: " + ", ".join(image.missing))
    run.row("env", ", ".join(facts))
    plan = run.plan()
    device = plan["device"]
    run.row("env, as the service sees it", "%s, %d MiB free of %d, %s; model %s in %s precision; %s" % (
        device.get("name"), device.get("freeBytes", 0) // MIB, device.get("totalBytes", 0) // MIB, device.get("reason"),
        plan["model"]["name"], plan["model"]["precision"]["value"],
        "; ".join("%s: %s" % (probe["source"], probe["reason"]) for probe in plan.get("probe", []))))


def reference(run):
    file = next((file for file in (HERE / "minilm-reference.json", HERE / "../test/resources/minilm-reference.json") if file.exists()), None)
    if file is None:
        raise Failed("minilm-reference.json is not beside the script")
    items = json.loads(file.read_text())["items"]
    precisions = ["full", "half"] if run.image.halves() else ["full"]
    for precision in precisions:
        try:
            compare(run, precision, items)
        except Failed as failure:
            run.row("reference, %s precision" % precision, "failed: %s" % failure)
    if precisions == ["full"]:
        run.row("reference, half precision", "not run: the image's models have no file in half precision")


def compare(run, precision, items):
    with Service(run, "headroom.precision=" + precision, "headroom.calibration=off") as service:
        vectors = service.vectors([item["text"] for item in items])
        run.row("reference, %s precision" % precision, similarity(run, vectors, items))


def similarity(run, vectors, items):
    if run.card.virtual and run.device == "gpu":
        return NOT_COMPARABLE
    if garbage(vectors):
        return "failed: the vectors are no numbers, not normalised or all the same"
    cosines = sorted(cosine(vector, item["embedding"]) for vector, item in zip(vectors, items))
    figure = "least cosine %.7f, median %.7f of %d texts to the reference" % (cosines[0], statistics.median(cosines), len(items))
    return figure if cosines[0] > LEAST_COSINE else "failed: " + figure


def calibration(run):
    with Service(run, "headroom.calibration=startup") as service:
        plan = service.plan()
        measured = plan["calibration"]
        if measured["status"] != "measured" or not measured["table"]:
            raise Failed("its status is %s" % measured["status"])
        held, grown = run.card.held(service.process.pid, service.card_before)
        run.row("calibration", "%d batches in %.1f s; batch %d items (%s), %d elements; the process holds %s MiB by nvidia-smi%s" % (
            len(measured["table"]), service.metrics()['headroom_start_seconds{phase="calibrate"}'], plan["batch"]["value"],
            plan["batch"]["source"], plan["elements"]["value"], held, GROWTH if grown else ""))
        run.row("calibration, memory", prediction(measured))
        for length in sorted({line["length"] for line in measured["table"]}):
            lines = [line for line in measured["table"] if line["length"] == length]
            run.row("calibration, rows of %d tokens" % length, ", ".join(
                "%d: %.0f/s%s" % (line["batch"], line["itemsPerSecond"],
                                  " %.0f MiB" % (line["memoryBytes"] / MIB) if line["memoryBytes"] else "") for line in lines))


def prediction(measured):
    memory, check = measured["memory"], measured["check"]
    if not memory:
        return "the device told nothing"
    errors = [predicted(memory, line) / line["memoryBytes"] - 1 for line in measured["table"] if line["memoryBytes"]]
    fit = "%.1f MiB + rows x (%.0f x length + %.2f x length^2) bytes, %+.1f to %+.1f %% of %d measured batches" % (
        memory["baseBytes"] / MIB, memory["bytesPerElement"], memory["bytesPerSquare"], 100 * min(errors), 100 * max(errors), len(errors))
    if not check:
        return fit + "; too few batches for a check"
    return "%s; %d x %d, not fitted to: predicted %.1f MiB, took %.1f MiB, %+.1f %%" % (
        fit, check["batch"], check["length"], check["predictedBytes"] / MIB, check["actualBytes"] / MIB,
        100 * (check["predictedBytes"] / check["actualBytes"] - 1))


def predicted(memory, line):
    return memory["baseBytes"] + line["batch"] * (memory["bytesPerElement"] * line["length"] + memory["bytesPerSquare"] * line["length"] ** 2)


def cold(run):
    ready, first, phases = [], [], collections.defaultdict(list)
    earlier = run.starts[0] if run.starts else None
    longest = 0.0
    while len(ready) < min(7, 2 + int(run.seconds)) and (not ready or run.left() > 2 * longest):
        begin = time.monotonic()
        with Service(run) as service:
            service.vectors(["Hello world"])
            first.append(time.monotonic() - service.start)
            ready.append(service.ready_seconds)
            for series, value in service.metrics().items():
                phase = re.fullmatch(r'headroom_start_seconds\{phase="(\w+)"\}', series)
                if phase:
                    phases[phase.group(1)].append(value)
        longest = max(longest, time.monotonic() - begin)
    run.row("cold start", "ready %.2f s (%.2f), first answer %.2f s (%.2f): median (least) of %d starts%s" % (
        statistics.median(ready), min(ready), statistics.median(first), min(first), len(ready),
        "; the first start of the run took %.2f s" % earlier if earlier else ""))
    run.row("cold start, phases", "median of each: " + ", ".join(
        "%s %.2f s" % (phase, statistics.median(times)) for phase, times in sorted(phases.items(), key=lambda one: -statistics.median(one[1]))))


def throughput(run):
    shapes = [Shape(1, 20, 20, 1)] + [Shape(texts, words, words, callers) for words in LENGTHS for texts, callers in ((1, 96), (8, 64), (64, CALLERS_OF_MANY))]
    shapes.append(Shape(64, 4, 67, CALLERS_OF_MANY))
    with Service(run, "headroom.calibration=startup") as service:
        for done, shape in enumerate(shapes):
            load = drive(service, shape, run.seconds_each(len(shapes) - done))
            if shape.fewest == shape.most:
                run.service_rates[shape.fewest] = max(load.rate, run.service_rates.get(shape.fewest, 0))
            run.row("throughput, %s" % (shape,), load_text(load))


def adaptive(run):
    shapes = [Shape(1, 20, 20, 96), Shape(64, 4, 67, CALLERS_OF_MANY), Shape(64, 200, 200, CALLERS_OF_MANY)]
    with Service(run, "headroom.calibration=startup") as ours, Service(run, "headroom.calibration=off", "headroom.batch.max-items=8") as fixed:
        for done, shape in enumerate(shapes):
            seconds = run.seconds_each(4 * (len(shapes) - done))
            rates = collections.defaultdict(list)
            for service in (ours, fixed, fixed, ours):
                rates[service].append(drive(service, shape, seconds).rate)
            adapted, eight = (statistics.mean(rates[service]) for service in (ours, fixed))
            run.row("adaptive against a fixed batch of 8, " + str(shape), "%s texts/s against %s: x %.2f" % (
                number(adapted), number(eight), adapted / eight))


def graphs(run):
    """CUDA graphs on against off: the same vectors, also of batches that are padded to a captured shape, and the rates."""
    shapes = [Shape(1, 20, 20, 1), Shape(1, 20, 20, 32), Shape(8, 20, 20, 8), Shape(1, 4, 67, 32)]
    with Service(run, "headroom.cuda-graphs=on", "headroom.calibration=startup") as on, Service(run, "headroom.calibration=startup") as off:
        dice = random.Random(11)
        texts = [text(dice, 15 + i % 6) for i in range(24)]
        expected = off.vectors(texts)
        got = [on.vectors([one])[0] for _ in range(3) for one in texts]  # a shape is captured once it is frequent
        least = min(cosine(vector, expected[i % len(texts)]) for i, vector in enumerate(got))
        same = "least cosine %.7f of %d vectors to those without" % (least, len(got))
        if run.card.virtual and run.device == "gpu":
            same = NOT_COMPARABLE
        elif not least > LEAST_COSINE:
            same = "failed: " + same
        told = [remark for remark in on.plan()["remarks"] if "CUDA graphs" in remark]
        run.row("CUDA graphs, vectors", "%s; %s" % (same, told[0] if told else "the plan tells nothing of them"))
        for done, shape in enumerate(shapes):
            seconds = run.seconds_each(4 * (len(shapes) - done))
            loads = collections.defaultdict(list)
            for service in (on, off, off, on):
                loads[service].append(drive(service, shape, seconds))
            rates = {service: statistics.mean(load.rate for load in loads[service]) for service in loads}
            middle = {service: statistics.mean(load.p50 for load in loads[service]) * 1e3 for service in loads}
            run.row("CUDA graphs on against off, " + str(shape), "%s texts/s against %s: x %.2f; p50 %.2f ms against %.2f" % (
                number(rates[on]), number(rates[off]), rates[on] / rates[off], middle[on], middle[off]))


def bare(run):
    jar = HERE / "bare.jar"
    if not jar.exists():
        raise Failed("bare.jar is not beside the script; src/gpu/pack.sh compiles it")
    file = run.image.model(run.known_plan)
    rates = bare_rates(run, jar, file)
    for words in LENGTHS:
        length = words + SPECIAL_TOKENS
        mine = {batch: rates.get("%dx%d" % (batch, length), "not run") for batch in BATCHES}
        shown = ", ".join("%d: %s" % (batch, number(rate) if isinstance(rate, float) else rate) for batch, rate in mine.items())
        best = max((rate for rate in mine.values() if isinstance(rate, float)), default=None)
        service = run.service_rates.get(words)
        ratio = "not compared: the step throughput did not run"
        if best and service:
            ratio = "the service's best %s: x %.2f of the best" % (number(service), service / best)
        run.row("bare loop, %d tokens" % length, "%s, rows/s by batch: %s; %s" % (file.name, shown, ratio))


def bare_rates(run, jar, file):
    """Rows a second by size such as 8x22; where a size did not run the reason."""
    sizes = ["%dx%d" % (batch, words + SPECIAL_TOKENS) for words in LENGTHS for batch in BATCHES]
    seconds = max(0.2, min(0.7 * run.seconds, 0.5 * run.left() / len(sizes)))
    command = [str(run.image.java), "-Donnxruntime.native.path=native", "--enable-native-access=ALL-UNNAMED", "-cp",
               "%s:%s" % (run.image.runtime(), jar), "BareLoop", str(file), run.device, "%.2f" % seconds, *sizes]
    rates = {}
    loop = subprocess.Popen(command, cwd=run.image.folder, env=run.image.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said = []
        for line in loop.stdout:
            size, _, rate = line.strip().partition(" ")
            if size in sizes:
                rates[size] = float(rate) if re.fullmatch(r"[\d.]+", rate) else rate[:120]
            elif line.strip():
                said.append(line.strip())
        if loop.wait() and not rates:
            raise Failed("the bare loop ended with status %d and said: %s" % (loop.returncode, " ".join(said)))
    except TimeUp:
        run.row("bare loop", "cut short after %d of %d sizes" % (len(rates), len(sizes)))
    finally:
        loop.kill()
        loop.wait()
        loop.stdout.close()
    return rates


# A size is forced, whatever the memory, so that batches do not fit.
SQUEEZED = ("headroom.calibration=off", "headroom.batch.max-items=1024", "headroom.batch.max-elements=262144")


def limit(run):
    mib = run.small_limit()
    with Service(run, "headroom.memory.limit=%dM" % mib, *SQUEEZED) as service:
        with Watch(run.card, service.process.pid, service.card_before) as watch, Checked(service) as callers:
            time.sleep(max(1.0, min(5 * run.seconds, 0.6 * run.left())))
        after = service.metrics()
        over = watch.most is not None and watch.most > mib
        run.row("limit %d MiB" % mib, "%s; %d splits, %d items recovered, %d did not fit alone, %d sessions opened anew; %s%s" % (
            callers.text(), after["headroom_batch_splits_total"], after["headroom_items_recovered_total"], after["headroom_items_unfit_total"],
            after["headroom_session_recreations_total"], watch.text(), ": ABOVE THE LIMIT" if over else ""))


def cotenant(run):
    mib = run.small_limit()
    with Service(run, "headroom.memory.limit=%dM" % mib, *SQUEEZED) as beside, Service(run, "headroom.calibration=off") as service:
        seconds = max(1.0, min(4 * run.seconds, 0.3 * run.left()))
        with Checked(service) as alone:
            time.sleep(seconds)
        with Checked(service) as ours, Checked(beside) as theirs, Watch(run.card, beside.process.pid, beside.card_before) as watch:
            time.sleep(seconds)
        share = ours.counts["answered"] / max(1, alone.counts["answered"])
        run.row("co-tenant, a service with a limit of %d MiB beside one without" % mib, "without: %s, x %.2f of what it answered alone; beside: %s, %d splits, %s%s" % (
            ours.text(), share, theirs.text(), beside.metrics()["headroom_batch_splits_total"], "both together " if watch.grown else "", watch.text()))


def poison(run):
    control = shutil.which("vgpuctl")
    if control is None:
        run.row("poisoned context", "not provoked: nothing outside a process poisons its context on a real card")
        return
    with Service(run, "headroom.calibration=off") as service, Checked(service, items=30) as callers:
        time.sleep(1)
        subprocess.run([control, "fault", "0", "700", "50"], check=True, stdout=subprocess.DEVNULL)
        begin = time.monotonic()
        try:
            status = service.process.wait(max(1.0, run.left() - 3))
            end = "the process ended with status %d after %.2f s" % (status, time.monotonic() - begin)
        except subprocess.TimeoutExpired:
            end = "failed: the process went on"
    run.row("poisoned context", "CUDA error 700 under load: %s; %s" % (end, callers.text()))


# Each step with its share of the minutes.
STEPS = {env: 4, reference: 9, calibration: 10, cold: 13, throughput: 17, adaptive: 15, graphs: 10, bare: 13, limit: 8, cotenant: 8, poison: 3}
NAMES = {step.__name__: step for step in STEPS}


class TimeUp(Failed):
    """The step's time is over."""


@contextlib.contextmanager
def time_limit(seconds):
    def over(*_):
        raise TimeUp("its time was over after %.0f s" % seconds)
    signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def prove(run, steps, minutes):
    end = time.monotonic() + 60 * minutes
    for index, step in enumerate(steps):
        shares = sum(STEPS[later] for later in steps[index:])
        # Time that earlier steps saved is shared out; 10 s are kept for the services' ends.
        run.limit = max(1.0, (end - time.monotonic() - 10) * STEPS[step] / shares)
        run.step, run.deadline = step.__name__, time.monotonic() + run.limit
        begin = time.monotonic()
        attempt(run, step)
        print("-- %s: %.1f s of %.1f" % (run.step, time.monotonic() - begin, run.limit), file=sys.stderr, flush=True)


def attempt(run, step):
    try:
        with time_limit(run.limit):
            step(run)
    except (Failed, OSError, http.client.HTTPException) as failure:
        run.row(run.step, "failed: %s" % (str(failure)[:400] or type(failure).__name__))
    except Exception as failure:  # a fault of this script's; the other steps are to run all the same
        line = traceback.extract_tb(failure.__traceback__)[-1].lineno
        run.row(run.step, "failed in the script, line %d: %s: %s" % (line, type(failure).__name__, str(failure)[:200]))
        traceback.print_exc()
    finally:
        for service in list(Service.running):
            service.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="the image's folder")
    parser.add_argument("steps", nargs="*", metavar="STEP", help="of %s; all unless given" % ", ".join(NAMES))
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("report.md"), help="the report")
    parser.add_argument("--minutes", type=float, default=15, help="for all steps together")
    parser.add_argument("--seconds", type=float, default=6, help="the most for one measurement; 0.5 rehearses")
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu", help="cpu rehearses the script without a GPU")
    arguments = parser.parse_args()
    unknown = [step for step in arguments.steps if step not in NAMES]
    if unknown:
        parser.error("no such step: %s; there are %s" % (", ".join(unknown), ", ".join(NAMES)))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    run = Run(Image(arguments.folder), Report(arguments.out.resolve()), arguments.device, arguments.seconds)
    prove(run, [NAMES[step] for step in arguments.steps] or list(STEPS), arguments.minutes)


if __name__ == "__main__":
    main()
