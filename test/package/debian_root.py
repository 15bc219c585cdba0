"""A throw-away Debian 12 in a folder, made from apt's mirror, and programs that run in it: one by
one, or all that a booted systemd starts. Needs root, mmdebstrap and systemd-nspawn."""

import os
import pathlib
import shutil
import signal
import subprocess
import time

PATIENCE_S = 120
SUITE = "bookworm"
BASE_DAYS = 14  # then security updates are worth a new one
CGROUPS = pathlib.Path("/sys/fs/cgroup")


class Missing(Exception):
    """Why no such system can be made or started here."""


def why_not():
    """What is missing here; empty: nothing."""
    if os.geteuid() != 0:
        return "not root"
    for program in ("mmdebstrap", "systemd-nspawn", "nsenter"):
        if shutil.which(program) is None:
            return f"no {program}"
    return ""


def scratch_place():
    """Where a system is unpacked fastest: in memory, if there is enough and programs may run."""
    memory = pathlib.Path("/dev/shm")
    try:
        has = os.statvfs(memory)
    except OSError:
        return None
    is_fit = not has.f_flag & (os.ST_NOEXEC | os.ST_NODEV | os.ST_NOSUID)
    return memory if is_fit and has.f_bavail * has.f_frsize > 4 << 30 else None


def last_line(text):
    return (text.strip().splitlines() or ["(nothing said)"])[-1]


def make_base(tar):
    """What debian:12-slim is: the essential packages and apt. Kept for some days, as `tar`."""
    if tar.exists() and time.time() - tar.stat().st_mtime < BASE_DAYS * 86_400:
        return
    part = tar.with_suffix(".part.tar")
    place = scratch_place()
    done = subprocess.run(["mmdebstrap", "--mode=root", "--variant=minbase", SUITE, str(part)],
                          capture_output=True, text=True, check=False,
                          env=os.environ | ({"TMPDIR": str(place)} if place else {}))
    if done.returncode != 0:
        part.unlink(missing_ok=True)
        raise Missing(f"no Debian could be fetched: {last_line(done.stderr)}")
    part.rename(tar)


def processes_below(pid):
    """The processes that `pid` has started, as /proc tells."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(fields[1]) == pid:
            found.append(int(stat.parent.name))
    return found


class Root:
    """The system in `folder`, out of `tar`."""

    def __init__(self, tar, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir()
        subprocess.run(["tar", "-C", str(self.folder), "-xf", str(tar)], check=True,
                       capture_output=True)

    def nspawn(self, *options):
        return ["systemd-nspawn", "-q", "-D", str(self.folder), "--register=no", "--keep-unit",
                *options]

    def run(self, *command, network=True):
        """One program in the system; what it printed."""
        options = ["--pipe", "--setenv=DEBIAN_FRONTEND=noninteractive",
                   *(() if network else ("--private-network",))]
        done = subprocess.run([*self.nspawn(*options), *command], capture_output=True, text=True,
                              check=False, stdin=subprocess.DEVNULL)
        assert done.returncode == 0, \
            f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def update(self):
        """Asks the mirror what there is; Missing where it does not answer."""
        try:
            self.run("apt-get", "update", "-q", "-o", "Acquire::Retries=3", "-o",
                     "APT::Update::Error-Mode=any")
        except AssertionError as error:
            raise Missing(f"no mirror: {last_line(str(error))}") from error


class Running:
    """What runs in a root: `options` and `command` are nspawn's. As a context manager it is ended,
    with everything that it started."""

    def __init__(self, root, log, options, command=()):
        self.log = pathlib.Path(log)
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [*root.nspawn("--private-network", *options), *command], stdin=subprocess.DEVNULL,
                stdout=out, stderr=out)
        self.first = None  # the process that is 1 in there

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # The system's first process takes all others with it; nspawn then tidies up after them.
        for pid in processes_below(self.process.pid):
            os.kill(pid, signal.SIGKILL)
        try:
            self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            remove_cgroups()

    def wait_for(self, what, done, failure=AssertionError):
        """Until `done()` holds; it is asked again and again."""
        until = time.monotonic() + PATIENCE_S
        while not done():
            if self.process.poll() is not None or time.monotonic() > until:
                raise failure(f"{what} did not come: {last_line(self.text())}")
            time.sleep(0.2)

    def text(self):
        return self.log.read_text(encoding="utf-8", errors="replace")

    def find_first(self):
        self.first = next(iter(processes_below(self.process.pid)), None)
        return self.first is not None

    def enter(self, *command):
        """Runs a program beside what runs there; its status, what it printed and its complaints."""
        done = subprocess.run(["nsenter", "-t", str(self.first), "-m", "-u", "-i", "-n", "-p", "-r",
                               "-w", *command], capture_output=True, text=True, check=False,
                              stdin=subprocess.DEVNULL, env={
                                  "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                                  "DEBIAN_FRONTEND": "noninteractive", "LANG": "C.UTF-8"})
        return done.returncode, done.stdout, done.stderr

    def run(self, *command):
        status, text, complaints = self.enter(*command)
        assert status == 0, f"{command}: {status}\n{text}{complaints}"
        return text


def remove_cgroups():
    """Those that nspawn makes where no systemd runs that would remove them."""
    if pathlib.Path("/run/systemd/system").exists():
        return
    for hierarchy in (CGROUPS, CGROUPS / "systemd", CGROUPS / "unified"):
        for name in ("payload", "supervisor"):
            for folder, _, _ in os.walk(hierarchy / name, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass  # of somebody else
