"""Requests that close what they spooled."""

from typing import IO

from flask import Request


class SpoolingRequest(Request):
    """A request that closes the temporary files of its uploads, also of one that broke off half-way."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        stream = super()._get_file_stream(total_content_length, content_type, filename, content_length)
        self.__dict__.setdefault("_spooled", []).append(stream)
        return stream

    def close(self) -> None:
        super().close()
        for stream in self.__dict__.get("_spooled", ()):
            stream.close()
