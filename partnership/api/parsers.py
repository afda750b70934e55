"""The API's parser: bounded in size here, in depth by the project's reader of JSON."""

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from partnership.guarded_json import BadJson, check_storable, loads


class GuardedJSONParser(BaseParser):
    """The API's only parser."""

    media_type = "application/json"

    def parse(self, stream, media_type=None, parser_context=None):
        data = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(data) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise ParseError(f"The body is larger than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.")
        try:
            value = loads(data)
            check_storable(value)
        except BadJson as error:
            raise ParseError(str(error)) from error
        return value
