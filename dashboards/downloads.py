"""What a page hands out: files made when they are asked for, behind one button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboards.frame import View
from dashboards.texts import t
from scenarios.part import Lang


@dataclass(frozen=True, slots=True)
class Download:
    """A file that people take away.

    Attributes
    ----------
    name
        Its name in the catalogue, under ``download``.
    file
        File name with its ending.
    mime
        Media type.
    make
        Makes the content; called when the file is asked for, in a thread of the server, so that
        it must not use anything of the page.
    """

    name: str
    file: str
    mime: str
    make: Callable[[], bytes]


def offer(view: View, downloads: Sequence[Download]) -> None:
    """Draw the button that opens the list of files of a run."""
    offer_in(view.lang, downloads)


def offer_in(lang: Lang, downloads: Sequence[Download]) -> None:
    """Draw the button that opens the list of files, where there is no run."""
    with st.popover(t("download.open", lang), icon=":material/download:"):
        for one in downloads:
            st.download_button(
                t(f"download.{one.name}", lang),
                one.make,
                file_name=one.file,
                mime=one.mime,
                key=f"download-{one.name}-{lang}",
                on_click="ignore",
                width="stretch",
            )
