"""The Settings page: what a company may choose, in tabs that the address names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from syncengine.queries import Overview, Session
from syncengine.ui import alerts, companies
from syncengine.ui.settings import changes, link, rhythm, staging

#: The tabs with fields, by their name, which is their word in the address, too: the settings of each, under headings.
SHEETS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "What syncs": {
            "Direction": ("direction",),
            "Documents": ("sync_purchase_orders", "post_cogs", "close_drop_ship"),
            "Made of QuickBooks' invoices and sales receipts": ("ship_invoices", "ship_sales_receipts", "order_invoices"),
            "Tracking": ("class_tracking", "department_tracking"),
    },
    "Accounts": {
            "Accounts": (
                "income_account", "expense_account", "cogs_account", "asset_account", "payable_account", "adjustment_account",
                "cash_account", "checking_account", "credit_card_account", "deposit_asset_account", "deposit_liability_account",
            ),
            "Documents": ("receipt_posts_as", "discounts_as_lines", "journal_prefix"),
            "Currencies": ("multicurrency", "home_currency"),
            "Kept for the inventory program": ("default_tax_code", "default_tax_rate", "negative_stock"),
    },
    "Dates": {"": ("closing_date", "not_before", "post_cogs_from", "due_date_from")},
    "Conflicts and corrections": {
            "When both sides differ": ("conflict_policy", "stop_at_first_error"),
            "When a sync would change much": ("guard_emptied", "guard_least", "guard_share"),
            staging.CORRECTIONS: (),
    },
    "Support": {"": ("support_address",)},
}  # fmt: skip


def tab_of(name: str) -> str:
    """The tab on which a setting stands, by its name; "" for one that stands nowhere."""
    return next((tab for tab, parts in SHEETS.items() for names in parts.values() if name in names), "")


def show(session: Session, overview: Overview) -> None:
    """The tab that the address names, the connection first; what is staged on any of them stands below each."""
    chosen = st.segmented_control(
        "Part of the settings",
        ["Connection", "Schedule", *SHEETS, "Company", "Alerts", "History"],
        default="Connection",
        required=True,
        key="tab",
        bind="query-params",
        label_visibility="collapsed",
    )
    own: Mapping[str, Callable[[Session, Overview], None]] = {
        "Connection": link.show, "Schedule": rhythm.show, "Company": companies.arrange, "Alerts": alerts.show,
        "History": changes.show,
    }  # fmt: skip
    if chosen in own:
        own[chosen](session, overview)
    else:
        staging.show(session, SHEETS[str(chosen)])
