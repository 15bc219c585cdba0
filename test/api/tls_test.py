#!/usr/bin/env python3
"""TLS with a certificate of one's own, and who a proxy speaks for.

tls_test.py BINARY"""

import contextlib
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

import requests

import server


def make_certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem",
                    "-out", folder / "certificate.pem"], check=True, stderr=subprocess.DEVNULL)
    return (folder / "certificate.pem").read_text()


def served_certificate(port, version=None):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version:
        context.minimum_version = context.maximum_version = version
    with socket.create_connection(("127.0.0.1", port), timeout=server.PATIENCE_S) as plain:
        with context.wrap_socket(plain) as tls:
            return ssl.DER_cert_to_PEM_cert(tls.getpeercert(binary_form=True)), tls.version()


def check_tls(binary, folder):
    first = make_certificate(folder, "first")
    files = ["--tls-certificate", folder / "certificate.pem", "--tls-key", folder / "key.pem"]
    with server.Server(binary, folder / "tls.db", folder / "log", files) as api:
        assert api.url.startswith("https://"), api.url
        port = int(api.url.rsplit(":", 1)[1])
        api.session.verify = str(folder / "certificate.pem")
        answer = api.request("GET", "/api/v1/queue")
        assert answer.status_code == 200, answer.text
        assert "max-age" in answer.headers["Strict-Transport-Security"]
        body = b"x" * 3_000_000
        assert api.request("PUT", "/api/v1/policy", data=body).status_code in (413, 422)
        with api.request("GET", "/api/v1/stream", stream=True) as stream:
            assert next(stream.iter_lines()).startswith(b"retry")
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            assert served_certificate(port, version)[0].split() == first.split()
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with contextlib.suppress(ssl.SSLError, OSError):
                served_certificate(port, version)
                raise AssertionError(f"{version} was spoken")
        with socket.create_connection(("127.0.0.1", port), timeout=server.PATIENCE_S) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"HTTP/1.1" not in plain.recv(1000)

        second = make_certificate(folder, "second")
        assert second != first
        api.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + server.PATIENCE_S
        while served_certificate(port)[0].split() != second.split():
            assert time.monotonic() < until, "the new certificate is not served"
            time.sleep(0.05)
        # What cannot be read leaves the one there is.
        (folder / "key.pem").write_text("no key")
        api.process.send_signal(signal.SIGHUP)
        while "certificate not reloaded" not in (folder / "log").read_text():
            assert time.monotonic() < until, "the log does not tell"
            time.sleep(0.05)
        assert served_certificate(port)[0].split() == second.split()
    refused = subprocess.run([binary, "serve", "--db", folder / "tls.db", "--listen", "127.0.0.1:0",
                              *files], check=False, capture_output=True)
    assert refused.returncode != 0 and b"key.pem" in refused.stderr, refused.stderr


def check_proxies(binary, folder):
    """The audit log has the client's address where a proxy of ours tells it, else the peer's."""
    db = folder / "proxy.db"
    for trusted, wanted in (("", "127.0.0.1"), ("10.0.0.0/8", "127.0.0.1"),
                            ("127.0.0.0/8, ::1", "203.0.113.9")):
        with server.Server(binary, db, folder / "log", ["--trusted-proxies", trusted]) as api:
            with requests.Session() as client:
                client.trust_env = False
                answer = client.post(
                    api.url + "/api/v1/session", json={"name": "nobody", "password": "x"},
                    headers={"X-Forwarded-For": "1.2.3.4, 203.0.113.9"}, timeout=server.PATIENCE_S)
            assert answer.status_code == 401, answer.text
            lines = api.get("/api/v1/audit", limit=50)["items"]
            failed = next(line for line in lines if line["what"] == "sign_in.failed")
            assert failed["address"] == wanted, failed


def main():
    binary = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="pursuit-tls-") as name:
        folder = pathlib.Path(name)
        check_tls(binary, folder)
        check_proxies(binary, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
