"""Files on their way in: counted while they stream, so that too large a one is cut off and never stored as a whole."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

# A file that is a little too large still arrives, so that the form itself can say what is wrong.
SLACK = 1024 * 1024


class SizeGuard(FileUploadHandler):
    """Stops a request whose files are larger than its view takes. A view that names no limit takes no file at all."""

    def __init__(self, request: Any = None):
        super().__init__(request)
        self.given, self.most = 0, _most_of(request)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.given += len(raw_data)
        if self.given > self.most:
            raise RequestDataTooBig("The file is larger than what is taken here.")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers after this one."""


def _most_of(request: Any) -> int:
    match = getattr(request, "resolver_match", None)
    callback = getattr(match, "func", None)
    view = getattr(callback, "view_class", None) or getattr(callback, "cls", None)
    name = getattr(view, "upload_limit", None)
    return getattr(settings, name) + SLACK if name else 0
