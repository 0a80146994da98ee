"""The currencies that QuickBooks knows (ISO 4217), their names, and a stand-in for the rates of the market."""

from __future__ import annotations

from decimal import Decimal

#: Code -> (name, US dollars for one unit). The rates are round numbers of no certain day: only companies that set their own
#: rates get others, for QuickBooks takes its rates from a service of which nothing is known.
_TABLE: dict[str, tuple[str, str]] = {
    "AED": ("United Arab Emirates Dirham", "0.2723"), "ARS": ("Argentine Peso", "0.0011"), "AUD": ("Australian Dollar", "0.66"),
    "BGN": ("Bulgarian Lev", "0.56"), "BHD": ("Bahraini Dinar", "2.65"), "BRL": ("Brazilian Real", "0.18"),
    "CAD": ("Canadian Dollar", "0.73"), "CHF": ("Swiss Franc", "1.13"), "CLP": ("Chilean Peso", "0.00105"),
    "CNY": ("Chinese Yuan", "0.14"), "COP": ("Colombian Peso", "0.00024"), "CRC": ("Costa Rican Colon", "0.0019"),
    "CZK": ("Czech Koruna", "0.043"), "DKK": ("Danish Krone", "0.145"), "DOP": ("Dominican Peso", "0.0166"),
    "EGP": ("Egyptian Pound", "0.0205"), "EUR": ("Euro", "1.08"), "GBP": ("British Pound Sterling", "1.27"),
    "GHS": ("Ghanaian Cedi", "0.065"), "GTQ": ("Guatemalan Quetzal", "0.129"), "HKD": ("Hong Kong Dollar", "0.128"),
    "HUF": ("Hungarian Forint", "0.0027"), "IDR": ("Indonesian Rupiah", "0.000063"), "ILS": ("Israeli Shekel", "0.27"),
    "INR": ("Indian Rupee", "0.012"), "ISK": ("Icelandic Krona", "0.0072"), "JMD": ("Jamaican Dollar", "0.0064"),
    "JOD": ("Jordanian Dinar", "1.41"), "JPY": ("Japanese Yen", "0.0067"), "KES": ("Kenyan Shilling", "0.0077"),
    "KRW": ("South Korean Won", "0.00073"), "KWD": ("Kuwaiti Dinar", "3.26"), "LKR": ("Sri Lankan Rupee", "0.0033"),
    "MAD": ("Moroccan Dirham", "0.1"), "MUR": ("Mauritian Rupee", "0.0217"), "MXN": ("Mexican Peso", "0.055"),
    "MYR": ("Malaysian Ringgit", "0.215"), "NGN": ("Nigerian Naira", "0.00065"), "NOK": ("Norwegian Krone", "0.094"),
    "NZD": ("New Zealand Dollar", "0.61"), "OMR": ("Omani Rial", "2.6"), "PAB": ("Panamanian Balboa", "1"),
    "PEN": ("Peruvian Sol", "0.266"), "PHP": ("Philippine Peso", "0.0172"), "PKR": ("Pakistani Rupee", "0.0036"),
    "PLN": ("Polish Zloty", "0.25"), "QAR": ("Qatari Rial", "0.2747"), "RON": ("Romanian Leu", "0.217"),
    "RSD": ("Serbian Dinar", "0.0092"), "RUB": ("Russian Ruble", "0.011"), "SAR": ("Saudi Riyal", "0.2666"),
    "SEK": ("Swedish Krona", "0.095"), "SGD": ("Singapore Dollar", "0.745"), "THB": ("Thai Baht", "0.0275"),
    "TND": ("Tunisian Dinar", "0.32"), "TRY": ("Turkish Lira", "0.031"), "TTD": ("Trinidad and Tobago Dollar", "0.147"),
    "TWD": ("Taiwan Dollar", "0.031"), "TZS": ("Tanzanian Shilling", "0.00038"), "UAH": ("Ukrainian Hryvnia", "0.025"),
    "UGX": ("Ugandan Shilling", "0.00027"), "USD": ("United States Dollar", "1"), "UYU": ("Uruguayan Peso", "0.0257"),
    "VND": ("Vietnamese Dong", "0.00004"), "XAF": ("Central African CFA Franc", "0.00165"),
    "XCD": ("East Caribbean Dollar", "0.37"), "XOF": ("West African CFA Franc", "0.00165"), "ZAR": ("South African Rand", "0.053"),
    "ZMW": ("Zambian Kwacha", "0.038"),
}  # fmt: skip

#: Code -> name.
NAMES: dict[str, str] = {code: name for code, (name, _) in _TABLE.items()}


def market_rate(source: str, target: str) -> Decimal:
    """Units of `target` for one of `source`, to eight digits behind the point."""
    rate = Decimal(_TABLE[source][1]) / Decimal(_TABLE[target][1])
    return rate.quantize(Decimal("0.00000001"))
