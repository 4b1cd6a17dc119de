"""What the server lets in: known hosts, its own origin, open routes; and the headers that go out."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from assistant.errors import ServeError
from assistant.server.csp import policy_for
from assistant.server.run import bind, check_host

ASK = {"question": "How often does the designated teacher review each personal education plan?"}


def test_another_host_name_is_turned_away(client: TestClient) -> None:
    """A site whose name was made to point here (DNS rebinding) reads nothing."""
    for host in ("evil.test", "127.0.0.1.evil.test", "evil.test:7860"):
        response = client.get("/api/v1/documents", headers={"host": host})
        assert response.status_code == 400
    for host in ("127.0.0.1", "localhost:7860", "[::1]:7860"):
        assert client.get("/api/v1/documents", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_request_from_another_site_changes_nothing(client: TestClient, headers: dict[str, str]) -> None:
    assert client.post("/api/v1/answers", json=ASK, headers=headers).status_code == 403
    assert client.post("/api/v1/feedback", json={}, headers=headers).status_code == 403


def test_our_own_page_and_programs_may_ask(client: TestClient) -> None:
    own = {"origin": "http://127.0.0.1:7860", "sec-fetch-site": "same-origin"}
    assert client.post("/api/v1/answers", json=ASK, headers=own).status_code == 200
    assert client.post("/api/v1/answers", json=ASK).status_code == 200


def test_our_pages_run_no_inline_script_and_stay_out_of_caches(client: TestClient) -> None:
    for path in ("/browse", "/about", "/documents/cwsw", "/clause/cwsw/suspensions/1", "/clause/nothing"):
        response = client.get(path)
        policy = response.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "script-src 'self';" in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        assert " style=" not in response.text
        assert "<script>" not in response.text


def test_a_policy_lets_through_the_scripts_of_the_page_alone() -> None:
    policy = policy_for(b"<script>alert(1)</script><script src='/x.js'></script>")
    assert policy.count("'sha256-") == 1
    assert "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='" in policy


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20"])
def test_an_address_that_others_reach_needs_the_setting(host: str) -> None:
    with pytest.raises(ServeError, match=r"no sign-in yet.*ASSISTANT_WITHOUT_SIGN_IN=accepted"):
        check_host(host, allowed=False)
    check_host(host, allowed=True)


def test_this_machine_needs_no_setting() -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.0.0.5"):
        check_host(host, allowed=False)
    with pytest.raises(ServeError, match="no address"):
        check_host("nonsense", allowed=True)


def test_a_port_that_is_taken_is_told_in_one_line() -> None:
    taken = bind("127.0.0.1", 0)
    taken.listen()
    try:
        with pytest.raises(ServeError, match=r"port \d+ cannot be used.*--port"):
            bind("127.0.0.1", taken.getsockname()[1])
    finally:
        taken.close()
