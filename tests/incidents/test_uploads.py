"""Files on their way in: cut off while they stream, looked at by a scanner where there is one, refusals noted."""

import io
import socket
import struct
import threading
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import load_handler
from django.test import RequestFactory
from django.urls import resolve, reverse

from incidents.actions import attachments
from incidents.models import Attachment
from partnership.models import SecurityEvent
from partnership.web.uploads import SLACK
from tests.house.test_urls import ALL

pytestmark = pytest.mark.django_db
EICAR = b"harmful"  # the word at which the scanner of these tests finds something


def page(report):
    return reverse("incidents:attachment-add", kwargs={"pk": report.pk})


@pytest.fixture
def scanner(settings):
    """A server that speaks as clamd does; its answers can be changed, and it keeps what it was given."""
    server = socket.create_server(("127.0.0.1", 0))
    told = {"seen": [], "says": None}

    def serve():
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line, line.makefile("rb") as given:
                assert given.read(10) == b"zINSTREAM\0"
                data = b""
                while size := struct.unpack("!I", given.read(4))[0]:
                    data += given.read(size)
                told["seen"].append(data)
                line.sendall(told["says"] or (b"stream: Test FOUND\0" if EICAR in data else b"stream: OK\0"))

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    settings.PORTAL_SCANNER = f"127.0.0.1:{server.getsockname()[1]}"
    yield told
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join(5)


def test_a_clean_file_is_kept_and_its_mark_is_gone(client_of, file_report, liaison_officer, upload, scanner):
    report, client = file_report(), client_of(liaison_officer)
    data = b"a line\n" * 20_000

    assert client.post(page(report), {"file": upload("notes.txt", data)}).status_code == 302

    assert Attachment.objects.get().is_scanned and scanner["seen"] == [data]
    assert "not scanned" not in client.get(f"/incidents/{report.pk}").content.decode()


def test_without_a_scanner_everybody_sees_that_a_file_was_not_scanned(
    client_of, file_report, liaison_officer, partner_officer, upload
):
    report = file_report()
    client_of(liaison_officer).post(page(report), {"file": upload("notes.txt", b"a line")})

    assert not Attachment.objects.get().is_scanned
    assert "not scanned" in client_of(partner_officer).get(f"/incidents/{report.pk}").content.decode()


@pytest.mark.parametrize(
    "says",
    [None, b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: OKAY\0"],
    ids=["found", "error", "silence", "odd"],
)
def test_what_a_scanner_does_not_call_clean_is_not_kept(says, client_of, file_report, liaison_officer, upload, scanner):
    scanner["says"] = says
    answer = client_of(liaison_officer).post(page(file_report()), {"file": upload("notes.txt", EICAR)})

    assert answer.status_code == 422 and answer.context["form"].errors["file"]
    assert not Attachment.objects.exists()
    assert SecurityEvent.objects.filter(kind="upload_refused", person_id=liaison_officer.pk).count() == 1


def test_a_scanner_that_is_away_stops_files_and_nothing_else(file_report, liaison_officer, at, settings, tmp_path):
    for where in (str(tmp_path / "absent.ctl"), "127.0.0.1:1", "nonsense"):
        settings.PORTAL_SCANNER = where
        with pytest.raises(attachments.NotTaken, match="does not answer"):
            attachments.add(report=file_report(), name="a.txt", data=b"x", by=liaison_officer, at=at)


def test_a_refused_file_is_noted_on_pages_and_in_calls(client_of, api_of, file_report, liaison_officer, upload):
    report = file_report()

    client_of(liaison_officer).post(page(report), {"file": upload("program.exe", b"MZ")})
    api_of(liaison_officer).post(
        f"/api/v1/reports/{report.pk}/attachments", {"file": upload("program.exe", b"MZ")}, format="multipart"
    )

    assert SecurityEvent.objects.filter(kind="upload_refused").count() == 2


class Counted(io.BytesIO):
    """A body that tells how much of it was read."""

    def read(self, size=-1):
        data = super().read(size)
        self.taken = getattr(self, "taken", 0) + len(data)
        return data


def body(size):
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    return head + b"y" * size + b"\r\n--x--\r\n"


@pytest.mark.parametrize(("path", "limit"), [
    ("/incidents/00000000-0000-4000-8000-000000000000/attachments/new", "PORTAL_ATTACHMENT_MAX_BYTES"), ("/incidents/imports/new", "PORTAL_IMPORT_MAX_BYTES"),
    ("/api/v1/reports/00000000-0000-4000-8000-000000000000/attachments", "PORTAL_ATTACHMENT_MAX_BYTES"), ("/api/v1/imports", "PORTAL_IMPORT_MAX_BYTES"),
])  # fmt: skip
def test_too_large_a_file_is_cut_off_while_it_streams(path, limit, settings):
    setattr(settings, limit, 1024 * 1024)
    data = Counted(body(20 * 1024 * 1024))
    request = RequestFactory().post(path, content_type="multipart/form-data; boundary=x")
    request.META["CONTENT_LENGTH"] = str(len(data.getvalue()))
    request._stream, request.resolver_match = data, resolve(path)
    request.upload_handlers = [load_handler(name, request) for name in django_settings.FILE_UPLOAD_HANDLERS]

    with pytest.raises(RequestDataTooBig):
        _ = request.FILES

    assert data.taken < 1024 * 1024 + SLACK + 1024 * 1024


def test_the_page_says_what_was_too_large_and_it_is_noted(client_of, file_report, liaison_officer, upload, settings):
    settings.PORTAL_ATTACHMENT_MAX_BYTES = 1000
    answer = client_of(liaison_officer).post(page(file_report()), {"file": upload("a.txt", b"y" * (SLACK + 2000))})

    assert answer.status_code == 400 and "smaller file" in answer.content.decode()
    assert SecurityEvent.objects.filter(kind="upload_refused").exists()
    assert not Attachment.objects.exists()


def test_only_the_named_addresses_take_files():
    def takes(entry):
        view = getattr(entry.callback, "view_class", None) or getattr(entry.callback, "cls", None)
        return getattr(view, "upload_limit", None)

    found = {takes(entry) + " " + type_of(entry) for _, entry, _ in ALL if takes(entry)}

    assert found == {
        "PORTAL_ATTACHMENT_MAX_BYTES AttachmentAdd", "PORTAL_ATTACHMENT_MAX_BYTES ReportViewSet",
        "PORTAL_IMPORT_MAX_BYTES ImportNew", "PORTAL_IMPORT_MAX_BYTES ImportViewSet",
    }  # fmt: skip


def type_of(entry):
    return (getattr(entry.callback, "view_class", None) or entry.callback.cls).__name__


def test_a_file_for_a_form_that_takes_none_is_refused(client_of, liaison_officer, upload):
    answer = client_of(liaison_officer).post("/profile", {"name": "x", "file": upload("a.txt", b"y")})

    assert answer.status_code == 400


def test_stored_files_have_names_of_ours_and_lie_outside_what_is_served(file_report, liaison_officer, at, settings):
    kept = attachments.add(report=file_report(), name="../../etc/passwd.txt", data=b"x", by=liaison_officer, at=at)

    path = attachments.files.path_of(kept.file)
    assert path.is_relative_to(settings.PORTAL_FILES_DIR) and "passwd" not in str(path)
    assert path.stat().st_mode & 0o777 == 0o600
    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    assert not any(path.is_relative_to(folder) for folder in served)
