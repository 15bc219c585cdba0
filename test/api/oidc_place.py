#!/usr/bin/env python3
"""A Pursuit whose people sign in at a Keycloak, for tests in a browser: prints its address, and
lives until its input ends.

oidc_place.py BINARY SITE    SITE: the folder of the dashboard"""

import pathlib
import sys
import tempfile

import keycloak
from oidc_test import Place, check_leads


def main():
    binary, site = sys.argv[1:3]
    said = sys.stdout
    sys.stdout = sys.stderr
    with (tempfile.TemporaryDirectory(prefix="pursuit-oidc-") as name,
          keycloak.Keycloak() as provider):
        port = keycloak.free_port()
        provider.admin("POST", "", keycloak.realm([f"http://127.0.0.1:{port}/*"]))
        issuer = f"{provider.url}/realms/{keycloak.REALM}"
        place = Place(binary, pathlib.Path(name), issuer, port)
        place.arguments += ["--web", site, "--drain-seconds", "0"]
        with place.start() as api:
            check_leads(api)
            print(api.url, file=said, flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main()
