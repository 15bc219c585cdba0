#!/usr/bin/env python3
"""The Debian package, unpacked: what is in it, that it runs without the tree it was built in, as a
user without rights, and that the unit, the container file and maintainer scripts are sound.

package_test.py PACKAGE"""

import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "api"))
import server  # noqa: E402  the API's tests have it

import containerfile  # noqa: E402

WANTED = {
    "usr/bin/pursuit": "755", "usr/lib/pursuit/libduckdb.so": "644",
    "usr/share/pursuit/web/index.html": "644", "lib/systemd/system/pursuit.service": "644",
    "etc/pursuit/pursuit.toml": "644", "usr/share/man/man1/pursuit.1.gz": "644",
    "usr/share/doc/pursuit/copyright": "644", "usr/share/doc/pursuit/changelog.gz": "644",
    "usr/share/doc/pursuit/licenses/duckdb.txt": "644",
    "usr/share/doc/pursuit/examples/roles.toml": "644",
    "usr/share/doc/pursuit/examples/monitoring/prometheus.yml": "644"}


def run(*command, **more):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          check=False, **more)
    assert done.returncode == 0, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def as_nobody():
    """What starts a program as a user without rights; root is what the service is not."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("nobody")
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups",
            "--inh-caps=-all", "--no-new-privs"]


def check_contents(package, root):
    for name, mode in WANTED.items():
        path = root / name
        assert path.is_file(), f"{name} is missing"
        assert oct(path.stat().st_mode & 0o777)[2:] == mode, f"{name}: {oct(path.stat().st_mode)}"
    fields = dict(re.findall(r"^(\S+): (.*)$", run("dpkg-deb", "-f", package), re.MULTILINE))
    assert fields["Package"] == "pursuit" and fields["Architecture"] == "amd64", fields
    for library in ("libc6", "libsqlite3-0", "libpq5", "libsodium23", "libcurl4", "libcjose0",
                    "adduser"):
        assert re.search(rf"(^|, ){library}\b", fields["Depends"]), fields["Depends"]
    for line in run("dpkg-deb", "-c", package).splitlines():
        assert " root/root " in line, line
    conffiles = run("dpkg-deb", "-I", package, "conffiles").split()
    assert conffiles == ["/etc/pursuit/pursuit.toml"], conffiles
    for script in ("preinst", "postinst", "prerm", "postrm"):
        run("sh", "-n", input=run("dpkg-deb", "-I", package, script))


def check_library(program, root):
    """It takes DuckDB's library from the package, not from where it was built."""
    listed = run("ldd", program)
    found = re.search(r"libduckdb\.so => (\S+)", listed)
    assert found and pathlib.Path(found[1]).resolve() == root / "usr/lib/pursuit/libduckdb.so", \
        listed
    assert "not found" not in listed, listed
    assert str(server.TREE) not in run("readelf", "-d", program)


def check_files(program, folder):
    """The main job; Parquet is what DuckDB's library is for."""
    data = folder / "data"
    run(*as_nobody(), program, "generate", "--leads", "500", "--format", "parquet", "--out", data,
        "-q")
    files = {path.name.split(".")[0]: path for path in data.glob("*.parquet")}
    run(*as_nobody(), program, "analyze", "-q", "-l", files["leads"], "-e", files["events"],
        "--as-of", "2026-06-01", "--out", folder / "out")
    rows = (folder / "out/leads.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) > 400, rows[:3]


def check_service(program, root, folder):
    """Starts with the installed settings, but for the folder and the port: those of this test."""
    settings = (root / "etc/pursuit/pursuit.toml").read_text(encoding="utf-8")
    assert 'db = "/var/lib/pursuit/pursuit.db"' in settings, settings
    config = folder / "pursuit.toml"
    config.write_text(settings, encoding="utf-8")
    config.chmod(0o644)
    command = folder / "pursuit"  # server.Server starts one program
    command.write_text("#!/bin/sh\nexec " + " ".join(map(str, [*as_nobody(), program]))
                       + ' "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    db = folder / "pursuit.db"
    with server.Server(command, db, folder / "log", ["--config", config]) as api:
        nobody = pathlib.Path(f"/proc/{api.process.pid}").stat().st_uid
        assert nobody != 0 or os.geteuid() != 0
        assert api.request("GET", "/healthz").status_code == 200
        page = api.request("GET", "/")
        assert page.status_code == 200 and "<title>Pursuit" in page.text, page.text[:300]
        script = re.search(r'src="\.(/assets/[^"]+\.js)"', page.text)
        assert script and api.request("GET", script[1]).status_code == 200, page.text
        assert api.get("/api/v1/queue")["items"] == []
    run(command, "check", "-q", "--db", db)
    shown = run(command, "config", "--config", config)
    assert "/var/lib/pursuit/pursuit.db" in shown, shown


def check_unit(program, root, folder):
    if shutil.which("systemd-analyze") is None:
        print("skipped: no systemd-analyze here")
        return
    # The unit names where it is installed; here is another place, and no user of its name.
    text = (root / "lib/systemd/system/pursuit.service").read_text(encoding="utf-8")
    assert "ExecStart=/usr/bin/pursuit serve --config /etc/pursuit/pursuit.toml\n" in text
    unit = folder / "pursuit.service"
    unit.write_text(text.replace("/usr/bin/pursuit", str(program))
                    .replace("man:pursuit(1) ", ""), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True,
                          text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "pursuit.service" in line]
    assert not ours, done.stderr
    security = run("systemd-analyze", "security", "--offline=true", "--threshold=30", unit)
    print(security.splitlines()[-1].strip())


def check_container():
    """How it starts: as another user than root, with the settings tried above. install_test.py
    takes its steps."""
    steps = containerfile.read(server.TREE / "packaging/Containerfile")
    assert containerfile.values(steps, "USER")[-1].split(":")[0] == "pursuit"
    names = [name for name, _ in steps]
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert containerfile.words(steps, "ENTRYPOINT") == ["/usr/bin/pursuit"], steps
    assert containerfile.words(steps, "CMD") == ["serve", "--config", "/etc/pursuit/pursuit.toml"]
    for text in containerfile.values(steps, "RUN"):
        run("sh", "-n", input=text)


def main():
    package = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="pursuit-package-") as name:
        folder = pathlib.Path(name).resolve()
        root = folder / "root"
        run("dpkg-deb", "-x", package, root)
        for place in (folder, root):
            place.chmod(0o755)
        work = folder / "work"
        work.mkdir()
        if os.geteuid() == 0:
            shutil.chown(work, "nobody")
        program = root / "usr/bin/pursuit"
        version = run(program, "--version")
        check_contents(package, root)
        check_library(program, root)
        check_files(program, work)
        check_service(program, root, work)
        check_unit(program, root, folder)
        check_container()
        print(f"package: {version.strip()}, sound")
    return 0


if __name__ == "__main__":
    sys.exit(main())
