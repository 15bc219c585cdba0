"""A running `pursuit serve`, and a PostgreSQL server of a test's own."""

import os
import pathlib
import pwd
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import requests

TREE = pathlib.Path(__file__).resolve().parents[2]
PATIENCE_S = 120  # a build with sanitizers on a busy machine


def announced_seed(position, told=""):
    """The seed at that place of the command line, or a new one; printed, so that a run can be had
    again."""
    given = sys.argv[position:position + 1]
    seed = int(given[0]) if given else random.SystemRandom().randrange(2**32)
    print(" ".join([pathlib.Path(sys.argv[0]).name, *filter(None, [told]), f"seed {seed}"]),
          flush=True)
    return seed


def database_maker(stack, kind, folder):
    """What makes an empty database of a name, "sqlite" or "postgres"; gone when the stack ends."""
    cluster = stack.enter_context(Postgres()) if kind == "postgres" else None
    return lambda name: cluster.new_database() if cluster else folder / f"{name}.db"


def check_sound(binary, db):
    """`pursuit check` finds nothing."""
    done = subprocess.run([str(binary), "check", "--db", str(db)], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0 and "sound" in done.stdout, done.stdout + done.stderr


def pages(get, path, parameters):
    """The items of all pages, each by `get(path, **parameters)`."""
    items = []
    while True:
        page = get(path, **parameters)
        items += page["items"]
        if page["next"] is None:
            return items
        parameters = {**parameters, "cursor": page["next"]}


def make_user(binary, db, name, role="admin", scope=("--everything",)):
    """Adds a user; returns the secret of their link."""
    url = subprocess.run([str(binary), "user", "add", name, "--db", str(db), "--role", role,
                          *scope], check=True, capture_output=True, text=True).stdout
    return re.fullmatch(r"\S+/#/sign-in\?link=(\S+)\n", url)[1]


def make_token(binary, db, user, *more):
    return subprocess.run([str(binary), "token", "add", user, "--db", str(db), *more], check=True,
                          capture_output=True, text=True).stdout.strip()


class Server:
    """`pursuit serve` on a free port. As a context manager it is stopped at the end. Requests are
    those of an admin, by a token of theirs, unless `token` is another one, or "" for none."""

    def __init__(self, binary, db, log, arguments=(), environment=None, token=None):
        self.log = pathlib.Path(log)
        if token is None and "open" not in arguments:
            token = self.admin_token(binary, db)
        given = [*map(str, arguments)]
        for option, value in (("--listen", "127.0.0.1:0"), ("--log", "error")):
            given += [] if option in given else [option, value]
        command = [str(binary), "serve", "--db", str(db), *given]
        with open(self.log, "ab") as stderr:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr,
                                            text=True, env=os.environ | (environment or {}))
        line = self.process.stdout.readline()
        match = re.fullmatch(r"Serving (https?://\S+)\n", line)
        if match is None:
            self.kill()
            raise RuntimeError(f"the server did not start: {line!r}\n{self.log.read_text()}")
        self.url = match[1]
        self.token = token
        self.session = self.new_session()

    def new_session(self):
        """For a thread of its own."""
        session = requests.Session()
        session.trust_env = False
        if self.token:
            session.headers["Authorization"] = f"Bearer {self.token}"
        return session

    tokens = {}  # by database: a store that is opened again has its users already

    @classmethod
    def admin_token(cls, binary, db):
        if str(db) not in cls.tokens:
            make_user(binary, db, "robot")
            cls.tokens[str(db)] = make_token(binary, db, "robot")
        return cls.tokens[str(db)]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()

    def request(self, method, path, **more):
        return self.session.request(method, self.url + path, timeout=PATIENCE_S, **more)

    def get(self, path, **parameters):
        """The JSON of an answer that must be 200."""
        answer = self.request("GET", path, params=parameters)
        assert answer.status_code == 200, f"GET {answer.url}: {answer.status_code} {answer.text}"
        return answer.json()

    def post(self, path, body=b"", **parameters):
        answer = self.request("POST", path, data=body, params=parameters,
                              headers={"Content-Type": "application/x-ndjson"})
        assert answer.status_code == 200, f"POST {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def pages(self, path, **parameters):
        return pages(self.get, path, parameters)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def stop(self):
        """Ends it as a service manager does; it must end well."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(PATIENCE_S)
        self.process.stdout.close()
        assert status == 0, f"the server ended with {status}\n{self.log.read_text()}"


class Postgres:
    """A server in a temporary folder. PostgreSQL refuses to be root: then its own user runs it."""

    def __init__(self):
        self.programs = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")).parent
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pursuit-postgres-"))
        self.as_user = []
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
        self.output = open(self.folder / "log", "ab")
        subprocess.run([*self.as_user, self.programs / "initdb", "-D", self.folder / "data",
                        "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
                        "--no-sync", "--no-instructions"],
                       check=True, stdout=self.output, stderr=self.output, cwd="/")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.databases = 0
        self.start()

    def start(self):
        """Starts on the same data and port; returns once it answers."""
        prefix = self.as_user or ["setpriv"]
        self.process = subprocess.Popen(
            [*prefix, "--pdeathsig", "QUIT", self.programs / "postgres", "-D",
             self.folder / "data", "-k", self.folder, "-h", "127.0.0.1", "-p", str(self.port)],
            stdout=self.output, stderr=self.output, cwd="/", start_new_session=True)
        self._wait()

    def stop(self, mode="immediate"):
        """As pg_ctl: "fast" ends all sessions, "immediate" is as a failing machine."""
        self.process.send_signal({"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])
        self.process.wait()

    def _wait(self):
        until = time.monotonic() + PATIENCE_S
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.05)

    def url(self, database):
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self):
        self.databases += 1
        name = f"api{self.databases}"
        self.query(self.url("postgres"), f"CREATE DATABASE {name}")
        return self.url(name)

    def query(self, url, sql):
        """Rows of text; psql's own separators, none of which is in what the tests write."""
        done = subprocess.run([self.programs / "psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-v",
                               "ON_ERROR_STOP=1", "-d", url, "-c", sql],
                              check=True, capture_output=True, text=True)
        return [line.split("\x1f") for line in done.stdout.splitlines()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        self.output.close()
        shutil.rmtree(self.folder, ignore_errors=True)
