"""Tests of the whole way in the demo: create, scan, start, the simulated form, return, webhook, result."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.error import HTTPError

import pytest
from pages import scan
from playwright.sync_api import BrowserContext, Page, expect
from servers import DemoServer
from visitors import call_api, create_link, sign_in, start

NewContext = Callable[..., BrowserContext]


@pytest.mark.parametrize("project", ["shop", "signup"])
def test_customer_goes_the_whole_way_and_staff_see_it(
    demo: DemoServer, new_context: NewContext, page: Page, project: str
) -> None:
    """A link created in the console is scanned and used once, and staff see its outcome, soon confirmed."""
    staff = new_context("desktop").new_page()
    sign_in(staff, demo)
    staff.get_by_role("link", name="New link").first.click()
    staff.get_by_label("Project", exact=True).select_option(project)
    staff.get_by_label("userid", exact=True).fill("user_12345")
    staff.get_by_label("Label", exact=True).fill(f"counter {project}")
    staff.get_by_role("button", name="Create link").click()
    expect(staff.get_by_role("heading", level=1)).to_have_text(f"counter {project}")

    url = scan(staff.get_by_role("img", name="QR code of this link"))
    assert url.startswith(f"{demo.base_url}/r/")
    start(page, url)
    assert "userid" not in page.url
    page.get_by_role("button", name="Approve").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, you are done here")
    assert "user_12345" not in page.url
    assert "encrypted" not in page.url
    expect(staff.locator('[data-badge="outcome"]')).to_have_text("Approved, confirmed")
    expect(staff.locator('[data-badge="state"]')).to_have_text("Used")
    expect(staff.locator(".history li").first).to_have_attribute("data-source", "return")
    for source in ("webhook", "api"):  # each comes in its own time
        expect(staff.locator(f'.history li[data-source="{source}"]').first).to_be_visible()


def test_pages_of_staff_change_from_claimed_to_confirmed_by_themselves(
    demo: DemoServer, new_context: NewContext
) -> None:
    """A lost webhook leaves a claim; once it is sent again, three pages of staff change without a reload."""
    sandbox, link_page, list_page, webhooks = (new_context().new_page() for _ in range(4))
    link = create_link(demo, label="claimed first")
    row = list_page.locator(f'[data-link="{link["id"]}"]')
    for page, path in ((link_page, f"/links/{link['id']}"), (list_page, "/"), (webhooks, "/webhooks")):
        sign_in(page, demo)
        page.goto(demo.base_url + path)
        page.evaluate("globalThis.isTheSame = true")
    sandbox.goto(f"{demo.base_url}/simulator/inbox?show=events")
    for _ in ("created", "approved"):
        sandbox.get_by_role("button", name="Lost").click()
    phone = new_context("phone").new_page()
    start(phone, link["url"])
    phone.get_by_role("button", name="Approve").click()
    phone.wait_for_url("**/result/**")
    expect(sandbox.get_by_text("Set now")).to_have_count(0)  # both webhooks were lost
    expect(link_page.locator('[data-badge="outcome"]')).to_have_text("Approved, claimed")
    expect(row.locator('[data-badge="outcome"]')).to_have_text("Approved, claimed")
    outcome = call_api(demo, "GET", f"/api/links/{link['id']}")["outcome"]
    expect(webhooks.get_by_text(outcome["submission_id"])).to_have_count(0)

    sandbox.locator(".entry", has_text="approved").first.click()
    sandbox.get_by_role("button", name="Send again").first.click()
    expect(link_page.locator('[data-badge="outcome"]')).to_have_text("Approved, confirmed")
    expect(link_page.locator(".history [data-shown]")).to_have_count(1)
    expect(row.locator('[data-badge="outcome"]')).to_have_text("Approved, confirmed")
    expect(webhooks.get_by_text(outcome["submission_id"])).to_have_count(1)
    assert all(page.evaluate("globalThis.isTheSame") for page in (link_page, list_page, webhooks))


def test_review_and_a_change_of_mind_in_the_sandbox_reach_the_console(
    demo: DemoServer, new_context: NewContext
) -> None:
    """A pending check is decided in the sandbox, and decided otherwise later; the console follows both."""
    staff, sandbox, phone = (new_context().new_page() for _ in range(3))
    link = create_link(demo, label="reviewed")
    sign_in(staff, demo)
    staff.goto(f"{demo.base_url}/links/{link['id']}")
    outcome = staff.locator('[data-badge="outcome"]')
    start(phone, link["url"])
    phone.get_by_role("button", name="Pending").click()
    expect(outcome).to_have_text("Pending, confirmed")
    expect(staff.get_by_role("button", name="Ask the vendor now")).to_be_visible()

    staff.get_by_role("link", name="Sandbox").click()
    staff.get_by_role("link", name="Back to the console").click()
    staff.get_by_role("link", name="reviewed").click()
    sandbox.goto(f"{demo.base_url}/simulator/inbox")
    submission_id = call_api(demo, "GET", f"/api/links/{link['id']}")["outcome"]["submission_id"]
    row = sandbox.locator(".submissions li", has_text=submission_id)
    row.get_by_role("button", name="Approve").click()
    expect(outcome).to_have_text("Approved, confirmed")
    expect(staff.get_by_role("button", name="Ask the vendor now")).to_have_count(0)
    row.get_by_role("button", name="Change to rejected").click()
    expect(outcome).to_have_text("Rejected, confirmed")


def test_claim_that_the_vendor_refutes_is_said_clearly(demo: DemoServer, new_context: NewContext) -> None:
    """After a change of mind at the vendor, the page of the link says who said what."""
    staff, sandbox, phone = (new_context().new_page() for _ in range(3))
    link = create_link(demo)
    sign_in(staff, demo)
    staff.goto(f"{demo.base_url}/links/{link['id']}")
    start(phone, link["url"])
    phone.get_by_role("button", name="Approve").click()
    expect(staff.locator('[data-badge="outcome"]')).to_have_text("Approved, confirmed")
    sandbox.goto(f"{demo.base_url}/simulator/inbox")
    submission_id = call_api(demo, "GET", f"/api/links/{link['id']}")["outcome"]["submission_id"]
    row = sandbox.locator(".submissions li", has_text=submission_id)
    row.get_by_role("button", name="Change to rejected").click()
    notice = staff.get_by_text("The browser said “approved”; the vendor says “rejected”.")
    expect(notice).to_be_visible()
    expect(staff.locator(".history [data-refuted]")).to_contain_text("refuted")


def test_vendor_is_asked_from_the_page_of_a_link(demo: DemoServer, new_context: NewContext) -> None:
    """Without a webhook, and without JavaScript, "Ask the vendor now" confirms a claim."""
    staff = new_context(java_script_enabled=False).new_page()
    sandbox, phone = (new_context().new_page() for _ in range(2))
    sandbox.goto(f"{demo.base_url}/simulator/inbox")
    for _ in ("created", "approved"):
        sandbox.get_by_role("button", name="Lost").click()
    link = create_link(demo)
    start(phone, link["url"])
    phone.get_by_role("button", name="Approve").click()
    phone.wait_for_url("**/result/**")
    expect(sandbox.get_by_text("Set now")).to_have_count(0)
    sign_in(staff, demo)
    staff.goto(f"{demo.base_url}/links/{link['id']}")
    expect(staff.locator('[data-badge="outcome"]')).to_have_text("Approved, claimed")
    staff.get_by_role("button", name="Ask the vendor now").click()
    expect(staff.get_by_role("status")).to_have_text("The vendor has answered.")
    expect(staff.locator('[data-badge="outcome"]')).to_have_text("Approved, confirmed")


def test_webhooks_are_looked_at_and_worked_again_without_javascript(
    demo: DemoServer, new_context: NewContext
) -> None:
    """The pages of webhooks are filtered, opened, shown with the body, and replayed without JavaScript."""
    phone = new_context("phone").new_page()
    link = create_link(demo, label="for the webhook")
    start(phone, link["url"])
    phone.get_by_role("button", name="Approve").click()
    phone.wait_for_url("**/result/**")
    staff = new_context(java_script_enabled=False).new_page()
    sign_in(staff, demo)
    staff.goto(f"{demo.base_url}/links/{link['id']}")
    for _ in range(100):  # the page has no script that would show the webhook when it comes
        if staff.locator('[data-badge="outcome"]').all_inner_texts() == ["Approved, confirmed"]:
            break
        staff.wait_for_timeout(300)
        staff.reload()
    expect(staff.locator('[data-badge="outcome"]')).to_have_text("Approved, confirmed")
    staff.get_by_role("link", name="Webhooks").click()
    staff.get_by_label("State").select_option("done")
    staff.get_by_role("button", name="Show").click()
    staff.get_by_role("link", name="created").first.click()
    expect(staff.get_by_role("link", name="for the webhook")).to_be_visible()
    assert "user_12345" not in staff.content()
    staff.get_by_role("button", name="Show the body").click()
    expect(staff.locator("pre")).to_contain_text("user_12345")
    staff.get_by_role("button", name="Work it again").click()
    expect(staff.get_by_role("status")).to_have_text("The event is worked again.")


def test_form_url_of_nearly_8000_characters_is_opened(demo: DemoServer, page: Page) -> None:
    """A form URL of 7,500 to 8,000 characters opens in the browser and leads to a result."""
    link = longest_link(demo)
    start(page, link["url"])
    assert 7_500 < len(page.url) <= 8_000
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, you are done here")


def longest_link(demo: DemoServer) -> dict[str, Any]:
    """Return a link with as many characters in cf1 as the API accepts, in steps of 100."""
    for length in range(5_900, 5_000, -100):
        with suppress(HTTPError):
            return create_link(demo, fields={"cf1": "x" * length})
    pytest.fail("none was taken")


@pytest.mark.parametrize(
    ("button", "heading"),
    [
        ("Pending", "Thank you, we are looking at it"),
        ("Reject", "This did not work out"),
    ],
)
def test_customer_reads_what_happens_next(demo: DemoServer, page: Page, button: str, heading: str) -> None:
    """A pending and a rejected result have different headings, and neither says "verified"."""
    start(page, create_link(demo)["url"])
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    assert "verified" not in page.inner_text("body").lower()


def test_error_page_of_the_vendor_leads_to_a_text_and_a_way_on(demo: DemoServer, page: Page) -> None:
    """A vendor's error code is explained in words, and trying again does not count as a new use."""
    link = create_link(demo)
    start(page, link["url"])
    page.get_by_text("Stop with an error page").click()
    choice = page.locator("#error option", has_text="DE-20000").get_attribute("value")
    page.locator("#error").select_option(choice)
    page.get_by_role("button", name="Show the error page").click()
    page.get_by_role("link", name="Back to the site").or_(
        page.get_by_role("button", name="Back to the site")
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The check stopped early")
    expect(page.locator(".lead")).to_contain_text("This device could not be checked")
    expect(page.get_by_text("DE-20000")).to_be_visible()

    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Identity check")).to_be_visible()
    assert call_api(demo, "GET", f"/api/links/{link['id']}")["uses"] == 1


def test_reusable_link_leads_on_at_once(demo: DemoServer, page: Page) -> None:
    """A reusable link opens the form without a page in front, with a new userid for each visit."""
    link = create_link(demo, max_uses=None, unique_userid="poster-", fields={})
    for _ in range(2):
        page.goto(link["url"])
        expect(page.get_by_role("heading", name="Identity check")).to_be_visible()
    visits = call_api(demo, "GET", f"/api/links/{link['id']}")["visits"]
    userids = {visit["userid"] for visit in visits}
    assert len(userids) == 2
    assert all(userid.startswith("poster-") for userid in userids)


def test_link_opens_without_javascript(demo: DemoServer, new_context: NewContext) -> None:
    """A customer without JavaScript can open a link and reach its result."""
    page = new_context("phone", java_script_enabled=False).new_page()
    start(page, create_link(demo)["url"])
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, you are done here")


def test_customer_with_a_korean_phone_reads_korean(demo: DemoServer, new_context: NewContext) -> None:
    """A phone set to Korean gets Korean pages, and a choice of English is kept for later links."""
    page = new_context("phone", locale="ko-KR").new_page()
    page.goto(create_link(demo)["url"])
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    page.get_by_role("button", name="시작하기").click()
    page.get_by_role("button", name="승인").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("감사합니다")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, you are done here")
    page.goto(create_link(demo)["url"])
    expect(page.get_by_role("button", name="Start")).to_be_visible()


def test_console_revokes_only_after_a_question(demo: DemoServer, page: Page) -> None:
    """The console revokes a link only after a confirmation; "Keep it" leaves it active."""
    link = create_link(demo)
    sign_in(page, demo)
    page.goto(f"{demo.base_url}/links/{link['id']}")
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("button", name="Keep it").click()
    assert call_api(demo, "GET", f"/api/links/{link['id']}")["state"] == "active"
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.locator('[data-badge="state"]')).to_have_text("Revoked")


def test_form_for_a_new_link_shows_the_fields_of_its_form(demo: DemoServer, page: Page) -> None:
    """The form of a new link enables only the fields of its pipeline and shows errors beside them."""
    sign_in(page, demo)
    page.goto(f"{demo.base_url}/links/new")
    expect(page.locator("#sid")).to_be_hidden()
    page.get_by_label("Form").select_option("injection")
    expect(page.locator("#sid")).to_be_visible()  # C3: outside of the groups, which are closed
    expect(page.locator("#sid")).to_have_attribute("required", "")
    expect(page.locator("#email")).to_be_disabled()
    page.get_by_label("Form").select_option("id_document")
    page.get_by_label("email", exact=True).fill("no address")
    page.get_by_role("button", name="Create link").click()
    expect(page.locator("#email-error")).to_contain_text("e-mail address")
    expect(page.get_by_label("email", exact=True)).to_have_value("no address")
