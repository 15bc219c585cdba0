#!/usr/bin/env python3
"""The Debian package, installed by apt into a throw-away Debian: as the container file does it, and
on a machine that systemd runs, from the first installation over an upgrade to a purge.

install_test.py PACKAGE BASE_TAR    BASE_TAR is made when it is missing or old"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import containerfile
import debian_root

TREE = pathlib.Path(__file__).resolve().parents[2]
DB = "/var/lib/pursuit/pursuit.db"
SETTINGS = "/etc/pursuit/pursuit.toml"
HEALTH = ("curl", "-fsS", "http://127.0.0.1:8080/healthz")


def owner_and_mode(place, name):
    return place.run("stat", "-c", "%U:%G %a", name).strip()


def older(package, folder):
    """The same package under an earlier version, and with another program: what is upgraded."""
    root = folder / "older"
    subprocess.run(["dpkg-deb", "-R", package, root], check=True)
    control = root / "DEBIAN/control"
    text = control.read_text(encoding="utf-8")
    control.write_text(re.sub(r"^Version: .*$", "Version: 0.0.1", text, flags=re.MULTILINE),
                       encoding="utf-8")
    (root / "usr/share/doc/pursuit/only-in-0.0.1").write_text("An upgrade takes this away.\n")
    built = folder / "pursuit_0.0.1_amd64.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "-b", root, built], check=True,
                   capture_output=True)
    return built


def build_container(root, package):
    """Every step of the container file, on the same Debian as its base."""
    steps = containerfile.read(TREE / "packaging/Containerfile")
    assert containerfile.values(steps, "FROM") == ["docker.io/library/debian:12-slim"], steps
    for name, text in steps:
        if name == "COPY":
            source, target = text.split()
            assert source == "build/package/pursuit_*.deb", source
            shutil.copy(package, root.folder / target.lstrip("/"))
        elif name == "RUN":
            root.run("sh", "-c", text)
    assert not list((root.folder / "opt").iterdir()), "the package stays in the image"
    return steps


def check_container(root, steps, folder):
    """It starts as the image says, answers the image's health check, and ends by its signal."""
    user, group = containerfile.values(steps, "USER")[-1].split(":")
    options = ["--as-pid2", f"--user={user}", "--no-new-privileges=yes",
               f"--chdir={containerfile.values(steps, 'WORKDIR')[-1]}"]
    options += [f"--setenv={name}={value}"
                for name, value in containerfile.environment(steps).items()]
    command = containerfile.words(steps, "ENTRYPOINT") + containerfile.words(steps, "CMD")
    log = folder / "container.log"
    with debian_root.Running(root, log, ["--pipe", *options], command) as running:
        running.wait_for("the container", running.find_first, debian_root.Missing)
        running.wait_for("the container's server",
                         lambda: running.enter(*containerfile.health_command(steps))[0] == 0)
        assert "Serving http://0.0.0.0:8080\n" in running.text(), running.text()
        assert "First admin" in running.text(), running.text()
        owner = owner_and_mode(running, DB)
        assert owner == f"{user}:{group} 600", owner
        server = debian_root.processes_below(running.first)
        assert len(server) == 1, server
        ids = re.search(r"^Uid:\s+(.*)$", pathlib.Path(f"/proc/{server[0]}/status").read_text(),
                        re.MULTILINE)[1].split()
        assert set(ids) == {running.run("id", "-u", user).strip()} != {"0"}, ids
        signal_name = containerfile.values(steps, "STOPSIGNAL")[-1]
        os.kill(server[0], getattr(signal, signal_name))
        assert running.process.wait(debian_root.PATIENCE_S) == 0, running.text()


def check_purge_without_systemd(root):
    """Where nothing manages services, maintainer scripts still come to their end."""
    root.run("apt-get", "purge", "-y", "-q", "pursuit", network=False)
    check_purged(root)


def check_purged(place):
    """Programs and settings are gone; the history of a network is not."""
    for name in ("/usr/bin/pursuit", "/usr/lib/pursuit", "/usr/share/pursuit", "/etc/pursuit",
                 "/usr/share/doc/pursuit", "/lib/systemd/system/pursuit.service",
                 "/etc/systemd/system/pursuit.service",
                 "/etc/systemd/system/multi-user.target.wants/pursuit.service"):
        left = place.run("sh", "-c", f"ls -d {name} 2>/dev/null || true").strip()
        assert left == "", f"a purge leaves {left}"
    state = place.run("sh", "-c", "ls -R /var/lib/systemd/deb-systemd-helper* 2>/dev/null || true")
    assert "pursuit" not in state, state
    known = place.run("sh", "-c", "dpkg-query -W -f '${Status}' pursuit 2>&1 || true")
    assert "no packages found" in known or "not-installed" in known, known
    assert owner_and_mode(place, DB) == "pursuit:pursuit 600"


class Machine:
    """A Debian that systemd runs, and what its operator asks."""

    def __init__(self, running):
        self.running = running
        self.run = running.run

    def install(self, package):
        return self.run("apt-get", "install", "-y", "-q", "--no-install-recommends", package)

    def is_active(self):
        return self.running.enter("systemctl", "is-active", "-q", "pursuit.service")[0] == 0

    def main_pid(self):
        return int(self.run("systemctl", "show", "-P", "MainPID", "pursuit.service"))

    def wait_for_service(self):
        self.running.wait_for("the service's answer", lambda: self.running.enter(*HEALTH)[0] == 0)

    def users(self):
        return self.run("runuser", "-u", "pursuit", "--", "pursuit", "user", "list", "--db", DB)

    def version(self):
        return self.run("dpkg-query", "-W", "-f", "${Version}", "pursuit")


