from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime

import pytest

from jobs.alerts.config import Email
from jobs.alerts.failure import why
from jobs.alerts.send_email import send_email, write_email

AT = datetime(2026, 6, 2, 3, tzinfo=UTC)


def mail_to(*to, port, **options):
    fields = {"to": to, "from": "geoward@example.org", "host": "localhost", "port": port, **options}
    return Email.model_validate(fields)


def send(email, body="Mend: run it – again.\n", login=None, timeout=5.0):
    message = write_email(email, "Geoward: 1 failed", body, message_id="abc", at=AT)
    return send_email(email, message, login=login, timeout=timeout)


def refusal(email, **options):
    with pytest.raises(Exception) as raised:  # noqa: PT011 - which one it is, its sentence says
        send(email, **options)
    assert "planted" not in why(raised.value)
    return why(raised.value)


def test_a_message_arrives_with_headers_that_machines_know(start_mail):
    box = start_mail()

    assert send(mail_to("a@example.org", "c@example.org", port=box.port, starttls=False)) == 0

    ((message, encrypted, to),) = box.received
    assert (message["Subject"], message["From"]) == ("Geoward: 1 failed", "geoward@example.org")
    assert (message["Message-ID"], message["Auto-Submitted"]) == ("<abc@example.org>", "auto-generated")
    assert message["Date"].datetime == AT
    assert message.get_content().strip() == "Mend: run it – again."
    assert (to, encrypted) == (("a@example.org", "c@example.org"), False)


def test_with_starttls_the_message_is_encrypted(start_mail, server_tls, trusted):
    box = start_mail(tls_context=server_tls, require_starttls=True)

    send(mail_to("a@example.org", port=box.port))

    assert [encrypted for _, encrypted, _ in box.received] == [True]


def test_a_server_without_starttls_gets_nothing(start_mail):
    box = start_mail()

    assert "does not offer what is asked: STARTTLS" in refusal(mail_to("a@example.org", port=box.port))
    assert box.received == []


def test_a_server_whose_certificate_is_not_trusted_gets_nothing(start_mail, server_tls):
    box = start_mail(tls_context=server_tls)

    assert "certificate is not trusted" in refusal(mail_to("a@example.org", port=box.port))
    assert box.received == []


def test_a_server_that_wants_tls_is_not_written_to_in_the_clear(start_mail, server_tls):
    box = start_mail(tls_context=server_tls, require_starttls=True)

    assert "refused the address in `from`" in refusal(mail_to("a@example.org", port=box.port, starttls=False))
    assert box.received == []


def test_the_password_is_told_inside_tls_only(start_mail, server_tls, trusted):
    box = start_mail(tls_context=server_tls, login=True)

    send(mail_to("a@example.org", port=box.port), login=("ada", "planted-password"))

    assert box.logins == [("ada", "planted-password", True)]
    assert len(box.received) == 1


def test_a_wrong_password_is_said_without_it(start_mail, server_tls, trusted):
    box = start_mail(tls_context=server_tls, login=True)

    said = refusal(mail_to("a@example.org", port=box.port), login=("planted-user", "planted"))

    assert "refused the user or the password" in said
    assert box.received == []


def test_a_server_that_asks_for_no_password_is_not_told_one(start_mail):
    box = start_mail()

    said = refusal(mail_to("a@example.org", port=box.port, starttls=False), login=("planted", "planted"))
    assert "does not offer" in said


def test_addresses_that_are_refused_are_counted_while_the_others_get_it(start_mail):
    box = start_mail()
    box.refuses = ("gone@example.org",)

    assert send(mail_to("a@example.org", "gone@example.org", port=box.port, starttls=False)) == 1
    assert [to for _, _, to in box.received] == [("a@example.org",)]


def test_when_every_address_is_refused_nobody_was_told(start_mail):
    box = start_mail()
    box.refuses = ("planted@example.org",)

    assert "refused every address" in refusal(mail_to("planted@example.org", port=box.port, starttls=False))


def test_a_message_that_is_refused_was_not_sent(start_mail):
    box = start_mail()
    box.after_data = "554 planted-answer"

    assert "refused the message" in refusal(mail_to("a@example.org", port=box.port, starttls=False))


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        pytest.param(None, "did not answer in time", id="hangs"),
        pytest.param(b"", "closed the connection early", id="closes"),
        pytest.param(b"554 planted\r\n", "refused the message", id="refuses"),
    ],
)
def test_a_server_that_does_not_greet_is_left(greeting, said):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve():
            connection, _ = listening.accept()
            with connection:
                if greeting is None:
                    over.wait(10)
                else:
                    connection.sendall(greeting)

        thread = threading.Thread(target=serve)
        thread.start()
        email = mail_to("a@example.org", port=listening.getsockname()[1], host="127.0.0.1", starttls=False)

        assert said in refusal(email, timeout=0.3)
        over.set()
        thread.join()


def test_how_a_server_takes_leave_changes_nothing(start_mail):
    box = start_mail()

    class Abrupt(type(box)):
        async def handle_QUIT(self, server, session, envelope):
            return "421 planted"

    box.__class__ = Abrupt

    assert send(mail_to("a@example.org", port=box.port, starttls=False)) == 0
    assert len(box.received) == 1
