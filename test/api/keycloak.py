"""A Keycloak of a test's own, a visitor with a browser's manners, and somebody in between who can
alter what the provider answers."""

import base64
import contextlib
import html
import http.server
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

import requests

import server

HOME = server.TREE / ".deps/keycloak"
REALM = "net"
CLIENT = "pursuit"
SECRET = "a-s:cret & more+%"
OTHER_CLIENT, OTHER_SECRET = "other", "other-secret"
PASSWORD = "nine yellow bicycles"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def realm(redirect_uris):
    """Users, groups and clients. `sara` manages a region, `omar` sells, `root` is an admin, `guest`
    has no group."""
    def user(name, *groups):
        return {"username": name, "enabled": True, "emailVerified": True, "groups": list(groups),
                "email": f"{name}@example.com", "firstName": name.title(), "lastName": "Ali",
                "credentials": [{"type": "password", "value": PASSWORD}]}

    def client(name, secret):
        return {"clientId": name, "secret": secret, "redirectUris": redirect_uris,
                "standardFlowEnabled": True, "publicClient": False,
                "attributes": {"pkce.code.challenge.method": "S256",
                               "post.logout.redirect.uris": "+"},
                "protocolMappers": [{
                    "name": "groups", "protocol": "openid-connect",
                    "protocolMapper": "oidc-group-membership-mapper",
                    "config": {"claim.name": "groups", "full.path": "false",
                               "id.token.claim": "true"}}]}

    return {"realm": REALM, "enabled": True, "sslRequired": "none",
            "groups": [{"name": name} for name in ("admins", "uae-managers", "sales")],
            "users": [user("root", "admins"), user("sara", "uae-managers"), user("omar", "sales"),
                      user("lina", "sales"), user("guest")],
            "clients": [client(CLIENT, SECRET), client(OTHER_CLIENT, OTHER_SECRET)]}


