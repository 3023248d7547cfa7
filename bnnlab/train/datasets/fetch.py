"""Downloading data sets: into a cache, checked by their SHA-256, with one clear line on failure."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bnnlab.train.datasets.dataset import DatasetError

TIMEOUT_S = 30
URL_VARIABLE = "BNNLAB_DATA_URL"
CACHE_VARIABLE = "BNNLAB_DATA_CACHE"


class Progress(Protocol):
    """Somebody who shows how far a file has come; what pooch calls while it downloads."""

    total: int

    def update(self, count: int) -> None:
        """`count` more bytes have arrived."""

    def reset(self) -> None:
        """The count starts again from 0."""

    def close(self) -> None:
        """The file is complete."""


@dataclass(frozen=True, slots=True)
class RemoteFiles:
    """The files of one data set and where they come from.

    Attributes:
        name: Name of the data set.
        base_url: Folder of the files, ending in ``/``.
        sha256: File name to the SHA-256 of what is downloaded.
    """

    name: str
    base_url: str
    sha256: dict[str, str]

    def fetch(
        self,
        base_url: str | None = None,
        cache: Path | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Path]:
        """Download what is not in the cache yet; nothing is left there that has a wrong hash.

        Args:
            base_url: Where to look instead, as in `BNNLAB_DATA_URL`: files are then expected at
                ``base_url/<data set>/<file>``.
            cache: Folder for the files; by default `cache_folder()`.
            progress: Told how far each download has come.

        Returns:
            File name to its path.

        Raises:
            DatasetError: If a file cannot be had or is not the one expected.
            ValueError: If the base URL is neither http nor https.
        """
        import pooch
        import requests

        url = self._folder_url(base_url or os.environ.get(URL_VARIABLE))
        folder = self._folder(cache)
        pooch.get_logger().setLevel("ERROR")  # we report ourselves
        store = pooch.create(
            path=folder,
            base_url=url,
            registry={file: f"sha256:{digest}" for file, digest in self.sha256.items()},
        )
        downloader: Any = pooch.HTTPDownloader(
            timeout=TIMEOUT_S, progressbar=False if progress is None else progress
        )
        paths = {}
        for file in self.sha256:
            try:
                paths[file] = Path(store.fetch(file, downloader=downloader))
            except requests.RequestException as error:
                raise DatasetError(f"{url}{file} cannot be had: {_reason(error)}") from error
            except ValueError as error:
                raise DatasetError(
                    f"{url}{file} is not the file expected (its SHA-256 differs), so it was not kept"
                ) from error
            except OSError as error:
                raise DatasetError(f"cannot write to {folder}: {error.strerror}") from error
        return paths

    def local(self, cache: Path | None = None) -> dict[str, Path]:
        """Paths of the files in the cache, after checking their hashes; makes no request.

        Raises:
            DatasetError: If one is missing or damaged.
        """
        import pooch

        folder = self._folder(cache)
        for file, digest in self.sha256.items():
            path = folder / file
            if not path.is_file():
                raise DatasetError(
                    f"data set {self.name!r} is not on this computer yet: run `bnnlab data fetch {self.name}`"
                )
            if pooch.file_hash(str(path), alg="sha256") != digest:
                raise DatasetError(
                    f"{path.name} of data set {self.name!r} is damaged: run `bnnlab data fetch {self.name}`"
                )
        return {file: folder / file for file in self.sha256}

    def is_local(self, cache: Path | None = None) -> bool:
        """Whether all files are in the cache; their hashes are not checked."""
        return all((self._folder(cache) / file).is_file() for file in self.sha256)

    def _folder(self, cache: Path | None) -> Path:
        return (cache or cache_folder()) / self.name

    def _folder_url(self, base_url: str | None) -> str:
        if base_url is None:
            return self.base_url
        if not base_url.startswith(("http://", "https://")):
            raise ValueError(f"base_url must begin with http:// or https://, got {base_url!r}")
        return f"{base_url.rstrip('/')}/{self.name}/"


def cache_folder() -> Path:
    """Where downloads are kept: `BNNLAB_DATA_CACHE`, or the user's cache folder."""
    import pooch

    return Path(os.environ.get(CACHE_VARIABLE) or pooch.os_cache("bnnlab"))


def _reason(error: Exception) -> str:
    """Why a request failed, in a few words: requests nests the reason in long representations."""
    import requests

    if isinstance(error, requests.HTTPError):
        return str(error).split(" for url")[0]
    if isinstance(error, requests.Timeout):
        return f"no answer within {TIMEOUT_S} seconds"
    if isinstance(error, requests.ConnectionError):
        return "the server cannot be reached"
    return "the answer broke off or made no sense"