def check_first_installation(machine, package):
    machine.install(package)
    assert machine.is_active(), machine.run("journalctl", "-u", "pursuit", "-o", "cat")
    machine.wait_for_service()
    assert machine.run("systemctl", "is-enabled", "pursuit.service").strip() == "enabled"
    journal = machine.run("journalctl", "-u", "pursuit", "-o", "cat")
    assert "First admin" in journal, journal
    # What is loaded names what is there: programs, man page, documents.
    told = machine.run("sh", "-c", "systemd-analyze verify --man=no pursuit.service 2>&1")
    assert "pursuit" not in told, told
    user = machine.run("ps", "-o", "user=", "-p", str(machine.main_pid())).strip()
    assert user == "pursuit", user
    for name, wanted in (("/var/lib/pursuit", "pursuit:pursuit 700"), (DB, "pursuit:pursuit 600"),
                         ("/etc/pursuit", "root:pursuit 750"), (SETTINGS, "root:root 644"),
                         ("/usr/bin/pursuit", "root:root 755")):
        got = owner_and_mode(machine.running, name)
        assert got == wanted, f"{name}: {got}"
    assert re.fullmatch(r"pursuit \S+\n.*", machine.run("pursuit", "--version"), re.DOTALL)
    machine.run("runuser", "-u", "pursuit", "--", "pursuit", "user", "add", "huda", "--db", DB,
                "--role", "admin", "--everything")
    machine.run("sed", "-i", 's/^log = "info"/log = "error"/', SETTINGS)


def check_upgrade(machine, package):
    """It restarts, asks nothing, and keeps settings and data."""
    before = machine.main_pid()
    machine.install(package)
    assert machine.version() != "0.0.1"
    machine.wait_for_service()
    assert machine.is_active() and machine.main_pid() != before
    assert "huda" in machine.users()
    assert 'log = "error"' in machine.run("cat", SETTINGS)
    assert machine.running.enter("test", "-e", "/usr/share/doc/pursuit/only-in-0.0.1")[0] != 0
    # Who has switched it off is asked before it runs again.
    machine.run("systemctl", "disable", "--now", "pursuit.service")
    machine.run("apt-get", "install", "-y", "-q", "--reinstall", package)
    assert machine.running.enter("systemctl", "is-enabled", "pursuit.service")[0] != 0
    machine.run("systemctl", "enable", "--now", "pursuit.service")
    machine.wait_for_service()


def check_crash(machine):
    """The unit starts it again, and the store is sound."""
    before = machine.main_pid()
    machine.run("systemctl", "kill", "-s", "KILL", "pursuit.service")
    machine.running.wait_for("the service again",
                             lambda: machine.main_pid() not in (0, before) and machine.is_active())
    machine.wait_for_service()
    assert "huda" in machine.users()


def check_removal(machine, package):
    machine.run("apt-get", "remove", "-y", "-q", "pursuit")
    assert not machine.is_active()
    assert machine.running.enter("test", "-e", "/usr/bin/pursuit")[0] != 0
    assert owner_and_mode(machine.running, DB) == "pursuit:pursuit 600"
    assert 'log = "error"' in machine.run("cat", SETTINGS)
    machine.install(package)
    machine.wait_for_service()
    assert "huda" in machine.users()
    assert 'log = "error"' in machine.run("cat", SETTINGS)


def check_machine(root, packages, folder):
    root.update()
    root.run("apt-get", "install", "-y", "-q", "--no-install-recommends", "systemd-sysv", "procps")
    inside = {}
    for name, package in packages.items():
        shutil.copy(package, root.folder / "opt" / package.name)
        inside[name] = f"/opt/{package.name}"
    (root.folder / DB.lstrip("/")).unlink()  # the container's
    with debian_root.Running(root, folder / "boot.log", ["--boot", "--console=read-only"]) as run:
        run.wait_for("systemd", run.find_first, debian_root.Missing)
        run.wait_for("the booted machine", lambda: run.enter(
            "systemctl", "is-system-running")[1].strip() in ("running", "degraded"),
            debian_root.Missing)
        machine = Machine(run)
        check_first_installation(machine, inside["old"])
        check_upgrade(machine, inside["new"])
        check_crash(machine)
        check_removal(machine, inside["new"])
        # Secrets of the service go with its settings; what else is kept there does not.
        machine.run("sh", "-c", "umask 077; echo PURSUIT_LOG=error > /etc/pursuit/environment")
        machine.run("apt-get", "purge", "-y", "-q", "pursuit")
        assert not machine.is_active()
        check_purged(run)


def main():
    package, base = (pathlib.Path(name).resolve() for name in sys.argv[1:])
    missing = debian_root.why_not()
    if missing:
        print(f"package: not installed for a test: {missing}")
        return 0
    folder = pathlib.Path(tempfile.mkdtemp(prefix="pursuit-install-",
                                           dir=debian_root.scratch_place()))
    try:
        debian_root.make_base(base)
        root = debian_root.Root(base, folder / "root")
        root.update()
        steps = build_container(root, package)
        check_container(root, steps, folder)
        check_purge_without_systemd(root)
        print("package: the container's steps install it, it serves, a purge keeps the store")
        check_machine(root, {"old": older(package, folder), "new": package}, folder)
        print("package: installed, upgraded, killed, removed and purged on a machine of systemd's")
    except debian_root.Missing as why:
        print(f"package: not all of its installation could be tested: {why}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