class Keycloak:
    """The server, with its database in memory; as a context manager it is stopped at the end."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="pursuit-keycloak-")
        self.url = f"http://127.0.0.1:{free_port()}"
        self.output = open(pathlib.Path(self.folder.name) / "log", "ab")
        self.process = subprocess.Popen(
            [HOME / "bin/kc.sh", "start", "--optimized", "--http-enabled=true",
             "--http-host=127.0.0.1", f"--http-port={self.url.rsplit(':', 1)[1]}",
             "--hostname-strict=false", "--proxy-headers=xforwarded", "--cache=local"],
            stdout=self.output, stderr=self.output, start_new_session=True,
            env=os.environ | {"KC_BOOTSTRAP_ADMIN_USERNAME": "root", "JAVA_OPTS_APPEND": "-Xmx512m",
                              "KC_BOOTSTRAP_ADMIN_PASSWORD": PASSWORD})
        until = time.monotonic() + 10 * server.PATIENCE_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.close()
                raise RuntimeError("Keycloak did not start: see above")
            time.sleep(0.2)

    def _answers(self):
        try:
            return requests.get(f"{self.url}/realms/master", timeout=server.PATIENCE_S).ok
        except requests.ConnectionError:
            return False

    def admin(self, method, path, body=None, url=None):
        """A call of the admin's interface; its JSON, if there is any. Keycloak takes `url` for its
        own address, where it is reached by another one."""
        url = url or self.url
        token = requests.post(
            f"{url}/realms/master/protocol/openid-connect/token", timeout=server.PATIENCE_S,
            data={"grant_type": "password", "client_id": "admin-cli", "username": "root",
                  "password": PASSWORD}).json()["access_token"]
        answer = requests.request(method, f"{url}/admin/realms{path}", json=body,
                                  headers={"Authorization": f"Bearer {token}"},
                                  timeout=server.PATIENCE_S)
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def change_client(self, name, **attributes):
        found = self.admin("GET", f"/{REALM}/clients?clientId={name}")[0]
        found["attributes"].update(attributes)
        self.admin("PUT", f"/{REALM}/clients/{found['id']}", found)

    def end_session(self, name, url):
        """As an admin does it, at `url`, whose issuer it is then."""
        self.admin("DELETE", f"/{REALM}/sessions/{name}", url=url)

    def move(self, name, group, member):
        """Puts a user into a group, or takes them out."""
        user = self.admin("GET", f"/{REALM}/users?exact=true&username={name}")[0]["id"]
        id_ = next(one["id"] for one in self.admin("GET", f"/{REALM}/groups")
                   if one["name"] == group)
        self.admin("PUT" if member else "DELETE", f"/{REALM}/users/{user}/groups/{id_}")

    def close(self):
        # The script that was started leaves Java to itself: the whole group is ended.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.output.close()
        print((pathlib.Path(self.folder.name) / "log").read_text()[-4000:], flush=True)
        self.folder.cleanup()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Between:
    """Stands between Pursuit and Keycloak, which takes its address for its own. `on_token` may ask
    in another way or alter the answer of the token endpoint."""

    def __init__(self, url):
        outer = self
        self.target = url
        self.on_token = lambda ask, headers, form: ask(headers, form)
        self.tokens = []  # every id_token that went through

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, headers, content = outer.answer(self.command, self.path,
                                                        list(self.headers.items()), body)
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_DELETE = pass_on

            def log_message(self, *_):
                pass

        self.handler = Handler
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.issuer = f"{self.url}/realms/{REALM}"
        self.http = None

    def open(self):
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.http.daemon_threads = True
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def ask(self, method, path, headers, body):
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, self.target + path, data=body, headers=dict(headers),
                                     allow_redirects=False, timeout=server.PATIENCE_S)
        kept = [(name, value) for name, value in answer.raw.headers.items()
                if name.lower() not in ("content-length", "transfer-encoding", "connection",
                                        "content-encoding")]
        return answer.status_code, kept, answer.content

    def answer(self, method, path, headers, body):
        if not path.endswith("/token"):
            return self.ask(method, path, headers, body)

        def ask(headers_, form):
            sent = [one for one in headers_ if one[0].lower() != "content-length"]
            status, kept, content = self.ask(method, path, sent, urllib.parse.urlencode(form))
            return status, kept, json.loads(content)

        form = dict(urllib.parse.parse_qsl(body.decode()))
        status, kept, content = self.on_token(ask, headers, form)
        if "id_token" in content:
            self.tokens.append(content["id_token"])
        return status, kept, json.dumps(content).encode()


class Visitor:
    """A browser: cookies by site, redirects one by one."""

    def __init__(self):
        self.cookies = {}
        self.set_cookies = []  # of the last answer

    def send(self, method, url, form=None, headers=None):
        site = urllib.parse.urlsplit(url).netloc
        jar = self.cookies.setdefault(site, {})
        sent = dict(headers or {})
        if jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, url, data=form, headers=sent, allow_redirects=False,
                                     timeout=server.PATIENCE_S)
        self.set_cookies = answer.raw.headers.getlist("Set-Cookie")
        for text in self.set_cookies:
            name, value = re.match(r"([^=]+)=([^;]*)", text).groups()
            if not value or "max-age=0" in text.lower():
                jar.pop(name, None)
            else:
                jar[name] = value
        return answer

    def authenticate(self, url, user, password=PASSWORD):
        """Fills in Keycloak's form; returns where it sends the browser, which is not gone to."""
        page = self.send("GET", url)
        if page.status_code in (302, 303):
            return page.headers["Location"]  # known there already
        assert page.status_code == 200, f"{page.status_code} {page.text[:2000]}"
        action = html.unescape(re.search(r'action="([^"]+)"', page.text)[1])
        done = self.send("POST", action, {"username": user, "password": password})
        assert done.status_code in (302, 303), f"{done.status_code} {done.text[:4000]}"
        return done.headers["Location"]


def query_of(url):
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def with_query(url, **more):
    parts = urllib.parse.urlsplit(url)
    return parts._replace(query=urllib.parse.urlencode(query_of(url) | more)).geturl()


def parts_of(token):
    """Header and claims."""
    return [json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            for part in token.split(".")[:2]]


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
