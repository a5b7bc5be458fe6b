"""What can be wrong with one thing that is downloaded: what is in the bucket stays."""

from common.errors import SiemError


class DownloadError(SiemError):
    """It is not downloaded. `cause` is a short snake_case name, a metric's dimension.

    wrong_key   MaxMind refuses the account id or the licence key
    forbidden   the server refuses this file to this account
    http        another answer than the file
    network     no answer, or it broke off each time
    checksum    not the bytes that MaxMind says
    archive     no archive that holds just the database, or one too large
    database    the database cannot be read, or is not the one that was asked for
    list        a text without addresses
    credentials no credentials can be read
    bucket      the bucket refuses the object
    """

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause
